"""The command that takes a release out of sight, and brings it back."""

from __future__ import annotations

from contextlib import closing

import click

from corpus import Settings, Store
from corpus.errors import LockedError, StoreError
from indexer.factory import open_engine
from indexer.jobs.reindex import reindex


@click.command("withhold")
@click.argument("id_", metavar="ID")
@click.option("--reason", help="The reason, without names: it appears in the public log.")
@click.option("--undo", is_flag=True, help="Show the release again.")
@click.pass_obj
def withhold_command(settings: Settings, id_: str, reason: str | None, undo: bool) -> None:
    """Remove a release from the index, pages, exports and feeds; the archive keeps it."""
    if not undo and not (reason and reason.strip()):
        raise click.UsageError("Give the reason with --reason, without names.")
    with closing(Store(settings, make=False)) as store, closing(open_engine(settings)) as engine:
        store.withhold(id_, (reason or "").strip(), undo=undo)
        click.echo(f"{id_} is {'public again' if undo else 'withheld and no longer public'}.")
        if not engine.health().is_live:
            return
        try:
            report = reindex(settings, store, engine)
            click.echo("The index is up to date.")
            if report.is_full:
                click.echo("It was rebuilt: it contains no words of the release.")
        except LockedError:
            click.echo("Another reindex is running; run `communique reindex` when it has finished.")
        except StoreError as error:
            raise StoreError(
                f"{error} Words of it remain in the index's files until `communique reindex`"
                " has rebuilt it."
            ) from error
