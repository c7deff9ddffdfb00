"""Publishes the first crawl of an office in batches, so that it can be searched within minutes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from corpus.review.report import CrawlReport
from corpus.review.staging import Staging


@dataclass
class Batches:
    """Publishes new releases while the first crawl of an office by a route continues.

    `judge` says why the run, as it is now, would be quarantined. Then nothing is published until it
    has `size` more new releases, and is judged again. Edits and removals wait for the run's end.
    """

    staging: Staging
    report: CrawlReport
    size: int
    judge: Callable[[], str | None]

    def __post_init__(self) -> None:
        self.judged = self.report.published_early

    def publish_if_due(self) -> None:
        """Publish a batch if the run has enough new releases and passes the checks."""
        if not self.staging.is_first or self.report.new - self.judged < self.size:
            return
        self.judged = self.report.new
        if not self.judge():
            self.report.published_early = self.staging.publish_new()
