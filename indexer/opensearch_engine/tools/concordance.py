"""The mentions of a query's words in their order, read from the hits' texts.

In the query's own order a page is cut while texts are read. For any other order 16 to 28 bytes a
mention are kept, and the texts of lines that are shown are fetched again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any

import numpy as np

from indexer.analysis.jit import Array
from indexer.engine.results import Beside, Concordance, KwicLine, LineSort
from indexer.linguistics.concordance import Lines
from indexer.linguistics.neighbors import CODES, Neighbors, neighbor_keys
from indexer.linguistics.spans import ranks_of
from indexer.opensearch_engine.index.mapping import Fetch, Stored
from indexer.opensearch_engine.tools.spans import BatchSpans, WordsOf, read_spans
from indexer.query.tree import Node
from indexer.query.written_forms import LookUp

NONE_ATTESTED: LookUp = lambda words: {}  # noqa: E731


def concordance(
    releases: Iterable[Stored],
    node: Node | None,
    words_of: WordsOf,
    sort: LineSort,
    start: int,
    size: int,
    fetch: Fetch,
    *,
    has_boilerplate: bool = True,
    beside: Beside | None = None,
    attested: LookUp = NONE_ATTESTED,
) -> Concordance:
    """A page of lines, and how many there are; the engine adds build and warnings. `fetch` must
    return releases as they were when they were read.
    """
    first, end = max(0, start), max(0, start) + max(0, size)
    shown: list[KwicLine] = []
    lines = _BatchLines(sort)
    total = holders = left_out = 0
    sides = [_BatchNeighbors(attested, is_left=each) for each in (True, False)]
    kept = partial(_beside, beside, attested)
    for found in read_spans(releases, node, words_of, has_boilerplate=has_boilerplate, kept=kept):
        for side in sides:
            side.add(side.keys(found))
        if sort == "document":
            shown += _read(found, max(0, first - total), max(0, end - total))
        else:
            lines.take(found)
        total += len(found)
        holders += found.n_releases
        left_out += found.boilerplate_mentions
    shown += lines.read(lines.order(lines.keys, first, end), lines.fetching(fetch))
    before, after = (side.most_frequent() for side in sides)
    return Concordance(
        tuple(shown),
        total,
        holders,
        build="",
        boilerplate_mentions=left_out,
        words_before=before,
        words_after=after,
    )


def scan(
    releases: Iterable[Stored],
    node: Node | None,
    words_of: WordsOf,
    sort: LineSort,
    fetch: Fetch,
    *,
    has_boilerplate: bool = True,
    beside: Beside | None = None,
    attested: LookUp = NONE_ATTESTED,
) -> Iterator[KwicLine]:
    """All lines in their order."""
    lines = _BatchLines(sort)
    kept = partial(_beside, beside, attested)
    for found in read_spans(releases, node, words_of, has_boilerplate=has_boilerplate, kept=kept):
        if sort == "document":
            yield from _read(found, 0, len(found))
        else:
            lines.take(found)
    yield from lines.read(lines.order(lines.keys, 0, len(lines)), lines.fetching(fetch))


def _read(found: BatchSpans, first: int, end: int) -> Iterator[KwicLine]:
    """The lines of some of a batch's spans, in their order."""
    lines, releases = Lines("document"), found.batch.releases
    lines.add(found, found.releases)
    numbers = np.arange(first, min(end, len(found)))
    return lines.read(numbers, lambda own: {number: vars(releases[number]) for number in own})


def _beside(beside: Beside | None, attested: LookUp, found: BatchSpans) -> BatchSpans:
    """The spans that a word is directly before or after, or the word itself near them."""
    if beside is None:
        return found
    if beside.side == "near":
        return found.words_near(
            found.batch.places(beside.word, is_stem=beside.is_stem), beside.window
        )
    neighbors = _BatchNeighbors(attested, is_left=beside.side == "before")
    return found.only(neighbors.are(beside.word, neighbors.keys(found)))


class _BatchNeighbors(Neighbors):
    """The words before, or after, the mentions of all batches."""

    def __init__(self, attested: LookUp, *, is_left: bool) -> None:
        super().__init__(lambda number: self.forms[number], attested, is_left=is_left)
        self.forms: Sequence[str] = []
        self._codes: Array = np.zeros(0, np.uint8)

    def keys(self, found: BatchSpans) -> Array:
        self.forms = found.batch.vocabulary.forms
        new = [CODES.get(each, 0) for each in self.forms[len(self._codes) :]]
        self._codes = np.concatenate((self._codes, np.array(new, np.uint8)))
        numbers = np.arange(len(self.forms))
        return neighbor_keys(found, numbers, self._codes, is_left=self.is_left)


class _BatchLines(Lines):
    """Lines of all batches, with facts of their releases, which are fetched again to be shown."""

    def __init__(self, sort: LineSort) -> None:
        super().__init__(sort)
        self.noted: list[tuple[str, str, date | None]] = []
        self.forms: list[str] = []

    def take(self, found: BatchSpans) -> None:
        batch = found.batch
        own, places = np.unique(found.releases, return_inverse=True)
        numbers = (places + len(self.noted)).astype(np.int32)
        held = (batch.releases[number] for number in own.tolist())
        self.noted += [(each.id, each.office, each.published) for each in held]
        self.forms = batch.vocabulary.forms
        self.add(found, numbers, np.arange(len(self.forms), dtype=np.int32))

    def keys(self) -> list[Array]:
        """The sort keys of lines; equal lines remain as they were read."""
        if self.sort in ("left", "right"):
            return self._neighbor_ranks()
        numbers = range(len(self.noted))
        if self.sort == "office":
            ordered = sorted(numbers, key=lambda number: self.noted[number][1])
        else:
            ordered = sorted(numbers, key=lambda number: _age(self.noted[number]))
        return [ranks_of(ordered)[self.releases]]

    def _neighbor_ranks(self) -> list[Array]:
        """The third word beside each line, and the first two in one, by alphabetical rank."""
        thirds, pairs = self.neighbors
        parts = (thirds, pairs & np.uint64(0xFFFFFFFF), pairs >> np.uint64(32))
        columns = [each.astype(np.int64) for each in parts]
        used = np.unique(np.concatenate(columns))
        used = used[used > 0]
        names = [self.forms[number - 1] for number in used.tolist()]
        ranks = np.zeros(len(self.forms) + 1, np.uint64)
        ranks[used[sorted(range(len(names)), key=names.__getitem__)]] = np.arange(1, len(used) + 1)
        third, second, first = (ranks[each] for each in columns)
        return [third, first << np.uint64(32) | second]

    def fetching(self, fetch: Fetch) -> Callable[[Sequence[int]], dict[int, dict[str, Any]]]:
        """A function that fetches releases by their numbers here."""

        def stored(numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
            number_of = {self.noted[number][0]: number for number in numbers}
            return {number_of[each.id]: vars(each) for each in fetch([*number_of])}

        return stored


def _age(release: tuple[str, str, date | None]) -> tuple[bool, date, str]:
    """The oldest first, undated ones last, then by id."""
    id_, _, published = release
    return published is None, published or date.max, id_
