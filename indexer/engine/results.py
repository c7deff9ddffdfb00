"""What is asked of an engine and what it answers, in our own words; frozen, of whatever engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Literal, NamedTuple

from indexer.engine.periods import Step
from indexer.highlight.passage import Passage
from indexer.query.tree import Node, SomeOf, is_asked

Sort = Literal["relevance", "newest", "oldest"]
# By id is the one order in which a release stays where it is, whatever of it changes.
Order = Literal[Sort, "id"]
HitTier = Literal["all", "some"]
LineSort = Literal["document", "left", "right", "office", "date"]
Side = Literal["near", "before", "after"]
Measure = Literal["log_likelihood", "log_dice", "mutual_information"]
FACETS = (
    *("office", "year", "language", "topic", "state", "country", "component", "kind"),
    *("statute", "matter", "stage", "offense", "prison", "court"),
)
UNDATED = "undated"
# What the API says of these members of several answers; it shows members that have a description.
Build = Annotated[str, "the build of the index that answered"]
BoilerplateMentions = Annotated[int, "how many mentions in boilerplate were left out"]
Warnings = Annotated[tuple[str, ...], "what of the query was repaired, cut short or ignored"]


class Position(NamedTuple):
    """Where a release stands in the orders by date or id: its date and its id, and whether it is
    one of those that match some words alone, which come behind the others.
    """

    published: date | None
    id: str
    is_some: bool = False


@dataclass(frozen=True)
class Filters:
    """The chosen values of each facet, any of which must match, and a range of days, inclusive."""

    office: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    component: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    statute: tuple[str, ...] = ()
    matter: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    offense: tuple[str, ...] = ()
    prison: tuple[str, ...] = ()
    court: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    def values(self, facet: str) -> tuple[str, ...]:
        """The chosen values of a facet."""
        chosen: tuple[str, ...] = getattr(self, facet)
        return chosen


@dataclass(frozen=True)
class Query:
    """What is asked of an engine: the hits from `start` (0-based), at most `size`.

    `tree` None asks for every release. `facets` are those to count. `step` "auto" lets the engine
    choose the timeline's periods. `is_folded` returns only the first hit of each group of copies.
    `after` returns hits after that position, in an order by date or id; totals and counts are still
    of all. With `some`, releases that match some of its words follow the hits: the second tier,
    which has a total of its own and is in no other count. What matches in boilerplate alone, which
    are sentences of many releases of an office, is at the end of the hits and in their total, and
    in nothing else that is counted or read, unless the query `has_boilerplate`.
    """

    tree: Node | None = None
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
    some: SomeOf | None = None
    has_boilerplate: bool = False

    @property
    def is_ranked(self) -> bool:
        """Whether scores decide the order; without a query, the newest come first."""
        return self.sort == "relevance" and is_asked(self.tree)


@dataclass(frozen=True)
class Hit:
    """A release that matches, with what a results page shows of it; `folded` of its copies match,
    too.
    """

    id: Annotated[str, "its permanent id"]
    score: Annotated[
        float,
        "its relevance (BM25F); below 0 where it matches by variants, or in boilerplate, alone",
    ]
    office: Annotated[str, "the office, by the name to filter by"]
    language: Annotated[str, "the language of its text"]
    published: Annotated[date | None, "its date; null: the office gives none"]
    url: Annotated[str, "its address on the office's site"]
    title: Annotated[Passage, "its title"]
    passages: Annotated[tuple[Passage, ...], "the passages of its text that match best"]
    folded: int = 0
    variants: Annotated[tuple[str, ...], "spellings it has where the typed one is absent"] = ()
    tier: Annotated[HitTier, "whether it matches all words, or some"] = "all"
    missing: Annotated[tuple[str, ...], "the words of the query that it lacks"] = ()
    only_boilerplate: Annotated[
        bool, "whether it matches in boilerplate alone: sentences of many releases of its office"
    ] = False


@dataclass(frozen=True)
class Facet:
    """Values and how many hits have each."""

    name: Annotated[str, "the name of its filter"]
    counts: Annotated[
        tuple[tuple[str, int], ...],
        "its values, most frequent first; the facet's own filter does not narrow them",
    ]


@dataclass(frozen=True)
class Clause:
    """A part of a query, as it was carried out."""

    label: Annotated[str, "the part of the query in words"]
    count: Annotated[int | None, "how many releases it matches before filters; null: not counted"]
    expansions: Annotated[tuple[tuple[str, int], ...], "the most frequent words it stands for"] = ()
    parts: Annotated[tuple[Clause, ...], "the parts that it joins"] = ()
    variants: Annotated[
        tuple[tuple[str, int], ...], "the most frequent spelling variants, as in other scripts"
    ] = ()


@dataclass(frozen=True)
class Results:
    """An answer: the page of hits, the exact total, the facets, and the build it comes from.

    `timeline` counts dated hits by periods of a `step` (ISO 8601: "2018-04"), without empty ones.
    `folded` copies are in all counts and on no page; `folded_some` those of the second tier. The
    next page comes `after` the position `more_after`: None on the last page and by relevance.
    `respelled` are words of no release, each with the word that the second tier used instead.
    """

    hits: Annotated[tuple[Hit, ...], "the hits of this page"]
    total: Annotated[int, "how many releases match all words, exactly"]
    facets: Annotated[tuple[Facet, ...], "the hits that match all words, by value of each filter"]
    build: Build
    timeline: tuple[tuple[str, int], ...] = ()
    explanation: Annotated[Clause | None, "how the query was interpreted; null without one"] = None
    warnings: Warnings = ()
    step: Step | None = None
    folded: int = 0
    more_after: Position | None = None
    variant_total: Annotated[int, "how many releases match by spelling variants alone"] = 0
    boilerplate_total: Annotated[
        int, "how many of them match in boilerplate alone, and are in no facet"
    ] = 0
    total_some: Annotated[int, "how many more releases match some of the words"] = 0
    folded_some: int = 0
    respelled: Annotated[
        tuple[tuple[str, str], ...], "words that no release has, and what was looked for instead"
    ] = ()

    @property
    def counted(self) -> int:
        """How many hits facets and timeline count."""
        return self.total - self.boilerplate_total


@dataclass(frozen=True)
class KwicLine:
    """A mention in a release's body, with the text on both sides of it, white space as blanks."""

    id: Annotated[str, "the release"]
    office: Annotated[str, "its office"]
    language: Annotated[str, "its language"]
    published: Annotated[date | None, "its date; null: the office gives none"]
    title: Annotated[str, "its title"]
    url: Annotated[str, "its address on the office's site"]
    left: Annotated[str, "the text before the mention"]
    keyword: Annotated[str, "the mention"]
    right: Annotated[str, "the text after the mention"]
    paragraph: Annotated[int, "the paragraph, from 0; -1: the subtitle"]
    offset: Annotated[int, "how many characters of the paragraph precede the mention"]


