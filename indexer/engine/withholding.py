"""An engine that never shows what is withheld, also before the index has heard of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from corpus import Store
from indexer.engine.interface import Engine
from indexer.engine.results import (
    Clause,
    Collocates,
    Concordance,
    Hit,
    KwicLine,
    LineSort,
    Position,
    Query,
    Results,
    TranslationSuggestion,
    built_at,
)
from indexer.query.message import Note

BLOCK = 1000  # lines


def is_stained(store: Store, build: str) -> bool:
    """Whether a build can hold words of what was withheld after it was begun.

    An update that takes a release out leaves words of it behind.
    """
    last = store.last_withheld_at()
    return last is not None and built_at(build) <= last


class Withholding:
    """Leaves out withheld hits and lines, and hands on everything else. Words of the corpus are
    told by clean builds alone.

    The next update of the index takes withheld releases out of it; until then totals still count
    them.
    """

    def __init__(self, engine: Engine, store: Store) -> None:
        self.engine, self.store = engine, store

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    def search(self, query: Query) -> Results:
        """One page of hits without what is withheld."""
        results = self.engine.search(query)
        hits, clause = self._shown(results.hits), results.clause
        if clause and is_stained(self.store, results.build):
            clause = _without_words(clause)
        onward = self._onward(query, results, hits)
        return replace(results, hits=hits, clause=clause, more_after=onward)

    def _onward(self, query: Query, results: Results, hits: tuple[Hit, ...]) -> Position | None:
        """Where the next page of a walk begins, which no withheld hit tells: behind the last one
        that is shown, or right before the next.
        """
        if results.more_after and hits:
            return hits[-1].published, hits[-1].id
        query = replace(query, start=0, facets=(), has_timeline=False, is_explained=False)
        while results.more_after:
            results = self.engine.search(replace(query, after=results.more_after))
            for hit in self._shown(results.hits):
                return hit.published, f"{hit.id[:-1]}{chr(ord(hit.id[-1]) - 1)}~"
        return None

    def scan(self, query: Query) -> Iterator[str]:
        """The ids of all hits but the withheld ones."""
        withheld = self.store.withheld()
        return (id_ for id_ in self.engine.scan(query) if id_ not in withheld)

    def occurrences(
        self, query: Query, sort: LineSort = "document", start: int = 0, size: int = 50
    ) -> Concordance:
        """A page of lines without those of withheld releases."""
        found = self.engine.occurrences(query, sort, start, size)
        withheld = self.store.withheld()
        return replace(found, lines=tuple(each for each in found.lines if each.id not in withheld))

    def scan_occurrences(self, query: Query, sort: LineSort = "document") -> Iterator[KwicLine]:
        """All lines but those of withheld releases."""
        withheld: set[str] = set()
        for number, each in enumerate(self.engine.scan_occurrences(query, sort)):
            if number % BLOCK == 0:  # reading them may take hours
                withheld = self.store.withheld()
            if each.id not in withheld:
                yield each

    def similar(self, id_: str, size: int) -> tuple[Hit, ...]:
        """The releases most like one, withheld ones left out."""
        return self._shown(self.engine.similar(id_, size))

    def collocates(self, query: Query, *how: Any, **more: Any) -> Collocates:
        """The words around a query's words, of a clean build."""
        found = self.engine.collocates(query, *how, **more)
        if not is_stained(self.store, found.build):
            return found
        note = Note(
            "Words are not listed while a release is being taken out of the index. Try again later."
        )
        return replace(found, words=(), notes=(*found.notes, note))

    def counterparts(self, query: Query, most: int = 3) -> tuple[TranslationSuggestion, ...]:
        """The words in translations, of a clean build."""
        return () if self._is_stained() else self.engine.counterparts(query, most)

    def complete(self, prefix: str, most: int) -> list[str]:
        """Words that begin so, of a clean build."""
        return [] if self._is_stained() else self.engine.complete(prefix, most)

    def nearest(self, word: str) -> str | None:
        """The word that was probably meant, of a clean build."""
        return None if self._is_stained() else self.engine.nearest(word)

    def _is_stained(self) -> bool:
        return is_stained(self.store, self.engine.live_build())

    def _shown(self, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        withheld = self.store.withheld() if hits else ()
        return tuple(hit for hit in hits if hit.id not in withheld)


def _without_words(clause: Clause) -> Clause:
    """A clause that tells counts, and no words but those that were typed."""
    parts = tuple(map(_without_words, clause.parts))
    return replace(clause, expansions=(), otherwise=(), parts=parts)


def withholding(engine: Engine, store: Store) -> Engine:
    """The engine, as readers may see it."""
    return cast(Engine, Withholding(engine, store))
