"""The limits of a run: releases by an option; listing pages, requests and hours by the settings.

They end the crawl of a site that has no end.
"""

from __future__ import annotations

import time

from corpus.plural import pluralize
from corpus.settings import Settings


class Budget:
    """Counts the requests of a run against its limits. `limit` is the number of releases after
    which it stops; None: no limit.
    """

    def __init__(self, settings: Settings, limit: int | None) -> None:
        self.settings, self.limit, self.began = settings, limit, time.monotonic()
        self.listings = self.requests = 0

    def note(self, *, is_listing: bool) -> None:
        """Count a request."""
        self.requests += 1
        self.listings += is_listing

    def exhausted(self, *, is_listing: bool) -> str | None:
        """The limit that forbids another request, in words; None while none is reached."""
        settings = self.settings
        if is_listing and self.listings >= settings.run_listings:
            return f"{pluralize(settings.run_listings, 'listing page')} (COMMUNIQUE_RUN_LISTINGS)"
        if self.requests >= settings.run_requests:
            return f"{pluralize(settings.run_requests, 'request')} (COMMUNIQUE_RUN_REQUESTS)"
        if self.elapsed_s >= settings.run_hours * 3600:
            return f"{settings.run_hours:g} h (COMMUNIQUE_RUN_HOURS)"
        return None

    def releases_left(self, releases: int) -> int | None:
        """How many releases a run that has read `releases` may still read; None: no limit."""
        return None if self.limit is None else max(0, self.limit - releases)

    @property
    def elapsed_s(self) -> float:
        """Seconds since the run, or its continuation, began."""
        return time.monotonic() - self.began

    @property
    def limit_reason(self) -> str:
        """Why a run stops at its limit of releases, as its report says."""
        return f"after {pluralize(self.limit or 0, 'release')} (--limit)"
