"""One run: spider -> archive -> read -> gate -> store, and its report."""

from __future__ import annotations

import errno
import time
from contextlib import suppress
from datetime import UTC, date, datetime
from ipaddress import ip_address

from sqlalchemy.exc import SQLAlchemyError

from corpus.catalog.store import Store
from corpus.crawling.crawl_run import Progress, Run
from corpus.crawling.spider import fetch_all
from corpus.error_log import sentence
from corpus.errors import RecordError, SettingsError, StoreError
from corpus.issue import Issue
from corpus.reading import address
from corpus.reading.source import Route
from corpus.review.baseline import read_baseline
from corpus.review.report import CrawlReport
from corpus.review.run_checks import judge
from corpus.review.staging import Staging
from corpus.settings import Settings
from corpus.signals import Interruption
from corpus.sources import office
from corpus.warc.writer import ArchiveWriter

LEAST_DELAY_S = 1.0
# What the system says of a disk that can be written for no office.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


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
    progress: Progress = lambda report: None,
) -> CrawlReport:
    """Crawl one office by one route and keep the report; `report.error` says why it failed, if so.

    What the run has seen is published at its end, or held where it does not look like the office
    (`report.quarantined`).
    `since` stops at a listing page with no release of that day or later; `limit` stops after that
    many releases. Whatever goes wrong is told in the report, so that the next office is crawled.
    Raises OfficeError, SettingsError, Interruption, and StoreError where the next office would fare
    no better.
    """
    way = office(name).route(route)
    mirrors = {address.host(name): base for name, base in (mirrors or {}).items()}
    delay = settings.delay_s if delay_s is None else delay_s
    check_delay(delay, way, mirrors)
    report, now, staging = CrawlReport(name, way.name), datetime.now(UTC), None
    try:
        staging = Staging(store, name, way.name, now, settings.walk_days)
        with ArchiveWriter(settings.archive, name, settings.warc_mb * 1_000_000) as archive:
            run = Run(way, settings, staging, archive, since, limit, progress, report)
            error = _fetch(run, mirrors, delay)
        _end(run)
    except SettingsError:
        raise
    except Exception as raised:  # noqa: BLE001 (whatever it is, the next office is crawled)
        error = raised
        report.error = sentence(raised, settings, f"crawl of {name}")
        staging.keep(report) if staging else store.add_run(name, now, report.as_json())
    except Interruption as signal:
        report.interrupted = signal.signal.name
        raise
    if error and _is_of_all(error):
        raise error
    return report


def _is_of_all(error: Exception) -> bool:
    """Whether the next office would fare no better: the catalog is broken, or the disk full."""
    if not isinstance(error, StoreError) or isinstance(error, RecordError):
        return False
    cause = error.__cause__
    return isinstance(cause, SQLAlchemyError) or getattr(cause, "errno", None) in FULL


def _fetch(run: Run, mirrors: dict[str, str], delay_s: float) -> Exception | None:
    """Fetch and take in until nothing is wanted; what ended it before, if anything did."""
    clock, found = time.monotonic(), None
    way, trust = run.route, (run.source.broken_chains, run.route.https_only)
    try:
        fetch_all(way.hosts, mirrors, delay_s, run.settings, run.next, *trust)
    except Exception as error:  # noqa: BLE001 (what was seen until then is judged as usual)
        found = error
        run.report.error = sentence(error, run.settings, f"crawl of {run.name}")
    finally:
        run.report.seconds = time.monotonic() - clock
    return found


def _end(run: Run) -> None:
    """Judge a run, and publish or hold what it has seen."""
    report, staging = run.report, run.staging
    _tell_lost(run)  # of an earlier run
    if run.walked and run.frontier.carries_releases:
        report.vanished += staging.add_unlisted()
    with staging.store.reading() as connection:
        silent = run.route.silent.union(*(each.silent for each in run.route.layouts))
        usual = read_baseline(connection, run.name, run.route.name, silent)
    report.quarantined = judge(report, usual, run.walked)
    if report.quarantined:
        staging.hold(report.as_json(), run.walked)
        return
    if not (report.listed or report.error or report.cut_short):
        report.error = f"{run.route.start} lists no release at all."
    if staging.rest and not run.is_whole:
        report.rest = run.frontier.left()  # an error, too, keeps the place in what was left before
    staging.publish(report.as_json(), run.walked, run.settings.gone_visits)
    _tell_lost(run)
    staging.keep(report)


def _tell_lost(run: Run) -> None:
    """Report what could not be published, each once."""
    for url, error in run.staging.lost:
        told = sentence(error, run.settings, url)
        run.report.refused.append(Issue(url, "internal_error", told))
    run.staging.lost.clear()


def check_delay(delay_s: float, route: Route, mirrors: dict[str, str]) -> None:
    """Raise SettingsError for a delay that is impolite to a live office; mirrors stand any."""
    live = [host for host in route.hosts if not _is_loopback(mirrors.get(address.host(host), ""))]
    if delay_s < 0 or (delay_s < LEAST_DELAY_S and live):
        raise SettingsError(
            f"A delay of {delay_s:g} s is too short for {', '.join(live) or 'any host'}:"
            f" {LEAST_DELAY_S:g} s is the least, except where a mirror on loopback stands in."
        )


def _is_loopback(url: str) -> bool:
    host = address.split(url).hostname or ""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"
