"""When a known release is visited again: recent ones often, old ones rarely, spread over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from corpus.errors import SettingsError

DAY_S = 86_400.0


@dataclass(frozen=True)
class RevisitState:
    """What decides whether a release is due for a visit.

    `day` is its date of publication, or the day it was first seen; `checked_at` is the last visit.
    `is_missing`: the last visit did not find it. `lacks_attachments`: no route stated yet whether
    it has attachments.
    """

    day: date
    checked_at: datetime
    is_in_doubt: bool = False
    is_missing: bool = False
    lacks_attachments: bool = False


@dataclass(frozen=True)
class Schedule:
    """Steps (age in days, days between visits), youngest first; the last one is for all older."""

    steps: tuple[tuple[float, float], ...]

    def every_days(self, age_days: float) -> float:
        """The days between two visits of a release of that age."""
        return next(
            (interval for until, interval in self.steps if age_days <= until),
            self.steps[-1][1],
        )

    def is_due(self, id_: str, state: RevisitState, now: datetime) -> bool:
        """Whether a visit is due; the digits of the id spread visits over the days.

        A release in doubt is due at once: one that was missing at its last visit may be back, and
        one whose response is lost can be archived anew.
        """
        interval = self.every_days((now.date() - state.day).days)
        if state.is_in_doubt or not interval:
            return True
        phase = int(id_[-16:], 16) / 16**16
        turns = [when.timestamp() / DAY_S / interval + phase for when in (state.checked_at, now)]
        return int(turns[0]) < int(turns[1])


def read_schedule(words: str) -> Schedule:
    """Read a setting such as "14:1 90:7 180": daily up to 14 days old, weekly up to 90 days, then
    every 180 days.

    Raises SettingsError.
    """
    steps = []
    try:
        *young, oldest = words.split()
        for each in young:
            age, _, interval = each.partition(":")
            steps.append((float(age), float(interval)))
        steps.append((float("inf"), float(oldest)))
    except ValueError:
        steps = []
    ages = [age for age, _ in steps]
    if not steps or ages != sorted(ages) or not all(0 <= interval < 1e5 for _, interval in steps):
        raise SettingsError(
            f"COMMUNIQUE_REVISITS must be steps of AGE:DAYS and a last number of days,"
            f' such as "14:1 90:7 730:60 180", not {words!r}.'
        )
    return Schedule(tuple(steps))
