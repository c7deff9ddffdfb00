"""Handles each response: archives it, reads it as a listing, a release, an attachment or a page
that is missing, and stages the outcome.
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
from corpus.crawling.ingest import Intake
from corpus.error_log import log, sentence
from corpus.errors import CrawlError, PageError, RecordError, StoreError
from corpus.issue import Issue
from corpus.reading import validation
from corpus.reading.page import Page
from corpus.reading.reader import read_listing, read_release
from corpus.reading.source import Listing, Route
from corpus.release import Draft, Release, sha256
from corpus.review.report import CrawlReport
from corpus.review.staging import Observed, Staging
from corpus.settings import Settings
from corpus.warc.archive import read_response
from corpus.warc.record import Record
from corpus.warc.response import Response
from corpus.warc.writer import ArchiveWriter

BUSY = frozenset({429, 503})
CONDITIONS = {"if-none-match", "if-modified-since"}


@dataclass
class AnswerHandler:
    """Takes the answers of one run, one after another."""

    route: Route
    settings: Settings
    staging: Staging
    archive: ArchiveWriter
    frontier: Frontier
    budget: Budget
    report: CrawlReport

    def __post_init__(self) -> None:
        self.store = self.staging.store
        self.intake = Intake(self.route, self.settings, self.staging, self.report)
        self.breaker = CircuitBreaker(self.report)

    def take(self, answer: FetchResult | FetchFailure) -> FetchRequest | None:
        """Handle one response, and return a request to repeat, if any.

        An unforeseen error fails only this page. Errors that end the run, and those of the catalog
        and the archive, are raised.
        """
        again = None
        try:
            for redirect in answer.before:
                self.archive.add(redirect)
            if isinstance(answer, FetchFailure):
                self._fail(answer)
            else:
                again = self._take(answer)
        except Exception as error:
            is_of_run = isinstance(error, CrawlError | StoreError)
            if is_of_run and not isinstance(error, RecordError):
                raise
            url = answer.wanted.url
            reason = sentence(error, self.settings, url)
            self.report.note_refused(Issue(url, "internal_error", reason))
            self.frontier.lose_listing(answer.wanted.key, reason)
        if answer.wanted.url not in self.frontier.asked_files:
            self.breaker.note(answer)
        return again

    def _fail(self, failed: FetchFailure) -> None:
        self.frontier.lose_listing(failed.wanted.key, failed.reason)
        issue = Issue(failed.wanted.url, failed.rule, failed.reason)
        if failed.rule == "no_answer":
            self.report.note_failed(issue)
        else:
            self.report.note_refused(issue)

    def _take(self, answer: FetchResult) -> FetchRequest | None:
        response, wanted = answer.response, answer.wanted
        earlier = self.staging.visit(*wanted.key)
        location = self.archive.add(response, earlier.location if earlier else None)
        if response.status == 304:
            return self._take_unchanged(answer, earlier)
        self.archive.sync()  # before the catalog refers to it
        self.report.note_downloaded(len(response.raw))
        visit = Visit(
            response.header("etag"),
            response.header("last-modified"),
            response.fetched_at,
            sha256(answer.body),
            location,
            response.status,
        )
        is_file = wanted.url in self.frontier.asked_files
        if is_file and (visit.status == 200 or visit.status in GONE):
            with self.store.writing() as connection:
                self.staging.add_visit(connection, *wanted.key, visit)
            self.report.note_attachment(is_there=visit.status == 200)
        elif visit.status == 200:
            self._read(wanted, _page(response, answer.body, wanted), visit)
        else:
            self._take_error(wanted, visit, response.header("retry-after") or "")
        return None

    def _take_error(self, wanted: FetchRequest, visit: Visit, retry_after: str) -> None:
        """Handle an error status. Raises CrawlError when the run must end."""
        status, reason = visit.status, f"The answer has status {visit.status}."
        if status in BUSY and (wait_s := retry_after_s(retry_after)):
            raise CrawlError(
                f"{wanted.url}: the office asks to wait {wait_s:,.0f} s more (status {status});"
                " the next run goes on from here."
            )
        if status in GONE and self.frontier.is_not_yet(wanted.key):
            self.report.note_absent_listing(wanted.url)
            return
        self.frontier.lose_listing(wanted.key, reason)
        if status in GONE:
            self._take_missing(wanted, visit)
        else:
            self.report.note_failed(Issue(wanted.url, f"status_{status}", reason))

    def _take_missing(self, wanted: FetchRequest, visit: Visit) -> None:
        """404 or 410: a known release is missing at this visit; an unknown one is remembered."""
        self.report.note_missing(wanted.url)
        if wanted.key == self.frontier.at:
            return
        id_, at = self.staging.id_of(wanted.url), visit.fetched_at
        with self.store.writing() as connection:
            if known := due.revisit_states(connection, [id_]).get(id_):
                self.report.note_vanished(int(not known.is_missing))
                url = self.store.known_url(self.staging.office, wanted.url)
                self.staging.add(connection, Observed(id_, url, "missing", at))
            else:
                self.staging.add_visit(connection, *wanted.key, visit)
        if known is None:
            self.breaker.note_missing(wanted.url)

    def _take_unchanged(self, answer: FetchResult, visit: Visit | None) -> FetchRequest | None:
        """Handle status 304: mark a known release as seen, read all else from the archive."""
        wanted, now = answer.wanted, answer.response.fetched_at
        sent = {name.lower() for name, _ in answer.response.request_headers}
        if visit is None or not sent & CONDITIONS:
            reason = "Status 304 to a request without conditions is no answer."
            self.frontier.lose_listing(wanted.key, reason)
            self.report.note_failed(Issue(wanted.url, "status_304", reason))
            return None
        self.report.note_not_modified()
        if wanted.key != self.frontier.at:
            known = self.store.get(self.staging.id_of(wanted.url), with_withheld=True)
            if known and self._is_well_read(known):
                with self.store.writing() as connection:
                    self.staging.add(connection, Observed(known.id, known.url, "same", now))
                self.report.note_release("same")
                self.frontier.note_date(known.published)
                return None
        try:
            kept = read_response(self.settings.archive, visit.location)
        except StoreError:  # what has not changed is lost: it is asked for again, whole
            return FetchRequest(*wanted.key)
        self._read(wanted, _page(kept, kept.body, wanted), visit, seen_again=now)
        return None

    def _is_well_read(self, known: Release) -> bool:
        """Whether today's reader has read it, from an answer to us that is still there."""
        found = known.provenance
        is_ours = found.origin is None and found.lost_at is None
        return is_ours and found.reader_version == self.intake.source.version

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
        try:
            listing, drafts = self._parsed(wanted, page)
        except PageError as error:
            self._refuse(wanted, page, error)
            return
        self.report.note_remarks(validation.page_remarks(page))
        if listing is None and (
            issue := self.intake.gate.check_page(page, self.route.name, drafts[0])
        ):
            self.report.note_refused(issue)
            return
        unknown = self.frontier.add(listing, wanted.language) if listing else 0
        some = drafts[: self.budget.room(self.report.releases)]
        if listing and len(some) < len(drafts):
            self.report.note_cut_short(self.budget.limit_reason)
        for draft in some:
            self.frontier.note_date(draft.published)
        news = self.intake.keep(some, wanted.key, page.url, visit, seen_again)
        if self.settings.attachments:
            self.frontier.add_files(each.url for draft in some for each in draft.attachments)
        if listing and self.frontier.stops_early and not (unknown or news):
            self.frontier.stop_following()

    def _parsed(self, wanted: FetchRequest, page: Page) -> tuple[Listing | None, list[Draft]]:
        """The listing, if the page is one, and the releases on it. Raises PageError."""
        if wanted.key != self.frontier.at:
            return None, [read_release(self.route, page, self.settings.reading_s)]
        listing = read_listing(self.route, page, self.settings.reading_s)
        return listing, listing.drafts

    def _refuse(self, wanted: FetchRequest, page: Page, error: PageError) -> None:
        """Report why a page was not read: a bot check, an error page, or the reader's issue."""
        reason = str(error)
        if error.rule == "reader_broke" and error.__cause__:
            reason = f"{reason} {log(error.__cause__, self.settings, wanted.url)}"
        issue = validation.unreadable(page, Issue(wanted.url, error.rule, reason))
        self.report.note_refused(issue)
        self.frontier.lose_listing(wanted.key, issue.reason)


def _page(answer: Response | Record, body: bytes, wanted: FetchRequest) -> Page:
    return Page(answer.url, body, wanted.language or None, answer.content_type)
