"""What a run may spend: releases by an option; listing pages, requests and hours by the settings.

A site without an end comes to an end there.
"""

from __future__ import annotations

import time

from corpus.plural import pluralize
from corpus.settings import Settings


class Budget:
    """Counts what a run has asked for; `spent` tells what it may not go beyond. `limit` is the
    number of releases after which it stops, None for no such number.
    """

    def __init__(self, settings: Settings, limit: int | None) -> None:
        self.settings, self.limit, self.began = settings, limit, time.monotonic()
        self.listings = self.requests = 0

    def note(self, *, is_listing: bool) -> None:
        """Count a request."""
        self.requests += 1
        self.listings += is_listing

    def spent(self, *, is_listing: bool) -> str | None:
        """Why nothing more may be asked for, or no other listing page; None while it may."""
        most = self.settings
        if is_listing and self.listings >= most.run_listings:
            return f"{pluralize(most.run_listings, 'listing page')} (COMMUNIQUE_RUN_LISTINGS)"
        if self.requests >= most.run_requests:
            return f"{pluralize(most.run_requests, 'request')} (COMMUNIQUE_RUN_REQUESTS)"
        if time.monotonic() - self.began >= most.run_hours * 3600:
            return f"{most.run_hours:g} h (COMMUNIQUE_RUN_HOURS)"
        return None

    def room(self, releases: int) -> int | None:
        """How many more releases a run may take that has so many; None for any number."""
        return None if self.limit is None else max(0, self.limit - releases)

    @property
    def limit_reason(self) -> str:
        """Why a run that has no room left takes no more, as its report says."""
        return f"after {pluralize(self.limit or 0, 'release')} (--limit)"
