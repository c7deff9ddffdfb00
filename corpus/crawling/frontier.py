"""The queue of a run: an office's listings, the releases they name, and known releases that are
due.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

from corpus.catalog import attachments
from corpus.crawling import due
from corpus.crawling.schedule import RevisitState, Schedule
from corpus.errors import CrawlError
from corpus.issue import Issue
from corpus.reading.address import check_address, resolve, without_tracking
from corpus.reading.source import Link, Listing, Route
from corpus.review.report import CrawlReport
from corpus.review.staging import Staging


class Frontier:
    """Release and listing addresses to request, with their languages.

    `current_page` is the listing page being walked, `next_page` the one after it, `newest` the
    newest date of a release on the current page. `files` are attached files never fetched.
    `is_walk` becomes False when the end of the listing is not reached; `has_links` and
    `carries_releases` tell what its pages contain. `rest` are the listings that an earlier run
    left; they are walked last. A walk that `stops_early` ends at a page without news. The listing
    has `expected` releases, as it states or the last complete walk found.
    """

    def __init__(
        self, route: Route, schedule: Schedule, staging: Staging, report: CrawlReport
    ) -> None:
        self.route, self.schedule, self.staging, self.report = route, schedule, staging, report
        self.releases: deque[tuple[str, str]] = deque()
        self.files: deque[str] = deque()
        self.requested_files: set[str] = set()
        today = datetime.now(UTC).date()
        self.listings: deque[tuple[str, str]] = deque(
            (url, each) for each in route.languages or ("",) for url in route.starts(today)
        )
        self.rest = deque(staging.rest)
        self.walked: set[tuple[str, str]] = set()
        self.current_page: tuple[str, str] | None = None
        self.next_page: tuple[str, str] | None = None
        self.newest: date | None = None
        self.seen: set[tuple[str, str]] = set()
        self.refused_urls: set[str] = set()
        self.is_walk, self.has_links, self.carries_releases = True, False, False
        self.stops_early = bool(self.rest) or not staging.is_walk
        self.expected = staging.last_listed

    @property
    def queued(self) -> int:
        """How many requests are known to be left."""
        return len(self.releases) + len(self.files) + self._listings_left

    @property
    def is_read(self) -> bool:
        """Whether no listing page is left, so that all releases to request are known."""
        return not self._listings_left

    @property
    def _listings_left(self) -> int:
        return len(self.listings) + len(self.rest) + bool(self.next_page)

    @property
    def listed_so_far(self) -> tuple[int, int] | None:
        """How many releases of the listing were passed, and how many are left; None where its size
        is unknown, or it need not be read to its end.
        """
        passed = self.report.listed - len(self.releases)
        if self.stops_early or not self.expected or passed <= 0:
            return None
        return passed, max(0, self.expected - passed)

    @property
    def has_more(self) -> bool:
        """Whether releases or listing pages are left to request."""
        return bool(self.releases or self.listings or self.next_page or self.rest)

    def unwalked(self) -> list[tuple[str, str]]:
        """The listing pages that were not walked, the current one first."""
        ahead = (self.current_page, self.next_page, *self.listings, *self.rest)
        pages = dict.fromkeys(each for each in ahead if each)
        return [each for each in pages if each == self.current_page or each not in self.walked]

    def next_listing(self) -> tuple[str, str] | None:
        """The next page of the listing, or the start of another one; each is walked once."""
        self.newest = None
        if self.next_page:
            self.listings.appendleft(self.next_page)
            self.next_page = None
        while self.listings or self.rest:
            is_rest = not self.listings
            listing = (self.rest if is_rest else self.listings).popleft()
            if listing not in self.walked:
                self.walked.add(listing)
                if is_rest:
                    self.is_walk = self.stops_early = False
                self.current_page = listing
                return listing
        self.current_page = None
        return None

    def note_date(self, published: date | None) -> None:
        """Remember the newest date of the releases on the current page."""
        self.newest = max(filter(None, (self.newest, published)), default=None)

    def has_passed(self, since: date | None) -> bool:
        """Whether the current page has nothing from that day or later, and another page follows."""
        return bool(since and self.next_page and self.newest and self.newest < since)

    def may_be_absent(self, listing: tuple[str, str]) -> bool:
        """Whether a listing page may be missing: one newer than all pages found so far."""
        is_first = listing == self.current_page and not self.report.listings
        return is_first and listing[0] != self.route.start

    def fail_listing(self, page: tuple[str, str], reason: str) -> None:
        """Note that a page failed. A failed first page of a listing raises CrawlError, a later one
        ends the walk; other pages do not affect it.
        """
        if page == self.current_page:
            url, reason = page[0], reason.removeprefix(f"{page[0]}: ")  # a PageError names it too
            if url == self.route.start:
                raise CrawlError(f"{url}: {reason}")
            self.report.note_ended_early(f"{url}: {reason}")

    def stop_listing(self) -> None:
        """Skip the remaining pages of the current listing, those of older years included."""
        if self.next_page:
            language = self.next_page[1]
            self.listings = deque(each for each in self.listings if each[1] != language)
            self.next_page, self.is_walk = None, False

    def add(self, listing: Listing, language: str) -> int:
        """Queue a listing's releases, each once, and its next page, unless all of them were seen
        before; return how many addresses are unknown.
        """
        self.expected = listing.total or self.expected
        self.has_links |= bool(listing.links)
        self.carries_releases |= bool(listing.drafts)
        links: dict[str, Link] = {}
        for link in listing.links:
            url = without_tracking(link.url)
            if not self._check_address(url):
                links.setdefault(self.staging.id_of(url), replace(link, url=url))
        unseen = {id_: link for id_, link in links.items() if (id_, language) not in self.seen}
        entries = [(id_, language) for id_ in unseen]
        entries += [(self.staging.id_of(draft.url or ""), "") for draft in listing.drafts]
        number = len(set(entries) - self.seen)
        self.seen.update(entries)
        self.report.note_listing(number)
        if listing.next and number:
            self._follow(resolve(listing.next), language)
        elif listing.next and (entries or not self.route.newer):
            self.is_walk = False  # a repeated page is not the end of a listing
        return self._add_links(unseen, language)

    def _follow(self, url: str, language: str) -> None:
        """Set the next page; end the walk and report it where that page may not be requested."""
        if refusal := self._check_address(url):
            self.is_walk = False
            self.report.note_ended_early(f"{refusal.url}: {refusal.reason}")
        elif (url, language) in self.walked and (url, language) != self.current_page:
            self.is_walk = False
            self.report.note_ended_early(f"{url}: the pager links back to this page.")
        else:
            self.next_page = (url, language)

    def _add_links(self, links: dict[str, Link], language: str) -> int:
        """Queue links that are unknown or due, by id; return how many are unknown."""
        urls = [link.url for link in links.values()]
        staged = self.staging.staged_ids(links)
        with self.staging.store.reading() as connection:
            known = due.revisit_states(connection, links)
            dead = due.dead_links(connection, self.staging.office, urls)
        unknown, now = 0, datetime.now(UTC)
        for id_, link in links.items():
            state = known.get(id_) or dead.get(link.url)
            unknown += state is None
            if id_ in staged:
                self.note_date(link.published)
            elif state is None or self._is_due(id_, state, now):
                self.releases.append((link.url, language))
            else:
                self.report.note_not_due()
                self.note_date(link.published or (id_ in known and state.day) or None)
        return unknown

    def _is_due(self, id_: str, state: RevisitState, now: datetime) -> bool:
        """Whether a visit is due, or this route states attachments that others did not."""
        can_tell = state.lacks_attachments and "attachments" not in self.route.silent
        return can_tell or self.schedule.is_due(id_, state, now)

    def add_due(self) -> None:
        """Queue known releases of this route that are due and were not listed; none where the
        listing carries the releases themselves.
        """
        if not self.has_links:
            return
        listed, now = {id_ for id_, _ in self.seen}, datetime.now(UTC)
        with self.staging.store.reading() as connection:
            known = due.releases_of_route(
                connection, self.staging.office, self.route.name, self.staging.run
            )
            self.releases.extend(
                (resolve(url), "")
                for id_, url, state in known
                if id_ not in listed and self._is_due(id_, state, now) and self._may_fetch(id_, url)
            )

    def _may_fetch(self, id_: str, url: str) -> bool:
        """Whether a known address may be requested and is spelled as its release is known."""
        return self.staging.id_of(url) == id_ and not self._check_address(resolve(url))

    def add_files(self, urls: Iterable[str]) -> None:
        """Queue attached files on the office's hosts that were never fetched, each once."""
        for url in dict.fromkeys(map(resolve, urls)):
            is_known = url in self.requested_files or (self.staging.id_of(url), "") in self.seen
            if not is_known and not check_address(url, self.route.hosts):
                self.requested_files.add(url)
                if self.staging.visit(url, "") is None:
                    self.files.append(url)

    def add_known_files(self) -> None:
        """On a walk, queue the files of all known releases that were never fetched."""
        if self.staging.is_walk:
            with self.staging.store.reading() as connection:
                known = [*attachments.attachment_urls(connection, self.staging.office)]
            self.add_files(known)

    def _check_address(self, url: str) -> Issue | None:
        """Why an address may not be requested, if so; reported once a run."""
        refusal = check_address(url, self.route.hosts)
        if refusal and url not in self.refused_urls:
            self.refused_urls.add(url)
            self.report.note_refused(refusal)
        return refusal
