"""One run: spider -> archive -> read -> gate -> store, and its report.

A listing's releases are fetched before its next page, so that a killed run has stored what it read,
and memory stays flat.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from corpus import gate
from corpus.archive import ArchiveWriter, read_response, sha256
from corpus.errors import CrawlError, PageError, SettingsError
from corpus.gate import Refusal
from corpus.page import Page
from corpus.release import Draft, Provenance, release_id
from corpus.report import CrawlReport
from corpus.settings import Settings
from corpus.source import Listing, Route, office
from corpus.spider import Failed, Fetched, Wanted, fetch_all
from corpus.store import Store, Visit

log = logging.getLogger(__name__)
Progress = Callable[[CrawlReport], None]
GONE = frozenset({404, 410})
LEAST_DELAY_S = 1.0


def crawl(
    name: str,
    settings: Settings,
    store: Store,
    *,
    route: str | None = None,
    mirrors: dict[str, str] | None = None,
    since: date | None = None,
    limit: int | None = None,
    delay_s: float | None = None,
    progress: Progress = lambda report: None,
) -> CrawlReport:
    """Crawl one office by one route and keep the run's report. A failure of the office stands in
    `report.error`.

    `since` stops at a listing page with no release of that day or later; `limit` stops after that
    many releases.
    Raises OfficeError, SettingsError and StoreError.
    """
    way = office(name).route(route)
    mirrors = {host.lower(): base for host, base in (mirrors or {}).items()}
    delay = settings.delay_s if delay_s is None else delay_s
    check_delay(delay, way, mirrors)
    started_at = datetime.now(UTC)
    with ArchiveWriter(settings.archive, name, settings.warc_mb * 1_000_000) as archive:
        run = _Run(name, way, settings, store, archive, since, limit, progress)
        clock = time.monotonic()
        try:
            fetch_all(way.hosts, mirrors, delay, settings, run.next)
        except CrawlError as error:
            run.report.error = str(error)
        run.report.seconds = time.monotonic() - clock
    if not run.report.listed and not run.report.error:
        run.report.error = f"{way.start} lists no release at all."
    store.add_run(name, started_at, run.report.as_json())
    return run.report


def check_delay(delay_s: float, route: Route, mirrors: dict[str, str]) -> None:
    """Raise SettingsError for a delay that is impolite to a live office; loopback mirrors stand
    anything.
    """
    live = [host for host in route.hosts if not _is_loopback(mirrors.get(host, ""))]
    if delay_s < 0 or (delay_s < LEAST_DELAY_S and live):
        raise SettingsError(
            f"A delay of {delay_s:g} s is too short for {', '.join(live) or 'any host'}:"
            f" {LEAST_DELAY_S:g} s is the least, except where a mirror on loopback stands in."
        )


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


class _Run:
    """The state of one run: what is still wanted, and what came of the rest."""

    def __init__(
        self, name: str, route: Route, settings: Settings, store: Store, archive: ArchiveWriter,
        since: date | None, limit: int | None, progress: Progress,
    ) -> None:  # fmt: skip
        self.name, self.route, self.source = name, route, office(name)
        self.settings, self.store, self.archive = settings, store, archive
        self.since, self.limit, self.progress = since, limit, progress
        self.report = CrawlReport(name, route.name)
        self.listings: deque[tuple[str, str]] = deque(
            (route.start, each) for each in route.languages or ("",)
        )
        self.releases: deque[tuple[str, str]] = deque()
        self.following: tuple[str, str] | None = None
        self.newest: date | None = None
        self.seen: set[tuple[str, str]] = set()
        self.listing: tuple[str, str] | None = None

    def next(self, answer: Fetched | Failed | None) -> Iterator[Wanted]:
        """Take an answer in, and say what is wanted next: one URL, or nothing when the run is over."""
        if isinstance(answer, Failed):
            self._fail(answer)
        elif answer is not None:
            self._take(answer)
        self.progress(self.report)
        if wanted := self._pop():
            yield self._conditional(*wanted)

    def _pop(self) -> tuple[str, str] | None:
        if self.limit is not None and self.report.releases >= self.limit:
            return None
        if self.releases:
            return self.releases.popleft()
        following, self.following = self.following, None
        if following and not self._is_past_since():
            self.listings.appendleft(following)
        self.newest = None
        self.listing = self.listings.popleft() if self.listings else None
        return self.listing

    def _is_past_since(self) -> bool:
        return bool(self.since and self.newest and self.newest < self.since)

    def _conditional(self, url: str, language: str) -> Wanted:
        visit = self.store.visit(self.name, url, language)
        return (
            Wanted(url, language, visit.etag, visit.last_modified)
            if visit
            else Wanted(url, language)
        )

    def _fail(self, failed: Failed) -> None:
        self._listing_failed(failed.wanted, failed.reason)
        self.report.failed.append(Refusal(failed.wanted.url, "no_answer", failed.reason))

    def _listing_failed(self, wanted: Wanted, reason: str) -> None:
        """The first page of a listing must be there; a later one ends the walk, which the report
        says.
        """
        if (wanted.url, wanted.language) == self.listing:
            if wanted.url == self.route.start:
                raise CrawlError(f"{wanted.url}: {reason}")
            self.report.ended_early = f"{wanted.url}: {reason}"

    def _take(self, answer: Fetched) -> None:
        status, wanted = answer.response.status, answer.wanted
        if status == 304:
            self.report.unchanged += 1
            self._take_unchanged(wanted, answer.response.fetched_at)
            return
        self.report.fetched += 1
        self.report.bytes += len(answer.response.raw)
        place = self.archive.add(answer.response)
        if status in GONE:
            self._listing_failed(wanted, f"The answer has status {status}.")
            self.report.missing.append(wanted.url)
        elif status != 200:
            self._listing_failed(wanted, f"The answer has status {status}.")
            self.report.failed.append(
                Refusal(wanted.url, f"status_{status}", f"The answer has status {status}.")
            )
        else:
            headers = {name.lower(): value for name, value in answer.response.headers}
            visit = Visit(
                headers.get("etag"),
                headers.get("last-modified"),
                answer.response.fetched_at,
                sha256(answer.body),
                place,
            )
            self._read(wanted, answer.body, visit)

    def _take_unchanged(self, wanted: Wanted, now: datetime) -> None:
        """What the archive has of an answer still stands: a known release was seen again, anything
        else is read again.
        """
        visit = self.store.visit(self.name, wanted.url, wanted.language)
        if visit is None:
            raise CrawlError(f"{wanted.url}: status 304 to a request without validators.")
        is_listing = (wanted.url, wanted.language) == self.listing
        if not is_listing:
            known = self.store.touch(release_id(self.name, self.source.canonical(wanted.url)), now)
            if known:
                self.report.same += 1
                self._note_date(known.published)
                return
        body = read_response(self.settings.archive, visit.place).body
        self._read(wanted, body, visit, seen_again=now)

    def _read(
        self, wanted: Wanted, body: bytes, visit: Visit, seen_again: datetime | None = None
    ) -> None:
        """Read a listing or a release; what cannot be read is refused and reported."""
        page = Page(wanted.url, body, wanted.language or None)
        try:
            if (wanted.url, wanted.language) == self.listing:
                listing = self.route.links(page)
                self._queue(listing, wanted)
                drafts = listing.drafts
            else:
                drafts = [self.route.release(page)]
        except PageError as error:
            # Only what its reader cannot make out is looked at again: is it a page of this office
            # at all?
            refusal = gate.check_page(page) or Refusal(wanted.url, "unreadable", str(error))
            self.report.refused.append(refusal)
            self._listing_failed(wanted, refusal.reason)
            return
        self._keep(drafts, wanted, visit, seen_again)

    def _queue(self, listing: Listing, wanted: Wanted) -> None:
        """Note a listing's releases, each once, and its next page, unless it repeats what was seen."""
        self.report.listings += 1
        found = [(link.url, wanted.language) for link in listing.links]
        fresh = [
            each
            for each in dict.fromkeys(found)
            if each not in self.seen and self._is_ours(each[0])
        ]
        urls = [draft.url or "" for draft in listing.drafts]
        news = len(fresh) + sum((url, "") not in self.seen for url in urls)
        self.seen.update(fresh)
        self.seen.update((url, "") for url in urls)
        self.report.listed += news
        self.releases.extend(fresh)
        if listing.next and news:
            self.following = (listing.next, wanted.language)

    def _is_ours(self, url: str) -> bool:
        ours = urlsplit(url).netloc.lower() in self.route.hosts
        if not ours:
            self.report.refused.append(
                Refusal(url, "other_host", "The listing links to a host that is not the office's.")
            )
        return ours

    def _keep(
        self, drafts: list[Draft], wanted: Wanted, visit: Visit, seen_again: datetime | None
    ) -> None:
        """Store what may enter, and the visit, in one transaction."""
        today = datetime.now(UTC).date()
        with self.store.writing() as connection:
            for draft in drafts[: self._room()]:
                url = self.source.canonical(draft.url or wanted.url)
                self._note_date(draft.published)
                if refusal := gate.check(draft, url, self.source, today):
                    self.report.refused.append(refusal)
                    continue
                found = Provenance(
                    wanted.url, visit.fetched_at, visit.sha256, visit.place.warc_file, visit.place.warc_offset,
                    f"{self.name}/{self.route.name}", self.source.version, sha256(draft.part) if draft.part else None,
                )  # fmt: skip
                seen_at = seen_again or visit.fetched_at
                outcome = self.store.add(
                    connection, self.name, url, draft, found, seen_at, self.route.silent
                )
                setattr(self.report, outcome, getattr(self.report, outcome) + 1)
                self.report.count_facts(draft)
            if not seen_again:
                self.store.add_visit(connection, self.name, wanted.url, wanted.language, visit)

    def _note_date(self, published: date | None) -> None:
        self.newest = max(filter(None, (self.newest, published)), default=None)

    def _room(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.report.releases)
