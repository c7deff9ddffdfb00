"""What a query's words match in the bodies of its hits -> spans of tokens, a segment at a time.

A word is a span of one token; a phrase extends from its first word to its last. Of a loose phrase's
nested occurrences only the shortest counts (minimal intervals, Clarke, Cormack and Burkowski 1995,
section 3). Negated parts and other fields match nothing, and a span counts once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Self

import numpy as np

from indexer import deadline
from indexer.analysis.analyzer import STEM
from indexer.analysis.jit import Array
from indexer.engine.fields import stem_field
from indexer.engine.results import Beside, Query
from indexer.linguistics.neighbors import CODES, Neighbors, neighbor_keys
from indexer.linguistics.spans import TokenSpans
from indexer.query import tree
from indexer.query.proximity import NOWHERE, joined
from indexer.query.tree import BODY
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.index.segment import SegmentArrays
from indexer.whoosh_engine.search.collect import FoundHits, find_hits
from indexer.whoosh_engine.search.execute import Executor
from indexer.whoosh_engine.search.spans import SegmentWords, union
from indexer.whoosh_engine.search.suggest import attested


@dataclass(frozen=True)
class SegmentSpans(TokenSpans):
    """The spans in one segment, by its own numbers of documents and terms; `base` is the number of
    its first document.
    """

    segment: SegmentArrays
    base: int

    @property
    def documents(self) -> Array:
        """The number of each span's document in the snapshot."""
        return self.releases + np.int32(self.base)


@dataclass(frozen=True)
class Mentions:
    """What an executed query matches in the bodies of the hits that are counted; in boilerplate
    only if the query has it.
    """

    query: Query
    executor: Executor
    hits: FoundHits
    beside: Beside | None = None

    @classmethod
    def of(cls, snapshot: Snapshot, query: Query, beside: Beside | None = None) -> Self:
        """The mentions of a query, which is run: all, or those beside a word."""
        executor = Executor(snapshot)
        hits = find_hits(snapshot, executor, replace(query, facets=()))
        return cls(query, executor, hits, beside)

    @cached_property
    def parts(self) -> list[SegmentSpans]:
        """The spans of each segment."""
        return self._find(self.hits.counted, has_boilerplate=self.query.has_boilerplate)

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    @property
    def left_out(self) -> int:
        """How many more mentions there are in boilerplate."""
        if self.query.has_boilerplate:
            return 0
        every = self._find(self.hits.found.documents, has_boilerplate=True)
        return max(0, sum(map(len, every)) - len(self))

    def neighbors(self, *, is_left: bool) -> tuple[Neighbors, list[Array]]:
        """The words before or after mentions, and the keys of each part's."""
        return _neighbors(self.executor.snapshot, self.parts, is_left=is_left)

    def _find(self, hits: Array, *, has_boilerplate: bool) -> list[SegmentSpans]:
        parts = _find_spans(self.executor, self.query.tree, hits, has_boilerplate=has_boilerplate)
        return _beside(self.executor, parts, self.beside) if self.beside else parts


def _beside(executor: Executor, parts: list[SegmentSpans], beside: Beside) -> list[SegmentSpans]:
    """The spans that a word is directly before or after, or the word itself near them."""
    if beside.side == "near":
        name = f"{STEM}{beside.word}" if beside.is_stem else beside.word
        leaf = tree.Term(stem_field(BODY) if beside.is_stem else BODY, name)
        found = []
        for part in parts:
            every = np.ones(part.segment.size, bool)
            places = SegmentWords(part.segment, executor.expansions, every).places(leaf)
            found.append(part.words_near(places, beside.window))
        return found
    neighbors, keys = _neighbors(executor.snapshot, parts, is_left=beside.side == "before")
    return [
        part.only(neighbors.are(beside.word, own)) for part, own in zip(parts, keys, strict=True)
    ]


def _neighbors(
    snapshot: Snapshot, parts: list[SegmentSpans], *, is_left: bool
) -> tuple[Neighbors, list[Array]]:
    words = snapshot.words(BODY)
    keys = [
        neighbor_keys(part, numbers, _letter_codes(part.segment), is_left=is_left)
        for part, numbers in zip(parts, words.numbers, strict=False)
    ]
    return Neighbors(words.word, partial(attested, snapshot), is_left=is_left), keys


def _letter_codes(segment: SegmentArrays) -> Array:
    """The codes of the terms that are single letters; 0 of the others."""
    terms = segment.fields[BODY]
    codes = np.zeros(len(terms), np.uint8)
    for letter, code in CODES.items():
        if (number := terms.number(letter.encode())) is not None:
            codes[number] = code
    return codes


def _find_spans(
    executor: Executor, query: tree.Node | None, hits: Array, *, has_boilerplate: bool = True
) -> list[SegmentSpans]:
    """What an executed query matches in the bodies of these documents."""
    snapshot = executor.snapshot
    wanted = np.zeros(snapshot.size, bool)
    wanted[hits] = True
    asked = tree.body_leaves(query)
    found = []
    left_out = [None] * len(snapshot.segments) if has_boilerplate else snapshot.boilerplate
    for base, segment, boilerplate in zip(
        snapshot.bases, snapshot.segments, left_out, strict=False
    ):
        is_wanted = wanted[base : base + segment.size]
        words = SegmentWords(segment, executor.expansions, is_wanted, boilerplate)
        single, spans = [NOWHERE], []
        for leaf in asked:
            deadline.check()
            if isinstance(leaf, tree.Phrase | tree.Near):
                spans.append(words.spans(leaf))
            else:
                single.append(words.places(leaf))
        places = union(single)
        starts, forward = segment.starts(BODY), segment.arrays[f"{BODY}/forward"]
        pair = joined([(places, places), *spans])
        paragraphs = segment.paragraph_starts(BODY)
        languages = segment.arrays["language/forward"]
        found.append(SegmentSpans(starts, paragraphs, forward, languages, *pair, segment, base))
    return found
