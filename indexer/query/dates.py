"""Days as people type them: a year, a month or a day."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

DAY = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$")

BEGINNING = re.compile(r"(\d{1,4})(?:-(\d{0,2}))?-?$")


def read_day(typed: str, *, is_end: bool) -> date | None:
    """A day; of a year or month its first, or its last when `is_end`. None when it is no date."""
    found = DAY.match(typed.strip())
    if not found:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        month = month or (12 if is_end else 1)
        return date(year, month, day or (monthrange(year, month)[1] if is_end else 1))
    except ValueError:
        return None


def days_like(typed: str) -> tuple[date, date] | None:
    """The first and the last day that begin so, such as those of 201, of 2017- or of 2017-0; None
    where none does.
    """
    found = BEGINNING.match(typed)
    if not found:
        return None
    year, month = found[1], found[2] or ""
    years = [int(year.ljust(4, digit)) for digit in "09"]
    months = [each for each in range(1, 13) if f"{each:02}".startswith(month)]
    if not (len(year) == 4 or not month) or not years[1] or not months:
        return None
    last = monthrange(years[1], months[-1])[1]
    return date(max(1, years[0]), months[0], 1), date(years[1], months[-1], last)
