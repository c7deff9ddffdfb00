"""The command line: commands parse, call one function, and show."""

from __future__ import annotations

import json
import os
import sys
from contextlib import closing
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import click

from communique.catalog import copy_catalog_command
from communique.check import check_command
from communique.console import FAILED, LOCKED, SOME_FAILED, USAGE, drop_output, shown, start_logging
from communique.crawl import accept_command, crawl_command, crawl_samples, read_since
from communique.evidence import backup_command, import_command, reparse_command, verify_command
from communique.suppress import suppress_command
from corpus import Settings, Source, Store, office, offices, read_settings
from corpus.error_log import sentence
from corpus.errors import CommuniqueError, LockedError, OfficeError, SettingsError
from corpus.plural import pluralize
from corpus.signals import Interruption
from indexer import Filters, Passage, Query, open_engine, parse
from indexer.assist.spelling import alternatives
from indexer.assist.unknown_values import unknown_values
from indexer.engine.results import Sort
from indexer.engine.withholding import withholding
from indexer.export.jsonl import exported
from indexer.jobs.lineage import accept_smaller_option
from indexer.jobs.reindex import reindex as bring_up_to_date
from indexer.jobs.status import status_of, status_sentences

# What to do about what nobody foresaw.
LOOK = "`communique verify` tells whether catalog and archive are whole."


