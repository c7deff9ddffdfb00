"""Names that sound alike: the usual spellings of one in Latin letters share a key.

A coarse Metaphone (Philips 1990): consonants by how they sound, without vowels but a first one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from indexer.analysis.analyzer import fold
from indexer.analysis.edit_distance import distance

SHORTEST, SHORTEST_KEY = 4, 2
NAME = re.compile(r"[a-z]+")
# Steven and Stephen, Hezbollah and Hizballah, Qaddafi and Gaddafi, George and Jorge.
SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"([a-z])\1+", r"\1"),
        (r"ph|v", "f"),
        (r"t?s?ch|sh", "x"),
        (r"dzh|dj|g(?=[eiy])", "j"),
        (r"kh|ck|gh|[gq]|c(?![eiy])", "k"),
        (r"[cz]", "s"),
        (r"[dt]h?", "t"),
        (r"^[aeiou]+", "a"),
        (r"(?<!^)[aeiouyhw]", ""),
    )
)
# Of so many letters, one may differ.
LETTERS_PER_SLIP = 3


@lru_cache(maxsize=1 << 17)
def sound_key(word: str) -> str | None:
    """What names that sound alike share; None for a word that is short or not in Latin letters."""
    found = fold(word)
    if len(found) < SHORTEST or not NAME.fullmatch(found):
        return None
    for pattern, sound in SOUNDS:
        found = pattern.sub(sound, found)
    return found if len(found) >= SHORTEST_KEY else None


def near_sounds(word: str, counts: Mapping[str, int]) -> dict[str, int]:
    """Of words that share a folded word's key, those with nearly its letters, the commonest first;
    `counts` has the number of releases with each.
    """
    slips = -(-len(word) // LETTERS_PER_SLIP)
    near = [
        (other, number)
        for other, number in counts.items()
        if other != word and distance(word, other, slips) <= slips
    ]
    return dict(sorted(near, key=lambda pair: (-pair[1], pair[0])))
