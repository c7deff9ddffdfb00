"""What a run may spend, by the settings: listing pages, requests, hours.

A site without an end comes to an end there.
"""

from __future__ import annotations

import time

from corpus.plural import pluralize
from corpus.settings import Settings


class Budget:
    """Counts what a run has asked for; `spent` tells what it may not go beyond."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.began = settings, time.monotonic()
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