def _refused() -> str:
    """What the system refused where its error names no file; most often it is the output."""
    try:
        sys.stdout.flush()
    except OSError:
        drop_output()
        return "The output cannot be written"
    return "The system refused"


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
        except Interruption as error:
            click.echo(error, err=True)
            ctx.exit(error.status)
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise  # click's own ways to end
        except OSError as error:
            what = f"{error.filename} cannot be used" if error.filename else _refused()
            click.echo(f"Error: {what}: {error.strerror or error}.", err=True)
            ctx.exit(FAILED)
        except Exception as error:  # noqa: BLE001 (nobody is to read a traceback)
            settings = ctx.obj if isinstance(ctx.obj, Settings) else Settings()
            told = sentence(error, settings, ctx.invoked_subcommand or "")
            click.echo(f"Error: {told} {LOOK}", err=True)
            ctx.exit(FAILED)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="communique")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Communique: a search engine for what prosecutors say.

    Exit status: 0 done, 1 failed, 2 usage, 3 some office failed while others went through,
    75 another job holds the lock, 130 interrupted (Ctrl-C), 143 terminated.
    """
    start_logging()
    ctx.obj = read_settings(os.environ)


@main.command("offices")
@click.option("--json", "as_json", is_flag=True, help="For programs: a JSON list.")
def list_offices(as_json: bool) -> None:
    """The offices there are, their languages and routes."""
    if as_json:
        rows = [_office_row(name, source) for name, source in offices().items()]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for name, source in offices().items():
        languages = ", ".join(source.languages)
        routes = ", ".join(route.name for route in source.routes)
        click.echo(f"{name:<12} {source.title} ({source.country}; {languages}; routes {routes})")


def _office_row(name: str, source: Source) -> dict[str, Any]:
    return {
        "name": name,
        "title": source.title,
        "country": source.country,
        "languages": source.languages,
        "routes": [route.name for route in source.routes],
        "is_sample": source.is_sample,
    }


@main.command("reindex")
@click.option(
    "--full", "is_full", is_flag=True, help="Build anew beside the live index, check, and publish."
)
@accept_smaller_option
@click.pass_obj
def reindex_command(settings: Settings, is_full: bool, is_smaller_accepted: bool) -> None:
    """Bring the search index up to the catalog.

    Exit status 1, and the live index stays, when the new one would hold less than nine tenths of
    its releases, or the catalog is older than it; --accept-smaller insists.
    """
    so_far = ""
    try:
        with (
            closing(Store(settings, make=False)) as store,
            closing(open_engine(settings)) as engine,
            shown("reindex") as show,
        ):

            def note(done: int, total: int) -> None:
                nonlocal so_far
                so_far = f" after {done:,} of {total:,}"
                show("reindex", done, total)

            report = bring_up_to_date(
                settings,
                store,
                engine,
                is_full=is_full,
                is_smaller_accepted=is_smaller_accepted,
                progress=note,
            )
    except Interruption:
        click.echo(f"Broken off{so_far}; searches go on with the index there was.")
        raise
    click.echo(report.sentence())


@main.command("search")
@click.argument("words", metavar="QUERY", nargs=-1)
@click.option("--office", "office_names", multiple=True, help="Only this office (repeatable).")
@click.option("--since", callback=read_since, metavar="DATE", help="Only of that day or later.")
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
    settings: Settings,
    words: tuple[str, ...],
    office_names: tuple[str, ...],
    since: date | None,
    sort: Sort,
    size: int,
    as_json: bool,
) -> None:
    """Search the releases, in the query language of the search page."""
    reading = parse(" ".join(words), limit_chars=settings.query_chars)
    query = Query(reading.tree, Filters(office=office_names, since=since), sort, size=size)
    with closing(Store(settings, make=False)) as store, closing(open_engine(settings)) as opened:
        engine = withholding(opened, store)
        results = engine.search(query)
        notes = (*reading.notes, *unknown_values(query, results.facets, engine), *results.notes)
        limit_chars = settings.query_chars
        meant, better = alternatives(
            " ".join(words), reading, query, results, engine, "en", limit_chars
        )
    if as_json:
        found = asdict(results) | {"notes": notes}
        del found["more_after"]  # the next page can be asked of /api/v1/, not here
        click.echo(json.dumps(found, ensure_ascii=False, default=str))
        return
    for note in notes:
        click.echo(f"Note: {note}", err=True)
    if better:
        found_more = pluralize(better.total, "release")
        click.echo(f"Did you mean: {better.words} ({found_more})", err=True)
    for each in meant:
        click.echo(f"Who cites it: {each.words} ({pluralize(each.total, 'release')})", err=True)
    click.echo(pluralize(results.total, "release"))
    for hit in results.hits:
        click.echo(f"\n{hit.published or 'date unknown'}  {hit.office}  {hit.title.text}")
        click.echo(f"  {hit.id}  {hit.url}")
        if hit.otherwise:
            click.echo(f"  found by another spelling: {', '.join(hit.otherwise)}")
        for passage in hit.passages:
            click.echo(f"  {_styled(passage)}")


def _styled(passage: Passage) -> str:
    return "".join(
        click.style(words, bold=True) if is_marked else words for words, is_marked in passage.parts
    )


@main.command("export")
@click.option("--office", "office_name", help="Only this office.")
@click.pass_obj
def export_command(settings: Settings, office_name: str | None) -> None:
    """Every release as JSON Lines on standard output."""
    if office_name:
        office(office_name)
    with closing(Store(settings, make=False)) as store:
        for release in store.releases(office_name):
            click.echo(json.dumps(exported(release), ensure_ascii=False))


@main.command("status")
@click.option("--json", "as_json", is_flag=True, help="For programs: the status as JSON.")
@click.pass_obj
def status_command(settings: Settings, as_json: bool) -> None:
    """What is held, when it was last crawled, and whether the index is up to date.

    Exit status 3 where the last crawl of an office failed, or is quarantined.
    """
    with closing(Store(settings, make=False)) as store, closing(open_engine(settings)) as engine:
        status = status_of(store, engine)
    click.echo(
        json.dumps(status, ensure_ascii=False, default=str)
        if as_json
        else "\n".join(status_sentences(status))
    )
    if any(each["office"] for each in status["reasons"]):
        raise SystemExit(SOME_FAILED)


@main.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option(
    "--workers", type=click.IntRange(1, 256), help="Processes that answer. Default: one a core."
)
@click.pass_obj
def serve_command(settings: Settings, host: str, port: int, workers: int | None) -> None:
    """Serve the search page."""
    Store(settings, make=False).close()
    from webui.serving.server import serve as serve_app  # takes a while; no other command needs it

    workers = workers or len(os.sched_getaffinity(0))
    serve_app(settings, host, port, workers, _say_address)


def _say_address(url: str) -> None:
    click.echo(f"Serving on {url} (Ctrl-C ends it)")


for command in (
    crawl_command,
    accept_command,
    check_command,
    reparse_command,
    import_command,
    verify_command,
    backup_command,
    copy_catalog_command,
    suppress_command,
):
    main.add_command(command)


@main.command("demo")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--no-serve", is_flag=True, help="Crawl and index only.")
@click.pass_context
def demo_command(ctx: click.Context, host: str, port: int, no_serve: bool) -> None:
    """Try the program on invented offices: crawl their sample sites, index, and serve.

    In a data folder of its own.
    """
    ctx.obj = settings = replace(ctx.obj, data=ctx.obj.data / "demo", catalog="", url="")
    for report in crawl_samples(settings):
        click.echo("\n".join(report.sentences()))
    ctx.invoke(reindex_command, is_full=False, is_smaller_accepted=False)
    if not no_serve:
        ctx.invoke(serve_command, host=host, port=port, workers=None)
