"""How far words are from each other: letters put in, left out or replaced (Levenshtein), and where
a slip in typing is looked for, also two neighbors swapped (Damerau).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, Levenshtein
from rapidfuzz.process import cdist


def distance(one: str, other: str, most: int) -> int:
    """The distance of two words; `most` + 1 where it is more."""
    return Levenshtein.distance(one, other, score_cutoff=most)


def distances(one: str, others: Sequence[str], most: int) -> NDArray[np.uint8]:
    """The distances of a word from many; `most` + 1 where they are more."""
    return _from_one(one, others, most, Levenshtein.distance)


def slips(one: str, others: Sequence[str], most: int) -> NDArray[np.uint8]:
    """How many slips in typing part a word from many, a swap being one; `most` + 1 where they are
    more.
    """
    return _from_one(one, others, most, OSA.distance)


def _from_one(
    one: str, others: Sequence[str], most: int, scorer: Callable[..., int]
) -> NDArray[np.uint8]:
    (found,) = cdist([one], others, scorer=scorer, score_cutoff=most, dtype=np.uint8)
    return np.asarray(found)
