"""The mentions of a query's words in their order, and lines of text around a page of them.

All mentions are counted and sorted as numbers; only lines that are shown read a stored text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from indexer import deadline
from indexer.analysis.jit import Array
from indexer.engine.results import Beside, Concordance, KwicLine, LineSort, Query
from indexer.linguistics.concordance import Lines
from indexer.query.tree import BODY
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.search.collect import order
from indexer.whoosh_engine.tools.occurrences import Mentions, SegmentSpans


def concordance(
    snapshot: Snapshot,
    query: Query,
    sort: LineSort = "document",
    start: int = 0,
    size: int = 50,
    beside: Beside | None = None,
) -> Concordance:
    """A page of lines, and how many there are."""
    mentions = Mentions.of(snapshot, query, beside)
    lines, first = _lines(snapshot, mentions.parts, sort), max(0, start)
    keys = partial(_keys, snapshot, mentions, lines)
    chosen = lines.order(keys, first, first + max(0, size))
    before, after = (_neighbors(mentions, is_left=each) for each in (True, False))
    return Concordance(
        mentions=tuple(lines.read(chosen, partial(_stored, snapshot))),
        total=len(lines),
        releases=lines.n_releases,
        build=snapshot.build,
        warnings=tuple(mentions.executor.warnings),
        boilerplate_mentions=mentions.left_out,
        words_before=before,
        words_after=after,
    )


def _neighbors(mentions: Mentions, *, is_left: bool) -> tuple[tuple[str, int], ...]:
    found, keys = mentions.neighbors(is_left=is_left)
    for own in keys:
        found.add(own)
    return found.most_frequent()


def scan(
    snapshot: Snapshot, query: Query, sort: LineSort = "document", beside: Beside | None = None
) -> Iterator[KwicLine]:
    """All lines in their order."""
    mentions = Mentions.of(snapshot, query, beside)
    lines = _lines(snapshot, mentions.parts, sort)
    chosen = lines.order(partial(_keys, snapshot, mentions, lines), 0, len(lines))
    yield from lines.read(chosen, partial(_stored, snapshot))


def _lines(snapshot: Snapshot, parts: list[SegmentSpans], sort: LineSort) -> Lines:
    lines = Lines(sort)
    for number, part in enumerate(parts):
        words = snapshot.words(BODY).numbers[number] if sort in ("left", "right") else None
        lines.add(part, part.documents, words)
    return lines


def _keys(snapshot: Snapshot, mentions: Mentions, lines: Lines) -> list[Array]:
    """The sort keys of lines; equal lines are in the query's order of documents."""
    documents, hits = lines.releases, mentions.hits.found
    if lines.sort == "date":
        return [snapshot.age[documents]]
    ranks = np.zeros(snapshot.size, np.uint32)
    ordered = order(snapshot, hits, mentions.query, 0, len(hits))
    ranks[hits.documents[ordered]] = np.arange(len(ordered), dtype=np.uint32)
    if lines.sort == "document":
        return [ranks[documents]]
    if lines.sort == "office":
        offices = snapshot.facet("office").codes[documents].astype(np.uint64)
        return [offices << np.uint64(32) | ranks[documents]]
    return [ranks[documents], *lines.neighbors]


def _stored(snapshot: Snapshot, documents: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    found = {}
    for document in documents:
        deadline.check()
        found[document] = snapshot.stored(document)
    return found
