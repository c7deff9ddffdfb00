"""Which sentences of a snapshot are boilerplate: counted over its live documents, so that each
generation has the marks of a full rebuild, and no document is written again for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexer.analysis.jit import Array, compiled
from indexer.linguistics.boilerplate import is_among, recurring
from indexer.whoosh_engine.index.segment import SegmentArrays


@dataclass(frozen=True)
class Boilerplate:
    """The places of a segment's body tokens where sentences of boilerplate begin and end (int64),
    and which of its documents have any (a mask).
    """

    begins: Array
    ends: Array
    holders: Array

    @classmethod
    def of(cls, segments: Sequence[SegmentArrays]) -> list[Boilerplate]:
        """That of each segment."""
        common = recurring([_live_digests(segment) for segment in segments])
        return [cls._among(segment, common) for segment in segments]

    @classmethod
    def _among(cls, segment: SegmentArrays, common: Array) -> Boilerplate:
        is_common = is_among(segment.arrays["body/digests"], common)
        begins, documents = (each[is_common] for each in segment.runs("sentences"))
        holders = np.zeros(segment.size, bool)
        holders[documents] = True
        return cls(begins, begins + segment.arrays["body/sentences"][is_common], holders)

    def has(self, places: Array) -> Array:
        """Which places, in ascending order, are in boilerplate (a mask)."""
        found: Array = _is_within(places, self.begins, self.ends)
        return found


def _live_digests(segment: SegmentArrays) -> Array:
    """The digests of the sentences of live documents, each once a document."""
    is_live = np.ones(segment.size, bool)
    is_live[[*segment.deleted]] = False
    _, documents = segment.runs("sentences")
    digests = segment.arrays["body/digests"].astype(np.uint64)
    found: Array = digests[_is_first(documents, digests) & is_live[documents]]
    return found


@compiled
def _is_first(documents: Array, digests: Array) -> Array:
    """Which sentences are the first of their digest in their document (a mask)."""
    found = np.zeros(len(digests), np.bool_)
    start = 0
    while start < len(digests):
        end = start
        while end < len(digests) and documents[end] == documents[start]:
            end += 1
        order = np.argsort(digests[start:end])
        before = np.uint64(0)
        for at in order:
            found[start + at] = digests[start + at] != before
            before = digests[start + at]
        start = end
    return found


@compiled
def _is_within(places: Array, begins: Array, ends: Array) -> Array:
    found = np.zeros(len(places), np.bool_)
    run = 0
    for at in range(len(places)):
        while run < len(ends) and ends[run] <= places[at]:
            run += 1
        found[at] = run < len(ends) and begins[run] <= places[at]
    return found
