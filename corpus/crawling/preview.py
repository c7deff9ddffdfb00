"""Previews an office: its listing and first releases, fetched and read as in a crawl.

Nothing is stored.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from corpus.catalog.attachments import GONE
from corpus.crawling.fetching.fetch_plan import plan_fetch
from corpus.crawling.fetching.requests import FetchFailure, FetchRequest, FetchResult
from corpus.errors import PageError
from corpus.issue import Issue
from corpus.reading import address, validation
from corpus.reading.page import Page
from corpus.reading.reader import read_listing, read_release
from corpus.reading.source import Listing, Route, Source
from corpus.release import Draft
from corpus.settings import Settings

PageKind = Literal["listing", "release"]


@dataclass(frozen=True)
class PreviewedPage:
    """What was read at a URL, why it would be refused, or both; `remarks` are on the page."""

    url: str
    kind: PageKind
    parsed: Listing | Draft | None = None
    refusal: Issue | None = None
    remarks: list[Issue] = field(default_factory=list)


def preview_office(
    name: str,
    settings: Settings,
    *,
    route: str | None = None,
    urls: tuple[str, ...] = (),
    mirrors: dict[str, str] | None = None,
    limit: int = 3,
    delay_s: float | None = None,
    on_progress: Callable[[int], None] = lambda done: None,
) -> list[PreviewedPage]:
    """Fetch and read a listing and its first `limit` releases, or the releases at `urls`.

    A route with several languages has a listing for each. Raises OfficeError, SettingsError and
    CrawlError.
    """
    plan = plan_fetch(name, settings, route, mirrors, delay_s)
    preview = _Preview(plan.source, plan.route, urls, limit, settings.reading_s, on_progress)
    plan.fetch(settings, preview.next)
    return preview.pages


class _Preview:
    """The pages still to be fetched, and those read so far."""

    def __init__(
        self,
        source: Source,
        route: Route,
        urls: tuple[str, ...],
        limit: int,
        limit_s: float,
        on_progress: Callable[[int], None],
    ) -> None:
        self.source, self.route, self.limit, self.on_progress = source, route, limit, on_progress
        self.limit_s = limit_s
        self.today = datetime.now(UTC).date()
        self.pages: list[PreviewedPage] = []
        self.queue: deque[tuple[PageKind, FetchRequest]] = deque()
        self.kind: PageKind = "listing"
        if urls:
            self._add_releases(urls, "")
        else:
            requests = [
                FetchRequest(url, each)
                for each in route.languages or ("",)
                for url in route.starts(self.today)
            ]
            self.queue.extend(("listing", each) for each in requests)

    def next(self, result: FetchResult | FetchFailure | None) -> Iterator[FetchRequest]:
        """Handle a result and yield the next request; nothing when all was fetched."""
        if isinstance(result, FetchFailure):
            self._refuse(result.request.url, result.rule, result.reason)
        elif result is not None:
            self._take(result)
        self.on_progress(len(self.pages))
        if self.queue:
            self.kind, request = self.queue.popleft()
            yield request

    def _take(self, result: FetchResult) -> None:
        url, status = result.request.url, result.response.status
        if status in GONE and self.kind == "listing" and url != self.route.start:
            return  # the listing of a year without releases; that of the year before follows
        if status != 200:
            self._refuse(url, f"status_{status}", f"The server responded with status {status}.")
            return
        response, number = result.response, len(self.pages)
        language = result.request.language
        page = Page(response.url, result.body, language or None, response.content_type)
        try:
            if self.kind == "listing":
                listing = read_listing(self.route, page, self.limit_s)
                self._take_listing(url, listing, language)
            else:
                draft = read_release(self.route, page, self.limit_s)
                self._take_draft(url, draft, validation.check_short_page(page, draft))
        except PageError as error:
            refusal = validation.page_issue(page, Issue(url, error.rule, str(error)))
            self.pages.append(PreviewedPage(url, self.kind, None, refusal))
        for shown_page in self.pages[number : number + 1]:
            self.pages[number] = replace(shown_page, remarks=validation.page_remarks(page))

    def _take_listing(self, url: str, listing: Listing, language: str) -> None:
        is_empty = not listing.links and not listing.drafts
        if is_empty and url != self.route.start:
            return  # as above
        # The listings of older years in this language need no preview.
        self.queue = deque(each for each in self.queue if each[1].language != language)
        refusal = None
        if is_empty:
            refusal = Issue(url, "no_release", "It lists no releases.")
        elif listing.next:
            refusal = address.check_address(address.resolve(listing.next), self.route.hosts)
        self.pages.append(PreviewedPage(url, "listing", listing, refusal))
        for draft in listing.drafts[: self.limit]:
            self._take_draft(draft.url or url, draft)
        self._add_releases((link.url for link in listing.links[: self.limit]), language)

    def _take_draft(self, url: str, draft: Draft, refusal: Issue | None = None) -> None:
        url = self.source.canonical(draft.url or url)
        refusal = refusal or validation.check_draft(draft, url, self.source, self.today)
        self.pages.append(PreviewedPage(url, "release", replace(draft, part=None), refusal))

    def _add_releases(self, urls: Iterable[str], language: str) -> None:
        requests = [FetchRequest(address.without_tracking(url), language) for url in urls]
        # Before the listing in the next language, as a crawl does.
        self.queue.extendleft(("release", each) for each in reversed(requests))

    def _refuse(self, url: str, rule: str, reason: str) -> None:
        self.pages.append(
            PreviewedPage(url, self.kind, None, Issue(address.printable(url), rule, reason))
        )
