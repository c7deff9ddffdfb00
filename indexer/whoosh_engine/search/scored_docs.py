"""Matching documents with their scores, and operations on sets of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexer.analysis.jit import Array
from indexer.whoosh_engine.columns.kernels import add, collect, find_places, intersect, merge_scored

# Lists are merged where they are together so many times shorter than all documents.
SPARSE = 16
# A number (float32, all zero before and after) and a place (int32, anything) a document.
Scratch = tuple[Array, Array]


@dataclass(frozen=True)
class ScoredDocs:
    """Matching documents, ascending (int32), also deleted ones, and their scores (float32)."""

    documents: Array
    scores: Array

    def scaled(self, boost: float) -> ScoredDocs:
        """The same documents, with all scores multiplied."""
        return self if boost == 1.0 else ScoredDocs(self.documents, self.scores * np.float32(boost))

    def __len__(self) -> int:
        return len(self.documents)


NOTHING = ScoredDocs(np.zeros(0, np.int32), np.zeros(0, np.float32))


def are_among(documents: Array, others: Array) -> Array:
    """Which of a few documents are among others, which ascend (a mask)."""
    if not len(others):
        return np.zeros(len(documents), bool)
    found: Array = others[np.searchsorted(others[:-1], documents)] == documents
    return found


def constant_score(documents: Array, score: float) -> ScoredDocs:
    """Documents with one score for all."""
    return ScoredDocs(documents, np.full(len(documents), score, np.float32))


def union(found: Sequence[ScoredDocs], scratch: Scratch) -> ScoredDocs:
    """The union, with scores added up."""
    found = [each for each in found if len(each)]
    if not found:
        return NOTHING
    sums, _ = scratch
    is_counted = all(each.scores.min() > 0 for each in found)  # no boost of 0 or less
    if len(found) > 2 and is_counted and sum(map(len, found)) * SPARSE > len(sums):
        for each in found:
            add(each.documents, each.scores, sums)
        return ScoredDocs(*collect(sums))
    while len(found) > 1:
        found = sorted(found, key=len)
        one, other, *rest = found
        found = [
            ScoredDocs(*merge_scored(one.documents, one.scores, other.documents, other.scores)),
            *rest,
        ]
    return found[0]


def intersection(found: Sequence[ScoredDocs], scratch: Scratch) -> ScoredDocs:
    """The intersection, with scores added up."""
    if not found:
        return NOTHING
    smallest, *others = sorted(found, key=len)
    documents, scores = smallest.documents, smallest.scores
    for other in others:
        if not len(other):
            return NOTHING
        documents, scores = intersect(documents, scores, other.documents, other.scores, scratch[1])
    return ScoredDocs(documents, scores)


def places(documents: Array, others: Array, scratch: Scratch) -> tuple[Array, Array]:
    """A mask of the documents among the others, and their positions there."""
    at = find_places(documents, others, scratch[1])
    is_in = at >= 0
    return is_in, at[is_in]
