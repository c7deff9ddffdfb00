"""The occurrences of a query's words in their order, read from the hits' texts.

In the query's own order a page is cut while the texts pass by. For any other order each occurrence
leaves some 30 bytes behind, and the texts of those that are shown are fetched again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

import numpy as np

from indexer.analysis.jit import Array
from indexer.analysis.tokenizer import Spans, word_spans
from indexer.engine.results import Concordance, KwicLine, LineSort
from indexer.linguistics.concordance import first_in_order, line
from indexer.opensearch_engine.index.source_doc import Fetch, Stored
from indexer.opensearch_engine.tools.spans import BatchSpans, WordsOf, read_spans
from indexer.query.tree import Node

# Lines whose releases are fetched together.
LINES_FETCHED = 256


def concordance(
    releases: Iterable[Stored],
    node: Node | None,
    words_of: WordsOf,
    sort: LineSort,
    start: int,
    size: int,
    fetch: Fetch,
) -> Concordance:
    """A page of lines, and how many there are; build and warnings are the engine's to tell.

    `fetch` must give releases as they were when they were read.
    """
    first, end = max(0, start), max(0, start) + max(0, size)
    lines: list[KwicLine] = []
    total = holders = 0
    kept = None if sort == "document" else _Lines(sort)
    for found in read_spans(releases, node, words_of):
        if kept is not None:
            kept.add(found)
        else:
            lines += _read(found, max(0, first - total), max(0, end - total))
        total += len(found)
        holders += found.n_releases
    if kept is not None:
        lines += kept.read(kept.order(end)[first:], fetch)
    return Concordance(tuple(lines), total, holders, build="")


def scan(
    releases: Iterable[Stored],
    node: Node | None,
    words_of: WordsOf,
    sort: LineSort,
    fetch: Fetch,
) -> Iterator[KwicLine]:
    """All lines in their order."""
    kept = _Lines(sort)
    for found in read_spans(releases, node, words_of):
        if sort == "document":
            yield from _read(found, 0, len(found))
        else:
            kept.add(found)
    yield from kept.read(kept.order(len(kept)), fetch)


def _read(found: BatchSpans, first: int, end: int) -> Iterator[KwicLine]:
    """The lines of some of a batch's spans."""
    read = lru_cache(1)(lambda release: word_spans(found.batch.releases[release].body))
    pieces = (each[first:end].tolist() for each in (found.releases, found.firsts, found.lasts))
    for release, one, other in zip(*pieces, strict=True):
        begin = int(found.batch.starts[release])
        yield line(vars(found.batch.releases[release]), read(release), one - begin, other - begin)


class _Lines:
    """All lines by numbers: each one's release, and its first and last words there."""

    def __init__(self, sort: LineSort) -> None:
        self.sort = sort
        self.releases: list[tuple[str, str, date | None]] = []
        self.forms: list[str] = []
        self.parts: list[tuple[Array, ...]] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, found: BatchSpans) -> None:
        """Take the spans of a batch in."""
        batch = found.batch
        own, places = np.unique(found.releases, return_inverse=True)
        numbers = (places + len(self.releases)).astype(np.int32)
        held = (batch.releases[number] for number in own.tolist())
        self.releases += [(each.id, each.office, each.published) for each in held]
        begun = batch.starts[found.releases]
        firsts, lasts = ((each - begun).astype(np.int32) for each in (found.firsts, found.lasts))
        beside: tuple[Array, ...] = ()
        if self.sort in ("left", "right"):
            self.forms = batch.vocabulary.forms
            pairs, thirds = np.zeros(len(found), np.uint64), np.zeros(len(found), np.uint32)
            numbers_of = np.arange(len(self.forms), dtype=np.int32)
            found.put_neighbors(numbers_of, pairs, thirds, is_left=self.sort == "left")
            beside = pairs, thirds
        self.parts.append((numbers, firsts, lasts, *beside))
        self._count += len(found)

    def order(self, end: int) -> Array:
        """The numbers of the lines that come first; equal ones as they were read."""
        if not self._count:
            return np.zeros(0, np.int64)
        return first_in_order(self._keys(), end)

    def _keys(self) -> list[Array]:
        """What lines are sorted by, numbers for each; the last counts most."""
        if self.sort in ("left", "right"):
            return [*self._words()]
        places = range(len(self.releases))
        if self.sort == "office":
            ordered = sorted(places, key=lambda at: self.releases[at][1])
        else:
            ordered = sorted(places, key=lambda at: _age(self.releases[at]))
        ranks = np.empty(len(ordered), np.int64)
        ranks[ordered] = places
        return [ranks[self._column(0)]]

    def _words(self) -> tuple[Array, Array]:
        """The third word beside each line, and the first two, by their order."""
        thirds, pairs = self._column(4), self._column(3)
        low = np.uint64(0xFFFFFFFF)
        columns = [thirds, (pairs & low).astype(np.uint32), (pairs >> np.uint64(32))]
        used = np.unique(np.concatenate([each.astype(np.int64) for each in columns]))
        used = used[used > 0]
        names = [self.forms[number - 1] for number in used.tolist()]
        ranks = np.zeros(len(self.forms) + 1, np.uint64)
        ranks[used[sorted(range(len(names)), key=names.__getitem__)]] = np.arange(1, len(used) + 1)
        third, second, first = (ranks[each.astype(np.int64)] for each in columns)
        return third, first << np.uint64(32) | second

    def _column(self, number: int) -> Array:
        return np.concatenate([part[number] for part in self.parts])

    def read(self, numbers: Array, fetch: Fetch) -> Iterator[KwicLine]:
        """The lines of these numbers."""
        if not len(numbers):
            return
        columns = [self._column(number) for number in range(3)]
        for at in range(0, len(numbers), LINES_FETCHED):
            block = numbers[at : at + LINES_FETCHED]
            own, firsts, lasts = (column[block].tolist() for column in columns)
            ids = [self.releases[release][0] for release in own]
            held = {each.id: each for each in fetch([*dict.fromkeys(ids)])}
            spans: dict[str, Spans] = {}
            for id_, first, last in zip(ids, firsts, lasts, strict=True):
                if id_ not in spans:
                    spans[id_] = word_spans(held[id_].body)
                yield line(vars(held[id_]), spans[id_], first, last)


def _age(release: tuple[str, str, date | None]) -> tuple[bool, date, str]:
    """The oldest first, undated ones last, then by id."""
    id_, _, published = release
    return published is None, published or date.max, id_
