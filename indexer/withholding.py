"""An engine that never shows what is suppressed, also before the index has heard of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from corpus import Store
from indexer.engine import Concordance, Engine, Hit, Line, LineSort, Query, Results


class Withholding:
    """Leaves out suppressed hits and lines, and hands on everything else.

    The next update of the index takes them out of it; until then totals still count them.
    """

    def __init__(self, engine: Engine, store: Store) -> None:
        self.engine, self.store = engine, store

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    def search(self, query: Query) -> Results:
        """One page of hits without what is suppressed."""
        results = self.engine.search(query)
        return replace(results, hits=self._shown(results.hits))

    def scan(self, query: Query) -> Iterator[str]:
        """The ids of all hits but the suppressed ones."""
        sealed = self.store.suppressed()
        return (id_ for id_ in self.engine.scan(query) if id_ not in sealed)

    def occurrences(
        self, query: Query, sort: LineSort = "document", start: int = 0, size: int = 50
    ) -> Concordance:
        """A page of lines without those of suppressed releases."""
        found = self.engine.occurrences(query, sort, start, size)
        sealed = self.store.suppressed()
        return replace(found, lines=tuple(each for each in found.lines if each.id not in sealed))

    def scan_occurrences(self, query: Query, sort: LineSort = "document") -> Iterator[Line]:
        """All lines but those of suppressed releases."""
        sealed = self.store.suppressed()
        return (each for each in self.engine.scan_occurrences(query, sort) if each.id not in sealed)

    def similar(self, id_: str, size: int) -> tuple[Hit, ...]:
        """The releases most like one, suppressed ones left out."""
        return self._shown(self.engine.similar(id_, size))

    def _shown(self, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        sealed = self.store.suppressed() if hits else ()
        return tuple(hit for hit in hits if hit.id not in sealed)


def withholding(engine: Engine, store: Store) -> Engine:
    """The engine, as readers may see it."""
    return cast(Engine, Withholding(engine, store))
