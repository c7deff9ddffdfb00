"""Whoosh's schema of our documents, and a document as Whoosh's writer takes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whoosh.analysis import Analyzer, Token
from whoosh.columns import NumericColumn
from whoosh.fields import ID, NUMERIC, STORED, TEXT, Schema

from indexer.analysis import fold, stem, words
from indexer.document import Document

SEPARATOR = "\x1f"


class WordsAnalyzer(Analyzer):
    """Takes text that `analysis` has cut into words already, joined by spaces."""

    def __call__(
        self, value: str, positions: bool = False, start_pos: int = 0, **_: Any
    ) -> Iterator[Token]:
        """The words as Whoosh's tokens."""
        token = Token(positions)
        for position, word in enumerate(value.split(" ") if value else (), start_pos):
            token.text, token.boost, token.pos = word, 1.0, position
            yield token


def schema() -> Schema:
    """Texts in both shapes at the same positions, whole values, columns for facets and sorting."""
    text = {"analyzer": WordsAnalyzer(), "phrase": True}
    return Schema(
        id=ID(unique=True, sortable=True),
        office=ID(sortable=True),
        language=ID(sortable=True),
        country=ID(),
        number=ID(),
        date=NUMERIC(int, signed=False, sortable=NumericColumn("I", default=0)),
        topics=ID(sortable=True),
        title=TEXT(**text),
        body=TEXT(**text),
        title_stem=TEXT(**text),
        body_stem=TEXT(**text),
        topic=TEXT(**text),
        component=TEXT(**text),
        place=TEXT(**text),
        stored=STORED,
    )


def fields(document: Document) -> dict[str, Any]:
    """A document as keyword arguments of Whoosh's writer."""
    title, body = words(document.title), words(document.body_text)
    values: dict[str, Any] = {
        "id": document.id,
        "office": document.office,
        "language": document.language,
        "country": fold(document.country),
        "topics": SEPARATOR.join(document.topics),
        "title": " ".join(title),
        "body": " ".join(body),
        "title_stem": " ".join(stem(word, document.language) for word in title),
        "body_stem": " ".join(stem(word, document.language) for word in body),
        "topic": " ".join(words(" ".join(document.topics))),
        "component": " ".join(words(" ".join(document.components))),
        "place": " ".join(words(document.place or "")),
        "stored": document.stored(),
    }
    if document.number:
        values["number"] = fold(document.number)
    if document.published:
        values["date"] = document.published.toordinal()
    return values
