"""How commands open the catalog: those that bring releases make one where there is none, and say so
where one was probably lost; all others need one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus import Settings, Store
from corpus.archive import own_files
from corpus.errors import NoCatalogError
from indexer.console import log


@contextmanager
def opened_or_made(settings: Settings) -> Iterator[Store]:
    """The catalog; a new one where there is none."""
    try:
        store = Store(settings, make=False)
    except NoCatalogError as error:
        if own_files(settings.archive):
            log.warning("A new catalog is made, in which nothing is withheld. %s", error)
        store = Store(settings)
    with closing(store):
        yield store


@contextmanager
def opened_to_verify(settings: Settings, *, is_repaired: bool) -> Iterator[tuple[Store, str]]:
    """The catalog, and a sentence where it is lost: then an empty one in its place, to compare the
    archive with, which stays only where it is to be repaired. Without an archive there is nothing
    to verify.
    """
    try:
        store, lost = Store(settings, make=False), ""
    except NoCatalogError as error:
        if not own_files(settings.archive):
            raise
        lost = str(error)
    with TemporaryDirectory() as folder:
        if lost:
            store = Store(
                settings if is_repaired else replace(settings, catalog="", data=Path(folder))
            )
        with closing(store):
            yield store, lost
