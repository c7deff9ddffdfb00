"""One generation of a Whoosh index as readers see it: a searcher, and facet columns as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import query as tree
from whoosh.index import Index
from whoosh.reading import IndexReader
from whoosh.searching import Searcher

from indexer.engine import FACETS, UNDATED, Facet, Filters
from indexer.whoosh_engine.schema import SEPARATOR

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Column:
    """A facet: its values, and for each of its postings the document and the value's number."""

    values: list[str]
    documents: Numbers
    codes: Numbers

    def mask(self, chosen: tuple[str, ...], size: int) -> Mask:
        """The documents that have any of the chosen values."""
        wanted = [code for code, value in enumerate(self.values) if value in chosen]
        mask = np.zeros(size, dtype=bool)
        mask[self.documents[np.isin(self.codes, wanted)]] = True
        return mask

    def counts(self, mask: Mask) -> list[tuple[str, int]]:
        """How many documents of the mask have each value, most first, then by name."""
        found = np.bincount(self.codes[mask[self.documents]], minlength=len(self.values))
        pairs = [(value, int(n)) for value, n in zip(self.values, found, strict=True) if n]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


class Snapshot:
    """A searcher and its columns.

    Documents are numbered over all segments; deleted ones match nothing.
    """

    def __init__(self, index: Index) -> None:
        self.searcher: Searcher = index.searcher()
        reader = self.searcher.reader()
        self.size: int = reader.doc_count_all()
        self.dates = np.fromiter(_values(reader, "date", 0), np.int64, self.size)
        self.ids = np.array([_text(each) for each in _values(reader, "id", "")], dtype=object)
        self.ranks = np.argsort(np.argsort(self.ids)) if self.size else np.zeros(0, np.int64)
        self.alive = ~np.fromiter((reader.is_deleted(n) for n in range(self.size)), bool, self.size)
        self.columns = {
            "office": _column([[_text(each)] for each in _values(reader, "office", "")]),
            "language": _column([[_text(each)] for each in _values(reader, "language", "")]),
            "year": _column(
                [
                    [str(date.fromordinal(each).year) if each else UNDATED]
                    for each in self.dates.tolist()
                ]
            ),
            "topic": _column(
                [
                    [part for part in _text(each).split(SEPARATOR) if part]
                    for each in _values(reader, "topics", "")
                ]
            ),
        }
        self.count: int = int(self.alive.sum())

    def matches(self, query: tree.Query | None) -> tuple[Numbers, NDArray[np.float64]]:
        """All matching documents and their scores, by Whoosh's own matchers, none left out.

        Never through Whoosh's collectors: their optimised top ten is wrong for some queries.
        """
        if query is None or isinstance(query, tree.Every):
            found = np.flatnonzero(self.alive)
            return found, np.zeros(len(found))
        documents: list[int] = []
        scores: list[float] = []
        for searcher, offset in self.searcher.leaf_searchers():
            matcher = query.matcher(searcher)
            while matcher.is_active():
                documents.append(matcher.id() + offset)
                scores.append(matcher.score())
                matcher.next()
        found, weights = np.array(documents, np.int64), np.array(scores, np.float64)
        kept = self.alive[found] if len(found) else np.zeros(0, bool)
        return found[kept], weights[kept]

    def facets(self, matching: Mask, filters: Filters) -> tuple[Facet, ...]:
        """Counts of every facet over what matches, narrowed by all filters but the facet's own."""
        masks = {
            name: self.columns[name].mask(chosen, self.size)
            for name in FACETS
            if (chosen := filters.values(name))
        }
        found = []
        for name in FACETS:
            mask = matching.copy()
            for other, allowed in masks.items():
                if other != name:
                    mask &= allowed
            found.append(Facet(name, tuple(self.columns[name].counts(mask))))
        return tuple(found)

    def allowed(self, filters: Filters) -> Mask:
        """The documents that pass all filters of values."""
        mask = np.ones(self.size, dtype=bool)
        for name in FACETS:
            if chosen := filters.values(name):
                mask &= self.columns[name].mask(chosen, self.size)
        return mask

    def in_range(self, filters: Filters) -> Mask:
        """The documents dated within the filters' days; a range leaves undated ones out."""
        mask = np.ones(self.size, dtype=bool)
        if filters.since:
            mask &= self.dates >= filters.since.toordinal()
        if filters.until:
            mask &= (self.dates <= filters.until.toordinal()) & (self.dates > 0)
        return mask

    def stored(self, document: int) -> dict[str, Any]:
        """The stored fields of a document."""
        fields: dict[str, Any] = self.searcher.stored_fields(int(document))["stored"]
        return fields

    def close(self) -> None:
        """Let go of the files."""
        self.searcher.close()


def _values(reader: IndexReader, name: str, default: Any) -> Iterator[Any]:
    """A column's values over all segments; one in which nothing had a value has no such column."""
    for leaf, _ in reader.leaf_readers():
        if leaf.has_column(name):
            yield from leaf.column_reader(name)
        else:
            yield from repeat(default, leaf.doc_count_all())


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _column(rows: list[list[str]]) -> Column:
    values = sorted({value for row in rows for value in row})
    codes = {value: code for code, value in enumerate(values)}
    pairs = [
        (document, codes[value])
        for document, row in enumerate(rows)
        for value in dict.fromkeys(row)
    ]
    array = np.array(pairs, np.int64).reshape(-1, 2)
    return Column(values, array[:, 0], array[:, 1])
