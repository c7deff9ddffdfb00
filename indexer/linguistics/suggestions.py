"""Finds similar releases and likely spellings, by how many releases contain each word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from heapq import nlargest
from math import log

from indexer.analysis.analyzer import STEM
from indexer.analysis.edit_distance import slips
from indexer.analysis.function_words import is_function_word
from indexer.query import tree

# How many stems to search for, and how many letters each has at least.
MOST_STEMS, LEAST_LETTERS = 25, 3
# A slip makes a spelling so many times rarer than the word.
RARER = 100
# In so many releases a word may be a misprint; one of a few more is one if it is a hundred times
# rarer than what it is made of.
FEW, RARE = 5, 100
# Of two words run together, how many letters each has at least if it is no function word, and how
# much more common each is.
SHORTEST_PART, COMMONER = 3, 5
# Words of fewer letters have no likely spelling, of so many one that keeps their letters, and of so
# many one that is two slips away: else they are as near to words that nobody meant.
SHORTEST, SHORT, LONG = 4, 5, 9
# A likely spelling is in so many releases; in fewer it may be a slip, or any name.
LEAST_LIKELY = 3
LETTERS_AND_NUMBER = re.compile(r"([^\W\d_]{3,})\d|\d([^\W\d_]{3,})")
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
    counts = {each: number for each, _, number in found}
    return next(iter(without_misprints(counts, count)), None)


def _is_likely(word: str, other: str) -> bool:
    """Whether a near word may be meant: a short one has two letters swapped, or lacks one."""
    return word != other and (len(word) > SHORT or Counter(word) <= Counter(other))


def without_misprints(counts: Mapping[str, int], count: CountReleases) -> list[str]:
    """Words, of which the numbers of releases are known, without misprints: rare ones that are a
    slip of another one or go on behind it, or that are two common words, or a word and a number,
    with the space between them lost.
    """
    rare = [word for word, own in counts.items() if own <= RARE]
    parts = {word: _divided(word) for word in rare}
    held = count({part for pairs in parts.values() for pair in pairs for part in pair})
    misprints = {
        word
        for word in rare
        if _is_misprint_of_any(word, counts)
        or any(min(held[one], held[other]) >= _commoner(counts[word]) for one, other in parts[word])
    }
    return [word for word in counts if word not in misprints]


def _commoner(own: int) -> int:
    """In how many releases each of two words must be that one of so many is made of by a slip."""
    return (COMMONER if own <= FEW else RARER) * max(1, own)


def _is_misprint_of_any(word: str, counts: Mapping[str, int]) -> bool:
    """Whether a word is a slip of another one that is so much more common, or goes on behind it."""
    own = max(1, counts[word])
    if own <= FEW and any(
        word.startswith(each) for each in counts if counts[each] >= COMMONER * own
    ):
        return True
    common = [each for each, number in counts.items() if number >= RARER * own]
    return bool(common) and bool((slips(word, common, 1) <= 1).any())


def _divided(word: str) -> list[tuple[str, str]]:
    """The two words that a word may be with a space in it; its letters, twice, beside a number."""
    if found := LETTERS_AND_NUMBER.search(word):
        letters = found[1] or found[2]
        return [(letters, letters)]
    pairs = ((word[:at], word[at:]) for at in range(2, len(word) - 1))
    return [pair for pair in pairs if all(map(_is_part, pair))]


def _is_part(word: str) -> bool:
    return len(word) >= SHORTEST_PART or is_function_word(word, ())
