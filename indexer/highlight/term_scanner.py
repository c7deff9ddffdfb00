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
UNSURE = 0xFFFFFFFF
BUCKETS = 64


@cache
def _folds() -> Codes:
    """Each code point folded, UNSURE where folding depends on others."""
    folds = np.full(BASIC, UNSURE, np.uint32)
    for first, end in SURE:
        for code in range(first, end):
            folded = fold(chr(code))
            folds[code] = ord(folded) if len(folded) == 1 else code
    return folds


class TermScanner:
    """Words (folded) and prefixes of words, in buckets by their first characters."""

    def __init__(self, words: Iterable[str], prefixes: Iterable[str]) -> None:
        found = [(word, False) for word in words if word]
        found += [(prefix, True) for prefix in prefixes if prefix]
        found.sort(key=lambda pair: ord(pair[0][0]) % BUCKETS)
        self.pool = codes_of("".join(word for word, _ in found))
        self.starts = np.cumsum([0, *(len(word) for word, _ in found)])
        self.are_prefixes = np.array([is_prefix for _, is_prefix in found], bool)
        buckets = [ord(word[0]) % BUCKETS for word, _ in found]
        self.buckets = np.searchsorted(buckets, np.arange(BUCKETS + 1))

    def find(self, text: str) -> Spans | None:
        """The spans of matching words: int32[n, 2]; None for a text to be judged word by word."""
        codes = codes_of(text)
        found = np.empty((len(codes) // 2 + 1, 2), np.int32)
        number = _find(
            codes,
            classes_of(codes),
            _folds(),
            self.pool,
            self.starts,
            self.are_prefixes,
            self.buckets,
            found,
        )
        return None if number < 0 else found[:number]


@compiled
def _find(
    codes: Codes,
    classes: Classes,
    folds: Codes,
    pool: Codes,
    starts: NDArray[np.int64],
    are_prefixes: NDArray[np.bool_],
    buckets: NDArray[np.int64],
    found: Spans,
) -> int:
    """How many words match; -1 where the folding of a character depends on others."""
    size = len(codes)
    folded, is_sure = _folded(codes, classes, folds)
    if not is_sure:
        return -1
    number = end = 0
    for at in range(size):
        bucket = folded[at] & (BUCKETS - 1)
        if buckets[bucket] == buckets[bucket + 1] or classes[codes[at]] != LETTER or at < end:
            continue
        before = classes[codes[at - 1]] if at > 0 else OTHER
        if before == LETTER or (before == JOINER and at > 1 and classes[codes[at - 2]] == LETTER):
            continue
        for term in range(buckets[bucket], buckets[bucket + 1]):
            start, end = starts[term], at
            stop = starts[term + 1] - start + at
            while end < min(stop, size) and folded[end] == pool[start + end - at]:
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
def _folded(codes: Codes, classes: Classes, folds: Codes) -> tuple[Codes, bool]:
    """The codes folded one by one, and whether that is how words that contain them are folded."""
    folded = np.empty(len(codes), np.uint32)
    is_sure, has_accents, has_cyrillic = True, False, False
    is_latin = is_cyrillic = False
    for at in range(len(codes)):
        code = codes[at]
        if classes[code] == OTHER:
            is_latin = is_cyrillic = False
        is_latin |= 0x41 <= code < 0x250 and classes[code] == LETTER
        is_cyrillic |= 0x400 <= code < 0x530
        is_sure &= not (is_latin and is_cyrillic)  # in one word, they may be taken for each other
        folded[at] = folds[min(code, np.uint32(BASIC - 1))]
        is_sure &= folded[at] != UNSURE
        has_accents |= 0xC0 <= code < 0x180
        has_cyrillic |= 0x400 <= code < 0x530
    # Accents stay inside Cyrillic words.
    return folded, is_sure and not (has_accents and has_cyrillic)


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
