"""The state of one run: answers in, the next URL out, what was seen to the staging.

A listing's releases are fetched before its next page, so that a killed run has staged what it read,
and memory stays flat. Known releases that are due and were not listed follow at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime

from corpus.catalog.attachments import GONE
from corpus.catalog.mapping import Visit
from corpus.crawling import due
from corpus.crawling.budget import Budget
from corpus.crawling.circuit_breaker import Trouble
from corpus.crawling.frontier import Frontier
from corpus.crawling.ingest import Intake
from corpus.crawling.middlewares import retry_after_s
from corpus.crawling.schedule import read_schedule
from corpus.crawling.spider import FetchFailure, FetchRequest, FetchResult
from corpus.error_log import log, sentence
from corpus.errors import CrawlError, PageError, RecordError, StoreError
from corpus.issue import Issue
from corpus.plural import pluralize
from corpus.reading import validation
from corpus.reading.page import Page
from corpus.reading.reader import read_listing, read_release
from corpus.reading.source import Route
from corpus.release import Release, sha256
from corpus.review.report import CrawlReport
from corpus.review.staging import Observed, Staging
from corpus.settings import Settings
from corpus.sources import office
from corpus.warc.archive import read_response
from corpus.warc.writer import ArchiveWriter

Progress = Callable[[CrawlReport], None]
BUSY = frozenset({429, 503})
CONDITIONS = {"if-none-match", "if-modified-since"}


class Run:
    """The state of one run: what is still wanted, and what came of the rest."""

    def __init__(
        self,
        route: Route,
        settings: Settings,
        staging: Staging,
        archive: ArchiveWriter,
        since: date | None,
        limit: int | None,
        progress: Progress,
        report: CrawlReport,
    ) -> None:
        self.name, self.route, self.source = staging.office, route, office(staging.office)
        self.settings, self.staging, self.archive = settings, staging, archive
        self.store = staging.store
        self.since, self.limit, self.progress = since, limit, progress
        self.report = report
        self._take_over()
        self.intake = Intake(self.source, route, settings, staging, self.report)
        schedule = read_schedule(settings.revisits)
        self.frontier = Frontier(route, schedule, staging, self.intake, self.report)
        self.listing: tuple[str, str] | None = None
        self.again: FetchRequest | None = None
        self.is_revisiting, self.trouble = False, Trouble(self.report)
        self.budget = Budget(settings)

    @property
    def walked(self) -> bool:
        """Whether every listing was walked to its end, and nothing of it was lost."""
        return self.frontier.is_walk and self.is_revisiting and self.is_whole

    @property
    def is_whole(self) -> bool:
        """Whether nothing ended it before it was over."""
        return not (self.report.error or self.report.ended_early or self.report.cut_short)

    def next(self, answer: FetchResult | FetchFailure | None) -> Iterator[FetchRequest]:
        """Take an answer in, and say what is wanted next: one URL; nothing when the run is over."""
        if answer is not None:
            self._take_in(answer)
        if answer is not None and answer.wanted.url not in self.frontier.asked_files:
            self.trouble.note(answer)
        self.progress(self.report)
        again, self.again = self.again, None
        wanted = again or self._pop()
        if wanted:
            self.budget.note(is_listing=(wanted.url, wanted.language) == self.listing)
            yield wanted

    def _take_over(self) -> None:
        """Count what an interrupted run had seen before this one goes on from there."""
        outcomes, languages, stated = self.staging.counts()
        report = self.report
        report.new, report.changed, report.same = (outcomes[n] for n in ("new", "changed", "same"))
        report.vanished, report.resumed = outcomes["missing"], outcomes.total()
        report.languages, report.stated = languages, stated

    def _pop(self) -> FetchRequest | None:
        """What is wanted next, unless the budget is spent: then the next run goes on from there."""
        wanted = self._next_wanted()
        if wanted is None:
            return None
        spent = self.budget.spent(is_listing=wanted == self.listing)
        if spent:
            self.report.cut_short = f"after {spent}, to be continued by the next run"
            self.report.rest = self.frontier.left()
            return None
        return self._conditional(*wanted)

    def _next_wanted(self) -> tuple[str, str] | None:
        if self.frontier.files:
            return self.frontier.files.popleft(), ""
        if self.limit is not None and self.report.releases >= self.limit:
            if self.frontier.has_more:
                self._cut_by_limit()
            return None
        if self.frontier.releases:
            return self.frontier.releases.popleft()
        if self.frontier.following and self._is_past_since():
            self.report.cut_short = f"where the listing is older than {self.since} (--since)"
            self.frontier.stop_following()
        self.intake.newest = None
        self.listing = self.frontier.next_listing()
        if self.listing is None and not self.is_revisiting:
            self.is_revisiting = True
            if not self.since:
                self.frontier.add_due()
                if self.settings.attachments:
                    self.frontier.add_known_files()
            return self._next_wanted()
        return self.listing

    def _is_past_since(self) -> bool:
        newest = self.intake.newest
        return bool(self.since and newest and newest < self.since)

    def _conditional(self, url: str, language: str) -> FetchRequest:
        visit = self.staging.visit(url, language)
        if visit is None or visit.status in GONE:
            return FetchRequest(url, language)
        return FetchRequest(url, language, visit.etag, visit.last_modified)

    def _fail(self, failed: FetchFailure) -> None:
        self._listing_failed(failed.wanted, failed.reason)
        refusal = Issue(failed.wanted.url, failed.rule, failed.reason)
        is_lost = failed.rule == "no_answer"
        (self.report.failed if is_lost else self.report.refused).append(refusal)

    def _listing_failed(self, wanted: FetchRequest, reason: str) -> None:
        """A listing's first page must be there; a later one ends the walk, as the report says."""
        if (wanted.url, wanted.language) == self.listing:
            reason = reason.removeprefix(f"{wanted.url}: ")  # a PageError names it already
            if wanted.url == self.route.start:
                raise CrawlError(f"{wanted.url}: {reason}")
            self.report.ended_early = f"{wanted.url}: {reason}"

    def _take_in(self, answer: FetchResult | FetchFailure) -> None:
        """Take an answer in. What nobody foresaw costs that page alone; what ends a run, and a
        catalog or an archive that cannot be written, is raised.
        """
        try:
            for redirect in answer.before:
                self.archive.add(redirect)
            self._fail(answer) if isinstance(answer, FetchFailure) else self._take(answer)
        except Exception as error:
            is_of_page = not isinstance(error, CrawlError | StoreError)
            if not is_of_page and not isinstance(error, RecordError):
                raise
            url = answer.wanted.url
            told = sentence(error, self.settings, url)
            self.report.refused.append(Issue(url, "internal_error", told))
            self._listing_failed(answer.wanted, told)

    def _take(self, answer: FetchResult) -> None:
        status, wanted = answer.response.status, answer.wanted
        earlier = self.staging.visit(wanted.url, wanted.language)
        location = self.archive.add(answer.response, earlier.location if earlier else None)
        if status == 304:
            self._take_unchanged(answer, earlier)
            return
        self.archive.sync()  # before the catalog refers to it
        self.report.fetched += 1
        self.report.bytes += len(answer.response.raw)
        headers = {name.lower(): value for name, value in answer.response.headers}
        visit = Visit(
            headers.get("etag"),
            headers.get("last-modified"),
            answer.response.fetched_at,
            sha256(answer.body),
            location,
            status,
        )
        is_file = wanted.url in self.frontier.asked_files
        if is_file and (status == 200 or status in GONE):
            self._take_file(wanted, visit)
            return
        if status == 200:
            came = answer.response
            page = Page(came.url, answer.body, wanted.language or None, came.content_type)
            self._read(wanted, page, visit)
            return
        wait_s = retry_after_s(headers.get("retry-after", "")) if status in BUSY else None
        if wait_s:
            raise CrawlError(
                f"{wanted.url}: the office asks to wait {wait_s:,.0f} s more (status {status});"
                " the next run goes on from here."
            )
        reason = f"The answer has status {status}."
        if status in GONE and self._is_not_yet(wanted):
            self.report.absent.append(wanted.url)
            return
        self._listing_failed(wanted, reason)
        if status in GONE:
            self._take_missing(wanted, visit)
        else:
            self.report.failed.append(Issue(wanted.url, f"status_{status}", reason))

    def _take_file(self, wanted: FetchRequest, visit: Visit) -> None:
        """An attached file is kept as it came, or remembered as not being there."""
        with self.store.writing() as connection:
            self.staging.add_visit(connection, wanted.url, wanted.language, visit)
        if visit.status == 200:
            self.report.attachments += 1
        else:
            self.report.attachments_missing += 1

    def _is_not_yet(self, wanted: FetchRequest) -> bool:
        """Whether this is a page of the listing that is newer than all that were found so far."""
        is_listing = (wanted.url, wanted.language) == self.listing
        return is_listing and wanted.url != self.route.start and not self.report.listings

    def _take_missing(self, wanted: FetchRequest, visit: Visit) -> None:
        """404 or 410: a known release is missing at this visit; an unknown one is remembered."""
        self.report.missing.append(wanted.url)
        if (wanted.url, wanted.language) == self.listing:
            return
        id_, at = self.intake.id_of(wanted.url), visit.fetched_at
        with self.store.writing() as connection:
            if standing := due.standings(connection, [id_]).get(id_):
                self.report.vanished += not standing.is_missing
                seen = Observed(id_, self.store.known_url(self.name, wanted.url), "missing", at)
                self.staging.add(connection, seen)
            else:
                self.staging.add_visit(connection, wanted.url, wanted.language, visit)
        if standing is None:
            self.trouble.note_missing(wanted.url)

    def _take_unchanged(self, answer: FetchResult, visit: Visit | None) -> None:
        """What the archive has still stands: a known release was seen, all else is read again."""
        wanted, now = answer.wanted, answer.response.fetched_at
        sent = {name.lower() for name, _ in answer.response.request_headers}
        if visit is None or not sent & CONDITIONS:
            reason = "Status 304 to a request without conditions is no answer."
            self._listing_failed(wanted, reason)
            self.report.failed.append(Issue(wanted.url, "status_304", reason))
            return
        self.report.unchanged += 1
        if (wanted.url, wanted.language) != self.listing:
            id_ = self.intake.id_of(wanted.url)
            known = self.store.get(id_, with_withheld=True)
            if known and self._is_well_read(known):
                with self.store.writing() as connection:
                    seen = Observed(id_, known.url, "same", now)
                    self.staging.add(connection, seen)
                self.report.same += 1
                self.intake.note_date(known.published)
                return
        try:
            kept = read_response(self.settings.archive, visit.location)
        except StoreError:  # what has not changed is lost: it is asked for again, whole
            self.again = FetchRequest(wanted.url, wanted.language)
            return
        page = Page(kept.url, kept.body, wanted.language or None, kept.content_type)
        self._read(wanted, page, visit, seen_again=now)

    def _is_well_read(self, known: Release) -> bool:
        """Whether today's reader has read it, from an answer to us that is still there."""
        found = known.provenance
        is_ours = found.origin is None and found.lost_at is None
        return is_ours and found.reader_version == self.source.version

    def _read(
        self,
        wanted: FetchRequest,
        page: Page,
        visit: Visit,
        seen_again: datetime | None = None,
    ) -> None:
        """Read a listing or a release; what cannot be read is refused and reported.

        The page's URL is the one that answered, after redirects.
        """
        is_listing, cut = (wanted.url, wanted.language) == self.listing, None
        limit_s = self.settings.reading_s
        try:
            listing = read_listing(self.route, page, limit_s) if is_listing else None
            drafts = listing.drafts if listing else [read_release(self.route, page, limit_s)]
        except PageError as error:
            # Only what its reader cannot make out is looked at again: is it a page of the office?
            told = str(error)
            if error.rule == "reader_broke" and error.__cause__:
                told = f"{told} {log(error.__cause__, self.settings, wanted.url)}"
            refusal = validation.unreadable(page, Issue(wanted.url, error.rule, told))
            self.report.refused.append(refusal)
            self._listing_failed(wanted, refusal.reason)
            return
        self.report.remarks += validation.page_remarks(page)
        if not listing:
            cut = self.intake.gate.check_page(page, self.route.name, drafts[0])
        if cut:
            self.report.refused.append(cut)
            return
        unknown = self.frontier.add(listing, wanted.language) if listing else 0
        drafts = drafts[: self._room()]
        if listing and len(drafts) < len(listing.drafts):
            self._cut_by_limit()
        news = self.intake.keep(drafts, (wanted.url, wanted.language), page.url, visit, seen_again)
        if self.settings.attachments:
            self.frontier.add_files(each.url for draft in drafts for each in draft.attachments)
        if listing and self.frontier.stops_early and not (unknown or news):
            self.frontier.stop_following()

    def _cut_by_limit(self) -> None:
        self.report.cut_short = f"after {pluralize(self.limit or 0, 'release')} (--limit)"

    def _room(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.report.releases)
