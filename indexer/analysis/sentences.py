"""A text's sentences, and those that show given spans best, compiled.

A sentence ends at a line's end, and at a stop that does not shorten a word, if white space and the
beginning of another sentence follow.
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from indexer.analysis.jit import compiled
from indexer.analysis.tokenizer import BASIC, Codes, codes_of, part_starts

SPACE, LINE, STOP, CLOSER, OPENER, STARTER, ALPHA, ALNUM = (1 << bit for bit in range(8))
CHARACTER_KINDS = (
    (SPACE, r"\s"),
    (LINE, r"\n"),
    (STOP, r"[.!?…]"),
    (CLOSER, r"[\"'”»)]"),
    (OPENER, r"[\"'“«(]"),
    (STARTER, r"[^\W_a-zа-яәғқңөұүһі]"),
    (ALNUM, r"[^\W_]"),
)
POINT = ord(".")
# Words that a full stop shortens, so that no sentence ends there; a single letter is one, too.
LATIN_ABBREVIATIONS = "Mr Mrs Ms Dr St No Sen Rep Gov Gen Jr Sr Inc Corp Co Ltd vs Hon Lt Sgt Capt"
CYRILLIC_ABBREVIATIONS = "ст гл им ул обл тыс млн млрд"
ABBREVIATIONS = f"{LATIN_ABBREVIATIONS} {CYRILLIC_ABBREVIATIONS}".split()
LONGEST_ABBREVIATION = 4

Numbers = NDArray[np.int32]
Flags = NDArray[np.uint8]


@cache
def flags() -> Flags:
    """What each code point can be, as bits; those beyond the basic plane are nothing."""
    every = "".join(map(chr, range(BASIC)))
    found = np.zeros(BASIC, np.uint8)
    for bit, pattern in CHARACTER_KINDS:
        found[[each.start() for each in re.finditer(pattern, every)]] |= bit
    found[[code for code in range(BASIC) if every[code].isalpha()]] |= ALPHA
    return found


@cache
def abbreviations() -> NDArray[np.uint64]:
    """The shortened words as numbers: 16 bits a letter, the last one lowest."""
    keys = [
        sum(ord(c) << (16 * at) for at, c in enumerate(reversed(each))) for each in ABBREVIATIONS
    ]
    return np.array(keys, np.uint64)


def best_sentences(text: str, spans: Numbers, most: int, room: int) -> tuple[Numbers, Numbers]:
    """Where all sentences begin and end, without white space: int32[n, 2]; and of those that show
    the spans best, at most `most` in the text's order, the number and the number of the span to
    show: int32[k, 2].

    The best has the most different spans, then the most, then comes first. Of a sentence longer
    than `room`, what follows a span within that counts. `spans`: int32[n, 2], in order.
    """
    found: tuple[Numbers, Numbers] = _best_sentences(
        codes_of(text), flags(), abbreviations(), spans, most, room
    )
    return found


def sentence_starts(text: str) -> NDArray[np.int64]:
    """The numbers of the words that begin the sentences which have any, and that of all words."""
    return part_starts(text, _sentences(codes_of(text), flags(), abbreviations())[:, 0])


@compiled
def _best_sentences(
    codes: Codes, table: Flags, short: NDArray[np.uint64], spans: Numbers, most: int, room: int
) -> tuple[Numbers, Numbers]:
    found = _sentences(codes, table, short)
    return found, _pick_sentences(codes, found, spans, most, room)


@compiled
def _sentences(codes: Codes, table: Flags, short: NDArray[np.uint64]) -> Numbers:
    size = len(codes)
    kinds = np.zeros(size + 2, np.uint8)  # beyond the end, too, are characters of no kind
    for at in range(size):
        kinds[at] = table[min(codes[at], np.uint32(BASIC - 1))]
    found = np.empty((size // 2 + 1, 2), np.int32)
    number = start = 0
    for at in range(size):
        kind = kinds[at]
        if kind & (LINE | STOP) == 0 or at < start:
            continue
        end = at if kind & LINE else _sentence_end(codes, kinds, short, at)
        if end >= 0:
            number = _add_sentence(kinds, found, number, start, end)
            start = max(end, at + 1)
    number = _add_sentence(kinds, found, number, start, size)
    return found[:number]


@compiled
def _add_sentence(kinds: Flags, found: Numbers, number: int, start: int, end: int) -> int:
    """Note a sentence, the white space around it aside, if anything is left of it."""
    while start < end and kinds[start] & SPACE:
        start += 1
    while start < end and kinds[end - 1] & SPACE:
        end -= 1
    if start < end:
        found[number, 0], found[number, 1] = start, end
        number += 1
    return number


@compiled
def _sentence_end(codes: Codes, kinds: Flags, short: NDArray[np.uint64], stop: int) -> int:
    """Where a sentence ends that ends at a stop, closing quotes included; -1 where none does."""
    if codes[stop] == POINT and _is_abbreviation(codes, kinds, short, stop):
        return -1
    end = stop + 1
    while kinds[end] & CLOSER:
        end += 1
    at = end
    while kinds[at] & SPACE:
        if kinds[at] & LINE:
            return end
        at += 1
    if at == end:
        return -1
    begins = kinds[at] & STARTER or (kinds[at] & OPENER and kinds[at + 1] & STARTER)
    return end if begins else -1


@compiled
def _is_abbreviation(codes: Codes, kinds: Flags, short: NDArray[np.uint64], stop: int) -> bool:
    """Whether a single letter or a shortened word stands before a full stop."""
    if stop > 0 and kinds[stop - 1] & ALPHA and (stop == 1 or not kinds[stop - 2] & ALNUM):
        return True
    key = np.uint64(0)
    for back in range(1, min(stop, LONGEST_ABBREVIATION + 1) + 1):
        if kinds[stop - back] & SPACE:
            return bool((short == key).any())
        key |= np.uint64(codes[stop - back]) << np.uint64(16 * (back - 1))
    return False


@compiled
def _pick_sentences(codes: Codes, found: Numbers, spans: Numbers, most: int, room: int) -> Numbers:
    """See `best_sentences`. Words are told apart by their characters, case aside in ASCII."""
    names = np.empty(len(spans), np.int64)
    for number in range(len(spans)):
        name = np.int64(1469598103934665603)
        for at in range(spans[number, 0], spans[number, 1]):
            name = (name ^ np.int64(codes[at] | 32)) * np.int64(1099511628211)
        names[number] = name
    # Of the best so far: different spans, all spans, sentence, first span.
    best = np.empty((most + 1, 4), np.int32)
    size = first = 0
    for sentence in range(len(found)):
        start, end = found[sentence, 0], found[sentence, 1]
        while first < len(spans) and spans[first, 0] < start:
            first += 1
        chosen, kinds, number = -1, 0, 0
        for span in range(first, len(spans)):
            if spans[span, 1] > end:
                break
            last = end if end - start <= room else min(end, spans[span, 0] + room)
            different, together = _variety(names, spans, span, last)
            if different > kinds or (different == kinds and together > number):
                chosen, kinds, number = span, different, together
            if last == end:  # what begins later holds no more
                break
        if chosen < 0:
            continue
        place = size
        while place > 0 and (
            best[place - 1, 0] < kinds
            or (best[place - 1, 0] == kinds and best[place - 1, 1] < number)
        ):
            best[place] = best[place - 1]
            place -= 1
        if place < most:
            best[place] = (kinds, number, sentence, chosen)
            size = min(size + 1, most)
    chosen_ones = best[:size, 2:]
    return chosen_ones[np.argsort(chosen_ones[:, 0])]


@compiled
def _variety(names: NDArray[np.int64], spans: Numbers, first: int, last: int) -> tuple[int, int]:
    """How many different spans there are from the first one up to a place, and how many."""
    different = number = 0
    for span in range(first, len(spans)):
        if spans[span, 1] > last:
            break
        number += 1
        is_new = True
        for before in range(first, span):
            is_new = is_new and names[before] != names[span]
        different += is_new
    return different, number
