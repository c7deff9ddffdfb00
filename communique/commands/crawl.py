"""The commands that crawl offices and publish a run that was quarantined."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date
from functools import partial

import click

from communique.background_reindex import reindexing
from communique.console import FAILED, SOME_FAILED, log, show_progress, show_reports
from communique.opening import open_or_make_catalog
from corpus import Settings, Store, office, offices
from corpus.errors import LockedError, OfficeError
from corpus.lock import only_crawl
from corpus.reading.address import host, is_address
from corpus.review.publishing import accept
from corpus.review.report import CrawlReport
from indexer.query.dates import read_day


def read_mirrors(
    ctx: click.Context, option: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    """An option's values as hosts and what stands in for them; a slip ends the command."""
    pairs = [each.partition("=") for each in given]
    starts = ("http://", "https://")
    if any(not (n and url.startswith(starts) and is_address(url)) for n, _, url in pairs):
        raise click.BadParameter("use HOST=URL, such as www.justice.gov=http://127.0.0.1:8801")
    routes = [route for source in offices().values() for route in source.routes]
    hosts = {host(each) for route in routes for each in route.hosts}
    for name, _, _ in pairs:
        if host(name) not in hosts:  # a slip here would crawl the live office
            raise click.BadParameter(f"no office has the host {name!r}")
    return {name: url for name, _, url in pairs}


def read_since(ctx: click.Context, option: click.Parameter, given: str | None) -> date | None:
    """An option's value as a day; what is none ends the command with a sentence."""
    day = read_day(given, is_end=False) if given else None
    if given and not day:
        raise click.BadParameter(f"{given!r} is not a date; use 2018, 2018-04 or 2018-04-27")
    return day


# Options of every command that fetches from an office.
route_option = click.option("--route", help="Route to use instead of the office's default one.")
mirror_option = click.option(
    "--mirror",
    "mirrors",
    multiple=True,
    callback=read_mirrors,
    metavar="HOST=URL",
    help="Fetch from URL in place of a host.",
)
delay_option = click.option(
    "--delay",
    type=float,
    metavar="SECONDS",
    help="Seconds between two requests; below 1 only for mirrors on loopback.",
)


@click.command("crawl")
@click.argument("names", metavar="[OFFICE]...", nargs=-1)
@route_option
@mirror_option
@click.option(
    "--since",
    callback=read_since,
    metavar="DATE",
    help="Stop at the first listing page with no releases from that day or later.",
)
@click.option(
    "--limit", type=click.IntRange(min=1), help="Stop after this many releases per office."
)
@delay_option
@click.option(
    "--reindex-every",
    "reindex_minutes",
    type=click.FloatRange(min=0),
    metavar="MINUTES",
    help="Update the index every so many minutes, and at the end.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the reports as a JSON list.")
@click.pass_context
def crawl_command(
    ctx: click.Context,
    names: tuple[str, ...],
    route: str | None,
    mirrors: dict[str, str],
    since: date | None,
    limit: int | None,
    delay: float | None,
    reindex_minutes: float | None,
    as_json: bool,
) -> None:
    """Crawl offices for new and edited releases (default: all but the samples)."""
    from corpus.crawling.crawl import crawl  # brings Scrapy, which takes a while

    settings: Settings = ctx.obj
    chosen = _chosen(names, route)
    _warn_without_contact(chosen, settings, route, mirrors)
    reports: dict[str, CrawlReport] = {}

    def on_progress(report: CrawlReport) -> None:
        reports[report.office] = report
        if report.progress:
            show(f"{report.office}: {report.progress.sentence()}", report.releases, None)
        if background:
            background.start_if_due()

    config = ctx.find_root().params["config"]
    try:
        with (
            open_or_make_catalog(settings) as store,
            show_progress("crawl", is_counted=False) as show,
            reindexing(store, reindex_minutes, config) as background,
        ):
            crawl_one = partial(
                crawl,
                settings=settings,
                store=store,
                route=route,
                mirrors=mirrors,
                since=since,
                limit=limit,
                delay_s=delay,
                on_progress=on_progress,
            )
            _crawl_each(chosen, settings, crawl_one, reports, as_json)
    finally:  # also what came before an error or a signal that ends the command
        if reports and as_json:
            show_reports(reports.values(), as_json)
    if failed := sum(bool(each.error or each.quarantined) for each in reports.values()):
        raise SystemExit(FAILED if failed == len(reports) else SOME_FAILED)


def _chosen(names: tuple[str, ...], route: str | None) -> tuple[str, ...]:
    """The offices that are named, or all but the samples. Raises OfficeError."""
    chosen = names or tuple(name for name, source in offices().items() if not source.is_sample)
    for name in chosen:
        office(name).route(route)
    return chosen


def _warn_without_contact(
    names: tuple[str, ...], settings: Settings, route: str | None, mirrors: dict[str, str]
) -> None:
    """Say that a live office is to be crawled that could not reach the operator."""
    from corpus.crawling.fetching.fetch_plan import live_hosts  # brings Scrapy

    if not settings.contact and any(live_hosts(office(n).route(route), mirrors) for n in names):
        log.warning("No contact is set; set COMMUNIQUE_CONTACT so that offices can reach you.")


def _crawl_each(
    names: tuple[str, ...],
    settings: Settings,
    crawl_one: Callable[[str], CrawlReport],
    reports: dict[str, CrawlReport],
    as_json: bool,
) -> None:
    """Crawl one office after another and show each report for people at once; an office that is
    being crawled already is left to that crawl.

    Raises LockedError when all are.
    """
    locked = []
    for name in names:
        try:
            with only_crawl(settings, name):
                reports[name] = crawl_one(name)
        except LockedError as error:
            locked.append(error)
            if len(names) > 1:
                click.echo(f"Skipped: {error}", err=True)
        finally:  # also what came before an error or a signal
            if name in reports and not as_json:
                show_reports([reports[name]], as_json=False)
    if locked and not reports:
        raise locked[0]


@click.command("accept")
@click.argument("names", metavar="OFFICE...", nargs=-1, required=True)
@click.pass_obj
def accept_command(settings: Settings, names: tuple[str, ...]) -> None:
    """Publish the quarantined crawls of offices after review; fetches nothing."""
    for name in names:
        office(name)
    with closing(Store(settings, make=False)) as store, only_crawl(settings, *names):
        for name in names:
            routes = accept(store, name, settings.gone_visits)
            if not routes:
                raise OfficeError(f"No crawl of {name} is quarantined; nothing was changed.")
            click.echo(f"{name}: published the crawl by {', '.join(routes)}; reindex next.")
