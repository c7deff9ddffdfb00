"""One generation of an index as readers see it: its segments' arrays under common document numbers.

Documents are numbered over all segments, one segment after another. The weights of words count
deleted documents until a merge leaves them out, as Whoosh's do; all else does not.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable
from copy import copy
from pathlib import Path
from threading import RLock, local
from typing import Any, Self, TypeVar

import numpy as np
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from indexer.analysis.jit import Array
from indexer.deadline import unmetered
from indexer.engine.fields import K1, LENGTHS_OF, B
from indexer.engine.periods import Step
from indexer.linguistics.alignment import Alignment
from indexer.whoosh_engine.columns.duplicate_groups import Groups
from indexer.whoosh_engine.columns.facets import FacetColumn
from indexer.whoosh_engine.columns.global_ordinals import WordList
from indexer.whoosh_engine.columns.periods import Periods
from indexer.whoosh_engine.columns.translations import works_of
from indexer.whoosh_engine.index.codec import NAME
from indexer.whoosh_engine.index.segment import SegmentArrays

T = TypeVar("T")
# What was counted before, by name.
Kept = dict[Hashable, Any]


class Snapshot:
    """Segments, and what is counted over all of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.toc = TOC.read(FileStorage(str(folder)), NAME)
        self.generation: int = self.toc.generation
        segments = [segment.open(folder) for segment in self.toc.segments]
        self.bases: list[int] = [0, *np.cumsum([each.size for each in segments]).tolist()]
        self.size = self.bases[-1]
        self.dates = self._joined([segment.dates for segment in segments])
        self._scratch = local()
        self._columns: Kept = {}  # of all documents: views share them
        self._counting = RLock()  # one column may need another
        self._take(segments)

    @property
    def build(self) -> str:
        """The name of the build."""
        return self.folder.name

    def _take(self, segments: list[SegmentArrays]) -> None:
        """Have these segments, of which no more than the deleted documents differ."""
        self.segments = segments
        self.alive = self._alive()
        self.count = self.size if self.alive is None else int(self.alive.sum())
        self._live_columns: Kept = {}
        self._view: tuple[frozenset[str], Self | None] = (frozenset(), None)

    def without(self, ids: frozenset[str]) -> Self:
        """The same generation as if the documents of these ids were deleted. The last one that was
        asked for is kept: it costs nothing until others are asked for.
        """
        view = self._view  # read once: another thread may ask for others meanwhile
        if view[0] != ids:
            view = self._view = ids, self._without(ids)
        return view[1] or self

    def _without(self, ids: frozenset[str]) -> Self | None:
        """None where there are no such documents."""
        documents = [found for id_ in ids if (found := self.document(id_)) is not None]
        if not documents:
            return None
        segments = [*self.segments]
        for document in documents:
            number = bisect_right(self.bases, document) - 1
            segments[number] = segments[number].without([document - self.bases[number]])
        view = copy(self)
        view._take(segments)
        return view

    def _once(self, kept: Kept, name: Hashable, count: Callable[[], T]) -> T:
        """What is counted when it is first asked for, and on nobody's account."""
        with self._counting:
            if name not in kept:
                with unmetered():
                    kept[name] = count()
            found: T = kept[name]
            return found

    def _joined(self, parts: list[Array]) -> Array:
        return np.concatenate(parts) if parts else np.zeros(0, np.int32)

    def _alive(self) -> Array | None:
        """Which documents are not deleted; None where none is."""
        if not any(segment.deleted for segment in self.segments):
            return None
        alive = np.ones(self.size, bool)
        for base, segment in zip(self.bases, self.segments, strict=False):
            alive[[base + document for document in segment.deleted]] = False
        return alive

    @property
    def recency(self) -> Array:
        """Each document's place from the newest to the oldest, undated ones last, then by id:
        int32.
        """
        return self._ranked("recency", lambda: np.lexsort((self._ids(), -self.dates)))

    @property
    def age(self) -> Array:
        """Each document's place from the oldest to the newest, undated ones last, then by id:
        int32.
        """
        return self._ranked("age", lambda: np.lexsort((self.recency, _undated_last(self.dates))))

    @property
    def by_id(self) -> Array:
        """Each document's place in the order of ids: int32."""
        return self._ranked("by_id", lambda: np.argsort(self._ids(), kind="stable"))

    def _ranked(self, name: str, order: Callable[[], Array]) -> Array:
        return self._once(self._columns, name, lambda: _ranks(order()))

    def _ids(self) -> Array:
        """Each document's id."""
        ids = np.zeros(self.size, "S64")
        for base, segment in zip(self.bases, self.segments, strict=False):
            postings = segment.fields["id"]
            terms = [*postings.terms(range(len(postings)))]
            if terms:
                ids[np.int64(base) + postings.documents] = terms
        return ids

    def facet(self, name: str) -> FacetColumn:
        """The column of a facet, over all segments."""
        named = "facet", name
        return self._once(self._columns, named, lambda: FacetColumn.of(name, self.segments))

    def words(self, field: str) -> WordList:
        """The words of a field under numbers that are common to all segments."""
        named = "words", field
        return self._once(self._live_columns, named, lambda: WordList(field, self.segments))

    def lengths(self, field: str) -> Array:
        """The number of words of each document in a field."""

        def joined() -> Array:
            return self._joined([each.lengths(field) for each in self.segments])

        return self._once(self._columns, ("lengths", field), joined)

    def norm(self, field: str) -> Array:
        """K1 ((1 - B) + B length / average length) of each document, float32: BM25's share of the
        length.
        """
        lengths = self.lengths(LENGTHS_OF.get(field, field))

        def norm() -> Array:
            average = lengths.sum() / self.size or 1
            return np.asarray(K1 * ((1 - B) + B * lengths / average), np.float32)

        return self._once(self._columns, ("norm", LENGTHS_OF.get(field, field)), norm)

    def locate(self, document: int) -> tuple[SegmentArrays, int]:
        """The segment of a document, and its number there."""
        number = bisect_right(self.bases, document) - 1
        return self.segments[number], int(document) - self.bases[number]

    def stored(self, document: int) -> dict[str, Any]:
        """The stored fields of a document."""
        segment, number = self.locate(document)
        return segment.stored(number)

    def postings(self, field: str, text: bytes) -> list[tuple[int, SegmentArrays, int]]:
        """The segments that hold a term: where their documents begin, themselves, the term's
        number.
        """
        found = []
        for base, segment in zip(self.bases, self.segments, strict=False):
            terms = segment.fields.get(field)
            if terms and (number := terms.number(text)) is not None:
                found.append((base, segment, number))
        return found

    def periods(self, step: Step) -> Periods:
        """The column of a step: each document's period."""

        def made() -> Periods:
            return Periods.of(step, self.dates, self.facet("year").values)

        return self._once(self._columns, ("periods", step), made)

    @property
    def groups(self) -> Groups:
        """The documents that have copies."""
        return self._once(self._columns, "groups", lambda: Groups.of(self.segments, self.bases))

    @property
    def translations(self) -> Alignment | None:
        """The documents that are translations of others; None where no document declares any."""
        return self._once(self._live_columns, "translations", self._translations)

    def _translations(self) -> Alignment | None:
        if not any(len(segment.fields["alternates"]) for segment in self.segments):
            return None
        languages = self.facet("language")
        works = works_of(self.segments, self.bases, self._ids(), self.by_id, self.alive)
        return Alignment(*works, languages.values, languages.codes)

    def document(self, id_: str) -> int | None:
        """The document of an id, None where there is none or it is deleted."""
        for base, segment in zip(self.bases, self.segments, strict=False):
            postings = segment.fields["id"]
            if (term := postings.number(id_.encode())) is not None:
                for number in postings.documents[postings.extent(term)].tolist():
                    if number not in segment.deleted:
                        return base + int(number)
        return None

    def scratch(self) -> tuple[Array, Array]:
        """Room for a number (float32, all zero) and a place (int32, anything) a document, one pair
        a thread.

        Whoever uses the numbers leaves zeros behind.
        """
        if not hasattr(self._scratch, "pair"):
            self._scratch.pair = np.zeros(self.size, np.float32), np.zeros(self.size, np.int32)
        pair: tuple[Array, Array] = self._scratch.pair
        return pair


def _undated_last(dates: Array) -> Array:
    return np.where(dates == 0, np.iinfo(np.int32).max, dates)


def _ranks(order: Array) -> Array:
    """Each document's place in an order of documents: int32."""
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    return ranks
