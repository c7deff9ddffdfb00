"""One run: results go in, the next request comes out, phase by phase.

A listing's releases are fetched before its next page, so that a killed run has staged what it read,
and memory stays flat. Known releases that are due and were not listed follow at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum

from corpus.catalog.attachments import GONE
from corpus.crawling.budget import Budget
from corpus.crawling.fetching.requests import FetchFailure, FetchRequest, FetchResult
from corpus.crawling.frontier import Frontier
from corpus.review.progress import Progress
from corpus.review.report import CrawlReport
from corpus.review.staging import Staging
from corpus.settings import Settings

OnProgress = Callable[[CrawlReport], None]
# How often a run saves its progress.
SAVE_EVERY_S = 30.0
Take = Callable[[FetchResult | FetchFailure], FetchRequest | None]


class Phase(Enum):
    """What a run is requesting."""

    WALKING = "the office's listings, and the releases that they name"
    REVISITING = "known releases that are due and were not listed"
    FINISHED = "nothing: everything was requested"
    STOPPED = "nothing: a limit is reached, and the next run continues"


NEXT_PHASES = {
    Phase.WALKING: {Phase.REVISITING, Phase.STOPPED},
    Phase.REVISITING: {Phase.FINISHED, Phase.STOPPED},
}


@dataclass
class Run:
    """What one run requests, and when it is over."""

    settings: Settings
    staging: Staging
    frontier: Frontier
    budget: Budget
    since: date | None
    on_progress: OnProgress
    report: CrawlReport
    phase: Phase = Phase.WALKING
    saved_at_s: float = 0.0

    def __post_init__(self) -> None:
        self.resumed = self.report.releases  # counted by the run that this one resumes

    @property
    def is_walk(self) -> bool:
        """Whether every listing was walked to its end without an error."""
        is_over = self.phase is Phase.FINISHED
        return is_over and self.frontier.is_walk and self.report.is_whole

    def next(self, take: Take, result: FetchResult | FetchFailure | None) -> Iterator[FetchRequest]:
        """Handle a result and yield the next request; nothing when the run is over.

        `take` returns a request to repeat, if any.
        """
        repeat = take(result) if result else None
        self._note_progress()
        if request := repeat or self._next_request():
            self.budget.note(is_listing=request.key == self.frontier.current_page)
            yield request

    def _next_request(self) -> FetchRequest | None:
        """The next request; None when the run is over or its budget is exhausted."""
        target = self._next_target()
        if target is None:
            return None
        if limit := self.budget.exhausted(is_listing=target == self.frontier.current_page):
            self.report.note_cut_short(
                f"after {limit}, to be continued by the next run", self.frontier.unwalked()
            )
            self._enter(Phase.STOPPED)
            return None
        return self._conditional(*target)

    def _next_target(self) -> tuple[str, str] | None:
        """The next URL, with its language; None when the run is over."""
        if self.frontier.files:
            return self.frontier.files.popleft(), ""
        if self.budget.releases_left(self.report.releases) == 0:
            self._stop_at_limit()
            return None
        if self.frontier.releases:
            return self.frontier.releases.popleft()
        if self.phase is Phase.WALKING:
            if listing := self._next_listing():
                return listing
            self._enter(Phase.REVISITING)
            self._add_known()
            return self._next_target()
        self._enter(Phase.FINISHED)
        return None

    def _stop_at_limit(self) -> None:
        if self.frontier.has_more:
            self.report.note_cut_short(self.budget.limit_reason)
        is_left = self.frontier.has_more or self.phase is Phase.WALKING
        self._enter(Phase.STOPPED if is_left else Phase.FINISHED)

    def _next_listing(self) -> tuple[str, str] | None:
        if self.frontier.has_passed(self.since):
            self.report.note_cut_short(f"where the listing is older than {self.since} (--since)")
            self.frontier.stop_listing()
        return self.frontier.next_listing()

    def _add_known(self) -> None:
        """Queue known releases that are due, unless the run is limited by `since`."""
        if not self.since:
            self.frontier.add_due()
            if self.settings.attachments:
                self.frontier.add_known_files()

    def _note_progress(self) -> None:
        """Report the progress, and save it at intervals for `status`."""
        elapsed_s = self.budget.elapsed_s
        self.report.progress = self._measure(elapsed_s)
        self.on_progress(self.report)
        if elapsed_s - self.saved_at_s >= SAVE_EVERY_S:
            self.saved_at_s = elapsed_s
            self.staging.save_report(self.report)

    def _measure(self, elapsed_s: float) -> Progress:
        """The progress, with an estimate from what is left in relation to what is done."""
        report, requests, queued = self.report, self.budget.requests, self.frontier.queued
        done, left, is_least = requests, queued, self._may_add_requests
        releases_left = self.budget.releases_left(report.releases)
        if releases_left is not None:
            done, left, is_least = report.releases - self.resumed, releases_left, False
        elif is_least and (listed := self.frontier.listed_so_far):
            done, left, is_least = *listed, False
        return Progress(
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            requests=requests,
            listings=report.listings,
            releases=report.releases,
            queued=queued,
            per_minute=round(60 * requests / elapsed_s, 1) if elapsed_s else 0.0,
            left_s=round(elapsed_s * left / done) if done else None,
            is_least=is_least,
        )

    @property
    def _may_add_requests(self) -> bool:
        """Whether more requests may follow than are queued: listing pages, or known releases."""
        is_known = self.frontier.is_read and self.staging.is_first
        return self.phase is Phase.WALKING and not is_known

    def _enter(self, phase: Phase) -> None:
        assert phase in NEXT_PHASES[self.phase]
        self.phase = phase

    def _conditional(self, url: str, language: str) -> FetchRequest:
        visit = self.staging.visit(url, language)
        if visit is None or visit.status in GONE:
            return FetchRequest(url, language)
        return FetchRequest(url, language, visit.etag, visit.last_modified)
