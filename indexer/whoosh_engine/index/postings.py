"""One field of one segment: its sorted terms, and their postings as views of mapped arrays."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import cached_property

import numpy as np

from indexer.analysis.jit import Array
from indexer.engine.fields import LENGTHS_OF
from indexer.linguistics.alignment import count_holders
from indexer.whoosh_engine.index.arrays import ArrayFile

STEP = 64
# The frequencies of a field where all are 1.
NO_FREQS = np.zeros(0, np.uint8)
# A character in UTF-8: its first byte and those that follow it.
CHARACTER = rb"(?:[\x00-\x09\x0b-\x7f]|[\xc0-\xff][\x80-\xbf]*)"


class FieldPostings:
    """Terms have numbers in sorted order, so a prefix or range of terms is a range of numbers;
    postings of `deleted` documents remain.
    """

    def __init__(
        self, arrays: ArrayFile, name: str, deleted: AbstractSet[int] = frozenset()
    ) -> None:
        self.name, self.deleted, self._arrays = name, deleted, arrays
        self.blob = arrays[f"{name}/terms"].data
        self._ends = arrays[f"{name}/ends"].data
        self.ends: Array = arrays[f"{name}/ends"]
        self.firsts: Array = arrays[f"{name}/firsts"]
        self._firsts = self.firsts.data
        self.documents: Array = arrays[f"{name}/documents"]
        self.freqs = arrays.get(f"{name}/freqs")
        self.spots = arrays.get(f"{name}/spots")
        self.positions = arrays.get(f"{name}/positions")

    def __len__(self) -> int:
        return len(self._ends)

    def term(self, number: int) -> bytes:
        """The term of a number."""
        return bytes(self.blob[self._ends[number - 1] + 1 if number else 0 : self._ends[number]])

    @cached_property
    def _samples(self) -> list[bytes]:
        """Every STEP-th term, to bisect in before one step is searched."""
        return [self.term(number) for number in range(0, len(self), STEP)]

    def lower(self, text: bytes) -> int:
        """The number of the first term that does not sort before a text."""
        first = max(0, bisect_right(self._samples, text) - 1) * STEP
        few = range(first, min(first + STEP, len(self)))
        return first + bisect_left([*self.terms(few)], text)

    def number(self, text: bytes) -> int | None:
        """The number of a term, or None where it does not occur."""
        if not len(self) or b"\n" in text:
            return None
        first = max(0, bisect_right(self._samples, text) - 1) * STEP
        few = b"\n" + self._bytes(range(first, min(first + STEP, len(self)))) + b"\n"
        at = few.find(b"\n" + text + b"\n")
        return None if at < 0 else first + few.count(b"\n", 0, at)

    def prefix(self, text: bytes) -> range:
        """The numbers of the terms that begin with a text."""
        if not text:
            return range(len(self))
        # UTF-8 has no byte 0xff, so no term with this prefix sorts after it.
        return range(self.lower(text), self.lower(text + b"\xff"))

    def terms(self, numbers: range) -> Iterator[bytes]:
        """The terms of a range of numbers."""
        return iter(self._bytes(numbers).split(b"\n") if numbers else ())

    def words(self, numbers: range) -> list[str]:
        """The same terms as text."""
        return self._bytes(numbers).decode().split("\n") if numbers else []

    def _bytes(self, numbers: range) -> bytes:
        """The terms of a range of numbers, with newlines between them."""
        start = self._ends[numbers.start - 1] + 1 if numbers.start else 0
        return bytes(self.blob[start : self._ends[numbers.stop - 1]])

    def matching(self, pattern: bytes, numbers: range) -> Array:
        """The numbers of the terms in a range that a pattern of bytes matches fully."""
        if not numbers:
            return np.empty(0, np.int64)
        start = self._ends[numbers.start - 1] + 1 if numbers.start else 0
        whole = re.compile(b"^(?:" + pattern + b")$", re.MULTILINE)
        matches = whole.finditer(self._bytes(numbers))
        starts = np.fromiter((found.start() for found in matches), np.int64)
        ends = np.asarray(self.ends[numbers.start : numbers.stop]) - start
        return np.searchsorted(ends, starts) + numbers.start

    def extent(self, number: int) -> slice:
        """The extent of a term's postings in `documents`."""
        return slice(self._firsts[number], self._firsts[number + 1])

    def extents(self, numbers: range) -> slice:
        """The extent of the postings of a range of terms."""
        return (
            slice(self._firsts[numbers.start], self._firsts[numbers.stop])
            if numbers
            else slice(0, 0)
        )

    def count(self, number: int) -> int:
        """The number of documents with a term, deleted ones too."""
        return self._firsts[number + 1] - self._firsts[number]

    def live_count(self, number: int) -> int:
        """The number of documents with a term that are not deleted."""
        gone = self._deleted_holders
        return self.count(number) - (0 if gone is None else int(gone[number]))

    def live_counts(self, numbers: Array) -> Array:
        """The same numbers for several terms."""
        gone = self._deleted_holders
        counts: Array = self.firsts[numbers + 1].astype(np.int64) - self.firsts[numbers]
        return counts if gone is None else counts - gone[numbers]

    @cached_property
    def _deleted_holders(self) -> Array | None:
        """The number of deleted documents with each term; None without deleted documents."""
        if not self.deleted:
            return None
        text, arrays = LENGTHS_OF.get(self.name, self.name), self._arrays
        starts = np.concatenate(([0], np.cumsum(arrays[f"{text}/lengths"], dtype=np.int64)))
        numbers = np.arange(len(self), dtype=np.int32)
        seen, counts = np.full(len(self), -1, np.int32), np.zeros(len(self), np.int32)
        documents = np.array(sorted(self.deleted), np.int32)
        spoken = arrays["language/forward"][documents]
        for language in np.unique(spoken).tolist():
            table = numbers
            if text != self.name:  # from terms to stems of the language
                table = arrays[f"{text}/stems"].reshape(len(arrays["language/ends"]), -1)[language]
            own = documents[spoken == language]
            count_holders(own, starts, arrays[f"{text}/forward"], table, numbers, seen, counts)
        return counts

    def frequencies(self, extent: slice) -> Array | None:
        """The frequency of the term in each posting's document; None where all are 1."""
        return None if self.freqs is None else self.freqs[extent]

    def positions_of(self, number: int) -> Array:
        """The positions of all postings of a term."""
        assert self.positions is not None
        assert self.spots is not None
        return self.positions[self.spots[number] : self.spots[number + 1]]


def wildcard_pattern(text: str) -> tuple[bytes, bytes]:
    """A wildcard as a pattern of bytes, and its literal prefix."""
    parts = re.split(r"([*?])", text)
    pattern = b"".join(
        rb"[^\n]*" if part == "*" else CHARACTER if part == "?" else re.escape(part.encode())
        for part in parts
    )
    return pattern, parts[0].encode()
