"""Texts -> their words as numbers, told apart as by `analyzer.WORD`, compiled.

Characters are code points (uint32), each of a class: part of a word, a mark inside one, an
apostrophe that can join two parts, a letter that is a word by itself, or none of these.
"""

from __future__ import annotations

import re
import secrets
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from indexer.analysis.analyzer import APOSTROPHES, MARKS, UNSPACED
from indexer.analysis.jit import compiled

OTHER, LETTER, MARK, JOINER, ALONE = range(5)
BETWEEN_PARAGRAPHS = "\n\n"
# Sets a subtitle off from the paragraphs, which are numbered without it.
AFTER_SUBTITLE = "\n\n\n"
BASIC = 0x10000
EVERY = 0x110000

Codes = NDArray[np.uint32]
Classes = NDArray[np.uint8]
# Where words begin and end, a row each.
Spans = NDArray[np.int32]


def codes_of(text: str) -> Codes:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def classes_of(codes: Codes) -> Classes:
    """A class for every code point that a text can hold."""
    return _classes(BASIC if codes.max(initial=0) < BASIC else EVERY)


@cache
def _classes(size: int) -> Classes:
    letters = bytes(chr(code).isalnum() for code in range(size))
    classes = np.frombuffer(letters, np.uint8).copy()
    basic = "".join(map(chr, range(BASIC)))
    for pattern, kind in ((MARKS, MARK), (UNSPACED, ALONE)):
        for found in re.finditer(f"[{pattern}]+", basic):
            own = classes[found.start() : found.end()]
            own[(own == LETTER) | (kind == MARK)] = kind
    own = classes[0x20000:0x40000]
    own[own == LETTER] = ALONE
    for code in APOSTROPHES | {ord("'"): "'"}:
        if classes[code] == OTHER:  # one of them is a letter too
            classes[code] = JOINER
    return classes


def word_spans(text: str) -> Spans:
    """Where the words of a text stand in it: int32[n, 2]."""
    codes = codes_of(text)
    return _word_spans(codes, classes_of(codes))


def paragraph_starts(text: str) -> NDArray[np.int64]:
    """The numbers of the words that begin the paragraphs which have any, and that of all words."""
    return part_starts(text, [0, *(each.end() for each in re.finditer(BETWEEN_PARAGRAPHS, text))])


def part_starts(text: str, borders: ArrayLike) -> NDArray[np.int64]:
    """The numbers of the words that begin the parts which have any, and that of all words; parts
    begin at these characters.
    """
    begins = word_spans(text)[:, 0]
    starts = np.searchsorted(begins, borders)
    is_any = np.diff(starts, append=len(begins)) > 0
    return np.append(starts[is_any], len(begins))


@compiled
def _word_spans(codes: Codes, classes: Classes) -> Spans:
    size = len(codes)
    found = np.empty((size + 1, 2), np.int32)
    at = length = 0
    while at < size:
        first = classes[codes[at]]
        if first != LETTER and first != ALONE:
            at += 1
            continue
        found[length, 0], kind = at, first
        while kind != OTHER:
            at += 1
            kind = classes[codes[at]] if at < size else OTHER
            if kind == JOINER and (at + 1 == size or classes[codes[at + 1]] != LETTER):
                kind = OTHER
            if kind == ALONE or (first == ALONE and kind != MARK):
                kind = OTHER
        found[length, 1] = at
        length += 1
    return found[:length]


