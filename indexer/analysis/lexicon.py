"""Texts -> tokens as numbers of words, and of their folded forms; each word is folded once."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from indexer.analysis.analyzer import fold
from indexer.analysis.jit import Array
from indexer.analysis.tokenizer import WordNumbers

# A lexicon that holds more words is not taken on to the next segment: some 100 bytes a word.
FULL_SIZE = 300_000


class Lexicon:
    """The `names` of all forms by their numbers, and their hashes; and by the number of each word
    as it stands in texts, its form and whether it has a capital.
    """

    def __init__(self) -> None:
        self.forms: dict[str, int] = {}
        self.names: list[str] = []
        self.hashes: NDArray[np.uint64] = np.zeros(1 << 12, np.uint64)
        self._words = WordNumbers()
        self.form_of: NDArray[np.int32] = np.zeros(1 << 12, np.int32)
        self.is_capital: NDArray[np.bool_] = np.zeros(1 << 12, bool)
        self._known = 0

    @property
    def size(self) -> int:
        """How many words were met."""
        return self._known

    @property
    def is_full(self) -> bool:
        """Whether it has grown so large that a new one is better."""
        return self._known > FULL_SIZE

    def word(self, number: int) -> str:
        """The word of a number."""
        return self._words.word(number)

    def words(self, text: str) -> NDArray[np.int32]:
        """The numbers of a text's words, in their order (int32)."""
        words = self._words.numbers(text)
        if self._words.count > self._known:
            self._fold()
        return words

    def likely_names(self, often: Array, share: float = 0.5) -> tuple[Array, Array]:
        """The words that look like names, and their forms, of words that occur `often`: a larger
        `share` of such a form's occurrences has a capital.
        """
        size, used = len(self.names), np.flatnonzero(often)
        forms, counts, is_capital = self.form_of[used], often[used], self.is_capital[used]
        whole = np.bincount(forms, counts, size)
        capital = np.bincount(forms, counts * is_capital, size)
        is_name = is_capital & (capital > share * whole)[forms]
        return used[is_name], forms[is_name]

    def _fold(self) -> None:
        """Number the forms of words that were not met before."""
        if self._words.count > len(self.form_of):
            self.form_of = np.resize(self.form_of, 2 * self._words.count)
            self.is_capital = np.resize(self.is_capital, 2 * self._words.count)
            self.hashes = np.resize(self.hashes, 2 * self._words.count)
        for number in range(self._known, self._words.count):
            word = self._words.word(number)
            form = fold(word)
            if form not in self.forms:
                self.forms[form] = len(self.names)
                self.hashes[len(self.names)] = hash_of(form)
                self.names.append(form)
            self.form_of[number] = self.forms[form]
            self.is_capital[number] = word[:1].isupper()
        self._known = self._words.count


@lru_cache(maxsize=1 << 12)
def hash_of(word: str) -> int:
    """64 bits of a word's hash, never 0."""
    digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") or 1
