"""Dates as a column of periods."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indexer.analysis.jit import Array
from indexer.engine import periods
from indexer.engine.periods import Step
from indexer.engine.results import UNDATED


@dataclass(frozen=True)
class Periods:
    """Every document's period of a step, counted from the first one (int32, from 1; 0 is undated),
    the first one's own number, and how many there are with the undated.

    `years` has each period's number in the facet of years; None where years are not made of them.
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
