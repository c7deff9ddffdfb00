"""Hits counted by the period that they were published in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from indexer.analysis.jit import Array
from indexer.engine import periods
from indexer.engine.periods import Step
from indexer.whoosh_engine.columns.kernels import count_codes, extremes
from indexer.whoosh_engine.columns.periods import Periods
from indexer.whoosh_engine.columns.snapshot import Snapshot


@dataclass(frozen=True)
class Timeline:
    """How many hits each period has, by its number."""

    periods: Periods
    counts: Array

    def pairs(self) -> tuple[tuple[str, int], ...]:
        """The names of the periods that have hits, with their counts, in order."""
        step, first = self.periods.step, self.periods.first
        dated = np.flatnonzero(self.counts[1:])
        pairs = zip(dated.tolist(), self.counts[1:][dated].tolist(), strict=True)
        return tuple((periods.name(step, first + number), count) for number, count in pairs)

    def years(self, size: int) -> Array | None:
        """The same counts by the numbers of the facet's years, of which there are `size`."""
        years = self.periods.years
        if years is None:
            return None
        return np.bincount(years, weights=self.counts, minlength=size).astype(np.int64)


def timeline(snapshot: Snapshot, documents: Array, step: Step | Literal["auto"]) -> Timeline:
    """The documents counted; "auto" takes the step that suits their first and last day."""
    if step == "auto":
        first, last = extremes(snapshot.dates, documents)
        step = periods.fitting(date.fromordinal(first or 1), date.fromordinal(last or 1))
    column = snapshot.periods(step)
    counts = np.zeros(column.size, np.int64)
    count_codes(column.codes, documents, counts)
    return Timeline(column, counts)
