"""The command line: commands parse, call one function, and show."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import click

from corpus import Settings, Source, Store, office, offices, read_settings
from corpus.crawl import crawl as crawl_office
from corpus.errors import CommuniqueError, LockedError, OfficeError, SettingsError
from corpus.lock import only_job
from corpus.report import CrawlReport
from corpus.sample_site import SampleSite
from corpus.verify import verify_archive, verify_catalog
from indexer import Filters, Query, open_engine, parse
from indexer.console import shown, start_logging
from indexer.export import exported
from indexer.query import read_day
from indexer.reindex import reindex as bring_up_to_date
from indexer.status import status_of, status_sentences

USAGE, FAILED, SOME_FAILED, LOCKED = 2, 1, 3, 75


class _Commands(click.Group):
    """Our errors as a sentence and an exit status, never as a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CommuniqueError as error:
            click.echo(f"Error: {error}", err=True)
            if isinstance(error, LockedError):
                ctx.exit(LOCKED)
            ctx.exit(USAGE if isinstance(error, OfficeError | SettingsError) else FAILED)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="communique")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Communique: a search engine for what prosecutors say.

    Exit status: 0 done, 1 failed, 2 usage, 3 some office failed while others went through, 75
    another job holds the lock.
    """
    start_logging()
    ctx.obj = read_settings(os.environ)


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    with closing(Store(settings)) as store:
        yield store


@main.command("offices")
@click.option("--json", "as_json", is_flag=True, help="For programs: a JSON list.")
def list_offices(as_json: bool) -> None:
    """The offices there are, their languages and routes."""
    rows = [
        {"name": name, "title": source.title, "country": source.country, "languages": source.languages,
         "routes": [route.name for route in source.routes], "is_sample": source.is_sample}
        for name, source in offices().items()
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(
            f"{row['name']:<12} {row['title']} ({row['country']}; {', '.join(row['languages'])}; routes {', '.join(row['routes'])})"
        )


def _mirrors(ctx: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    if any(not host or not url.startswith(("http://", "https://")) for host, _, url in pairs):
        raise click.BadParameter("write HOST=URL, such as www.justice.gov=http://127.0.0.1:8801")
    return {host: url for host, _, url in pairs}


def _day(ctx: click.Context, option: click.Parameter, given: str | None) -> date | None:
    day = read_day(given, is_end=False) if given else None
    if given and not day:
        raise click.BadParameter(f"{given!r} is no date; write 2018, 2018-04 or 2018-04-27")
    return day


@main.command("crawl")
@click.argument("names", metavar="[OFFICE]...", nargs=-1)
@click.option("--route", help="A way into the office other than its default one.")
@click.option(
    "--mirror",
    "mirrors",
    multiple=True,
    callback=_mirrors,
    metavar="HOST=URL",
    help="What stands in for a host.",
)
@click.option(
    "--since",
    callback=_day,
    metavar="DATE",
    help="Stop where a listing has nothing of that day or later.",
)
@click.option(
    "--limit", type=click.IntRange(min=1), help="Stop after that many releases of an office."
)
@click.option(
    "--delay",
    type=float,
    metavar="SECONDS",
    help="Between two requests; below 1 for loopback mirrors only.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs: the reports as a JSON list.")
@click.pass_obj
def crawl_command(
    settings: Settings, names: tuple[str, ...], route: str | None, mirrors: dict[str, str], since: date | None,
    limit: int | None, delay: float | None, as_json: bool,
) -> None:  # fmt: skip
    """Fetch new and changed releases of offices (all but the samples when none is named)."""
    chosen = names or tuple(name for name, source in offices().items() if not source.is_sample)
    for name in chosen:
        office(name).route(route)
    with only_job(settings, "crawl"), _store(settings) as store, shown("crawl") as show:
        reports = [
            crawl_office(
                name, settings, store, route=route, mirrors=mirrors, since=since, limit=limit, delay_s=delay,
                progress=lambda report: show(report.office, report.releases, None),
            )
            for name in chosen
        ]  # fmt: skip
    _show_reports(reports, as_json)


def _show_reports(reports: list[CrawlReport], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([report.as_json() for report in reports], ensure_ascii=False))
    else:
        for report in reports:
            click.echo("\n".join(report.sentences()))
    failed = [report for report in reports if report.error]
    if failed:
        raise SystemExit(FAILED if len(failed) == len(reports) else SOME_FAILED)


@main.command("reindex")
@click.option(
    "--full", "is_full", is_flag=True, help="Build anew beside the live index, check, and publish."
)
@click.pass_obj
def reindex_command(settings: Settings, is_full: bool) -> None:
    """Bring the search index up to the catalog."""
    with (
        _store(settings) as store,
        closing(open_engine(settings)) as engine,
        shown("reindex") as show,
    ):
        report = bring_up_to_date(
            settings,
            store,
            engine,
            is_full=is_full,
            progress=lambda done, total: show("reindex", done, total),
        )
    click.echo(report.sentence())


@main.command("search")
@click.argument("words", metavar="QUERY", nargs=-1)
@click.option("--office", "office_names", multiple=True, help="Only this office (repeatable).")
@click.option("--since", callback=_day, metavar="DATE", help="Only of that day or later.")
@click.option(
    "--sort",
    type=click.Choice(["relevance", "newest", "oldest"]),
    default="relevance",
    show_default=True,
)
@click.option(
    "--size", type=click.IntRange(1, 1000), default=10, show_default=True, help="Hits shown."
)
@click.option(
    "--json", "as_json", is_flag=True, help="For programs: hits, total and facets as JSON."
)
@click.pass_obj
def search_command(
    settings: Settings, words: tuple[str, ...], office_names: tuple[str, ...], since: date | None, sort: Any, size: int,
    as_json: bool,
) -> None:  # fmt: skip
    """Search the releases, in the query language of the search page."""
    reading = parse(" ".join(words), limit_chars=settings.query_chars)
    query = Query(reading.tree, Filters(office=office_names, since=since), sort, size=size)
    with closing(open_engine(settings)) as engine:
        results = engine.search(query)
    if as_json:
        click.echo(
            json.dumps({"notes": reading.notes} | asdict(results), ensure_ascii=False, default=str)
        )
        return
    for note in reading.notes:
        click.echo(f"Note: {note}", err=True)
    click.echo(f"{results.total:,} releases")
    for hit in results.hits:
        click.echo(
            f"\n{hit.published or 'undated'}  {hit.office}  {hit.title.text}\n  {hit.id}  {hit.url}"
        )
        for passage in hit.passages:
            click.echo(
                "  "
                + "".join(
                    click.style(part, bold=True) if is_marked else part
                    for part, is_marked in passage.parts
                )
            )


@main.command("export")
@click.option("--office", "office_name", help="Only this office.")
@click.pass_obj
def export_command(settings: Settings, office_name: str | None) -> None:
    """Every release as JSON Lines on standard output."""
    if office_name:
        office(office_name)
    with _store(settings) as store:
        for release in store.releases(office_name):
            click.echo(json.dumps(exported(release), ensure_ascii=False))


@main.command("status")
@click.option("--json", "as_json", is_flag=True, help="For programs: the status as JSON.")
@click.pass_obj
def status_command(settings: Settings, as_json: bool) -> None:
    """What is held, when it was last crawled, and whether the index is up to date."""
    with _store(settings) as store, closing(open_engine(settings)) as engine:
        status = status_of(store, engine)
    click.echo(
        json.dumps(status, ensure_ascii=False, default=str)
        if as_json
        else "\n".join(status_sentences(status))
    )


@main.command("verify")
@click.pass_obj
def verify_command(settings: Settings) -> None:
    """Check archive, catalog and index against each other; exit status 1 when something is wrong."""
    with _store(settings) as store, closing(open_engine(settings)) as engine:
        problems = [*verify_archive(settings), *verify_catalog(settings, store)]
        health = engine.health()
        if health.problem:
            problems.append(health.problem)
        elif health.revision == store.revision() and health.releases != store.count():
            problems.append(
                f"The index holds {health.releases:,} releases, the catalog {store.count():,}; run `communique reindex --full`."
            )
        number = store.count()
    for problem in problems:
        click.echo(problem)
    if problems:
        raise SystemExit(FAILED)
    click.echo(f"{number:,} releases: archive, catalog and index agree.")


@main.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.pass_obj
def serve_command(settings: Settings, host: str, port: int) -> None:
    """Serve the search page."""
    from waitress.server import create_server

    # By its WSGI name, as any server would: nothing here imports the web app.
    app = importlib.import_module("webui").create_app(settings)
    try:
        server = create_server(app, host=host, port=port, threads=8, ident=None)
    except OSError as error:
        raise CommuniqueError(
            f"{host}:{port} cannot be listened on: {error.strerror or error}."
        ) from error
    click.echo(f"Serving on http://{host}:{port} (Ctrl-C ends it)")
    server.run()


@main.command("demo")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--no-serve", is_flag=True, help="Crawl and index only.")
@click.pass_context
def demo_command(ctx: click.Context, host: str, port: int, no_serve: bool) -> None:
    """Try the program on invented offices: crawl their sample sites, index, serve. In a data folder
    of its own.
    """
    ctx.obj = settings = replace(ctx.obj, data=ctx.obj.data / "demo", catalog="")
    reports = []
    with _store(settings) as store, ExitStack() as sites, only_job(settings, "crawl"):
        for name, source in offices().items():
            if source.is_sample:
                site = sites.enter_context(SampleSite(name))
                reports += _crawl_sample(name, source, site.url, settings, store)
    for report in reports:
        click.echo("\n".join(report.sentences()))
    ctx.invoke(reindex_command, is_full=False)
    if not no_serve:
        ctx.invoke(serve_command, host=host, port=port)


def _crawl_sample(
    name: str, source: Source, url: str, settings: Settings, store: Store
) -> list[CrawlReport]:
    mirrors = {host: url for route in source.routes for host in route.hosts}
    return [
        crawl_office(name, settings, store, route=route.name, mirrors=mirrors, delay_s=0)
        for route in source.routes
    ]
