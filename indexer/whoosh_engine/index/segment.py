"""One segment's file, opened: its fields as postings, its columns, its documents' texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import local
from typing import Any

import numpy as np
import zstandard

from indexer.analysis.jit import Array
from indexer.engine.fields import LENGTHS_OF, TEXTS, WHOLE, WORDS, stem_field
from indexer.whoosh_engine.index.arrays import ArrayFile
from indexer.whoosh_engine.index.postings import FieldPostings


class _PerThread(local):
    """One decompressor of texts for each thread."""

    def __init__(self) -> None:
        self.decompressor = zstandard.ZstdDecompressor()


_per_thread = _PerThread()
# Files that this process has written or checked.
_checked: set[Path] = set()


class SegmentArrays:
    """One segment's file, opened: fields as postings, columns, stored fields. `size` counts deleted
    documents too; `is_trusted` skips the checksums.
    """

    def __init__(
        self, path: Path, size: int, deleted: set[int], *, is_trusted: bool = False
    ) -> None:
        self.size, self.deleted = size, deleted
        self.arrays = ArrayFile(path, is_trusted=is_trusted or path in _checked)
        _checked.add(path)
        self.fields = self._fields()
        self.dates = self.arrays["dates"]
        self._starts: dict[str, Array] = {}
        self._stored, self._ends = self.arrays["stored"].data, self.arrays["stored/ends"].data

    def without(self, documents: Iterable[int]) -> SegmentArrays:
        """The same segment with more documents deleted."""
        view = copy(self)
        view.deleted = self.deleted.union(documents)
        view.fields = view._fields()
        return view

    def _fields(self) -> dict[str, FieldPostings]:
        names = (*TEXTS, *map(stem_field, TEXTS), *WORDS, *WHOLE)
        return {name: FieldPostings(self.arrays, name, self.deleted) for name in names}

    def lengths(self, field: str) -> Array:
        """The number of tokens of each document in a field."""
        return self.arrays[f"{LENGTHS_OF.get(field, field)}/lengths"]

    def starts(self, field: str) -> Array:
        """Where each document's tokens begin among all of a field; one more for the end."""
        return self._starts_of(f"{LENGTHS_OF.get(field, field)}/lengths")

    def paragraph_starts(self, field: str) -> Array:
        """The same of paragraphs, those that have tokens; only the body has several."""
        is_body = LENGTHS_OF.get(field, field) == "body"
        return self._starts_of("body/paragraphs") if is_body else self.starts(field)

    def begins(self, name: str) -> Array:
        """Where each of the body's "paragraphs", or "sentences", begins among all tokens."""
        lengths = self.arrays[f"body/{name}"]
        found: Array = np.cumsum(lengths, dtype=np.int64)
        found -= lengths
        return found

    def _starts_of(self, lengths: str) -> Array:
        if lengths not in self._starts:
            ends = np.cumsum(self.arrays[lengths], dtype=np.int64)
            self._starts[lengths] = np.concatenate((np.zeros(1, np.int64), ends))
        return self._starts[lengths]

    def forward(self, field: str, document: int) -> Array:
        """The numbers of the terms of a document's text, in order."""
        starts = self.starts(field)
        return self.arrays[f"{field}/forward"][starts[document] : starts[document + 1]]

    @cached_property
    def languages(self) -> list[str]:
        """The languages of the segment's documents, by their numbers."""
        postings = self.fields["language"]
        return [term.decode() for term in postings.terms(range(len(postings)))]

    def stem_tables(self, field: str) -> Array:
        """One row a language: the stem of each term of a text; -1 where it does not occur there."""
        return self.arrays[f"{field}/stems"].reshape(len(self.languages), -1)

    def stored(self, document: int) -> dict[str, Any]:
        """The fields of a document that a hit shows, its text as `body`."""
        start = self._ends[document - 1] if document else 0
        piece = bytes(self._stored[start : self._ends[document]])
        url, title, body = _per_thread.decompressor.decompress(piece).decode().split("\n", 2)
        day = int(self.dates[document])
        return {
            "id": self.value("id", document),
            "office": self.value("office", document),
            "language": self.value("language", document),
            "published": date.fromordinal(day) if day else None,
            "url": url,
            "title": title,
            "body": body,
        }

    def value(self, field: str, document: int) -> str:
        """The value of a document in a field with one for each."""
        postings, forward = self._values[field]
        return postings.term(forward[document]).decode()

    @cached_property
    def _values(self) -> dict[str, tuple[FieldPostings, memoryview]]:
        return {
            name: (self.fields[name], self.arrays[f"{name}/forward"].data)
            for name in ("id", "office", "language")
        }

    def forms(self, field: str, number: int) -> Iterator[tuple[bytes, int]]:
        """The forms of a stem in any language, and their numbers of live documents, if not 0."""
        postings = self.fields[field]
        for language in self.languages:
            for term in self.forms_of(field, number, language):
                if count := postings.live_count(term):
                    yield postings.term(term), count

    def forms_of(self, field: str, number: int, language: str) -> Sequence[int]:
        """The numbers of the terms of a text with a stem in a language."""
        if language not in self.languages:
            return ()
        terms, firsts = self._forms[field][self.languages.index(language)]
        return terms[firsts[number] : firsts[number + 1]]

    @cached_property
    def _forms(self) -> dict[str, list[tuple[memoryview, memoryview]]]:
        """Field -> for each language its terms in the order of stems, and the stems' firsts."""
        return {
            field: [
                (
                    self.arrays[f"{field}/forms/{language}"].data,
                    self.arrays[f"{field}/forms/{language}/firsts"].data,
                )
                for language in self.languages
            ]
            for field in TEXTS
        }
