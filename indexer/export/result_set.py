"""All hits of a query, and the context that their file records: query, filters, time, build."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any, TypeVar
from urllib.parse import urlencode

from corpus import Release, Store
from corpus.database.batches import RELEASES_AT_ONCE, chunks
from corpus.errors import IndexUnusableError
from indexer.engine.interface import Engine
from indexer.engine.results import Health, Query, Results

Pairs = tuple[tuple[str, str], ...]
# Reads the words of a query; None asks for nothing. And what was not read as written.
Interpret = Callable[[], tuple[Query | None, tuple[str, ...]]]
T = TypeVar("T")
RankedReleases = Iterable[tuple[int, Release]]
# How often a read is tried again because the index changed during it.
READ_ATTEMPTS = 20


@dataclass(frozen=True)
class ExportContext:
    """The source of a file of hits: the words as typed, filters by name and value as in the address
    of the page, the build of the index, its revision of the catalog; `parameters` tell how a sample
    was drawn or words were counted.
    """

    words: str
    filters: Pairs
    order: str
    at: datetime
    build: str
    revision: int
    total: int
    warnings: tuple[str, ...] = ()
    parameters: Pairs = ()

    def facts(self) -> dict[str, str]:
        """The context as texts, for the cells of a table or a note."""
        return {
            "query": self.words,
            "filters": urlencode(self.filters),
            "order": self.order,
            "exported_at": f"{self.at:%Y-%m-%dT%H:%M:%SZ}",
            "build": self.build,
            "revision": str(self.revision),
            **dict(self.parameters),
        }

    def as_json(self) -> dict[str, Any]:
        """The context for programs; a filter has all its values in a list."""
        filters: dict[str, list[str]] = {}
        for name, value in self.filters:
            filters.setdefault(name, []).append(value)
        return self.facts() | {
            "filters": filters,
            "revision": self.revision,
            "total": self.total,
            "warnings": [*self.warnings],
        }


def select(
    engine: Engine, interpret: Interpret, words: str, filters: Pairs
) -> tuple[ExportContext, Iterator[str]]:
    """The context of all hits that are counted, and their ids in the query's order. Raises the
    engine's errors before the first id is read.
    """

    def read() -> tuple[Query | None, tuple[str, ...], Results, Iterator[str]] | None:
        query, warnings = interpret()
        found = _results_and_ids(engine, query)
        return found and (query, warnings, *found)

    (query, warnings, results, ids), health, at = read_consistently(engine, read)
    return ExportContext(
        words=words,
        filters=filters,
        order=_order(query),
        at=at,
        build=health.build or "",
        revision=health.revision,
        total=results.counted,
        warnings=(*warnings, *results.warnings),
        parameters=(("boilerplate_total", str(results.boilerplate_total)),),
    ), ids


def read_consistently(engine: Engine, read: Callable[[], T | None]) -> tuple[T, Health, datetime]:
    """What is read of one state of the index, that state, and the time; read again where the index
    changed meanwhile or None was read.
    """
    at = datetime.now(UTC)
    for _ in range(READ_ATTEMPTS):
        health = engine.health()
        found = read()
        if found is not None and health.is_live and engine.health() == health:
            return found, health, at
    raise IndexUnusableError(
        health.problem or "The index changes while it is read; try again in a minute."
    )


def _order(query: Query | None) -> str:
    """The order of the hits: without a query, none is relevant and the newest come first."""
    if query is None or (query.sort == "relevance" and not query.is_ranked):
        return "newest"
    return query.sort


def _results_and_ids(engine: Engine, query: Query | None) -> tuple[Results, Iterator[str]] | None:
    """Results without hits, and the ids of all hits; None where their number changed meanwhile."""
    whole = replace(
        query or Query(), start=0, size=0, facets=(), has_timeline=False, is_explained=False
    )
    results = engine.search(whole)
    if query is None:
        return replace(results, total=0, boilerplate_total=0), iter(())
    ids = engine.scan(whole)
    first = [*islice(ids, 1)]
    is_one = engine.total(whole) == results.total
    return (results, chain(first, ids)) if is_one else None


def ranked_releases(store: Store, ids: Iterable[str]) -> Iterator[tuple[int, Release]]:
    """The releases of these ids with their ranks from 1, without missing ones. Each batch is read
    when its first release is needed, without releases withheld before that.
    """
    for some in chunks(enumerate(ids, 1), RELEASES_AT_ONCE):
        releases = {each.id: each for each in store.get_many(id_ for _, id_ in some)}
        yield from ((rank, releases[id_]) for rank, id_ in some if id_ in releases)


def draw_sample(ids: Iterable[str], size: int, seed: str) -> list[str]:
    """A random sample without replacement, in random order: the smallest of keyed hashes (BLAKE2b).

    The same seed draws the same releases from any build, as far as they still match; a smaller
    sample is the beginning of a larger one.
    """
    key = hashlib.sha256(seed.encode()).digest()
    return heapq.nsmallest(
        size, ids, key=lambda id_: hashlib.blake2b(id_.encode(), key=key).digest()
    )
