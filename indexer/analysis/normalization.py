"""Texts folded as `analysis` folds words, each character in its place, to look words up in."""

from __future__ import annotations

import re

from indexer.analysis.analyzer import fold

# Letters that folding changes, beyond case: those with accents, and the like.
ACCENTED = re.compile(
    r"[\u00aa-\u024f\u0300-\u036f\u0451\u1e00-\u1eff\u2c60-\u2c7f\ua720-\ua7ff\ufb00-\uffef]"
)


class _Folding(dict[int, str]):
    """Character -> what folding makes of it, where that is one character too."""

    def __missing__(self, code: int) -> str:
        folded = fold(chr(code))
        self[code] = folded if len(folded) == 1 else chr(code)
        return self[code]


FOLDING = _Folding()


def folded_text(text: str) -> str:
    """A text folded character by character, so that offsets stay."""
    low = text.lower()
    if len(low) != len(text) or (not low.isascii() and ACCENTED.search(low)):
        low = text.translate(FOLDING)
    for each in "\u2019\u2018\u02bc\u00b4`":
        low = low.replace(each, "'")
    return low
