"""When a known release is looked at again: recent ones often, old ones rarely, not all at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from corpus.errors import SettingsError

DAY_S = 86_400.0


@dataclass(frozen=True)
class RevisitState:
    """What decides whether a release is due: its day, when it was looked at, whether in doubt.

    `day` is the date of publication, or when it was first seen where that is unknown;
    `is_missing` where the last visit did not find it, `lacks_attachments` where no route told of
    any or none yet.
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
        return next((every for until, every in self.steps if age_days <= until), self.steps[-1][1])

    def is_due(self, id_: str, standing: RevisitState, now: datetime) -> bool:
        """Whether a visit's turn has come; the id's own digits spread the turns over the days.

        A release that was missing at its last visit is due at once: is it gone, or was that a slip?
        So is one whose response is lost: it can be archived anew.
        """
        every = self.every_days((now.date() - standing.day).days)
        if standing.is_in_doubt or not every:
            return True
        phase = int(id_[-16:], 16) / 16**16
        turns = [when.timestamp() / DAY_S / every + phase for when in (standing.checked_at, now)]
        return int(turns[0]) < int(turns[1])


def read_schedule(words: str) -> Schedule:
    """A setting such as "14:1 90:7 180": up to 14 days old daily, up to 90 weekly, else each 180.

    Raises SettingsError.
    """
    steps = []
    try:
        *young, oldest = words.split()
        for each in young:
            age, _, every = each.partition(":")
            steps.append((float(age), float(every)))
        steps.append((float("inf"), float(oldest)))
    except ValueError:
        steps = []
    ages = [age for age, _ in steps]
    if not steps or ages != sorted(ages) or not all(0 <= every < 1e5 for _, every in steps):
        raise SettingsError(
            f"COMMUNIQUE_REVISITS must be steps of AGE:DAYS and a last number of days,"
            f' such as "14:1 90:7 730:60 180", not {words!r}.'
        )
    return Schedule(tuple(steps))
