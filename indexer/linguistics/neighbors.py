"""The words directly before or after mentions: the nearest word of the paragraph, or the initials
that it belongs to, as in "U.S. Attorney", if the corpus attests them.

A neighbor is known by a key (int64): the number of the nearest word; and if that is a single
letter, from bit 32 on the codes of the letters that follow it outward, 8 bits each. -1 is none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from heapq import nlargest

import numpy as np

from indexer.analysis.jit import Array
from indexer.linguistics.spans import TokenSpans
from indexer.query.written_forms import NOTHING, LookUp

# The letters that initials are made of, and their codes.
LETTERS = "abcdefghijklmnopqrstuvwxyzабвгдежзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі"
CODES = {letter: code for code, letter in enumerate(LETTERS, 1)}
MOST_LETTERS = 4
NUMBER_BITS, CODE_BITS = 32, 8
NUMBER, CODE = (1 << NUMBER_BITS) - 1, (1 << CODE_BITS) - 1
# The most frequent neighbors that are told.
MOST = 10


def neighbor_keys(spans: TokenSpans, numbers: Array, codes: Array, *, is_left: bool) -> Array:
    """The key of the word before or after each span; `numbers` are those of the terms, `codes`
    those of letters, 0 of other terms.
    """
    step = -1 if is_left else 1
    places = (spans.firsts if is_left else spans.lasts).astype(np.int64)
    paragraphs = np.searchsorted(spans.paragraphs, places, "right")
    begins, ends = spans.paragraphs[paragraphs - 1], spans.paragraphs[paragraphs]
    keys, following = np.full(len(spans), -1, np.int64), np.arange(len(spans))
    for away in range(MOST_LETTERS):
        places = places + step
        is_there = (places >= begins) & (places < ends)
        following = following[is_there[following]]
        terms = spans.forward[places[following]]
        own = codes[terms].astype(np.int64)
        if away:
            keys[following] |= own << (NUMBER_BITS + CODE_BITS * (away - 1))
        else:
            keys[following] = numbers[terms]
        following = following[own > 0]
    return keys


class Neighbors:
    """The words before, or after, mentions, by their keys; `word` returns that of a number."""

    def __init__(self, word: Callable[[int], str], attested: LookUp, *, is_left: bool) -> None:
        self.word, self.attested, self.is_left = word, attested, is_left
        self.counts: Counter[int] = Counter()

    def add(self, keys: Array) -> None:
        """Count the keys of some mentions."""
        distinct, counts = np.unique(keys[keys >= 0], return_counts=True)
        self.counts.update(dict(zip(distinct.tolist(), counts.tolist(), strict=True)))

    def most_frequent(self) -> tuple[tuple[str, int], ...]:
        """The most frequent words, equal ones by their letters."""
        initials, counts = self._initials(self.counts), Counter[int | str]()
        for key, count in self.counts.items():
            counts[initials.get(key, key & NUMBER)] += count
        least = min(nlargest(MOST, counts.values()), default=0)
        chosen = (
            (each if isinstance(each, str) else self.word(each), count)
            for each, count in counts.items()
            if count >= least
        )
        return tuple(sorted(chosen, key=lambda pair: (-pair[1], pair[0]))[:MOST])

    def are(self, word: str, keys: Array) -> Array:
        """Which keys are those of a word (a mask)."""
        distinct = np.unique(keys[keys >= 0]).tolist()
        initials = self._initials(distinct)
        return np.isin(
            keys, [key for key in distinct if initials.get(key, self.word(key & NUMBER)) == word]
        )

    def _initials(self, keys: Iterable[int]) -> dict[int, str]:
        """The keys that are initials, the longest that the corpus attests."""
        runs = {key: self._runs(key) for key in keys if key > NUMBER}
        attested = self.attested({"".join(run) for each in runs.values() for run in each})
        found = {}
        for key, each in runs.items():
            known = (
                run for run in each if " ".join(run) in attested.get("".join(run), NOTHING).forms
            )
            if run := next(known, None):
                found[key] = "".join(f"{letter}." for letter in run)
        return found

    def _runs(self, key: int) -> list[list[str]]:
        """The runs of letters beside a mention, the longest first, each in the text's order."""
        letters, rest = [self.word(key & NUMBER)], key >> NUMBER_BITS
        while rest:
            letters.append(LETTERS[(rest & CODE) - 1])
            rest >>= CODE_BITS
        step = -1 if self.is_left else 1
        return [letters[:size][::step] for size in range(len(letters), 1, -1)]
