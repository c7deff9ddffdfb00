"""The ranks of documents in orders without scores: by date, or by id.

A position is a date and an id, not a number, so that it is valid in every generation.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from typing import Any

import numpy as np

from indexer.analysis.jit import Array
from indexer.engine.results import Order, Position, Query
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.search.scored_docs import ScoredDocs


def ranks(snapshot: Snapshot, sort: Order) -> Array:
    """Each document's rank in an order (int32)."""
    if sort == "oldest":
        return snapshot.age
    return snapshot.by_id if sort == "id" else snapshot.recency


def first_behind(snapshot: Snapshot, sort: Order, after: Position) -> int:
    """The rank of the first document after a position, whether or not one is at it."""
    placed = ranks(snapshot, sort)
    documents = np.empty_like(placed)
    documents[placed] = np.arange(len(placed), dtype=placed.dtype)
    return bisect_right(
        documents,
        _key(sort, after),
        key=lambda document: _key(sort, position(snapshot, document)),
    )


def is_last(snapshot: Snapshot, found: ScoredDocs, query: Query, place: int) -> bool:
    """Whether no hit follows the one at a place of what was found, in an order without scores."""
    places = ranks(snapshot, query.sort).take(found.documents)
    return bool(places[place] == places.max())


def position(snapshot: Snapshot, document: Any, *, is_some: bool = False) -> Position:
    """Where a document stands, in its tier."""
    day = int(snapshot.dates[document])
    segment, number = snapshot.locate(document)
    return Position(date.fromordinal(day) if day else None, segment.value("id", number), is_some)


def _key(sort: Order, place: Position) -> tuple[int, str]:
    """What positions are compared by, as the snapshot ranks documents: undated ones come last."""
    day = place.published
    if sort == "id":
        return 0, place.id
    if sort == "oldest":
        return (day or date.max).toordinal() + (day is None), place.id
    return -day.toordinal() if day else 0, place.id
