"""Dates as a column of periods, and hits counted by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np

from indexer.engine import periods
from indexer.engine.periods import Step
from indexer.engine.results import UNDATED
from indexer.whoosh_engine.columns.kernels import count, extremes
from indexer.whoosh_engine.index.arrays import Array

if TYPE_CHECKING:
    from indexer.whoosh_engine.columns.snapshot import Snapshot


@dataclass(frozen=True)
class Periods:
    """Every document's period of a step, as its number from the first one's on (int32, from 1; 0
    are the undated), the first one's own number, and how many there are with the undated.

    `years`: for each number that of its year in the facet; None where years are not made of them.
    """

    step: Step
    codes: Array
    first: int
    size: int
    years: Array | None

    @classmethod
    def of(cls, step: Step, dates: Array, years: list[str]) -> Periods:
        """The column of dates (ordinals; 0: undated)."""
        is_dated = dates > 0
        numbers = periods.numbers(step, np.maximum(dates, 1))
        first = int(numbers[is_dated].min()) if is_dated.any() else 1
        codes = np.where(is_dated, numbers - first + 1, 0).astype(np.int32)
        size = int(codes.max(initial=0)) + 1
        known = {value: number for number, value in enumerate(years)}
        names = [UNDATED, *(f"{periods.first_day(step, first + n).year}" for n in range(size - 1))]
        own = None if step == "week" else np.array([known.get(each, 0) for each in names], np.int64)
        return cls(step, codes, first, size, own)


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
    count(column.codes, documents, counts)
    return Timeline(column, counts)
