"""Words by a key: there meets what is spelt otherwise, in another script or on another keyboard.

A key belongs to a word, wherever it stands; a query asks for all words that share one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Literal

from whoosh import query as tree

from indexer.analysis import names
from indexer.analysis.analyzer import KAZAKH, STEM, fold
from indexer.analysis.keyboard import forgiving

Kind = Literal["names", "loose"]
KINDS: tuple[Kind, ...] = ("names", "loose")


def loose(word: str) -> str | None:
    """The key of a folded word, or of a stem, as typed without Kazakh letters."""
    return forgiving(word.removeprefix(STEM))


KEYS: dict[Kind, Callable[[str], str | None]] = {"names": names.key, "loose": loose}


@lru_cache(maxsize=1 << 17)
def hashed(kind: Kind, word: str) -> int:
    """The hash of a word's key (64 bits, never 0); 0 where it has none.

    Names have keys whatever their letters; a loose key, only words with letters that Russian lacks.
    """
    if kind == "loose" and not KAZAKH.search(word):
        return 0
    key = KEYS[kind](word)
    return hash_of(key) if key else 0


@lru_cache(maxsize=1 << 12)
def hash_of(key: str) -> int:
    """64 bits of a key's hash."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little") or 1


class VariantTerm(tree.MultiTerm):
    """All words of a field that share a key with a word of a query, beside those that its `stems`
    stand for.

    What differs from the word by the ending of a case alone counts as one of its forms, all else as
    another spelling; `is_exact` leaves that out.
    """

    def __init__(
        self,
        fieldname: str,
        kind: Kind,
        word: str,
        text: str,
        stems: tuple[str, ...] = (),
        boost: float = 1.0,
        *,
        is_exact: bool = False,
    ) -> None:
        self.fieldname, self.kind, self.stems, self.boost = fieldname, kind, stems, boost
        self.word, self.text, self.is_exact = word.casefold(), text, is_exact

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VariantTerm) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.fieldname, self.word))

    def __str__(self) -> str:
        return f"{self.fieldname}:{self.kind}({self.text})"

    __repr__ = __str__

    def is_form(self, term: str) -> bool:
        """Whether a word that shares the key (folded) is a form of the same spelling."""
        return self.kind == "names" and fold(names.base(term)) == fold(names.base(self.word))

    def has(self, word: str) -> bool:
        """Whether a word as it stands in a text, or a stem, is one of these; where no index tells
        what looks like a name, a capital does.
        """
        if self.kind == "loose":
            return bool(KAZAKH.search(word)) and loose(fold(word)) == self.text
        if not word[:1].isupper() or names.key(word) != self.text:
            return False
        return not self.is_exact or self.is_form(word)

    def _btexts(self, ixreader: Any) -> Iterator[bytes]:
        """For Whoosh's own matchers, one by one, whether they look like names or not."""
        terms = (term.decode() for term in ixreader.lexicon(self.fieldname))
        return (term.encode() for term in terms if KEYS[self.kind](term) == self.text)
