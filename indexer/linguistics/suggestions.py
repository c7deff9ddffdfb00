"""What words are good for, by how many releases hold each: to find releases like one, to mend a
misspelt word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from heapq import nlargest
from math import log

from indexer.analysis.analyzer import STEM

# The stems that are asked for, and the shortest of them.
MOST_STEMS, LEAST_LETTERS = 25, 3


def is_telling(stem: str) -> bool:
    """Whether a stem is long enough to tell releases apart."""
    return len(stem) >= len(STEM) + LEAST_LETTERS


def telling_stems(
    often: Mapping[str, int], holders: Mapping[str, int], size: int
) -> dict[str, float]:
    """The stems that tell a release apart among `size`, with their shares of the highest tf-idf;
    `often` says how often each stands in it, `holders` how many releases hold each.
    """
    weights = {each: often[each] * log(size / (holders[each] + 1) + 1) for each in holders}
    chosen = nlargest(MOST_STEMS, weights, key=lambda stem: (weights[stem], stem))
    return {stem: weights[stem] / weights[chosen[0]] for stem in chosen}


def most_edits(word: str) -> int:
    """How far from a misspelt word the one can be that was meant."""
    return 1 if len(word) < 5 else 2


def likeliest(word: str, near: Iterable[tuple[str, int, int]]) -> str | None:
    """The one that a misspelt word was meant to be, of words with their distances from it and the
    numbers of releases that hold them: the commonest of the nearest.
    """
    others = (each for each in near if each[0] != word)
    found = max(others, key=lambda each: (-each[1], each[2], each[0]), default=None)
    return found[0] if found else None
