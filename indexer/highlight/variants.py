"""Other spellings of a query's words, as they stand in a release."""

from __future__ import annotations

from indexer.analysis.analyzer import fold
from indexer.highlight.highlighter import Highlighter

SHOWN = 3


def other_words(marker: Highlighter, title: str, body: str, language: str) -> tuple[str, ...]:
    """The first of the words that a marker of other spellings finds in a release."""
    found: dict[str, str] = {}
    for name, text in (("title", title), ("body", body)):
        for start, end in marker.marks(text, name, language):
            found.setdefault(fold(text[start:end]), text[start:end])
    return tuple(found.values())[:SHOWN]
