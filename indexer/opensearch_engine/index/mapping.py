"""The indexes of a build: releases as the tokens that `analysis` makes of them, and words.

Tokens are sent with blanks between them and split only there, so positions and matches equal those
of the embedded index. So do the BM25F scores, except that Lucene keeps lengths in one byte.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from indexer.analysis.jit import Array
from indexer.engine import periods
from indexer.engine.document import Document, field_terms
from indexer.engine.fields import (
    FACET_FIELDS,
    K1,
    PARAGRAPH_GAP,
    TEXTS,
    WHOLE,
    WORDS,
    B,
    stem_field,
)
from indexer.linguistics.boilerplate import Sentences, is_among
from indexer.query.variants import KINDS

# Lucene limits terms to 32,766 bytes; a longer word is stored as its beginning and its hash.
MOST_LETTERS = 2_000
# As in the embedded engine (whoosh_engine/execute.py).
WEIGHT = f"return query.boost * {K1 + 1} * (Math.log(field.docCount / (term.docFreq + 1.0)) + 1.0);"
SCORE = (
    "double average = (double) field.sumTotalTermFreq / field.docCount;"
    f" double norm = {K1} * ({1 - B} + {B} * doc.length / average);"
    " return weight * doc.freq / (doc.freq + norm);"
)
# The days of an undated release, before all others and after them.
NEVER, EVER = 0, 10_000_000
# The periods stored with a release; years are computed from months.
NOTED_STEPS: tuple[periods.Step, ...] = ("day", "week", "month")
# Facets with few values a release, stored together as one value and counted in one pass.
PROFILE = ("office", "country", "language", "year", "kind", "state")
PART, AND = "\x1f", "\x1e"
# The tokens of title and body, and of their stems, paragraph by paragraph, blanks between.
Texts = dict[str, list[str]]
STEMMED = (*TEXTS, *map(stem_field, TEXTS))
# The fields of bodies -> those without boilerplate, in which each word stands where it did; a
# release without any has none of them.
OUTSIDE = {"body": "outside", "body_stem": "outside_stem"}
# The name of the search for releases that match in boilerplate alone.
BOILERPLATE = "boilerplate"
# A word of boilerplate there, which the cluster drops.
GAP = "\x1d"


@dataclass(frozen=True)
class Stored:
    """A release as it is read: `body` has empty lines between paragraphs, `alternates` as in
    `Document`. `boilerplate` are the numbers of the body's words where boilerplate begins and ends,
    in turn; `only_boilerplate` tells whether it matches in no other place.
    """

    id: str
    office: str
    language: str
    published: date | None
    url: str
    title: str
    body: str
    alternates: tuple[str, ...] = ()
    boilerplate: tuple[int, ...] = ()
    only_boilerplate: bool = False

    @property
    def boilerplate_runs(self) -> Iterator[tuple[int, int]]:
        """Where each run of boilerplate begins and ends."""
        return zip(self.boilerplate[::2], self.boilerplate[1::2], strict=True)

    @property
    def boilerplate_words(self) -> frozenset[int]:
        """The numbers of the body's words that are in boilerplate."""
        return frozenset(at for run in self.boilerplate_runs for at in range(*run))


# Ids -> the stored releases among them, in any order.
Fetch = Callable[[Sequence[str]], Iterable[Stored]]


def profile(given: dict[str, list[str]]) -> str:
    """The values of the facets of PROFILE as one value."""
    return PART.join(AND.join(map(term, given[FACET_FIELDS[name]])) for name in PROFILE)


def facets_of(found: str) -> dict[str, list[str]]:
    """The values that make up a profile."""
    parts = zip(PROFILE, found.split(PART), strict=True)
    return {name: part.split(AND) if part else [] for name, part in parts}


def settings(shards: int) -> dict[str, Any]:
    """The settings of an index while it is built: it shows nothing until it is refreshed."""
    return {
        "number_of_shards": shards,
        "number_of_replicas": 0,
        "refresh_interval": "-1",
        "max_terms_count": 65_536,
        "translog": {"flush_threshold_size": "1gb"},
        "analysis": {
            "tokenizer": {"ready": {"type": "whitespace", "max_token_length": 10_000}},
            "filter": {"gaps": {"type": "stop", "stopwords": [GAP]}},
            "analyzer": {
                "ready": {"type": "custom", "tokenizer": "ready"},
                "gapped": {"type": "custom", "tokenizer": "ready", "filter": ["gaps"]},
            },
        },
        "similarity": {
            "embedded": {
                "type": "scripted",
                "weight_script": {"source": WEIGHT},
                "script": {"source": SCORE},
            }
        },
    }


