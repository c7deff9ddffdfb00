"""What a query's words match in the bodies of its hits -> spans of tokens, a segment at a time.

A word is a span of one token; a phrase extends from its first word to its last. Of a loose phrase's
nested occurrences only the shortest counts (minimal intervals, Clarke, Cormack and Burkowski 1995,
section 3). Negated parts and other fields match nothing, and a span counts once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from indexer import deadline
from indexer.analysis.jit import Array
from indexer.engine.results import Query
from indexer.linguistics.spans import TokenSpans
from indexer.query import tree
from indexer.query.proximity import NOWHERE, joined
from indexer.query.tree import BODY
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.index.segment import SegmentArrays
from indexer.whoosh_engine.search.collect import FoundHits, find_hits
from indexer.whoosh_engine.search.execute import Executor
from indexer.whoosh_engine.search.spans import SegmentWords, union


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
    parts: list[SegmentSpans]

    @classmethod
    def of(cls, snapshot: Snapshot, query: Query) -> Self:
        """The mentions of a query, which is run."""
        executor = Executor(snapshot)
        hits = find_hits(snapshot, executor, replace(query, facets=()))
        has = query.has_boilerplate
        spans = _find_spans(executor, query.tree, hits.counted, has_boilerplate=has)
        return cls(query, executor, hits, spans)

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    @property
    def left_out(self) -> int:
        """How many more mentions there are in boilerplate."""
        if self.query.has_boilerplate:
            return 0
        every = _find_spans(self.executor, self.query.tree, self.hits.found.documents)
        return max(0, sum(map(len, every)) - len(self))


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
        languages = segment.arrays["language/forward"]
        found.append(SegmentSpans(starts, forward, languages, *pair, segment, base))
    return found
