"""The commands over the index and what it is made from: build, search, export, status."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import date

import click

from communique.commands.crawl import read_since
from communique.console import SOME_FAILED, show_progress
from communique.opening import open_quickly, open_to_read
from corpus import Settings, Store, office
from corpus.errors import StoreError
from corpus.plural import pluralize
from corpus.signals import Interruption
from indexer import Filters, Passage, Query, Results, open_engine, parse
from indexer.assist.spelling import Suggestions, suggestions
from indexer.assist.unknown_values import unknown_values
from indexer.engine.results import Sort
from indexer.export.formats import release_json
from indexer.jobs.lineage import accept_smaller_option
from indexer.jobs.reindex import reindex
from indexer.jobs.status import status_of, status_sentences, unreadable_status


@click.command("reindex")
@click.option(
    "--full",
    "is_full",
    is_flag=True,
    help="Build a new index beside the live one, check it, and publish it.",
)
@accept_smaller_option
@click.pass_obj
def reindex_command(settings: Settings, is_full: bool, is_smaller_accepted: bool) -> None:
    """Update the search index from the catalog.

    Exit status 1, and the live index stays, when the new one would have fewer than nine tenths of
    its releases, or when the catalog is older than the index, unless --accept-smaller is given.
    """
    so_far = ""
    try:
        with (
            closing(Store(settings, make=False)) as store,
            closing(open_engine(settings)) as engine,
            show_progress("reindex") as show,
        ):

            def on_progress(done: int, total: int) -> None:
                nonlocal so_far
                so_far = f" after {done:,} of {total:,}"
                show("reindex", done, total)

            report = reindex(
                settings,
                store,
                engine,
                is_full=is_full,
                is_smaller_accepted=is_smaller_accepted,
                on_progress=on_progress,
            )
    except Interruption:
        click.echo(f"Interrupted{so_far}; searches continue with the previous index.")
        raise
    click.echo(report.sentence())


@click.command("search")
@click.argument("words", metavar="QUERY", nargs=-1)
@click.option("--office", "office_names", multiple=True, help="Only this office (repeatable).")
@click.option(
    "--since", callback=read_since, metavar="DATE", help="Only releases from that day or later."
)
@click.option(
    "--sort",
    type=click.Choice(["relevance", "newest", "oldest"]),
    default="relevance",
    show_default=True,
)
@click.option(
    "--size",
    type=click.IntRange(1, 1000),
    default=10,
    show_default=True,
    help="Number of results to show.",
)
@click.option("--json", "as_json", is_flag=True, help="Print hits, total and facets as JSON.")
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
    """Search press releases, with the same syntax as the search page."""
    typed = " ".join(words)
    with (
        closing(open_to_read(settings)) as store,
        closing(open_engine(settings, store.withheld)) as engine,
    ):
        parsed = parse(typed, limit_chars=settings.query_chars, attested=engine.attested)
        query = Query(parsed.tree, Filters(office=office_names, since=since), sort, size=size)
        results = engine.search(query)
        warnings = (
            *parsed.warnings,
            *unknown_values(query, results.facets, engine),
            *results.warnings,
        )
        found = suggestions(typed, parsed, query, results, engine, "en", settings.query_chars)
    if as_json:
        shown = asdict(results) | {"warnings": warnings}
        del shown["more_after"]  # the next page can be asked of /api/v1/, not here
        click.echo(json.dumps(shown, ensure_ascii=False, default=str))
        return
    for hint in _hints(warnings, found):
        click.echo(hint, err=True)
    _show_hits(results)


def _hints(warnings: Iterable[str], found: Suggestions) -> Iterator[str]:
    """What is shown beside the hits: warnings and suggestions."""
    for each in warnings:
        yield f"Note: {each}"
    if found.spelling:
        total = pluralize(found.spelling.total, "release")
        yield f"Did you mean: {found.spelling.query} ({total})"
    for statute in found.offense.citing if found.offense else found.statutes:
        total = pluralize(statute.total, "release")
        yield f"Releases that cite it: {statute.query} ({total})"
    for name in found.offense.naming if found.offense else ():
        yield f"Releases that name it: {name.query} ({pluralize(name.total, 'release')})"


def _show_hits(results: Results) -> None:
    below = f", {results.boilerplate_total:,} of them only in boilerplate"
    click.echo(pluralize(results.total, "release") + below * bool(results.boilerplate_total))
    for hit in results.hits:
        click.echo(f"\n{hit.published or 'date unknown'}  {hit.office}  {hit.title.text}")
        click.echo(f"  {hit.id}  {hit.url}")
        if hit.variants:
            click.echo(f"  matched by another spelling: {', '.join(hit.variants)}")
        for passage in hit.passages:
            click.echo(f"  {_style(passage)}")


def _style(passage: Passage) -> str:
    return "".join(
        click.style(words, bold=True) if is_marked else words for words, is_marked in passage.parts
    )


@click.command("export")
@click.option("--office", "office_name", help="Only this office.")
@click.pass_obj
def export_command(settings: Settings, office_name: str | None) -> None:
    """Write every release as JSON Lines to standard output."""
    if office_name:
        office(office_name)
    with closing(open_to_read(settings)) as store:
        for release in store.releases(office_name):
            click.echo(json.dumps(release_json(release), ensure_ascii=False))


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print the status as JSON.")
@click.pass_obj
def status_command(settings: Settings, as_json: bool) -> None:
    """Show coverage, the last crawl of each office, and whether the index is up to date.

    Exit status 3 when the last crawl of an office failed or is quarantined, 1 when the catalog
    cannot be read.
    """
    try:
        with (
            closing(open_quickly(settings)) as store,
            closing(open_engine(settings, store.withheld)) as engine,
        ):
            status = status_of(store, engine)
    except StoreError as error:
        if as_json:
            with closing(open_engine(settings)) as engine:
                click.echo(unreadable_status(error, engine).as_json())
        raise
    click.echo(status.as_json() if as_json else "\n".join(status_sentences(status)))
    if any(each.office for each in status.reasons):
        raise SystemExit(SOME_FAILED)
