"""The occurrences of a query's words in their order, and lines of text around a page of them.

All are counted and sorted by numbers; only the lines that are shown read a stored text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np

from indexer import deadline
from indexer.analysis.jit import Array
from indexer.analysis.tokenizer import Spans, word_spans
from indexer.engine.results import Concordance, KwicLine, LineSort, Query
from indexer.linguistics.concordance import KEPT, first_in_order, line
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.search.collect import find_hits, order
from indexer.whoosh_engine.search.execute import Executor
from indexer.whoosh_engine.tools.occurrences import FIELD, find_spans


def concordance(
    snapshot: Snapshot, query: Query, sort: LineSort = "document", start: int = 0, size: int = 50
) -> Concordance:
    """A page of lines, and how many there are."""
    lines = _Lines(snapshot, query)
    chosen = lines.order(sort, max(0, start), max(0, start) + max(0, size))
    return Concordance(
        mentions=tuple(lines.read(chosen)),
        total=len(lines),
        releases=sum(each.n_releases for each in lines.parts),
        build=snapshot.build,
        warnings=tuple(lines.executor.warnings),
    )


def scan(snapshot: Snapshot, query: Query, sort: LineSort = "document") -> Iterator[KwicLine]:
    """All lines in their order."""
    lines = _Lines(snapshot, query)
    yield from lines.read(lines.order(sort, 0, len(lines)))


class _Lines:
    """All occurrences of a query's words in its hits, numbered segment after segment."""

    def __init__(self, snapshot: Snapshot, query: Query) -> None:
        self.snapshot, self.query = snapshot, replace(query, facets=())
        self.executor = Executor(snapshot)
        self.found = find_hits(snapshot, self.executor, self.query).found
        self.parts = find_spans(self.executor, query.tree, self.found.documents)
        self.bases = np.cumsum([0, *map(len, self.parts)])

    def __len__(self) -> int:
        return int(self.bases[-1])

    def order(self, sort: LineSort, start: int, end: int) -> Array:
        """The lines that stand there in an order; only those up to the end are sorted.

        Equal ones stand in the query's order of documents, and then as in the text.
        """
        if start >= min(end, len(self)):
            return np.zeros(0, np.int64)
        return first_in_order(self._keys(sort), end)[start:]

    def _keys(self, sort: LineSort) -> list[Array]:
        """What lines are sorted by, numbers for each; the last counts most."""
        own = [each.documents for each in self.parts]
        documents = np.concatenate([np.zeros(0, np.int32), *own])
        if sort == "date":
            return [self.snapshot.age[documents]]
        ranks = self._ranks()[documents]
        if sort == "office":
            offices = self.snapshot.facet("office").codes[documents].astype(np.uint64)
            return [offices << np.uint64(32) | ranks]
        return [ranks] if sort == "document" else [ranks, *self._neighbors(sort == "left")]

    def _neighbors(self, is_left: bool) -> tuple[Array, Array]:
        """The third word beside each line, and the first two, under numbers that are common to all
        segments.
        """
        words = self.snapshot.words(FIELD)
        pairs, thirds = np.zeros(len(self), np.uint64), np.zeros(len(self), np.uint32)
        for each, numbers, base in zip(self.parts, words.numbers, self.bases, strict=False):
            own = slice(base, base + len(each))
            each.put_neighbors(numbers, pairs[own], thirds[own], is_left=is_left)
        return thirds, pairs

    def _ranks(self) -> Array:
        """Each hit's place in the query's order, by its document."""
        ranks = np.zeros(self.snapshot.size, np.uint32)
        ordered = order(self.snapshot, self.found, self.query, 0, len(self.found))
        ranks[self.found.documents[ordered]] = np.arange(len(ordered), dtype=np.uint32)
        return ranks

    def read(self, numbers: Array) -> Iterator[KwicLine]:
        """The lines of these numbers."""
        read = lru_cache(KEPT)(self._read)
        blocks = (numbers[at : at + KEPT] for at in range(0, len(numbers), KEPT))
        for number in chain.from_iterable(block.tolist() for block in blocks):
            at = int(np.searchsorted(self.bases, number, "right")) - 1
            part, place = self.parts[at], number - int(self.bases[at])
            document = int(part.releases[place])
            start = int(part.starts[document])
            stored, spans = read(part.base + document)
            yield line(
                stored, spans, int(part.firsts[place]) - start, int(part.lasts[place]) - start
            )

    def _read(self, document: int) -> tuple[dict[str, Any], Spans]:
        """A document's stored fields, and where its body's words stand."""
        deadline.check()
        stored = self.snapshot.stored(document)
        return stored, word_spans(stored["body"])
