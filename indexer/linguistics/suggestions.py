"""Finds similar releases and corrects misspelled words, by how many releases contain each word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from heapq import nlargest
from math import log

from indexer.analysis.analyzer import STEM
from indexer.query import tree

# How many stems to search for, and how many letters each has at least.
MOST_STEMS, LEAST_LETTERS = 25, 3
# A slip makes a spelling so many times rarer than the word.
RARER = 100


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
    """How many slips at most part a word from its correction."""
    return 1 if len(word) < 5 else 2


def likeliest(word: str, near: Iterable[tuple[str, int, int]]) -> str | None:
    """The word that a misspelled one most probably stands for: a word of one slip more must be
    `RARER` times as common.

    `near` holds words, their distances in slips, and how many releases contain each.
    """
    others = (each for each in near if each[0] != word)
    found = max(others, key=lambda each: (each[2] / RARER ** each[1], each[0]), default=None)
    return found[0] if found else None
