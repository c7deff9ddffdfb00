"""One generation of an index: its segments' arrays under common document numbers.

Documents are numbered segment after segment. Only the weights of words count deleted documents,
until a merge removes them, as Whoosh's do.
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
from indexer.linguistics.spans import ranks_of
from indexer.whoosh_engine.columns.boilerplate import Boilerplate
from indexer.whoosh_engine.columns.cache import Cache, Masks
from indexer.whoosh_engine.columns.facets import FacetColumn, Groups, value_numbers
from indexer.whoosh_engine.columns.global_ordinals import WordList
from indexer.whoosh_engine.columns.periods import Periods
from indexer.whoosh_engine.columns.translations import works_of
from indexer.whoosh_engine.index.codec import NAME
from indexer.whoosh_engine.index.segment import SegmentArrays

T = TypeVar("T")
# What queries asked of words lately: so many bytes of documents, and so many words.
MASKS_BYTES, WORDS_KEPT = 16_000_000, 4096
# Name -> what was computed.
Kept = dict[Hashable, Any]


class Snapshot:
    """Segments, and what is computed over all of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.toc = TOC.read(FileStorage(str(folder)), NAME)
        self.generation: int = self.toc.generation
        segments = [segment.open(folder) for segment in self.toc.segments]
        self.bases: list[int] = [0, *np.cumsum([each.size for each in segments]).tolist()]
        self.size = self.bases[-1]
        self.dates = _concatenated([segment.dates for segment in segments])
        self._scratch = local()
        self._columns: Kept = {}  # shared by views, as deleted documents do not change it
        self._computing = RLock()  # one column may need another
        self._take(segments)

    @property
    def build(self) -> str:
        """The name of the build."""
        return self.folder.name

    def _take(self, segments: list[SegmentArrays]) -> None:
        """Use these segments, of which only the deleted documents may differ."""
        self.segments = segments
        self.alive = self._alive()
        self.count = self.size if self.alive is None else int(self.alive.sum())
        self._live_columns: Kept = {}
        self.masks = Masks(self.size, MASKS_BYTES)
        self.words_kept = Cache(WORDS_KEPT)
        self._view: tuple[frozenset[str], Self | None] = (frozenset(), None)

    def without(self, ids: frozenset[str]) -> Self:
        """The same generation without the documents of these ids; the last such view is kept."""
        view = self._view  # read once, as another thread may replace it
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

    def _once(self, kept: Kept, name: Hashable, compute: Callable[[], T]) -> T:
        """Compute something when it is first needed; it costs no reader its time."""
        with self._computing:
            if name not in kept:
                with unmetered():
                    kept[name] = compute()
            found: T = kept[name]
            return found

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
        """Each document's rank from the newest to the oldest, undated ones last, then by id."""
        return self._ranks("recency", lambda: (self._ids(), -self.dates))

    @property
    def age(self) -> Array:
        """Each document's rank from the oldest to the newest, undated ones last, then by id."""
        end = np.iinfo(np.int32).max
        return self._ranks("age", lambda: (self.recency, np.where(self.dates, self.dates, end)))

    @property
    def by_id(self) -> Array:
        """Each document's rank in the order of ids."""
        return self._ranks("by_id", lambda: (self._ids(),))

    def _ranks(self, name: str, keys: Callable[[], tuple[Array, ...]]) -> Array:
        """Each document's rank by some keys, of which the last counts most: int32."""
        return self._once(self._columns, name, lambda: ranks_of(np.lexsort(keys())))

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

    def facet_values(self, name: str) -> tuple[tuple[str, int], ...]:
        """The number of all documents with each value of a facet, the most frequent first."""

        def compute() -> tuple[tuple[str, int], ...]:
            live = np.arange(self.size) if self.alive is None else np.flatnonzero(self.alive)
            return tuple(self.facet(name).counts(live))

        return self._once(self._live_columns, ("values", name), compute)

    def words(self, field: str) -> WordList:
        """The words of a field, numbered over all segments."""
        named = "words", field
        return self._once(self._live_columns, named, lambda: WordList(field, self.segments))

    def lengths(self, field: str) -> Array:
        """The number of words of each document in a field."""
        parts = (each.lengths(field) for each in self.segments)
        return self._once(self._columns, ("lengths", field), lambda: _concatenated([*parts]))

    def norm(self, field: str) -> Array:
        """BM25's factor for the length: K1 ((1 - B) + B length / average) a document, float32."""
        field = LENGTHS_OF.get(field, field)
        return self._once(self._columns, ("norm", field), lambda: _norm(self.lengths(field)))

    def locate(self, document: int) -> tuple[SegmentArrays, int]:
        """The segment of a document, and its number there."""
        number = bisect_right(self.bases, document) - 1
        return self.segments[number], int(document) - self.bases[number]

    def stored(self, document: int) -> dict[str, Any]:
        """The stored fields of a document."""
        segment, number = self.locate(document)
        return segment.stored(number)

    def postings(self, field: str, text: bytes) -> list[tuple[int, SegmentArrays, int]]:
        """The segments with a term: their first documents, themselves, and the term's numbers."""
        return self.words_kept.get((field, text), lambda: self._find_postings(field, text))

    def _find_postings(self, field: str, text: bytes) -> list[tuple[int, SegmentArrays, int]]:
        return [
            (base, segment, number)
            for base, segment in zip(self.bases, self.segments, strict=False)
            if (terms := segment.fields.get(field)) and (number := terms.number(text)) is not None
        ]

    def periods(self, step: Step) -> Periods:
        """Each document's period of a step."""
        years = self.facet("year").values
        named = "periods", step
        return self._once(self._columns, named, lambda: Periods.of(step, self.dates, years))

    @property
    def groups(self) -> Groups:
        """The documents that have copies."""
        return self._once(self._columns, "groups", lambda: Groups.of(self.segments, self.bases))

    @property
    def boilerplate(self) -> list[Boilerplate]:
        """The boilerplate of each segment."""
        return self._once(self._live_columns, "boilerplate", lambda: Boilerplate.of(self.segments))

    @property
    def translations(self) -> Alignment | None:
        """The documents that are translations of others; None where no document declares any."""
        return self._once(self._live_columns, "translations", self._translations)

    def _translations(self) -> Alignment | None:
        if not any(len(segment.fields["alternates"]) for segment in self.segments):
            return None
        languages = self.facet("language")
        declarations = value_numbers("alternates", self.segments, self.bases)
        works = works_of(declarations, self._ids(), self.by_id, self.alive)
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
        """A number (float32, all zero) and a place (int32, anything) a document, one pair a thread;
        the numbers must be zero again after use.
        """
        if not hasattr(self._scratch, "pair"):
            self._scratch.pair = np.zeros(self.size, np.float32), np.zeros(self.size, np.int32)
        pair: tuple[Array, Array] = self._scratch.pair
        return pair


def _concatenated(parts: list[Array]) -> Array:
    return np.concatenate(parts) if parts else np.zeros(0, np.int32)


def _norm(lengths: Array) -> Array:
    average = lengths.sum() / len(lengths) or 1
    return np.asarray(K1 * ((1 - B) + B * lengths / average), np.float32)
