"""Where documents stand in the orders that no score decides: by date, or by id.

A position is a date and an id, not a number, so that it means the same in every generation.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np

from indexer.engine.results import Order, Position, Query
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.index.arrays import Array
from indexer.whoosh_engine.search.scored_docs import ScoredDocs


def ranks(snapshot: Snapshot, sort: Order) -> Array:
    """Each document's place in an order (int32)."""
    if sort == "oldest":
        return snapshot.age
    return snapshot.by_id if sort == "id" else snapshot.recency


def first_behind(snapshot: Snapshot, sort: Order, after: Position) -> int:
    """The rank of the first document behind a position, whether or not one stands at it."""
    placed = ranks(snapshot, sort)
    documents = np.empty_like(placed)
    documents[placed] = np.arange(len(placed), dtype=placed.dtype)
    key = POSITION_KEYS.get(sort, _newest)
    return bisect_right(documents, key(after), key=lambda each: key(_position(snapshot, each)))


def more_after(snapshot: Snapshot, found: ScoredDocs, query: Query, page: Array) -> Position | None:
    """The position of a page's last hit; None where none follows it, or scores decide."""
    if not len(page) or query.is_ranked:
        return None
    places = ranks(snapshot, query.sort).take(found.documents)
    if places[page[-1]] == places.max():
        return None
    return _position(snapshot, found.documents[page[-1]])


def _position(snapshot: Snapshot, document: Any) -> Position:
    day = int(snapshot.dates[document])
    segment, number = snapshot.locate(document)
    return date.fromordinal(day) if day else None, segment.value("id", number)


# The same comparisons as those by which the snapshot ranks its documents; undated ones stand last.
def _newest(position: Position) -> tuple[int, str]:
    day, id_ = position
    return -day.toordinal() if day else 0, id_


def _oldest(position: Position) -> tuple[int, str]:
    day, id_ = position
    return (day or date.max).toordinal() + (day is None), id_


def _by_id(position: Position) -> tuple[int, str]:
    return 0, position[1]


POSITION_KEYS: dict[Order, Callable[[Position], tuple[int, str]]] = {
    "oldest": _oldest,
    "id": _by_id,
}
