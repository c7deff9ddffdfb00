"""Keys of words: spellings of a word in another script or on another keyboard share one."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from indexer.analysis import names
from indexer.analysis.analyzer import KAZAKH, STEM, fold
from indexer.analysis.lexicon import hash_of
from indexer.query.sounds import sound_key
from indexer.query.tree import VariantKind, VariantTerm

# Each letter that a Russian keyboard lacks -> the one that is typed for it.
RUSSIAN_LETTERS = str.maketrans("әқңғұүһөі", "акнгуухои")


def russian_letters(word: str) -> str:
    """A folded word as typed on a Russian keyboard: кылмыс for қылмыс."""
    return word.translate(RUSSIAN_LETTERS)


def loose(word: str) -> str | None:
    """The key of a folded word, or of a stem, as typed without Kazakh letters."""
    return russian_letters(word.removeprefix(STEM))


KEYS: dict[VariantKind, Callable[[str], str | None]] = {
    "names": names.key,
    "loose": loose,
    "sounds": sound_key,
}
KINDS = tuple(KEYS)
# Those of words that look like names, and the share of capitals that makes them so: "security" in
# "Social Security" is no name that sounds like "secret".
NAME_SHARES: dict[VariantKind, float] = {"names": 0.5, "sounds": 0.9}


@lru_cache(maxsize=1 << 17)
def hashed(kind: VariantKind, word: str) -> int:
    """The hash of a word's key (64 bits, never 0); 0 where it has none, as every word without
    Kazakh letters has no loose key.
    """
    if kind == "loose" and not KAZAKH.search(word):
        return 0
    key = KEYS[kind](word)
    return hash_of(key) if key else 0


def is_form(leaf: VariantTerm, term: str) -> bool:
    """Whether a word with a leaf's key has the leaf's spelling, apart from the ending of a case."""
    return leaf.kind == "names" and fold(names.base(term)) == fold(names.base(leaf.word))


def is_variant(leaf: VariantTerm, word: str) -> bool:
    """Whether a word of a text, or a stem, is one of a leaf's; a capital stands for a name."""
    if leaf.kind == "loose":
        return bool(KAZAKH.search(word)) and loose(fold(word)) == leaf.key
    if not word[:1].isupper() or names.key(word) != leaf.key:
        return False
    return not leaf.is_exact or is_form(leaf, word)
