"""How far a running crawl is, and an estimate of the time left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Progress:
    """How far a crawl was at a time (ISO 8601, in UTC).

    `requests` were answered, `per_minute` of them a minute; `queued` are known to be left. `left_s`
    is the estimate; where `is_least`, more may follow than is queued, such as listing pages, and
    the time is that of the queue alone.
    """

    at: str
    requests: int
    listings: int
    releases: int
    queued: int
    per_minute: float
    left_s: float | None
    is_least: bool

    def sentence(self) -> str:
        """The progress for people."""
        words = (
            f"{self.releases:,} releases, {self.requests:,} pages fetched,"
            f" {self.queued:,} queued, {self.per_minute:.1f} a minute"
        )
        if self.left_s is None:
            return words
        if self.is_least:
            return f"{words}; at least {_duration(self.left_s)} left; more pages follow"
        return f"{words}; about {_duration(self.left_s)} left"

    @property
    def noted_at(self) -> datetime:
        """The time as one."""
        return datetime.fromisoformat(self.at)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"
