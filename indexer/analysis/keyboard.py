"""Kazakh words as they are typed on a Russian keyboard."""

from __future__ import annotations

# Each letter that a Russian keyboard lacks -> the one that is typed for it.
_TYPED = str.maketrans("әқңғұүһөі", "акнгуухои")


def russian_letters(word: str) -> str:
    """A folded word with Kazakh letters as their Russian neighbors: қылмыс and кылмыс are one."""
    return word.translate(_TYPED)
