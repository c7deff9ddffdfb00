"""How often a query's words stand in each day, week, month or year of publication: three columns of
numbers, counted by a fourth.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from indexer.engine.periods import Step
from indexer.engine.results import Frequencies, Frequency, Query
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.index.arrays import Array
from indexer.whoosh_engine.search.collect import answer
from indexer.whoosh_engine.search.execute import Executor
from indexer.whoosh_engine.tools.occurrences import FIELD, find_occurrences


def frequencies(snapshot: Snapshot, query: Query, step: Step) -> Frequencies:
    """The hits by period, ascending."""
    executor = Executor(snapshot)
    hits = answer(snapshot, executor, replace(query, facets=())).found.documents
    column = snapshot.periods(step)
    codes, size = column.codes, column.size
    releases = np.bincount(codes[hits], minlength=size)
    # Sums of whole numbers below 2^53 are exact.
    tokens = np.bincount(codes[hits], snapshot.lengths(FIELD)[hits], size).astype(np.int64)
    occurrences = np.zeros(size, np.int64)
    for part in find_occurrences(executor, query.tree, hits):
        occurrences += np.bincount(codes[part.documents + part.base], minlength=size)
    return Frequencies(
        step=step,
        periods=tuple(
            (column.first + code - 1, _frequency(code, releases, occurrences, tokens))
            for code in np.flatnonzero(releases).tolist()
            if code
        ),
        undated=_frequency(0, releases, occurrences, tokens),
        build=snapshot.build,
        warnings=tuple(executor.warnings),
    )


def _frequency(code: int, *columns: Array) -> Frequency:
    return Frequency(*(int(column[code]) for column in columns))
