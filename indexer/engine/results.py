"""What is asked of an engine and what it answers, in our own words; frozen, of whatever engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from whoosh.query import Query as Tree

from indexer.engine.periods import Step
from indexer.highlight.snippets import Passage
from indexer.query.parser import is_asked

Sort = Literal["relevance", "newest", "oldest"]
# By id is the one order in which a release stays where it is, whatever of it changes.
Order = Literal[Sort, "id"]
# Where a release stands in the orders by date or id: its date and its id.
Position = tuple[date | None, str]
LineSort = Literal["document", "left", "right", "office", "date"]
Measure = Literal["log_likelihood", "log_dice", "mutual_information"]
FACETS = (
    *("office", "year", "language", "topic", "state", "country", "component", "kind"),
    "statute",
)
UNDATED = "undated"


@dataclass(frozen=True)
class Filters:
    """What a reader narrowed the hits to: any of the values of each facet, and a range of days.

    Both ends of the range are included.
    """

    office: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    component: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    statute: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    def values(self, facet: str) -> tuple[str, ...]:
        """The chosen values of a facet."""
        chosen: tuple[str, ...] = getattr(self, facet)
        return chosen


@dataclass(frozen=True)
class Query:
    """What is asked of an engine: the hits from `start` (0-based), at most `size`.

    `tree` None asks for every release. `facets` are those to be counted; timeline and explanation
    come with the answer unless they are not wanted. `step` "auto" leaves it to the engine in what
    periods the timeline counts. `is_folded` shows of each group of copies the first hit alone. With
    `after` the hits behind that position alone are given, in an order by date or id; totals and
    counts are still of all.
    """

    tree: Tree | None = None
    filters: Filters = field(default_factory=Filters)
    sort: Order = "relevance"
    start: int = 0
    size: int = 20
    facets: tuple[str, ...] = FACETS
    has_timeline: bool = True
    is_explained: bool = True
    step: Step | Literal["auto"] = "month"
    is_folded: bool = False
    after: Position | None = None

    @property
    def is_ranked(self) -> bool:
        """Whether scores decide; where nothing is asked for, none is relevant and the newest stand
        first.
        """
        return self.sort == "relevance" and is_asked(self.tree)


@dataclass(frozen=True)
class Hit:
    """A release that matches, with what a results page shows of it.

    `folded` is how many of its copies match as well and are not shown. `variants` are words of its
    text that it was found by where it holds none as typed: other spellings, as they stand there.
    """

    id: str
    score: float
    office: str
    language: str
    published: date | None
    url: str
    title: Passage
    passages: tuple[Passage, ...]
    folded: int = 0
    variants: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facet:
    """Values and how many hits have each, most first. A facet's own filter does not narrow its
    counts.
    """

    name: str
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Clause:
    """A part of a query in words, and how many releases it matched; None where it was not run.

    `expansions` are words of the corpus that it stands for, the commonest, with their releases;
    `variants` are those that it is spelt as in other scripts, or without Kazakh letters.
    """

    label: str
    count: int | None
    expansions: tuple[tuple[str, int], ...] = ()
    parts: tuple[Clause, ...] = ()
    variants: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Results:
    """An answer: the page of hits, the exact total, the facets, and the build it comes from.

    `timeline` counts dated hits by periods of a `step` (named as in ISO 8601: "2018-04"), those
    without any left out; `explanation` tells how the query was carried out, `warnings` what of it
    was cut short. `folded` hits are in all counts and on no page, as copies of others. `more_after`
    is what the next page's query comes `after`: None on the last page, and by relevance, where
    positions do not stay. `variant_total` hits hold other spellings alone; by relevance they come
    last.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: tuple[Facet, ...]
    build: str
    timeline: tuple[tuple[str, int], ...] = ()
    explanation: Clause | None = None
    warnings: tuple[str, ...] = ()
    step: Step | None = None
    folded: int = 0
    more_after: Position | None = None
    variant_total: int = 0


@dataclass(frozen=True)
class KwicLine:
    """A mention in a release's body, with the text on both sides of it, white space as blanks.

    `paragraph` counts from 0, `offset` the characters from its beginning to the keyword.
    """

    id: str
    office: str
    language: str
    published: date | None
    title: str
    url: str
    left: str
    keyword: str
    right: str
    paragraph: int
    offset: int


@dataclass(frozen=True)
class Concordance:
    """A page of mentions, their exact number, and in how many releases they stand."""

    mentions: tuple[KwicLine, ...]
    total: int
    releases: int
    build: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Collocate:
    """A word: how often it was observed near mentions and would be expected there by chance, how
    often it stands in all bodies, and its score by the measure.
    """

    word: str
    observed: int
    expected: float
    frequency: int
    score: float


@dataclass(frozen=True)
class Collocates:
    """The words around mentions, with what their scores were computed from: the numbers of
    mentions, of tokens in the windows around them, and of tokens of all bodies.
    """

    collocates: tuple[Collocate, ...]
    mentions: int
    window_tokens: int
    corpus_tokens: int
    build: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class TranslationSuggestion:
    """Words of a language that translations have where their originals match a query, the surest
    first: each in its commonest form, with how many releases of the language hold any of its forms.
    """

    language: str
    words: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Frequency:
    """Releases, mentions of a query's words in their bodies, and all words of these bodies."""

    releases: int
    mentions: int
    tokens: int


@dataclass(frozen=True)
class Frequencies:
    """Hits by the period that they were published in, and the undated ones.

    `periods` are those with hits, by their numbers (`indexer/engine/periods.py`), ascending.
    """

    step: Step
    periods: tuple[tuple[int, Frequency], ...]
    undated: Frequency
    build: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Health:
    """Whether an engine can answer. `revision` is the catalog's at the last build or update;
    `cluster` says how a cluster is, where the index is on one. At `updated_at` it was written
    last, and had `noted_releases` then, which is also told of one that cannot be read.
    """

    is_live: bool
    build: str | None
    releases: int
    revision: int
    problem: str | None = None
    cluster: str | None = None
    noted_releases: int = 0
    updated_at: datetime | None = None


def built_at(build: str) -> datetime:
    """When a build was begun, by its name: `<format>-<time>`."""
    time = build.partition("-")[2].upper()
    return datetime.strptime(f"{time}Z", "%Y%m%dT%H%M%S%f%z")
