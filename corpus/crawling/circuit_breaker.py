"""Answers in a row that are of no use: the office, or its guard, seems to want no more requests."""

from __future__ import annotations

from corpus.crawling.fetching.requests import FetchFailure, FetchResult
from corpus.errors import CrawlError
from corpus.review.report import CrawlReport

MOST_FAILED = 8
# Links to what is not there are common in old listings; so many in a row are not.
MOST_MISSING = 100
WALLS = frozenset({"bot_wall", "login_page"})


class CircuitBreaker:
    """Counts them by what a run's report tells of each answer."""

    def __init__(self, report: CrawlReport) -> None:
        self.report, self.row, self.missing, self.releases = report, 0, 0, report.releases
        self.failed, self.refused = len(report.failed), len(report.refused)

    def note(self, answer: FetchResult | FetchFailure) -> None:
        """Look at what came of the last answer. Raises CrawlError when it is one too many."""
        walls = any(each.rule in WALLS for each in self.report.refused[self.refused :])
        is_trouble = walls or len(self.report.failed) > self.failed
        if isinstance(answer, FetchFailure):
            is_trouble = answer.rule != "robots"
        self.failed, self.refused = len(self.report.failed), len(self.report.refused)
        if self.report.releases > self.releases:
            self.releases, self.missing = self.report.releases, 0
        self.row = self.row + 1 if is_trouble else 0
        if self.row >= MOST_FAILED:
            raise CrawlError(
                f"{answer.wanted.url}: {MOST_FAILED} answers in a row were of no use; the office"
                " may not want more requests now. The next run goes on from here."
            )

    def note_missing(self, url: str) -> None:
        """Count a link to a release that never was there. Raises CrawlError as above."""
        self.missing += 1
        if self.missing >= MOST_MISSING:
            raise CrawlError(
                f"{url}: {MOST_MISSING} links in a row lead to pages that are not there. The next"
                " run passes over these, and goes on from here."
            )
