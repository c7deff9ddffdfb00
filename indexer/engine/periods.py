"""Days, weeks, months and years, numbered so that arrays of dates can be counted by them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

Step = Literal["day", "week", "month", "year"]
STEPS: tuple[Step, ...] = get_args(Step)
# The most periods that a step suits: more are too many to be told apart on a screen.
MOST: dict[Step, int] = {"day": 70, "week": 105, "month": 180}


def numbers(step: Step, ordinals: NDArray[np.int32]) -> NDArray[np.int64]:
    """The period of each date (its proleptic Gregorian ordinal, from 1); weeks begin on Mondays."""
    days: NDArray[Any] = ordinals.astype(np.int64)
    if step == "day":
        return days
    if step == "week":
        return (days - 1) // 7  # 1 January of the year 1 was a Monday
    stamps = (days - EPOCH).astype("datetime64[D]")
    if step == "month":
        return stamps.astype("datetime64[M]").astype(np.int64) + 12 * 1970
    return stamps.astype("datetime64[Y]").astype(np.int64) + 1970


def first_day(step: Step, number: int) -> date:
    """The day that a period begins on."""
    if step == "day":
        return date.fromordinal(number)
    if step == "week":
        return date.fromordinal(7 * number + 1)
    if step == "month":
        return date(number // 12, number % 12 + 1, 1)
    return date(number, 1, 1)


def last_day(step: Step, number: int) -> date:
    """The day that a period ends on."""
    return first_day(step, number + 1) - timedelta(days=1)


def name(step: Step, number: int) -> str:
    """A period in ISO 8601: "2018-04-27", "2018-W17", "2018-04", "2018"."""
    first = first_day(step, number)
    if step == "week":
        year, week, _ = first.isocalendar()
        return f"{year:04}-W{week:02}"
    return first.isoformat()[: {"day": 10, "month": 7, "year": 4}[step]]


def number(step: Step, named: str) -> int:
    """The period of a name."""
    if step == "week":
        year, _, week = named.partition("-W")
        day = date.fromisocalendar(int(year), int(week), 1)
    else:
        day = date.fromisoformat(f"{named}-01-01"[:10])
    return int(numbers(step, np.array([day.toordinal()], np.int32))[0])


def count(step: Step, first: date, last: date) -> int:
    """How many periods there are from one day to another."""
    begun, ended = numbers(step, np.array([first.toordinal(), last.toordinal()], np.int32))
    return int(ended - begun) + 1


def fitting(first: date, last: date) -> Step:
    """The step that suits the time from one day to another."""
    return next((step for step in MOST if count(step, first, last) <= MOST[step]), "year")


# The ordinal of 1 January 1970, from which NumPy counts days.
EPOCH = date(1970, 1, 1).toordinal()
