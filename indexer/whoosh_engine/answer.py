"""A query over a snapshot -> which documents match, in which order, and how a hit is shown."""

from __future__ import annotations

from typing import Any

import numpy as np
from whoosh import query as tree

from indexer.engine import Hit, Query
from indexer.passages import Marker, marked, passages
from indexer.whoosh_engine.snapshot import Numbers, Snapshot


def narrowed(snapshot: Snapshot, query: Query) -> tuple[Numbers, Any, Any]:
    """Matching documents that pass the filters, their scores, and the mask that facets count over.

    The mask is of all matches in the range of days, before the filters of values.
    """
    found, scores = snapshot.matches(query.tree)
    mask = np.zeros(snapshot.size, dtype=bool)
    mask[found] = True
    mask &= snapshot.in_range(query.filters)
    kept = (mask & snapshot.allowed(query.filters))[found]
    return found[kept], scores[kept], mask


def ordered(snapshot: Snapshot, found: Numbers, scores: Any, query: Query) -> Numbers:
    """Positions in `found` in a stable order: score, newest, id; or by date, undated ones last."""
    dates = snapshot.dates[found]
    ranks = snapshot.ranks[found]
    if query.sort == "oldest":
        return np.lexsort((ranks, np.where(dates == 0, np.iinfo(np.int64).max, dates)))
    if query.sort == "newest" or query.tree is None or isinstance(query.tree, tree.Every):
        return np.lexsort((ranks, -dates))
    return np.lexsort((ranks, -dates, -scores))


def hit(stored: dict[str, Any], score: float, marker: Marker) -> Hit:
    """A document as a hit, with its marks."""
    language, title, body = stored["language"], stored["title"], stored["body"]
    return Hit(
        id=stored["id"],
        score=score,
        office=stored["office"],
        language=language,
        published=stored["published"],
        url=stored["url"],
        title=marked(title, marker.marks(title, "title", language)),
        passages=passages(body, marker.marks(body, "body", language)),
    )
