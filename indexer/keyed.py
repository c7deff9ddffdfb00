"""Words by a key: there meets what is spelt otherwise, in another script or on another keyboard.

A key stands beside the words of a text; a query asks for all words of one key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Literal

from whoosh import query as tree

from indexer import names
from indexer.analysis import KAZAKH, STEM
from indexer.forgiveness import forgiving

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


class Keyed(tree.MultiTerm):
    """All words of a field that share a key."""

    def __init__(self, fieldname: str, kind: Kind, text: str) -> None:
        self.fieldname, self.kind, self.text, self.boost = fieldname, kind, text, 1.0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Keyed) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())

    def __str__(self) -> str:
        return f"{self.fieldname}:{self.kind}({self.text})"

    __repr__ = __str__

    def _parts(self) -> tuple[str, Kind, str]:
        return self.fieldname, self.kind, self.text

    def has(self, word: str) -> bool:
        """Whether a word (folded, or a stem) has the key."""
        return KEYS[self.kind](word) == self.text

    def _btexts(self, ixreader: Any) -> Iterator[bytes]:
        """For Whoosh's own matchers, one by one."""
        return (term for term in ixreader.lexicon(self.fieldname) if self.has(term.decode()))
