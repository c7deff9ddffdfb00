"""One run: spider -> archive -> read -> gate -> store, and its report."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, date, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from corpus.archive import ArchiveWriter
from corpus.baseline import read_baseline
from corpus.errors import CrawlError, SettingsError
from corpus.quarantine import judge
from corpus.report import CrawlReport
from corpus.run import Progress, Run
from corpus.settings import Settings
from corpus.source import Route, office
from corpus.spider import fetch_all
from corpus.staging import Staging
from corpus.store import Store

LEAST_DELAY_S = 1.0


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
    many releases. Raises OfficeError, SettingsError and StoreError.
    """
    source = office(name)
    way = source.route(route)
    mirrors = {host.lower(): base for host, base in (mirrors or {}).items()}
    delay = settings.delay_s if delay_s is None else delay_s
    check_delay(delay, way, mirrors)
    staging = Staging(store, name, way.name, datetime.now(UTC), settings.walk_days)
    with ArchiveWriter(settings.archive, name, settings.warc_mb * 1_000_000) as archive:
        run = Run(way, settings, staging, archive, since, limit, progress)
        clock = time.monotonic()
        try:
            trust = source.broken_chains, way.https_only
            fetch_all(way.hosts, mirrors, delay, settings, run.next, *trust)
        except CrawlError as error:
            run.report.error = str(error)
        run.report.seconds = time.monotonic() - clock
    _end(run, settings)
    return run.report


def _end(run: Run, settings: Settings) -> None:
    """Judge a run, and publish or hold what it has seen."""
    report, staging = run.report, run.staging
    if run.walked and run.frontier.carries_releases:
        report.vanished += staging.add_unlisted()
    with staging.store.writing() as connection:
        silent = run.route.silent.union(*(each.silent for each in run.route.layouts))
        usual = read_baseline(connection, run.name, run.route.name, silent)
    report.quarantined = judge(report, usual, run.walked)
    if report.quarantined:
        staging.hold(report.as_json(), run.walked)
        return
    if not report.listed and not report.error:
        report.error = f"{run.route.start} lists no release at all."
    staging.publish(report.as_json(), run.walked, settings.gone_visits)


def check_delay(delay_s: float, route: Route, mirrors: dict[str, str]) -> None:
    """Raise SettingsError for a delay that is impolite to a live office; mirrors stand any."""
    live = [host for host in route.hosts if not _is_loopback(mirrors.get(host, ""))]
    if delay_s < 0 or (delay_s < LEAST_DELAY_S and live):
        raise SettingsError(
            f"A delay of {delay_s:g} s is too short for {', '.join(live) or 'any host'}:"
            f" {LEAST_DELAY_S:g} s is the least, except where a mirror on loopback stands in."
        )


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"
