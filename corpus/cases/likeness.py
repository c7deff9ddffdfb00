"""How like two releases are by their rare words: the cosine of TF-IDF vectors.

How rare a word is comes from a fixed table and not from the catalog, so that the likeness of two
releases depends on nothing but them: what an update finds is what a full rebuild finds. Boilerplate
is made of common words, which weigh little.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from math import log, sqrt

WORD = re.compile(r"[^\W\d_]{3,}")
# The share of releases with a word that is not in the table, which ends at one in a hundred.
RARE = 0.002


def weights(texts: Sequence[str]) -> dict[str, float]:
    """The weight of each word of a text; the squares add up to one."""
    counts = Counter(WORD.findall("\n".join(texts).casefold()))
    table, rare = _rarity(), -log(RARE)
    weighed = {word: (1 + log(n)) * table.get(word, rare) for word, n in counts.items()}
    length = sqrt(sum(each * each for each in weighed.values())) or 1.0
    return {word: each / length for word, each in weighed.items()}


def likeness(one: Mapping[str, float], two: Mapping[str, float]) -> float:
    """From 0, no word in common, to 1."""
    if len(two) < len(one):
        one, two = two, one
    return sum(weight * two.get(word, 0.0) for word, weight in one.items())


@cache
def common_words() -> frozenset[str]:
    """The common words that are mostly written small, and so are no part of a name."""
    return frozenset(word for word in _table() if word.islower())


@cache
def _rarity() -> dict[str, float]:
    return {word.casefold(): each for word, each in _table().items()}


@cache
def _table() -> dict[str, float]:
    """The inverse document frequency of common words: a share of releases, then its words; such
    as are mostly written with a capital have one.
    """
    table: dict[str, float] = {}
    for line in files(__package__).joinpath("common_words.txt").read_text("utf-8").splitlines():
        share, *words = line.split()
        table |= dict.fromkeys(words, -log(float(share)))
    return table
