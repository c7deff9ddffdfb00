"""Mentions of a query's words by day, week, month or year, counted in columns of numbers."""

from __future__ import annotations

import numpy as np

from indexer.engine.periods import Step
from indexer.engine.results import Frequencies, Query
from indexer.query.tree import BODY
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.tools.occurrences import Mentions


def frequencies(snapshot: Snapshot, query: Query, step: Step) -> Frequencies:
    """The hits by period, ascending."""
    mentions = Mentions.of(snapshot, query)
    hits = mentions.hits.counted
    column = snapshot.periods(step)
    codes, size = column.codes, column.size
    releases = np.bincount(codes[hits], minlength=size)
    # Sums of whole numbers below 2^53 are exact.
    tokens = np.bincount(codes[hits], snapshot.lengths(BODY)[hits], size).astype(np.int64)
    occurrences = np.zeros(size, np.int64)
    for part in mentions.parts:
        occurrences += np.bincount(codes[part.documents], minlength=size)
    used = np.flatnonzero(releases)
    rows = np.stack((releases, occurrences, tokens), axis=1)[used].tolist()
    numbers = (column.first + code - 1 if code else None for code in used.tolist())
    counts = dict(zip(numbers, rows, strict=True))
    told = snapshot.build, tuple(mentions.executor.warnings)
    return Frequencies.of(step, counts, *told, len(mentions.hits.found) - len(hits))
