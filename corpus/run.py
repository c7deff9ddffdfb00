"""The state of one run: answers in, the next URL out, what may enter into the store.

A listing's releases are fetched before its next page, so that a killed run has stored what it read,
and memory stays flat.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from corpus import gate
from corpus.archive import ArchiveWriter, read_response, sha256
from corpus.errors import CrawlError, PageError
from corpus.gate import Refusal
from corpus.page import Page
from corpus.release import Draft, Provenance, release_id
from corpus.report import CrawlReport, counted
from corpus.settings import Settings
from corpus.source import Listing, Route, office
from corpus.spider import Failed, Fetched, Wanted
from corpus.store import Store, Visit

Progress = Callable[[CrawlReport], None]
GONE = frozenset({404, 410})


class Run:
    """The state of one run: what is still wanted, and what came of the rest."""

    def __init__(
        self,
        name: str,
        route: Route,
        settings: Settings,
        store: Store,
        archive: ArchiveWriter,
        since: date | None,
        limit: int | None,
        progress: Progress,
    ) -> None:
        self.name, self.route, self.source = name, route, office(name)
        self.settings, self.store, self.archive = settings, store, archive
        self.since, self.limit, self.progress = since, limit, progress
        self.report = CrawlReport(name, route.name)
        self.listings: deque[tuple[str, str]] = deque(
            (url, each)
            for each in route.languages or ("",)
            for url in route.starts(datetime.now(UTC).date())
        )
        self.releases: deque[tuple[str, str]] = deque()
        self.following: tuple[str, str] | None = None
        self.newest: date | None = None
        self.seen: set[tuple[str, str]] = set()
        self.walked: set[tuple[str, str]] = set()
        self.listing: tuple[str, str] | None = None

    def next(self, answer: Fetched | Failed | None) -> Iterator[Wanted]:
        """Take an answer in, and say what is wanted next: one URL; nothing when the run is over."""
        if isinstance(answer, Failed):
            self._fail(answer)
        elif answer is not None:
            self._take(answer)
        self.progress(self.report)
        if wanted := self._pop():
            yield self._conditional(*wanted)

    def _pop(self) -> tuple[str, str] | None:
        if self.limit is not None and self.report.releases >= self.limit:
            if self.releases or self.listings or self.following:
                self._cut_by_limit()
            return None
        if self.releases:
            return self.releases.popleft()
        following, self.following = self.following, None
        if following and self._is_past_since():
            self.report.cut_short = f"where the listing is older than {self.since} (--since)"
            self.walked.update(each for each in self.listings if each[1] == following[1])
        elif following:
            self.listings.appendleft(following)
        self.newest = None
        self.listing = next(self._unwalked(), None)
        return self.listing

    def _unwalked(self) -> Iterator[tuple[str, str]]:
        while self.listings:
            listing = self.listings.popleft()
            if listing not in self.walked:
                self.walked.add(listing)
                yield listing

    def _is_past_since(self) -> bool:
        return bool(self.since and self.newest and self.newest < self.since)

    def _conditional(self, url: str, language: str) -> Wanted:
        visit = self.store.visit(self.name, url, language)
        if visit is None:
            return Wanted(url, language)
        return Wanted(url, language, visit.etag, visit.last_modified)

    def _fail(self, failed: Failed) -> None:
        self._listing_failed(failed.wanted, failed.reason)
        refusal = Refusal(failed.wanted.url, failed.rule, failed.reason)
        is_lost = failed.rule == "no_answer"
        (self.report.failed if is_lost else self.report.refused).append(refusal)

    def _listing_failed(self, wanted: Wanted, reason: str) -> None:
        """A listing's first page must be there; a later one ends the walk, as the report says."""
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
        if status != 200:
            reason = f"The answer has status {status}."
            if status in GONE and self._is_not_yet(wanted):
                self.report.absent.append(wanted.url)
                return
            self._listing_failed(wanted, reason)
            if status in GONE:
                self.report.missing.append(wanted.url)
            else:
                self.report.failed.append(Refusal(wanted.url, f"status_{status}", reason))
        else:
            headers = {name.lower(): value for name, value in answer.response.headers}
            visit = Visit(
                headers.get("etag"),
                headers.get("last-modified"),
                answer.response.fetched_at,
                sha256(answer.body),
                place,
            )
            self._read(wanted, answer.response.url, answer.body, visit)

    def _is_not_yet(self, wanted: Wanted) -> bool:
        """Whether this is a page of the listing that is newer than all that were found so far."""
        is_listing = (wanted.url, wanted.language) == self.listing
        return is_listing and wanted.url != self.route.start and not self.report.listings

    def _take_unchanged(self, wanted: Wanted, now: datetime) -> None:
        """What the archive has still stands: a known release was seen, all else is read again."""
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
        kept = read_response(self.settings.archive, visit.place)
        self._read(wanted, kept.url, kept.body, visit, seen_again=now)

    def _read(
        self,
        wanted: Wanted,
        url: str,
        body: bytes,
        visit: Visit,
        seen_again: datetime | None = None,
    ) -> None:
        """Read a listing or a release; what cannot be read is refused and reported.

        `url` is the one that answered, after redirects.
        """
        page = Page(url, body, wanted.language or None)
        try:
            if (wanted.url, wanted.language) == self.listing:
                listing = self.route.links(page)
                self._queue(listing, wanted)
                drafts = listing.drafts
            else:
                drafts = [self.route.release(page)]
        except PageError as error:
            # Only what its reader cannot make out is looked at again: is it a page of the office?
            refusal = gate.check_page(page) or Refusal(wanted.url, "unreadable", str(error))
            self.report.refused.append(refusal)
            self._listing_failed(wanted, refusal.reason)
            return
        self._keep(drafts, wanted, url, visit, seen_again)

    def _queue(self, listing: Listing, wanted: Wanted) -> None:
        """Note a listing's releases, each once, and its next page, unless all was seen before."""
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
        self,
        drafts: list[Draft],
        wanted: Wanted,
        answered: str,
        visit: Visit,
        seen_again: datetime | None,
    ) -> None:
        """Store what may enter, and the visit, in one transaction."""
        today = datetime.now(UTC).date()
        with self.store.writing() as connection:
            room = self._room()
            if room is not None and len(drafts) > room:
                self._cut_by_limit()
            for draft in drafts[:room]:
                url = self.source.canonical(draft.url or wanted.url)
                self._note_date(draft.published)
                if refusal := gate.check(draft, url, self.source, today):
                    self.report.refused.append(refusal)
                    continue
                found = self._provenance(draft, answered, visit)
                seen_at = seen_again or visit.fetched_at
                outcome = self.store.add(
                    connection, self.name, url, draft, found, seen_at, self.route.silent
                )
                setattr(self.report, outcome, getattr(self.report, outcome) + 1)
                self.report.count_facts(draft)
            if not seen_again:
                self.store.add_visit(connection, self.name, wanted.url, wanted.language, visit)

    def _provenance(self, draft: Draft, url: str, visit: Visit) -> Provenance:
        return Provenance(
            url=url,
            fetched_at=visit.fetched_at,
            sha256=visit.sha256,
            warc_file=visit.place.warc_file,
            warc_offset=visit.place.warc_offset,
            reader=f"{self.name}/{self.route.name}",
            reader_version=self.source.version,
            part_sha256=sha256(draft.part) if draft.part else None,
        )

    def _note_date(self, published: date | None) -> None:
        self.newest = max(filter(None, (self.newest, published)), default=None)

    def _cut_by_limit(self) -> None:
        self.report.cut_short = f"after {counted(self.limit or 0, 'release')} (--limit)"

    def _room(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.report.releases)
