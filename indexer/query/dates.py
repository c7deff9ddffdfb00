"""Days as people type them: a year, a month or a day."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

DAY = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$")


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
