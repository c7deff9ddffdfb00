"""Validation with what is usual on one office's pages.

Crawl, repair and import use the same one, so that none accepts what another refuses.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from datetime import date, datetime
from functools import cached_property

from corpus.catalog.store import Store
from corpus.errors import StoreError
from corpus.issue import Issue
from corpus.reading import validation
from corpus.reading.page import Page
from corpus.release import Draft
from corpus.review.baseline import read_shared_paragraphs, recent_locations
from corpus.settings import Settings
from corpus.sources import office
from corpus.warc.archive import read_response

# This many pages show whether an office's pages end with </html>; not all do.
ENDS_NEEDED = 3
END, END_BYTES = b"</html", 2000


class OfficeValidator:
    """Checks an office's pages and drafts before they are staged; those of a run are not compared
    with what it has published since it `began`.
    """

    def __init__(
        self, name: str, store: Store, settings: Settings, began: datetime | None = None
    ) -> None:
        self.name, self.source, self.store, self.began = name, office(name), store, began
        self.archive, self.reading_s = settings.archive, settings.reading_s
        self._recent_ends: dict[str, deque[bool]] = {}

    def check(self, draft: Draft, url: str, today: date) -> Issue | None:
        """Why a draft is refused, if so."""
        return validation.check_draft(draft, url, self.source, today, self.shared_paragraphs)

    def check_page(self, page: Page, route: str, draft: Draft) -> Issue | None:
        """Why a page with one release is refused, whatever was read from it."""
        return self._check_end(page, route) or validation.check_short_page(page, draft)

    def _check_end(self, page: Page, route: str) -> Issue | None:
        """Refuse a page without </html> where the office's recent pages have it."""
        ends = self._recent_ends.get(route)
        if ends is None:
            ends = self._recent_ends[route] = self._read_recent_ends(route)
        has_end = END in page.body[-END_BYTES:].lower()
        if not has_end and len(ends) >= ENDS_NEEDED and all(ends):
            reason = (
                "The page is incomplete: it lacks the </html> that this office's pages end with."
            )
            return Issue(page.url, "truncated", reason)
        ends.append(has_end)
        return None

    def _read_recent_ends(self, route: str) -> deque[bool]:
        """Whether the last pages ended with </html>, from earlier runs at first."""
        with self.store.reading() as connection:
            locations = recent_locations(connection, self.name, route, ENDS_NEEDED)
        ends = deque[bool](maxlen=4 * ENDS_NEEDED)
        for location in locations:
            with suppress(StoreError):  # `verify` reports a damaged response
                ends.append(END in read_response(self.archive, location).body[-END_BYTES:].lower())
        return ends

    @cached_property
    def shared_paragraphs(self) -> frozenset[str]:
        """The paragraphs that most releases of the office share."""
        with self.store.reading() as connection:
            return read_shared_paragraphs(connection, self.name, self.began)
