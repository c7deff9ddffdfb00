"""Documents that are copies of each other, as a short column: only they are in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indexer.analysis.jit import Array
from indexer.whoosh_engine.index.segment import SegmentArrays


@dataclass(frozen=True)
class Groups:
    """The documents that have a group, ascending (int32), and the number of each one's group."""

    documents: Array
    numbers: Array

    @classmethod
    def of(cls, segments: list[SegmentArrays], bases: list[int]) -> Groups:
        """The column over all segments."""
        known: dict[bytes, int] = {}
        documents, numbers = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
        for base, segment in zip(bases, segments, strict=False):
            postings = segment.fields["group"]
            names = postings.terms(range(len(postings)))
            own = np.array([known.setdefault(each, len(known)) for each in names], np.int32)
            documents.append((np.flatnonzero(segment.lengths("group")) + base).astype(np.int32))
            numbers.append(own[segment.arrays["group/forward"]])
        return cls(np.concatenate(documents), np.concatenate(numbers))

    def among(self, documents: Array) -> tuple[Array, Array]:
        """Where these documents (ascending) have any of them, and their groups' numbers."""
        places = np.searchsorted(documents, self.documents)
        is_in = places < len(documents)
        is_in[is_in] = documents[places[is_in]] == self.documents[is_in]
        return places[is_in], self.numbers[is_in]
