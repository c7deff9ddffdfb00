"""Ends a run after too many failures in a row: the office seems to refuse further requests."""

from __future__ import annotations

from corpus.crawling.fetching.requests import FetchFailure, FetchResult
from corpus.errors import CrawlError
from corpus.review.report import CrawlReport

MOST_FAILED = 8
# Dead links are common in old listings; this many in a row are not.
MOST_MISSING = 100
BLOCKING_RULES = frozenset({"bot_wall", "login_page"})


class CircuitBreaker:
    """Counts failures by what each response adds to the run's report."""

    def __init__(self, report: CrawlReport) -> None:
        self.report, self.releases = report, report.releases
        self.failures_in_row = self.dead_links_in_row = 0
        self.failed, self.refused = len(report.failed), len(report.refused)

    def note(self, result: FetchResult | FetchFailure) -> None:
        """Count the last result. Raises CrawlError when it is one failure too many."""
        refused = self.report.refused[self.refused :]
        is_blocked = any(each.rule in BLOCKING_RULES for each in refused)
        is_failure = is_blocked or len(self.report.failed) > self.failed
        if isinstance(result, FetchFailure):
            is_failure = result.rule != "robots"
        self.failed, self.refused = len(self.report.failed), len(self.report.refused)
        if self.report.releases > self.releases:
            self.releases, self.dead_links_in_row = self.report.releases, 0
        self.failures_in_row = self.failures_in_row + 1 if is_failure else 0
        if self.failures_in_row >= MOST_FAILED:
            raise CrawlError(
                f"{result.request.url}: {MOST_FAILED} requests in a row failed; the office may be"
                " blocking them. Crawl again later; the next crawl continues from here."
            )

    def note_dead_link(self, url: str) -> None:
        """Count a link to an unknown page that is missing. Raises CrawlError like `note`."""
        self.dead_links_in_row += 1
        if self.dead_links_in_row >= MOST_MISSING:
            raise CrawlError(
                f"{url}: {MOST_MISSING} links in a row point to missing pages. Crawl again; the"
                " next crawl skips these and continues from here."
            )
