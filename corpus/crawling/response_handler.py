"""Handles each response: archives it, reads it as a listing, a release, an attachment or a missing
page, and stages the outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from corpus.catalog.attachments import GONE
from corpus.catalog.mapping import Visit
from corpus.crawling import due
from corpus.crawling.budget import Budget
from corpus.crawling.circuit_breaker import CircuitBreaker
from corpus.crawling.fetching.middlewares import retry_after_s
from corpus.crawling.fetching.requests import FetchFailure, FetchRequest, FetchResult
from corpus.crawling.frontier import Frontier
from corpus.crawling.ingest import Ingester
from corpus.error_log import error_sentence, log_error
from corpus.errors import CrawlError, PageError, RecordError, StoreError
from corpus.issue import Issue
from corpus.reading import validation
from corpus.reading.page import Page
from corpus.reading.reader import read_listing, read_release
from corpus.reading.source import Listing, Route
from corpus.release import Draft, Release, sha256
from corpus.review.report import CrawlReport
from corpus.review.staging import Observation, Staging
from corpus.settings import Settings
from corpus.warc.archive import read_response
from corpus.warc.record import Record
from corpus.warc.response import Response
from corpus.warc.writer import ArchiveWriter

BUSY = frozenset({429, 503})
CONDITIONS = {"if-none-match", "if-modified-since"}


@dataclass
class ResponseHandler:
    """Handles the responses of one run, one after another."""

    route: Route
    settings: Settings
    staging: Staging
    archive: ArchiveWriter
    frontier: Frontier
    budget: Budget
    report: CrawlReport

    def __post_init__(self) -> None:
        self.store = self.staging.store
        self.ingester = Ingester(self.route, self.settings, self.staging, self.report)
        self.breaker = CircuitBreaker(self.report)

    def take(self, result: FetchResult | FetchFailure) -> FetchRequest | None:
        """Handle one response, and return a request to repeat, if any.

        An unforeseen error fails only this page. Errors that end the run, and those of the catalog
        and the archive, are raised.
        """
        repeat = None
        try:
            for redirect in result.redirects:
                self.archive.add(redirect)
            if isinstance(result, FetchFailure):
                self._fail(result)
            else:
                repeat = self._take(result)
        except Exception as error:
            is_of_run = isinstance(error, CrawlError | StoreError)
            if is_of_run and not isinstance(error, RecordError):
                raise
            url = result.request.url
            reason = error_sentence(error, self.settings, url)
            self.report.note_refused(Issue(url, "internal_error", reason))
            self.frontier.fail_listing(result.request.key, reason)
        if result.request.url not in self.frontier.requested_files:
            self.breaker.note(result)
        return repeat

    def _fail(self, failure: FetchFailure) -> None:
        self.frontier.fail_listing(failure.request.key, failure.reason)
        issue = Issue(failure.request.url, failure.rule, failure.reason)
        if failure.rule == "no_answer":
            self.report.note_failed(issue)
        else:
            self.report.note_refused(issue)

    def _take(self, result: FetchResult) -> FetchRequest | None:
        response, request = result.response, result.request
        earlier = self.staging.visit(*request.key)
        location = self.archive.add(response, earlier.location if earlier else None)
        if response.status == 304:
            return self._take_unchanged(result, earlier)
        self.archive.sync()  # before the catalog refers to it
        self.report.note_downloaded(len(response.raw))
        visit = Visit(
            response.header("etag"),
            response.header("last-modified"),
            response.fetched_at,
            sha256(result.body),
            location,
            response.status,
        )
        is_file = request.url in self.frontier.requested_files
        if is_file and (visit.status == 200 or visit.status in GONE):
            with self.store.writing() as connection:
                self.staging.add_visit(connection, *request.key, visit)
            self.report.note_attachment(is_there=visit.status == 200)
        elif visit.status == 200:
            self._read(request, _page(response, result.body, request), visit)
        else:
            self._take_error(request, visit, response.header("retry-after") or "")
        return None

    def _take_error(self, request: FetchRequest, visit: Visit, retry_after: str) -> None:
        """Handle an error status. Raises CrawlError when the run must end."""
        status, reason = visit.status, f"The server responded with status {visit.status}."
        if status in BUSY and (wait_s := retry_after_s(retry_after)):
            raise CrawlError(
                f"{request.url}: the server asks for {wait_s:,.0f} s without requests (status"
                f" {status}). Crawl again after that; the next crawl continues from here."
            )
        if status in GONE and self.frontier.may_be_absent(request.key):
            self.report.note_absent_listing(request.url)
            return
        self.frontier.fail_listing(request.key, reason)
        if status in GONE:
            self._take_not_found(request, visit)
        else:
            self.report.note_failed(Issue(request.url, f"status_{status}", reason))

    def _take_not_found(self, request: FetchRequest, visit: Visit) -> None:
        """Handle 404 and 410: stage a known release as missing, remember an unknown address."""
        self.report.note_not_found(request.url)
        if request.key == self.frontier.current_page:
            return
        id_, at = self.staging.id_of(request.url), visit.fetched_at
        with self.store.writing() as connection:
            if known := due.revisit_states(connection, [id_]).get(id_):
                self.report.note_newly_missing(int(not known.is_missing))
                url = self.store.known_url(self.staging.office, request.url)
                self.staging.add(connection, Observation(id_, url, "missing", at))
            else:
                self.staging.add_visit(connection, *request.key, visit)
        if known is None:
            self.breaker.note_dead_link(request.url)

    def _take_unchanged(self, result: FetchResult, visit: Visit | None) -> FetchRequest | None:
        """Handle status 304: mark a known release as seen, read all else from the archive."""
        request, now = result.request, result.response.fetched_at
        sent = {name.lower() for name, _ in result.response.request_headers}
        if visit is None or not sent & CONDITIONS:
            reason = "The server responded with status 304 to an unconditional request."
            self.frontier.fail_listing(request.key, reason)
            self.report.note_failed(Issue(request.url, "status_304", reason))
            return None
        self.report.note_not_modified()
        if request.key != self.frontier.current_page:
            known = self.store.get(self.staging.id_of(request.url), with_withheld=True)
            if known and self._is_up_to_date(known):
                with self.store.writing() as connection:
                    self.staging.add(connection, Observation(known.id, known.url, "same", now))
                self.report.note_release("same")
                self.frontier.note_date(known.published)
                return None
        try:
            archived = read_response(self.settings.archive, visit.location)
        except StoreError:  # the archived response is lost: request the whole page again
            return FetchRequest(*request.key)
        self._read(request, _page(archived, archived.body, request), visit, seen_again=now)
        return None

    def _is_up_to_date(self, known: Release) -> bool:
        """Whether the current reader read it, from a response of ours that is still archived."""
        provenance = known.provenance
        is_ours = provenance.origin is None and provenance.lost_at is None
        return is_ours and provenance.reader_version == self.ingester.source.version

    def _read(
        self,
        request: FetchRequest,
        page: Page,
        visit: Visit,
        seen_again: datetime | None = None,
    ) -> None:
        """Read a listing or a release; refuse and report a page that cannot be read.

        The page's URL is the one after redirects.
        """
        try:
            listing, drafts = self._parse(request, page)
        except PageError as error:
            self._refuse(request, page, error)
            return
        self.report.note_remarks(validation.page_remarks(page))
        if listing is None and (
            issue := self.ingester.validator.check_page(page, self.route.name, drafts[0])
        ):
            self.report.note_refused(issue)
            return
        unknown = self.frontier.add(listing, request.language) if listing else 0
        taken = drafts[: self.budget.releases_left(self.report.releases)]
        if listing and len(taken) < len(drafts):
            self.report.note_cut_short(self.budget.limit_reason)
        for draft in taken:
            self.frontier.note_date(draft.published)
        changed = self.ingester.stage_drafts(taken, request.key, page.url, visit, seen_again)
        if self.settings.attachments:
            self.frontier.add_files(each.url for draft in taken for each in draft.attachments)
        if listing and self.frontier.stops_early and not (unknown or changed):
            self.frontier.stop_listing()

    def _parse(self, request: FetchRequest, page: Page) -> tuple[Listing | None, list[Draft]]:
        """The listing, if the page is one, and the releases on it. Raises PageError."""
        if request.key != self.frontier.current_page:
            return None, [read_release(self.route, page, self.settings.reading_s)]
        listing = read_listing(self.route, page, self.settings.reading_s)
        return listing, listing.drafts

    def _refuse(self, request: FetchRequest, page: Page, error: PageError) -> None:
        """Report why a page was not read: a bot check, an error page, or the reader's issue."""
        reason = str(error)
        if error.rule == "reader_broke" and error.__cause__:
            reason = f"{reason} {log_error(error.__cause__, self.settings, request.url)}"
        issue = validation.page_issue(page, Issue(request.url, error.rule, reason))
        self.report.note_refused(issue)
        self.frontier.fail_listing(request.key, issue.reason)


def _page(response: Response | Record, body: bytes, request: FetchRequest) -> Page:
    return Page(response.url, body, request.language or None, response.content_type)
