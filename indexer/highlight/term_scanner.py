"""Folded words, and beginnings of words, looked for in texts in one pass, compiled."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from indexer.analysis.analyzer import fold
from indexer.analysis.jit import compiled
from indexer.analysis.tokenizer import (
    BASIC,
    JOINER,
    LETTER,
    OTHER,
    Classes,
    Codes,
    Spans,
    classes_of,
    codes_of,
)

# Code points that `fold` changes one by one, whatever stands around them; texts with others are
# judged word by word. Latin but for letters that it makes longer or shorter, Cyrillic, punctuation.
SURE = (
    *((0x00, 0x80), (0xA0, 0xBC), (0xBF, 0xDF), (0xE0, 0x132), (0x134, 0x149), (0x14A, 0x17F)),
    *((0x400, 0x483), (0x48A, 0x530), (0x2010, 0x2028), (0x2030, 0x205F), (0x20A0, 0x20C0)),
    (0x2116, 0x2117),
)
BUCKETS = 64
ANY = (1 << BUCKETS) - 1


# What a code point says of a text: its folding depends on others; its accents stay inside Cyrillic
# words; it is Cyrillic.
DEPENDS, ACCENTED, CYRILLIC = 1, 2, 4


@cache
def _folds() -> tuple[Codes, NDArray[np.uint8]]:
    """Each code point folded, and what it says of a text."""
    folds, kinds = np.arange(BASIC, dtype=np.uint32), np.full(BASIC, DEPENDS, np.uint8)
    for first, end in SURE:
        kinds[first:end] = 0
        for code in range(first, end):
            folded = fold(chr(code))
            folds[code] = ord(folded) if len(folded) == 1 else code
    kinds[0xC0:0x180] |= ACCENTED
    kinds[0x400:0x530] |= CYRILLIC
    return folds, kinds


class TermScanner:
    """Words (folded) and prefixes of words, in buckets by their first characters; for each bucket
    a bit for each second character.
    """

    def __init__(self, words: Iterable[str], prefixes: Iterable[str]) -> None:
        found = [(word, False) for word in words if word]
        found += [(prefix, True) for prefix in prefixes if prefix]
        found.sort(key=lambda pair: ord(pair[0][0]) % BUCKETS)
        self.pool = codes_of("".join(word for word, _ in found))
        self.starts = np.cumsum([0, *(len(word) for word, _ in found)])
        self.are_prefixes = np.array([is_prefix for _, is_prefix in found], bool)
        buckets = [ord(word[0]) % BUCKETS for word, _ in found]
        self.buckets = np.searchsorted(buckets, np.arange(BUCKETS + 1))
        seconds = [0] * BUCKETS
        for (word, _), bucket in zip(found, buckets, strict=True):
            seconds[bucket] |= 1 << ord(word[1]) % BUCKETS if len(word) > 1 else ANY
        self.seconds = np.array(seconds, np.uint64)

    def find(self, text: str) -> Spans | None:
        """The spans of matching words: int32[n, 2]; None for a text to be judged word by word."""
        codes = codes_of(text)
        found = np.empty((len(codes) // 2 + 1, 2), np.int32)
        number = _find(
            codes,
            classes_of(codes),
            *_folds(),
            self.pool,
            self.starts,
            self.are_prefixes,
            self.buckets,
            self.seconds,
            found,
        )
        return None if number < 0 else found[:number]


@compiled
def _find(
    codes: Codes,
    classes: Classes,
    folds: Codes,
    kinds: Classes,
    pool: Codes,
    starts: NDArray[np.int64],
    are_prefixes: NDArray[np.bool_],
    buckets: NDArray[np.int64],
    seconds: NDArray[np.uint64],
    found: Spans,
) -> int:
    """How many words match; -1 where the folding of a character depends on others."""
    if not _is_sure(codes, classes, kinds):
        return -1
    size, number, end = len(codes), 0, 0
    for at in _letter_starts(codes, classes):
        bucket = folds[codes[at]] & (BUCKETS - 1)
        second = folds[codes[at + 1]] if at + 1 < size else np.uint32(0)
        is_any = seconds[bucket] >> np.uint64(second & (BUCKETS - 1)) & np.uint64(1)
        if at < end or not is_any:
            continue
        # What an apostrophe joins to a word continues it.
        if at > 1 and classes[codes[at - 1]] == JOINER and classes[codes[at - 2]] == LETTER:
            continue
        for term in range(buckets[bucket], buckets[bucket + 1]):
            start, end = starts[term], at
            stop = starts[term + 1] - start + at
            while end < min(stop, size) and folds[codes[end]] == pool[start + end - at]:
                end += 1
            if end < stop:
                continue
            end = _word_end(codes, classes, end)
            # No word ends with an apostrophe, though what is looked for might.
            if (end == stop or are_prefixes[term]) and classes[codes[end - 1]] == LETTER:
                found[number, 0], found[number, 1] = at, end
                number += 1
                break
    return number


@compiled
def _letter_starts(codes: Codes, classes: Classes) -> NDArray[np.int32]:
    """Where letters follow none, noted without a branch, which would be guessed badly."""
    found = np.empty(len(codes) + 1, np.int32)
    number, before = 0, False
    for at in range(len(codes)):
        is_letter = classes[codes[at]] == LETTER
        found[number] = at
        number += is_letter and not before
        before = is_letter
    return found[:number]


@compiled
def _is_sure(codes: Codes, classes: Classes, kinds: Classes) -> bool:
    """Whether words are folded as each of their code points is."""
    every = 0
    for at in range(len(codes)):
        every |= kinds[codes[at]] if codes[at] < BASIC else DEPENDS
    if every & DEPENDS or (every & ACCENTED and every & CYRILLIC):
        return False
    if every & CYRILLIC == 0:
        return True
    is_latin = is_cyrillic = False
    for at in range(len(codes)):
        code = codes[at]
        if classes[code] == OTHER:
            is_latin = is_cyrillic = False
        is_latin |= 0x41 <= code < 0x250 and classes[code] == LETTER
        is_cyrillic |= 0x400 <= code < 0x530
        if is_latin and is_cyrillic:  # in one word, they may be taken for each other
            return False
    return True


@compiled
def _word_end(codes: Codes, classes: Classes, end: int) -> int:
    """Where a word ends that extends to `end` at least."""
    size = len(codes)
    while end < size and (
        classes[codes[end]] == LETTER
        or (classes[codes[end]] == JOINER and end + 1 < size and classes[codes[end + 1]] == LETTER)
    ):
        end += 1
    return end
