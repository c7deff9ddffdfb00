"""The command that moves a catalog into another database."""

from __future__ import annotations

from contextlib import closing

import click

from corpus import Settings, Store
from corpus.database.copy import copy_into
from corpus.database.opening import without_password
from corpus.lock import no_crawl
from corpus.plural import pluralize


@click.command("copy-catalog")
@click.argument("url")
@click.pass_obj
def copy_catalog_command(settings: Settings, url: str) -> None:
    """Copy the catalog to an empty database at an SQLAlchemy URL, such as PostgreSQL.

    Then set COMMUNIQUE_CATALOG to that URL. Archive and index stay in place.
    """
    with closing(Store(settings, make=False)) as store, no_crawl(settings):
        number = copy_into(store.engine, url)
    click.echo(f"{pluralize(number, 'release')} copied to {without_password(url)}.")
