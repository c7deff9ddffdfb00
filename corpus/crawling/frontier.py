"""What a run still wants of an office: its listings, what they name, and known releases that are
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
from corpus.reading.address import judge, resolve, untracked
from corpus.reading.source import Link, Listing, Route
from corpus.review.report import CrawlReport
from corpus.review.staging import Staging


class Frontier:
    """Release addresses and listings to ask for, with their languages.

    `following` is the page that follows the listing page that the walk is `at`, `newest` the newest
    day of a release on that page; `files` are attached files that were never fetched. `is_walk`
    turns false when the listing's end was not reached; `has_links` and `carries_releases` tell what
    its pages hold. `rest` is what an earlier run left: walked after what is new, which then
    `stops_early`, at a page where nothing is.
    """

    def __init__(
        self, route: Route, schedule: Schedule, staging: Staging, report: CrawlReport
    ) -> None:
        self.route, self.schedule, self.staging, self.report = route, schedule, staging, report
        self.releases: deque[tuple[str, str]] = deque()
        self.files: deque[str] = deque()
        self.asked_files: set[str] = set()
        today = datetime.now(UTC).date()
        self.listings: deque[tuple[str, str]] = deque(
            (url, each) for each in route.languages or ("",) for url in route.starts(today)
        )
        self.rest = deque(staging.rest)
        self.begun: set[tuple[str, str]] = set()
        self.at: tuple[str, str] | None = None
        self.following: tuple[str, str] | None = None
        self.newest: date | None = None
        self.seen: set[tuple[str, str]] = set()
        self.turned_away: set[str] = set()
        self.is_walk, self.has_links, self.carries_releases = True, False, False
        self.stops_early = bool(self.rest) or not staging.is_walk

    @property
    def has_more(self) -> bool:
        """Whether anything is left that a listing names, or may name."""
        return bool(self.releases or self.listings or self.following or self.rest)

    def left(self) -> list[tuple[str, str]]:
        """The listing pages that were not walked, the one that is at work first."""
        ahead = (self.at, self.following, *self.listings, *self.rest)
        left = dict.fromkeys(each for each in ahead if each)
        return [each for each in left if each == self.at or each not in self.begun]

    def next_listing(self) -> tuple[str, str] | None:
        """The page that follows, or the start of another listing; each is walked once."""
        self.newest = None
        if self.following:
            self.listings.appendleft(self.following)
            self.following = None
        while self.listings or self.rest:
            is_rest = not self.listings
            listing = (self.rest if is_rest else self.listings).popleft()
            if listing not in self.begun:
                self.begun.add(listing)
                if is_rest:
                    self.is_walk = self.stops_early = False
                self.at = listing
                return listing
        self.at = None
        return None

    def note_date(self, published: date | None) -> None:
        """Remember the newest day that the releases of the listing page have."""
        self.newest = max(filter(None, (self.newest, published)), default=None)

    def is_past(self, since: date | None) -> bool:
        """Whether the walk is where the listing has nothing of that day or later, and goes on."""
        return bool(since and self.following and self.newest and self.newest < since)

    def is_not_yet(self, listing: tuple[str, str]) -> bool:
        """Whether this is a page of the listing that is newer than all that were found so far."""
        is_first = listing == self.at and not self.report.listings
        return is_first and listing[0] != self.route.start

    def lose_listing(self, page: tuple[str, str], reason: str) -> None:
        """A listing's first page must be there; a later one ends the walk, as the report says.

        Any other page is none of the walk. Raises CrawlError.
        """
        if page == self.at:
            url, reason = page[0], reason.removeprefix(f"{page[0]}: ")  # a PageError names it too
            if url == self.route.start:
                raise CrawlError(f"{url}: {reason}")
            self.report.note_ended_early(f"{url}: {reason}")

    def stop_following(self) -> None:
        """Leave the rest of a listing, if there is more, the pages of older years with it."""
        if self.following:
            language = self.following[1]
            self.listings = deque(each for each in self.listings if each[1] != language)
            self.following, self.is_walk = None, False

    def add(self, listing: Listing, language: str) -> int:
        """Note a listing's releases, each once, and its next page, unless all was seen before; how
        many addresses are not known yet.
        """
        self.has_links |= bool(listing.links)
        self.carries_releases |= bool(listing.drafts)
        links: dict[str, Link] = {}
        for link in listing.links:
            url = untracked(link.url)
            if not self._refuse(url):
                links.setdefault(self.staging.id_of(url), replace(link, url=url))
        fresh = {id_: link for id_, link in links.items() if (id_, language) not in self.seen}
        found = [(id_, language) for id_ in fresh]
        found += [(self.staging.id_of(draft.url or ""), "") for draft in listing.drafts]
        number = len(set(found) - self.seen)
        self.seen.update(found)
        self.report.note_listing(number)
        if listing.next and number:
            self._follow(resolve(listing.next), language)
        elif listing.next and (found or not self.route.newer):
            self.is_walk = False  # a page that only repeats is no end; a year without news is none
        return self._add_links(fresh, language)

    def _follow(self, url: str, language: str) -> None:
        """Note the page that follows; one that may not be asked for ends the walk, as is told."""
        if refusal := self._refuse(url):
            self.is_walk = False
            self.report.note_ended_early(f"{refusal.url}: {refusal.reason}")
        elif (url, language) in self.begun and (url, language) != self.at:
            self.is_walk = False
            self.report.note_ended_early(f"{url}: the pager leads back to this page.")
        else:
            self.following = (url, language)

    def _add_links(self, links: dict[str, Link], language: str) -> int:
        """Queue what is unknown or due, by ids; how many of the addresses are unknown."""
        urls = [link.url for link in links.values()]
        staged = self.staging.staged(links)
        with self.staging.store.reading() as connection:
            known = due.revisit_states(connection, links)
            dead = due.dead(connection, self.staging.office, urls)
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
        """Whether a visit is due, or this route can tell what the others are silent of."""
        can_tell = state.lacks_attachments and "attachments" not in self.route.silent
        return can_tell or self.schedule.is_due(id_, state, now)

    def add_due(self) -> None:
        """Known releases of this route that are due and were not listed; none on an interface,
        whose listing is all there is to ask.
        """
        if not self.has_links:
            return
        asked, now = {id_ for id_, _ in self.seen}, datetime.now(UTC)
        with self.staging.store.reading() as connection:
            met = due.met_on(connection, self.staging.office, self.route.name, self.staging.run)
            self.releases.extend(
                (resolve(url), "")
                for id_, url, state in met
                if id_ not in asked and self._is_due(id_, state, now) and self._is_asked(id_, url)
            )

    def _is_asked(self, id_: str, url: str) -> bool:
        """Whether a known address may be asked for, and is no other spelling of a known one."""
        return self.staging.id_of(url) == id_ and not self._refuse(resolve(url))

    def add_files(self, urls: Iterable[str]) -> None:
        """Queue attached files on the office's hosts that were never fetched, each once."""
        for url in dict.fromkeys(map(resolve, urls)):
            is_new = url not in self.asked_files and (self.staging.id_of(url), "") not in self.seen
            if is_new and not judge(url, self.route.hosts):
                self.asked_files.add(url)
                if self.staging.visit(url, "") is None:
                    self.files.append(url)

    def add_known_files(self) -> None:
        """On a walk, queue those of all known releases: what an earlier run did not come to."""
        if self.staging.is_walk:
            with self.staging.store.reading() as connection:
                known = [*attachments.named(connection, self.staging.office)]
            self.add_files(known)

    def _refuse(self, url: str) -> Issue | None:
        """Why an address does not pass the door, which is reported once a run."""
        refusal = judge(url, self.route.hosts)
        if refusal and url not in self.turned_away:
            self.turned_away.add(url)
            self.report.note_refused(refusal)
        return refusal
