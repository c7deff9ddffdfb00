"""The rules of validation with what is usual on one office's pages.

A crawl and a repair ask the same one, so that neither lets in what the other refuses.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from datetime import date
from functools import cached_property

from corpus.catalog.store import Store
from corpus.errors import StoreError
from corpus.issue import Issue
from corpus.reading import validation
from corpus.reading.page import Page
from corpus.release import Draft
from corpus.review.baseline import newest_locations, read_boilerplate
from corpus.settings import Settings
from corpus.sources import office
from corpus.warc.archive import read_response

# So many pages tell whether an office ends its pages as HTML says; not all do.
ENDS_NEEDED = 3
END, END_BYTES = b"</html", 2000


class OfficeGate:
    """What may enter of an office's pages, by route."""

    def __init__(self, name: str, store: Store, settings: Settings) -> None:
        self.name, self.source, self.store = name, office(name), store
        self.archive, self.reading_s = settings.archive, settings.reading_s
        self._ends: dict[str, deque[bool]] = {}

    def check(self, draft: Draft, url: str, today: date) -> Issue | None:
        """Why a draft may not enter, if so."""
        return validation.check(draft, url, self.source, today, self.boilerplate)

    def check_page(self, page: Page, route: str, draft: Draft) -> Issue | None:
        """Why a page that holds one release may not enter, whatever was read from it."""
        return self._check_end(page, route) or validation.check_little(page, draft)

    def _check_end(self, page: Page, route: str) -> Issue | None:
        """Whether a page breaks off before its end, where the office's pages have one."""
        ends = self._ends.get(route)
        if ends is None:
            ends = self._ends[route] = self._known_ends(route)
        has_end = END in page.body[-END_BYTES:].lower()
        if not has_end and len(ends) >= ENDS_NEEDED and all(ends):
            reason = "It breaks off before </html>, which this office's pages end with."
            return Issue(page.url, "truncated", reason)
        ends.append(has_end)
        return None

    def _known_ends(self, route: str) -> deque[bool]:
        """Whether the last pages had their end: those of earlier runs, then those of this one."""
        with self.store.reading() as connection:
            locations = newest_locations(connection, self.name, route, ENDS_NEEDED)
        ends = deque[bool](maxlen=4 * ENDS_NEEDED)
        for location in locations:
            with suppress(
                StoreError
            ):  # what is damaged is told by `verify`, and tells nothing here
                ends.append(END in read_response(self.archive, location).body[-END_BYTES:].lower())
        return ends

    @cached_property
    def boilerplate(self) -> frozenset[str]:
        """The paragraphs that most releases of the office share."""
        with self.store.reading() as connection:
            return read_boilerplate(connection, self.name)