class WordNumbers:
    """Numbers the words of texts, as written, in the order in which they first occur.

    Its hash table has a secret seed, so that no page can fill it with collisions.
    """

    def __init__(self) -> None:
        self.seed = np.uint64(secrets.randbits(63) | 1)
        self.slots = np.full(1 << 12, -1, np.int32)
        self.hashes = np.zeros(1 << 11, np.uint64)
        self.ends = np.zeros(1 << 11, np.int64)
        self.pool = np.zeros(1 << 14, np.uint32)
        self.count = 0

    def numbers(self, text: str) -> NDArray[np.int32]:
        """The numbers of a text's words, in their order."""
        codes = codes_of(text)
        most = len(codes) + 1
        self._make_room(most, len(codes))
        found = np.empty(most, np.int32)
        length, self.count = _number_words(
            codes,
            classes_of(codes),
            self.seed,
            self.slots,
            self.hashes,
            self.ends,
            self.pool,
            self.count,
            found,
        )
        return found[:length]

    def word(self, number: int) -> str:
        """The word of a number."""
        start = self.ends[number - 1] if number else 0
        return self.pool[start : self.ends[number]].tobytes().decode("utf-32-le", "surrogatepass")

    def _make_room(self, words: int, chars: int) -> None:
        """For so many new words, with so many characters together."""
        used = int(self.ends[self.count - 1]) if self.count else 0
        if len(self.pool) < used + chars:
            self.pool = np.resize(self.pool, 2 * (used + chars))
        if len(self.ends) < self.count + words:
            size = 2 * (self.count + words)
            self.hashes, self.ends = np.resize(self.hashes, size), np.resize(self.ends, size)
        if len(self.slots) < 2 * (self.count + words):
            size = 1 << (4 * (self.count + words)).bit_length()
            self.slots = np.full(size, -1, np.int32)
            _fill_slots(self.slots, self.hashes[: self.count])


@compiled
def _fill_slots(slots: NDArray[np.int32], hashes: NDArray[np.uint64]) -> None:
    mask = np.uint64(len(slots) - 1)
    for number in range(len(hashes)):
        slot = hashes[number] & mask
        while slots[slot] >= 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = number


@compiled
def _number_words(
    codes: Codes,
    classes: Classes,
    seed: np.uint64,
    slots: NDArray[np.int32],
    hashes: NDArray[np.uint64],
    ends: NDArray[np.int64],
    pool: Codes,
    count: int,
    found: NDArray[np.int32],
) -> tuple[int, int]:
    """How many words the codes contain, and how many have numbers now. Words are hashed while they
    are told apart (FNV-1a, the high bits mixed in).
    """
    size = len(codes)
    at = length = 0
    while at < size:
        first = classes[codes[at]]
        if first != LETTER and first != ALONE:
            at += 1
            continue
        start, kind, hashed = at, first, seed
        while kind != OTHER:
            hashed = (hashed ^ np.uint64(codes[at])) * np.uint64(0x100000001B3)
            hashed ^= hashed >> np.uint64(29)
            at += 1
            kind = classes[codes[at]] if at < size else OTHER
            if kind == JOINER and (at + 1 == size or classes[codes[at + 1]] != LETTER):
                kind = OTHER
            if kind == ALONE or (first == ALONE and kind != MARK):
                kind = OTHER
        slot, is_new = _slot(codes, start, at, hashed, slots, hashes, ends, pool)
        if is_new:
            slots[slot], hashes[count] = count, hashed
            begin = ends[count - 1] if count else 0
            ends[count] = begin + at - start
            pool[begin : ends[count]] = codes[start:at]
            count += 1
        found[length] = slots[slot]
        length += 1
    return length, count


@compiled
def _slot(
    codes: Codes,
    start: int,
    end: int,
    hashed: np.uint64,
    slots: NDArray[np.int32],
    hashes: NDArray[np.uint64],
    ends: NDArray[np.int64],
    pool: Codes,
) -> tuple[np.uint64, bool]:
    """The slot of a word, and whether it is free, as the word is new."""
    mask = np.uint64(len(slots) - 1)
    slot = hashed & mask
    while slots[slot] >= 0:
        number = slots[slot]
        first = ends[number - 1] if number else 0
        if hashes[number] == hashed and ends[number] - first == end - start:
            same = 0
            while same < end - start and pool[first + same] == codes[start + same]:
                same += 1
            if same == end - start:
                return slot, False
        slot = (slot + np.uint64(1)) & mask
    return slot, True
