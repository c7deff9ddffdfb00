"""Which sentences of a snapshot are boilerplate: counted over its live documents, so that each
generation has the marks of a full rebuild, and no document is written again for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexer.analysis.jit import Array, compiled
from indexer.linguistics.boilerplate import is_among, recurring
from indexer.linguistics.spans import documents_of
from indexer.whoosh_engine.index.segment import SegmentArrays


@dataclass(frozen=True)
class Boilerplate:
    """The places of a segment's body tokens where sentences of boilerplate begin and end (int64);
    those of document d are from firsts[d] to firsts[d + 1].
    """

    begins: Array
    ends: Array
    firsts: Array

    @classmethod
    def of(cls, segments: Sequence[SegmentArrays]) -> list[Boilerplate]:
        """That of each segment."""
        common = _recurring(segments)
        return [cls._among(segment, common) for segment in segments]

    @classmethod
    def _among(cls, segment: SegmentArrays, common: Array) -> Boilerplate:
        is_common = is_among(segment.arrays["body/digests"], common)
        begins = segment.begins("sentences")[is_common]
        firsts = np.searchsorted(begins, segment.starts("body")).astype(np.int32)
        return cls(begins, begins + segment.arrays["body/sentences"][is_common], firsts)

    def __len__(self) -> int:
        return len(self.begins)

    def has(self, places: Array) -> Array:
        """Which places, in ascending order, are in boilerplate (a mask)."""
        found: Array = _is_within(places, self.begins, self.ends)
        return found


def _recurring(segments: Sequence[SegmentArrays]) -> Array:
    """The digests of sentences that recur in live documents, each counted once a document."""
    # Most do not recur even when each of their places is counted.
    likely = recurring([segment.arrays["body/digests"] for segment in segments])
    return recurring([_once_a_document(segment, likely) for segment in segments])


def _once_a_document(segment: SegmentArrays, among: Array) -> Array:
    """Those among some digests of a segment's live documents, each once a document."""
    digests = segment.arrays["body/digests"]
    is_likely = is_among(digests, among)
    documents = documents_of(segment.begins("sentences")[is_likely], segment.starts("body"))
    digests = digests[is_likely]
    order = np.argsort(digests, kind="stable")  # documents ascend among equal ones
    digests, documents = digests[order], documents[order]
    is_live = np.ones(segment.size, bool)
    is_live[[*segment.deleted]] = False
    is_counted = is_live[documents]
    is_counted[1:] &= (digests[1:] != digests[:-1]) | (documents[1:] != documents[:-1])
    found: Array = digests[is_counted]
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
