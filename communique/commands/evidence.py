"""The commands that look after the evidence: check and mend it, read it anew, take in other
people's, copy it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, nullcontext
from functools import partial
from pathlib import Path

import click

from communique.commands.index import reindex_command
from communique.console import FAILED, show_progress, show_reports
from communique.opening import (
    open_or_make_catalog,
    open_to_read,
    open_to_verify,
    require_catalog_or_archive,
)
from corpus import Settings, Store, office, offices
from corpus.errors import CommuniqueError, SmallerError, StoreError
from corpus.evidence.backup import back_up, give_to_owner, restore_backup
from corpus.evidence.reparse import reparse_archive
from corpus.evidence.verify import verify_archive, verify_catalog
from corpus.evidence.warc_import import import_files
from corpus.issue import Finding
from corpus.lock import IMPORT, no_crawl, only_job
from corpus.plural import pluralize
from corpus.signals import Interruption
from indexer import Engine, open_engine
from indexer.jobs.lineage import accept_smaller_option
from indexer.jobs.verify import verify_index


@click.command("verify")
@click.option(
    "--repair",
    "is_repaired",
    is_flag=True,
    help="Repair what the archive, catalog and index allow.",
)
@accept_smaller_option
@click.pass_obj
def verify_command(settings: Settings, is_repaired: bool, is_smaller_accepted: bool) -> None:
    """Check archive, catalog and index against each other; exit status 1 when they differ.

    --repair truncates partial records in archive files, restores from the archive what the catalog
    lacks or has altered, marks versions whose response is lost, and reindexes; exit status 1 when
    something cannot be repaired. It does not build an index that would lose releases of the live
    one, unless --accept-smaller is given.
    """
    if is_smaller_accepted and not is_repaired:
        raise click.UsageError("--accept-smaller requires --repair")
    require_catalog_or_archive(settings, is_repaired=is_repaired)
    with (
        no_crawl(settings) if is_repaired else nullcontext(),
        open_to_verify(settings, is_repaired=is_repaired) as (store, lost),
        closing(open_engine(settings)) as engine,
    ):
        findings = partial(_findings, settings, store, engine, is_smaller_accepted)
        is_well = _report_findings(findings(lost, is_repaired), is_repaired)
        if is_repaired and not is_well:  # a repair can mend a part, or bring to light what is next
            click.echo("Second check:")
            is_well = _report_findings(findings(None, True), is_repaired=False)
        number = store.count()
    if not is_well:
        raise SystemExit(FAILED)
    if number:
        click.echo(f"{pluralize(number, 'release')}: archive, catalog and index agree.")
        return
    click.echo(f"There are no releases in {settings.data} and its catalog. Is it the right folder?")
    if not is_repaired:
        raise SystemExit(FAILED)


def _findings(
    settings: Settings,
    store: Store,
    engine: Engine,
    is_smaller_accepted: bool,
    lost: Finding | None,
    is_repaired: bool,
) -> Iterator[Finding]:
    """One check after another: what is repaired of the first is not found in the second."""
    if lost:
        yield lost
    yield from verify_archive(settings)
    yield from verify_catalog(settings, store)
    if is_repaired or not lost:
        yield from verify_index(settings, store, engine, is_smaller_accepted)


def _report_findings(findings: Iterator[Finding], is_repaired: bool) -> bool:
    """Tell each finding and mend it if asked to; whether there was none but remarks."""
    is_well = True
    for finding in findings:
        is_well = is_well and finding.is_remark
        click.echo(finding.sentence)
        if is_repaired and finding.repair:
            try:
                click.echo(f"  Repaired: {finding.repair()}")
            except (SmallerError, StoreError) as error:
                click.echo(f"  Not repaired: {error}")
    return is_well


@click.command("reparse")
@click.argument("names", metavar="[OFFICE]...", nargs=-1)
@click.option("--apply", "is_applied", is_flag=True, help="Apply the changes.")
@click.option("--json", "as_json", is_flag=True, help="Print the reports as a JSON list.")
@click.pass_obj
def reparse_command(
    settings: Settings, names: tuple[str, ...], is_applied: bool, as_json: bool
) -> None:
    """Read the archive again and report what current readers would change (default: all offices);
    fetches nothing.
    """
    for name in names:
        office(name)
    with (
        closing(Store(settings, make=False, upgrade=is_applied)) as store,
        no_crawl(settings),  # for each office is read anew in one long transaction
        show_progress("reparse") as show,
    ):
        chosen = names or [each.office for each in store.coverage() if each.office in offices()]
        reports = [
            reparse_archive(
                name,
                settings,
                store,
                is_applied=is_applied,
                on_progress=lambda report: show(report.office, report.read, None),
            )
            for name in chosen
        ]
    show_reports(reports, as_json)


@click.command("import")
@click.argument(
    "paths",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--by", "who", required=True, metavar="WHO", help="Who captured the files.")
@click.pass_obj
def import_command(settings: Settings, paths: tuple[Path, ...], who: str) -> None:
    """Import archive files of third parties (WARC, ARC, WACZ) as versions captured by WHO.

    Exit status 1 when part of a file is damaged or cannot be read; the rest is imported.
    """
    is_whole = True
    with only_job(settings, IMPORT), open_or_make_catalog(settings) as store:
        try:
            for report in import_files(paths, who, settings, store):
                click.echo("\n".join(report.sentences()))
                is_whole = is_whole and not report.problems
        except Interruption:
            click.echo("Interrupted; run the same command again to add what is missing.")
            raise
    if not is_whole:
        raise SystemExit(FAILED)


@click.command("backup")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def backup_command(settings: Settings, folder: Path) -> None:
    """Copy catalog and archive into a new folder; safe during a crawl. See restore."""
    if folder.resolve().is_relative_to(settings.data.resolve() / "archive"):
        raise CommuniqueError(f"{folder} is inside the archive; choose another folder.")
    with closing(open_to_read(settings)) as store:
        files, size = back_up(settings, store, folder)
    click.echo(f"{pluralize(files, 'file')}, {size / 1e6:.1f} MB, copied to {folder}.")


@click.command("restore")
@click.argument(
    "folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.pass_context
def restore_command(ctx: click.Context, folder: Path) -> None:
    """Copy a backup into the empty data folder, then index and verify it.

    If COMMUNIQUE_CATALOG names another database, the catalog is copied there; it must be empty. Run
    by root, everything is given to the owner of the data folder.
    """
    settings: Settings = ctx.obj
    files = restore_backup(folder, settings)
    click.echo(f"{pluralize(files, 'file')} copied to {settings.data}.")
    try:
        ctx.invoke(reindex_command, is_full=False, is_smaller_accepted=False)
        ctx.invoke(verify_command, is_repaired=False, is_smaller_accepted=False)
    finally:
        give_to_owner(settings.data)
