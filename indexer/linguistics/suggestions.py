"""Finds similar releases and likely spellings, by how many releases contain each word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import nlargest
from math import log

from indexer.analysis.analyzer import STEM
from indexer.analysis.function_words import is_function_word
from indexer.query import tree

# How many stems to search for, and how many letters each has at least.
MOST_STEMS, LEAST_LETTERS = 25, 3
# A slip makes a spelling so many times rarer than the word.
RARER = 100
# In so many releases a word may be a misprint.
FEW = 5
# Of two words run together, how many letters each has at least if it is no function word, and how
# much more common each is.
SHORTEST_PART, COMMONER = 3, 5
# Words of fewer letters have no likely spelling, of so many one that keeps their letters, and of so
# many one that is two slips away: else they are as near to words that nobody meant.
SHORTEST, SHORT, LONG = 4, 5, 9
# A likely spelling is in so many releases; in fewer it may be a slip, or any name.
LEAST_LIKELY = 3
# The likeliest spellings are looked at.
MOST_LIKELY = 20
# Words -> how many releases contain each.
CountReleases = Callable[[Iterable[str]], Mapping[str, int]]


def is_telling(stem: str) -> bool:
    """Whether a stem is long enough to tell releases apart."""
    return len(stem) >= len(STEM) + LEAST_LETTERS


def likeness(
    counts: Mapping[str, int], release_counts: Mapping[str, int], total: int
) -> tree.Or | None:
    """A query for similar releases: the most distinctive stems, each with its tf-idf divided by the
    highest one; None without any.

    `counts` are the release's own, `release_counts` the numbers of all `total` releases with each.
    """
    weights = {
        stem: counts[stem] * log(total / (number + 1) + 1)
        for stem, number in release_counts.items()
    }
    chosen = nlargest(MOST_STEMS, weights, key=lambda stem: (weights[stem], stem))
    shares = ((stem, weights[stem] / weights[chosen[0]]) for stem in chosen)
    terms = tuple(tree.Term(f"{tree.BODY}_stem", stem, share) for stem, share in shares)
    return tree.Or(terms) if terms else None


def most_edits(word: str) -> int:
    """How many slips at most part a word from its correction; 0 where a word is too short."""
    return (len(word) >= SHORTEST) + (len(word) >= LONG)


def likeliest(word: str, near: Iterable[tuple[str, int, int]], count: CountReleases) -> str | None:
    """The word that a misspelled one most probably stands for: a word of one slip more must be
    `RARER` times as common.

    `near` holds words, their distances in slips, and how many releases contain each.
    """
    others = (each for each in near if each[2] >= LEAST_LIKELY and _is_likely(word, each[0]))
    found = nlargest(MOST_LIKELY, others, key=lambda each: (each[2] / RARER ** each[1], each[0]))
    return next(iter(without_misprints([each[0] for each in found], count)), None)


def _is_likely(word: str, other: str) -> bool:
    """Whether a near word may be meant: a short one has two letters swapped, or lacks one."""
    return word != other and (len(word) > SHORT or Counter(word) <= Counter(other))


def without_misprints(words: Sequence[str], count: CountReleases) -> list[str]:
    """Words without the rare ones that are two common words with the space between them lost."""
    own = count(words)
    parts = {word: _divided(word) for word in words if own[word] <= FEW}
    held = count({part for pairs in parts.values() for pair in pairs for part in pair})
    run_together = {
        word
        for word, pairs in parts.items()
        for one, other in pairs
        if min(held[one], held[other]) >= COMMONER * max(1, own[word])
    }
    return [word for word in words if word not in run_together]


def _divided(word: str) -> list[tuple[str, str]]:
    """The two words that a word may be with a space in it."""
    pairs = ((word[:at], word[at:]) for at in range(2, len(word) - 1))
    return [pair for pair in pairs if all(map(_is_part, pair))]


def _is_part(word: str) -> bool:
    return len(word) >= SHORTEST_PART or is_function_word(word, ())
