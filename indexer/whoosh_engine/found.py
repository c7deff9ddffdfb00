"""Matching documents with their scores, and what can be done with sets of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexer.whoosh_engine.arrays import Array

# Room for a number (float32, all zero before and after) and a place (int32, anything) a document.
Scratch = tuple[Array, Array]


@dataclass(frozen=True)
class Found:
    """Matching documents in ascending order (int32) and their scores (float32). Deleted ones may be
    among them.
    """

    documents: Array
    scores: Array

    def scaled(self, boost: float) -> Found:
        """The same with all scores multiplied."""
        return self if boost == 1.0 else Found(self.documents, self.scores * np.float32(boost))

    def __len__(self) -> int:
        return len(self.documents)


NOTHING = Found(np.zeros(0, np.int32), np.zeros(0, np.float32))


def alike(documents: Array, score: float) -> Found:
    """Documents that all have one score."""
    return Found(documents, np.full(len(documents), score, np.float32))


def union(found: Sequence[Found], scratch: Scratch) -> Found:
    """What is in any, scores added up."""
    found = [each for each in found if len(each)]
    if len(found) < 2:
        return found[0] if found else NOTHING
    sums, _ = scratch
    first, *others = found
    sums[first.documents] = first.scores
    for each in others:
        sums[each.documents] = sums.take(each.documents) + each.scores
    if all(each.scores.min() > 0 for each in found):
        documents = np.flatnonzero(sums != 0).astype(np.int32)
    else:  # a boost of 0, or below it
        documents = np.unique(np.concatenate([each.documents for each in found]))
    scores = sums.take(documents)
    sums[documents] = 0.0
    return Found(documents, scores)


def intersection(found: Sequence[Found], scratch: Scratch) -> Found:
    """What is in all, scores added up."""
    if not found:
        return NOTHING
    smallest, *others = sorted(found, key=len)
    documents, scores = smallest.documents, smallest.scores
    for other in others:
        is_in, at = places(documents, other.documents, scratch)
        documents, scores = documents[is_in], scores[is_in] + other.scores[at]
    return Found(documents, scores)


def places(documents: Array, others: Array, scratch: Scratch) -> tuple[Array, Array]:
    """Which of the documents are among the others (a mask), and where those stand there.

    Both ascend. Few are looked up by bisection; many through a table of places, which need not be
    clean: what stands there is believed only if it points back.
    """
    if not len(others):
        return np.zeros(len(documents), bool), np.zeros(0, np.int64)
    if len(documents) * 16 < len(others):
        at = np.minimum(np.searchsorted(others, documents), len(others) - 1)
    else:
        _, table = scratch
        table[others] = np.arange(len(others), dtype=np.int32)
        at = np.minimum(table[documents], len(others) - 1)
    is_in = others[at] == documents
    return is_in, at[is_in]
