"""A look at a live office: its listing and first releases, fetched as a crawl does, and read.

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

Kind = Literal["listing", "release"]


@dataclass(frozen=True)
class PreviewedPage:
    """What was read at a URL, why it may not enter, or both; `remarks` are on the page."""

    url: str
    kind: Kind
    found: Listing | Draft | None = None
    refusal: Issue | None = None
    remarks: list[Issue] = field(default_factory=list)


def check(
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
    look = _Look(plan.source, plan.route, urls, limit, settings.reading_s, on_progress)
    plan.fetch(settings, look.next)
    return look.readings


class _Look:
    """What is still to be fetched, and what was read so far."""

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
        self.readings: list[PreviewedPage] = []
        self.waiting: deque[tuple[Kind, FetchRequest]] = deque()
        self.kind: Kind = "listing"
        if urls:
            self._add_releases(urls, "")
        else:
            wanted = [
                FetchRequest(url, each)
                for each in route.languages or ("",)
                for url in route.starts(self.today)
            ]
            self.waiting.extend(("listing", each) for each in wanted)

    def next(self, answer: FetchResult | FetchFailure | None) -> Iterator[FetchRequest]:
        """Take an answer in, and say what to fetch next; nothing when all was seen."""
        if isinstance(answer, FetchFailure):
            self._refuse(answer.wanted.url, answer.rule, answer.reason)
        elif answer is not None:
            self._take(answer)
        self.on_progress(len(self.readings))
        if self.waiting:
            self.kind, wanted = self.waiting.popleft()
            yield wanted

    def _take(self, answer: FetchResult) -> None:
        url, status = answer.wanted.url, answer.response.status
        if status in GONE and self.kind == "listing" and url != self.route.start:
            return  # of a year that has none yet; the one before it follows
        if status != 200:
            self._refuse(url, f"status_{status}", f"The answer has status {status}.")
            return
        came, before = answer.response, len(self.readings)
        page = Page(came.url, answer.body, answer.wanted.language or None, came.content_type)
        try:
            if self.kind == "listing":
                listing = read_listing(self.route, page, self.limit_s)
                self._take_listing(url, listing, answer.wanted.language)
            else:
                draft = read_release(self.route, page, self.limit_s)
                self._take_draft(url, draft, validation.check_little(page, draft))
        except PageError as error:
            refusal = validation.unreadable(page, Issue(url, error.rule, str(error)))
            self.readings.append(PreviewedPage(url, self.kind, None, refusal))
        for reading in self.readings[before : before + 1]:
            self.readings[before] = replace(reading, remarks=validation.page_remarks(page))

    def _take_listing(self, url: str, listing: Listing, language: str) -> None:
        is_empty = not listing.links and not listing.drafts
        if is_empty and url != self.route.start:
            return  # as above
        # What waits in this language are the listings of older years.
        self.waiting = deque(each for each in self.waiting if each[1].language != language)
        refusal = (
            address.judge(address.resolve(listing.next), self.route.hosts) if listing.next else None
        )
        if is_empty:
            refusal = Issue(url, "no_release", "It lists no release at all.")
        self.readings.append(PreviewedPage(url, "listing", listing, refusal))
        for draft in listing.drafts[: self.limit]:
            self._take_draft(draft.url or url, draft)
        self._add_releases((link.url for link in listing.links[: self.limit]), language)

    def _take_draft(self, url: str, draft: Draft, refusal: Issue | None = None) -> None:
        url = self.source.canonical(draft.url or url)
        refusal = refusal or validation.check(draft, url, self.source, self.today)
        self.readings.append(PreviewedPage(url, "release", replace(draft, part=None), refusal))

    def _add_releases(self, urls: Iterable[str], language: str) -> None:
        wanted = [FetchRequest(address.untracked(url), language) for url in urls]
        # Before the listing in the next language, as a crawl does.
        self.waiting.extendleft(("release", each) for each in reversed(wanted))

    def _refuse(self, url: str, rule: str, reason: str) -> None:
        self.readings.append(
            PreviewedPage(url, self.kind, None, Issue(address.shown(url), rule, reason))
        )
