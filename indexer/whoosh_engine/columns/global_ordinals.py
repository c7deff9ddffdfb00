"""All words of a field, numbered and counted over the segments of a snapshot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.analysis.jit import Array, compiled
from indexer.whoosh_engine.index.postings import NO_FREQS
from indexer.whoosh_engine.index.segment import SegmentArrays

NEWLINE_BYTE = 10


class WordList:
    """Words under common numbers, in the order of their characters.

    `numbers` has the numbers of each segment's terms (int32), `frequencies` the occurrences of each
    word in documents that are not deleted (int64), `tokens` their sum.
    """

    def __init__(self, field: str, segments: Sequence[SegmentArrays]) -> None:
        self._postings = [segment.fields[field] for segment in segments]
        sizes = [len(postings) for postings in self._postings]
        self._bases = np.cumsum([0, *sizes])
        blobs = [np.frombuffer(postings.blob, np.uint8) for postings in self._postings]
        ends = [postings.ends.astype(np.int64) for postings in self._postings]
        offsets = np.cumsum([0, *map(len, blobs)])
        ends = [each + offset for each, offset in zip(ends, offsets, strict=False)]
        numbers, self._holders = _common_numbers(
            np.concatenate([np.zeros(0, np.uint8), *blobs]),
            np.concatenate([np.zeros(0, np.int64), *ends]),
            self._bases,
        )
        self.numbers: list[Array] = np.split(numbers, self._bases[1:-1])
        self.frequencies = np.zeros(len(self._holders), np.int64)
        for segment, postings, own in zip(segments, self._postings, self.numbers, strict=False):
            is_live = np.ones(segment.size, bool)
            is_live[[*segment.deleted]] = False
            freqs = NO_FREQS if postings.freqs is None else postings.freqs
            _add_freqs(postings.firsts, postings.documents, freqs, is_live, own, self.frequencies)
        self.tokens = int(self.frequencies.sum())

    def __len__(self) -> int:
        return len(self._holders)

    def word(self, number: int) -> str:
        """The word of a number."""
        holder = int(self._holders[number])
        segment = int(np.searchsorted(self._bases, holder, "right")) - 1
        return self._postings[segment].term(holder - int(self._bases[segment])).decode()


@compiled
def _common_numbers(blob: Array, ends: Array, bases: Array) -> tuple[Array, Array]:
    """The common number of every term (int32), and for each number a term that has it (int32).

    `blob` has all segments' terms, those of segment s from bases[s] on. The least of the segments'
    next terms gets the next number.
    """
    numbers, holders = np.empty(len(ends), np.int32), np.empty(len(ends), np.int32)
    nexts = bases.copy()
    length = 0
    while True:
        least = -1
        for segment in range(len(bases) - 1):
            term = nexts[segment]
            is_left = term < bases[segment + 1]
            if is_left and (least < 0 or _is_before(blob, ends, term, least)):
                least = term
        if least < 0:
            return numbers, holders[:length].copy()
        for segment in range(len(bases) - 1):
            term = nexts[segment]
            if term < bases[segment + 1] and not _is_before(blob, ends, least, term):
                numbers[term] = length
                nexts[segment] += 1
        holders[length] = least
        length += 1


@compiled
def _is_before(blob: Array, ends: Array, one: int, other: int) -> bool:
    """Whether a term sorts before another; the newline after it is less than any byte."""
    at, there = (ends[one - 1] + 1 if one else 0), (ends[other - 1] + 1 if other else 0)
    while blob[at] == blob[there] and blob[at] != NEWLINE_BYTE:
        at += 1
        there += 1
    return bool(blob[at] < blob[there])


@compiled
def _add_freqs(
    firsts: Array, documents: Array, freqs: Array, is_live: Array, numbers: Array, sums: Array
) -> None:
    """Add the occurrences of each term in live documents to the sum of its number."""
    for term in range(len(numbers)):
        for posting in range(firsts[term], firsts[term + 1]):
            if is_live[documents[posting]]:
                sums[numbers[term]] += freqs[posting] if len(freqs) else 1
