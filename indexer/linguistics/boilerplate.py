"""Sentences that recur in many releases of an office, such as descriptions of a program.

A sentence is known by a digest of its office and its folded words (64 bits), 0 where it has too few
words to be told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from indexer.analysis.jit import Array, compiled
from indexer.analysis.lexicon import Lexicon, hash_of
from indexer.analysis.sentences import sentence_starts

# A sentence of so many releases of an office is boilerplate, if it has so many words.
LEAST_RELEASES, LEAST_WORDS = 20, 5
LOW_BITS = 16


@dataclass(frozen=True)
class Sentences:
    """A text's sentences: the number of words of each (int32), and its digest (uint64)."""

    lengths: Array
    digests: Array

    @classmethod
    def of(cls, text: str, forms: Array, lexicon: Lexicon, office: str) -> Self:
        """The sentences of a text of an office, whose words have these forms."""
        starts = sentence_starts(text)
        return cls(
            np.diff(starts).astype(np.int32),
            _digests(starts, forms, lexicon.hashes, np.uint64(hash_of(office))),
        )

    def words_in(self, boilerplate: Array) -> Array:
        """Which words are in sentences that are boilerplate, of which these are the digests."""
        return np.repeat(is_among(self.digests, boilerplate), self.lengths)


def recurring(releases: Sequence[Array]) -> Array:
    """The digests of boilerplate, ascending; each release has each of its own once."""
    found = np.concatenate((np.zeros(0, np.uint64), *releases))
    found.sort()
    least = LEAST_RELEASES - 1
    recurs = found[least:][found[least:] == found[: max(0, len(found) - least)]]
    return np.unique(recurs[recurs > 0])


def is_among(digests: Array, boilerplate: Array) -> Array:
    """Which digests are those of boilerplate, which ascend (a mask)."""
    found = np.zeros(len(digests), bool)
    if not len(boilerplate):
        return found
    is_likely = np.zeros(1 << LOW_BITS, bool)  # by the low bits alone; most are not
    low = np.uint64((1 << LOW_BITS) - 1)
    is_likely[boilerplate & low] = True
    likely = np.flatnonzero(is_likely[digests & low])
    at = np.searchsorted(boilerplate, digests[likely])
    found[likely] = boilerplate[np.minimum(at, len(boilerplate) - 1)] == digests[likely]
    return found


@compiled
def _digests(starts: Array, forms: Array, hashes: Array, seed: np.uint64) -> Array:
    """The digest of each sentence (FNV-1a over the words' hashes, the high bits mixed in)."""
    found = np.zeros(len(starts) - 1, np.uint64)
    for sentence in range(len(found)):
        if starts[sentence + 1] - starts[sentence] < LEAST_WORDS:
            continue
        digest = seed
        for at in range(starts[sentence], starts[sentence + 1]):
            digest = (digest ^ hashes[forms[at]]) * np.uint64(0x100000001B3)
            digest ^= digest >> np.uint64(29)
        found[sentence] = max(digest, np.uint64(1))
    return found
