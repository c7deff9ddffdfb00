"""Crawl one office: a run fetches and stages, is checked, then published or quarantined."""

from __future__ import annotations

import errno
import logging
import time
from datetime import UTC, date, datetime
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from corpus.catalog.store import Store
from corpus.crawling.batches import Batches
from corpus.crawling.budget import Budget
from corpus.crawling.crawl_run import OnProgress, Run
from corpus.crawling.fetching.fetch_plan import FetchPlan, plan_fetch
from corpus.crawling.fetching.requests import FetchFailure, FetchRequest, FetchResult
from corpus.crawling.frontier import Frontier
from corpus.crawling.response_handler import ResponseHandler
from corpus.crawling.schedule import read_schedule
from corpus.error_log import error_sentence
from corpus.errors import RecordError, SettingsError, StoreError
from corpus.issue import Issue
from corpus.reading.source import Route
from corpus.review.baseline import read_baseline
from corpus.review.report import CrawlReport
from corpus.review.run_checks import quarantine_reason
from corpus.review.staging import Staging
from corpus.settings import Settings
from corpus.signals import Interruption
from corpus.warc.archive import file_to_continue
from corpus.warc.writer import ArchiveWriter

log = logging.getLogger(__name__)

# Errors of the operating system that stop every office: the disk cannot be written.
DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


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
    on_progress: OnProgress = lambda report: None,
) -> CrawlReport:
    """Crawl one office by one route and keep the report; `report.error` says why the run failed,
    `report.quarantined` why it is quarantined.

    `since` stops at a listing page with no release of that day or later; `limit` stops after that
    many releases. Raises OfficeError, SettingsError, Interruption, and StoreError where every other
    office would fail too.
    """
    plan = plan_fetch(name, settings, route, mirrors, delay_s)
    report, now, staging = CrawlReport(name, plan.route.name), datetime.now(UTC), None
    log.info("%s: crawl by the route %s begins", name, report.route)
    try:
        staging = Staging(store, name, report.route, now, settings.walk_days)
        report.note_resumed(*staging.count_outcomes())
        report.published_early = staging.count_published()
        frontier = Frontier(plan.route, read_schedule(settings.revisits), staging, report)
        run = Run(settings, staging, frontier, Budget(settings, limit), since, on_progress, report)
        error = _fetch(run, plan)
        _judge_and_publish(run, plan.route)
    except SettingsError:
        raise
    except Exception as raised:  # noqa: BLE001 (whatever it is, the next office is crawled)
        error = raised
        report.error = error_sentence(raised, settings, f"crawl of {name}")
        staging.save_report(report) if staging else store.add_run(name, now, report.as_json())
    except Interruption as signal:
        report.interrupted = signal.signal.name
        raise
    finally:
        _log_end(report)
    if error and _stops_every_crawl(error):
        raise error
    return report


def _log_end(report: CrawlReport) -> None:
    """Say in one line how a crawl ended."""
    level, how = logging.INFO, "ended"
    if report.error:
        level, how = logging.ERROR, f"failed: {report.error}"
    elif report.quarantined:
        level, how = logging.WARNING, f"quarantined: {report.quarantined}"
    elif report.interrupted:
        level, how = logging.WARNING, f"interrupted by {report.interrupted}"
    counts = f"{report.new:,} new, {report.changed:,} edited, {report.releases:,} seen"
    log.log(level, "%s: crawl %s (%s, %.0f s)", report.office, how, counts, report.seconds)


def _stops_every_crawl(error: Exception) -> bool:
    """Whether every other office would fail too: the catalog is broken, or the disk is full."""
    if not isinstance(error, StoreError) or isinstance(error, RecordError):
        return False
    cause = error.__cause__
    return isinstance(cause, SQLAlchemyError) or getattr(cause, "errno", None) in DISK_ERRORS


def _fetch(run: Run, plan: FetchPlan) -> Exception | None:
    """Fetch and handle responses until nothing is left; return the error that ended it, if any."""
    settings, report, failure = run.settings, run.report, None
    began = time.monotonic()
    with ArchiveWriter(
        settings.archive,
        report.office,
        settings.warc_mb * 1_000_000,
        resumed_file=file_to_continue(settings.archive, report.office),
    ) as archive:
        handler = ResponseHandler(
            plan.route, settings, run.staging, archive, run.frontier, run.budget, report
        )
        judge = partial(_reason_to_quarantine, run, plan.route)
        batches = Batches(run.staging, report, settings.batch_releases, judge)

        def take(result: FetchResult | FetchFailure) -> FetchRequest | None:
            repeat = handler.take(result)
            batches.publish_if_due()
            return repeat

        try:
            plan.fetch(settings, partial(run.next, take))
        except Exception as error:  # noqa: BLE001 (what was seen until then is judged as usual)
            failure = error
            report.error = error_sentence(error, settings, f"crawl of {report.office}")
        finally:
            report.seconds, report.progress = time.monotonic() - began, None
    return failure


def _judge_and_publish(run: Run, route: Route) -> None:
    """Check a run, then publish or quarantine its observations."""
    report, staging = run.report, run.staging
    _report_unpublished(run)  # of an earlier run
    if run.is_walk and run.frontier.carries_releases:
        report.note_newly_missing(staging.add_missing())
    report.quarantined = _reason_to_quarantine(run, route)
    if report.quarantined:
        staging.quarantine(report.as_json(), run.is_walk)
        return
    if not (report.listed or report.error or report.cut_short):
        report.error = f"{route.start} lists no releases; its layout may have changed."
    if staging.rest and not report.is_whole:
        report.rest = run.frontier.unwalked()  # also after an error
    staging.publish(report.as_json(), run.is_walk, run.settings.gone_visits)
    _report_unpublished(run)
    staging.save_report(report)


def _reason_to_quarantine(run: Run, route: Route) -> str | None:
    """Why a run, as it is now, is to be quarantined, compared with what was known before it."""
    report, staging = run.report, run.staging
    silent = route.silent.union(*(each.silent for each in route.layouts))
    with staging.store.reading() as connection:
        baseline = read_baseline(
            connection, report.office, report.route, staging.started_at, silent
        )
    return quarantine_reason(report, baseline, run.is_walk)


def _report_unpublished(run: Run) -> None:
    """Report what could not be published, each once."""
    for url, error in run.staging.unpublished:
        reason = error_sentence(error, run.settings, url)
        run.report.note_refused(Issue(url, "internal_error", reason))
    run.staging.unpublished.clear()
