"""One segment's file, opened: its fields as postings, its columns, its documents' texts."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from indexer.whoosh_engine.arrays import Array, ArrayFile
from indexer.whoosh_engine.postings import FieldPostings
from indexer.whoosh_engine.schema import LENGTHS_OF, TEXTS, WHOLE, WORDS, stem_field

if TYPE_CHECKING:
    from indexer.whoosh_engine.codec import ArraySegment

# Files that this process has written, or has read and found whole.
_checked: set[Path] = set()


class SegmentArrays:
    """One segment's file, opened: fields as postings, columns, stored fields."""

    def __init__(self, folder: Path, segment: ArraySegment) -> None:
        path = segment.path(folder)
        self.size = segment.size
        self.deleted = segment.deleted
        self.arrays = ArrayFile(path, is_trusted=path in _checked)
        _checked.add(path)
        names = (*TEXTS, *map(stem_field, TEXTS), *WORDS, *WHOLE)
        self.fields = {name: FieldPostings(self.arrays, name) for name in names}
        self.dates = self.arrays["dates"]
        self._starts: dict[str, Array] = {}
        self._bytes = {name: self.arrays[name].data for name in ("stored", "texts")}
        self._ends = {name: self.arrays[f"{name}/ends"].data for name in self._bytes}

    def lengths(self, field: str) -> Array:
        """The number of tokens of each document in a field."""
        return self.arrays[f"{LENGTHS_OF.get(field, field)}/lengths"]

    def starts(self, field: str) -> Array:
        """Where each document's tokens begin among all of a field; one more for the end."""
        field = LENGTHS_OF.get(field, field)
        if field not in self._starts:
            lengths = np.cumsum(self.lengths(field), dtype=np.int64)
            self._starts[field] = np.concatenate((np.zeros(1, np.int64), lengths))
        return self._starts[field]

    def forward(self, field: str, document: int) -> Array:
        """The numbers of the terms of a document's text, in their order."""
        starts = self.starts(field)
        return self.arrays[f"{field}/forward"][starts[document] : starts[document + 1]]

    def language(self, document: int) -> str:
        """The language of a document."""
        return self.languages[int(self.arrays["language/forward"][document])]

    @cached_property
    def languages(self) -> list[str]:
        """The languages of the segment's documents, by their numbers."""
        postings = self.fields["language"]
        return [term.decode() for term in postings.terms(range(len(postings)))]

    def stem_table(self, field: str, language: str) -> Array:
        """Term of a text field -> stem in a language; -1 where a term does not occur in it."""
        return self.arrays[f"{field}/stem/{language}"]

    def positions(self, field: str, number: int, index: int) -> list[int]:
        """Where a term stands in the document of one of its postings; `index` counts over the whole
        field.
        """
        postings = self.fields[field]
        if postings.ats is not None and postings.positions is not None:
            found: list[int] = postings.positions[
                postings.ats[index] : postings.ats[index + 1]
            ].tolist()
            return found
        text = LENGTHS_OF[field]
        document = int(postings.documents[index])
        stems = self.stem_table(text, self.language(document))[self.forward(text, document)]
        return np.flatnonzero(stems == number).tolist()

    def piece(self, name: str, document: int) -> bytes:
        """A document's piece of the bytes in `stored` or `texts`."""
        ends = self._ends[name]
        return bytes(self._bytes[name][ends[document - 1] if document else 0 : ends[document]])

    def stored(self, document: int) -> dict[str, Any]:
        """The stored fields of a document, its text as `body`."""
        found: dict[str, Any] = json.loads(self.piece("stored", document))
        found["body"] = self.piece("texts", document).decode()
        return found

    def forms(self, field: str, number: int) -> Iterator[tuple[bytes, int]]:
        """The terms of a text that have a stem, in any language, and their documents' number."""
        postings = self.fields[field]
        for language in self.languages:
            stems, order = self._stems[field, language]
            first = bisect_left(order, number, key=stems.__getitem__)
            while first < len(order) and stems[order[first]] == number:
                yield postings.term(order[first]), postings.count(order[first])
                first += 1

    @cached_property
    def _stems(self) -> dict[tuple[str, str], tuple[memoryview, memoryview]]:
        """Field and language -> its table of stems, and its terms in the order of those."""
        return {
            (field, language): (
                self.stem_table(field, language).data,
                self.arrays[f"{field}/forms/{language}"].data,
            )
            for field in TEXTS
            for language in self.languages
        }
