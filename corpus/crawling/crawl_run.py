"""One run: answers in, the next URL out, by phases.

A listing's releases are fetched before its next page, so that a killed run has staged what it read,
and memory stays flat. Known releases that are due and were not listed follow at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum

from corpus.catalog.attachments import GONE
from corpus.crawling.budget import Budget
from corpus.crawling.fetching.requests import FetchFailure, FetchRequest, FetchResult
from corpus.crawling.frontier import Frontier
from corpus.review.report import CrawlReport
from corpus.review.staging import Staging
from corpus.settings import Settings

OnProgress = Callable[[CrawlReport], None]
Take = Callable[[FetchResult | FetchFailure], FetchRequest | None]


class Phase(Enum):
    """What a run is about."""

    WALKING = "the office's listings, and the releases that they name"
    REVISITING = "known releases that are due and were not listed"
    FINISHED = "nothing: all was asked for"
    STOPPED = "nothing: a limit is reached, the rest is left to the next run"


NEXT_PHASES = {
    Phase.WALKING: {Phase.REVISITING, Phase.STOPPED},
    Phase.REVISITING: {Phase.FINISHED, Phase.STOPPED},
}


@dataclass
class Run:
    """What one run asks for, and when it is over."""

    settings: Settings
    staging: Staging
    frontier: Frontier
    budget: Budget
    since: date | None
    on_progress: OnProgress
    report: CrawlReport
    phase: Phase = Phase.WALKING

    @property
    def is_walk(self) -> bool:
        """Whether every listing was walked to its end, and nothing of it was lost."""
        is_over = self.phase is Phase.FINISHED
        return is_over and self.frontier.is_walk and self.report.is_whole

    def next(self, take: Take, answer: FetchResult | FetchFailure | None) -> Iterator[FetchRequest]:
        """Take an answer in, and say what is wanted next: one URL; nothing when the run is over.

        `take` gives the request to make again, if any.
        """
        again = take(answer) if answer else None
        self.on_progress(self.report)
        if wanted := again or self._next_request():
            self.budget.note(is_listing=wanted.key == self.frontier.at)
            yield wanted

    def _next_request(self) -> FetchRequest | None:
        """What is wanted next, unless the budget is spent: then the next run goes on from there."""
        wanted = self._next_wanted()
        if wanted is None:
            return None
        if spent := self.budget.spent(is_listing=wanted == self.frontier.at):
            self.report.note_cut_short(
                f"after {spent}, to be continued by the next run", self.frontier.left()
            )
            self._enter(Phase.STOPPED)
            return None
        return self._conditional(*wanted)

    def _next_wanted(self) -> tuple[str, str] | None:
        """The next URL, with its language; None when the run is over."""
        if self.frontier.files:
            return self.frontier.files.popleft(), ""
        if self.budget.room(self.report.releases) == 0:
            self._stop_at_limit()
            return None
        if self.frontier.releases:
            return self.frontier.releases.popleft()
        if self.phase is Phase.WALKING:
            if listing := self._next_listing():
                return listing
            self._enter(Phase.REVISITING)
            self._add_known()
            return self._next_wanted()
        self._enter(Phase.FINISHED)
        return None

    def _stop_at_limit(self) -> None:
        if self.frontier.has_more:
            self.report.note_cut_short(self.budget.limit_reason)
        is_left = self.frontier.has_more or self.phase is Phase.WALKING
        self._enter(Phase.STOPPED if is_left else Phase.FINISHED)

    def _next_listing(self) -> tuple[str, str] | None:
        if self.frontier.is_past(self.since):
            self.report.note_cut_short(f"where the listing is older than {self.since} (--since)")
            self.frontier.stop_following()
        return self.frontier.next_listing()

    def _add_known(self) -> None:
        """Queue what is known and due; a run of what is new since a day leaves that alone."""
        if not self.since:
            self.frontier.add_due()
            if self.settings.attachments:
                self.frontier.add_known_files()

    def _enter(self, phase: Phase) -> None:
        assert phase in NEXT_PHASES[self.phase]
        self.phase = phase

    def _conditional(self, url: str, language: str) -> FetchRequest:
        visit = self.staging.visit(url, language)
        if visit is None or visit.status in GONE:
            return FetchRequest(url, language)
        return FetchRequest(url, language, visit.etag, visit.last_modified)