@dataclass(frozen=True)
class Beside:
    """A word that limits a concordance to the mentions that it is directly `before` or `after`, as
    `words_before` and `words_after` count them; or to the word itself where it is at most `window`
    words from a mention, as collocates count it, in one form or in all forms of a stem.
    """

    word: str
    side: Side
    window: int = 1
    is_stem: bool = False


@dataclass(frozen=True)
class Concordance:
    """A page of mentions."""

    mentions: Annotated[tuple[KwicLine, ...], "the mentions of this page"]
    total: Annotated[int, "how many mentions there are, exactly"]
    releases: Annotated[int, "how many releases they are in"]
    build: Build
    warnings: Warnings = ()
    boilerplate_mentions: BoilerplateMentions = 0
    words_before: Annotated[
        tuple[tuple[str, int], ...], "the most frequent words directly before a mention"
    ] = ()
    words_after: Annotated[
        tuple[tuple[str, int], ...], "the most frequent words directly after a mention"
    ] = ()


@dataclass(frozen=True)
class Collocate:
    """A word near mentions."""

    word: Annotated[str, "the word, or stem"]
    observed: Annotated[int, "how often it occurs near a mention"]
    expected: Annotated[float, "how often it would by chance"]
    frequency: Annotated[int, "how often it occurs in all releases"]
    score: Annotated[float, "its score by the measure"]


@dataclass(frozen=True)
class Collocates:
    """The words around mentions, with what their scores were computed from."""

    collocates: Annotated[tuple[Collocate, ...], "the words, highest score first"]
    mentions: Annotated[int, "how many mentions there are"]
    window_tokens: Annotated[int, "how many words are near a mention"]
    corpus_tokens: Annotated[int, "how many words all releases have"]
    build: Build
    warnings: Warnings = ()
    boilerplate_mentions: BoilerplateMentions = 0


@dataclass(frozen=True)
class TranslationSuggestion:
    """Words of a language in translations of what a query matches, the surest first: each in its
    commonest form, with the number of releases in the language that contain any form.
    """

    language: str
    words: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Frequency:
    """Releases, mentions of a query's words in their bodies, and all words of these bodies."""

    releases: Annotated[int, "how many releases match"]
    mentions: Annotated[int, "how often the query's words occur in their texts"]
    tokens: Annotated[int, "how many words their texts have"]


@dataclass(frozen=True)
class Frequencies:
    """Hits by period of publication, and undated ones; `periods` are those with hits, by their
    numbers (`indexer/engine/periods.py`), ascending. `boilerplate_total` hits, and all mentions in
    boilerplate, are left out.
    """

    step: Step
    periods: tuple[tuple[int, Frequency], ...]
    undated: Frequency
    build: str
    warnings: tuple[str, ...] = ()
    boilerplate_total: int = 0

    @property
    def total(self) -> int:
        """How many releases match, those that are left out among them."""
        counted = self.undated.releases + sum(each.releases for _, each in self.periods)
        return counted + self.boilerplate_total

    @classmethod
    def of(
        cls,
        step: Step,
        counts: Mapping[int | None, Sequence[int]],
        build: str = "",
        warnings: tuple[str, ...] = (),
        boilerplate_total: int = 0,
    ) -> Frequencies:
        """The frequencies counted by period; None are the undated."""
        undated = Frequency(*counts.get(None, (0, 0, 0)))
        numbers = sorted(number for number in counts if number is not None)
        dated = tuple((number, Frequency(*counts[number])) for number in numbers)
        return cls(step, dated, undated, build, warnings, boilerplate_total)


@dataclass(frozen=True)
class Health:
    """Whether an engine can answer. `revision` is the catalog's at the last build or update;
    `cluster` describes a cluster. The index was last written at `updated_at`, and had
    `noted_releases` then, which is known even of an unreadable one.
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