def release_mapping() -> dict[str, Any]:
    """The fields of releases."""
    text = {
        "type": "text",
        "analyzer": "ready",
        "similarity": "embedded",
        "position_increment_gap": PARAGRAPH_GAP,
    }
    outside = {
        "type": "text",
        "analyzer": "gapped",
        "norms": False,
        "position_increment_gap": PARAGRAPH_GAP,
    }
    facets = {*FACET_FIELDS.values(), "profile"}
    whole = {
        name: {"type": "keyword", "eager_global_ordinals": name in facets}
        for name in (*WHOLE, "fold", "profile")
    }
    number = {"type": "integer"}
    places = dict.fromkeys(("newest", "oldest", "tokens", *NOTED_STEPS), number)
    return {
        "dynamic": False,
        "_source": {"excludes": [*STEMMED, *OUTSIDE.values()]},
        "properties": {
            **dict.fromkeys((*STEMMED, *WORDS), text),
            **dict.fromkeys(OUTSIDE.values(), outside),
            "sentences": {"type": "long"},
            "boilerplate": {"type": "long"},
            **whole,
            **places,
            "shown": {"type": "object", "enabled": False},
        },
    }


def word_mapping() -> dict[str, Any]:
    """The fields of words: the stems and keys that find each, the number of releases with it in
    their titles and in their bodies, and its number of occurrences in bodies.
    """
    keys = {name: {"type": "keyword"} for name in ("word", "stems", *KINDS)}
    numbers = {name: {"type": "long"} for name in (*TEXTS, "times")}
    return {"dynamic": False, "properties": {**keys, **numbers}}


def term(text: str) -> str:
    """A term as the index can store it."""
    if len(text) <= MOST_LETTERS:
        return text
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
    return f"{text[:MOST_LETTERS]}…{digest}"


def release(document: Document, texts: Texts, number: int) -> dict[str, Any]:
    """A release as it is sent; its body has that `number` of tokens."""
    given = field_terms(document)
    published = document.published
    found: dict[str, Any] = {name: [*map(term, given[name])] for name in WHOLE if given[name]}
    tokens: Texts = texts | {
        name: [" ".join(map(term, given[name]))] for name in WORDS if given[name]
    }
    # An empty text would count as a text.
    found |= {name: each for name, each in tokens.items() if each}
    found |= {
        "fold": document.group or document.id,
        "profile": profile(given),
        "newest": published.toordinal() if published else NEVER,
        "oldest": published.toordinal() if published else EVER,
        "tokens": number,
        "shown": {
            "office": document.office,
            "language": document.language,
            "published": published.isoformat() if published else None,
            "url": document.url,
            "title": document.title.replace("\n", " "),
            "body": document.body_text,
            "alternates": [*document.alternates],
        },
    }
    return found | (_periods(published) if published else {})


def marked(source: dict[str, Any], texts: Texts, found: Sentences, common: Array) -> dict[str, Any]:
    """A release as it is sent, with the boilerplate in its body told apart: the sentences whose
    digests are `common`.
    """
    is_common = is_among(found.digests, common)
    ends = np.cumsum(found.lengths)
    runs = np.stack((ends - found.lengths, ends), axis=1)[is_common]
    are_gaps = found.words_in(common).tolist()
    outside = {
        OUTSIDE[name]: [*_without(paragraphs, are_gaps)]
        for name, paragraphs in texts.items()
        if is_common.any() and name in OUTSIDE and paragraphs
    }
    return {
        **source,
        **outside,
        "sentences": numbers_of(np.unique(found.digests)),
        "boilerplate": numbers_of(np.unique(found.digests[is_common])),
        "shown": source["shown"] | {"boilerplate": runs.ravel().tolist()},
    }


def numbers_of(digests: Array) -> list[int]:
    """Digests of sentences as the index can store them, with a sign."""
    found: list[int] = digests[digests > 0].view(np.int64).tolist()
    return found


def _without(paragraphs: Iterable[str], are_gaps: Sequence[bool]) -> Iterator[str]:
    """Paragraphs of tokens with gaps in place of some."""
    at = 0
    for each in paragraphs:
        words = each.split(" ")
        pairs = zip(words, are_gaps[at : at + len(words)], strict=True)
        yield " ".join(GAP if is_gap else word for word, is_gap in pairs)
        at += len(words)


def stored_of(hit: dict[str, Any]) -> Stored:
    """The release of a search hit."""
    shown = hit["_source"]["shown"]
    day = shown["published"]
    return Stored(
        id=hit["_id"],
        office=shown["office"],
        language=shown["language"],
        published=date.fromisoformat(day) if day else None,
        url=shown["url"],
        title=shown["title"],
        body=shown["body"],
        alternates=tuple(shown["alternates"]),
        boilerplate=tuple(shown["boilerplate"]),
        only_boilerplate=BOILERPLATE in hit.get("matched_queries", ()),
    )


def _periods(day: date) -> dict[str, int]:
    ordinal = np.array([day.toordinal()], np.int32)
    return {name: int(periods.numbers(name, ordinal)[0]) for name in NOTED_STEPS}
