"""How commands open the catalog: those that bring releases make one where there is none, and say so
where one was probably lost; all others need one. Those that only read never upgrade it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from communique.console import log
from corpus import Settings, Store
from corpus.errors import DamagedCatalogError, NoCatalogError, StoreError
from corpus.evidence.catalog_rescue import replace_catalog
from corpus.issue import Finding
from corpus.warc.archive import own_files
from indexer.jobs.probe import LONGEST_S


@contextmanager
def open_or_make_catalog(settings: Settings) -> Iterator[Store]:
    """The catalog; a new one where there is none."""
    try:
        store = Store(settings, make=False)
    except NoCatalogError as error:
        if own_files(settings.archive):
            log.warning("A new catalog is made, in which nothing is withheld. %s", error)
        store = Store(settings)
    with closing(store):
        yield store


def open_to_read(settings: Settings) -> Store:
    """The catalog, which is not upgraded: reading it raises CatalogFormatError until it is."""
    return Store(settings, make=False, upgrade=False)


def open_quickly(settings: Settings) -> Store:
    """The same, or StoreError after two seconds where its server does not answer."""
    url = settings.catalog
    if url.startswith("postgresql") and "connect_timeout=" not in url:
        url += ("&" if "?" in url else "?") + f"connect_timeout={LONGEST_S:.0f}"
    return open_to_read(replace(settings, catalog=url))


def require_catalog_or_archive(settings: Settings, *, is_repaired: bool) -> None:
    """Raise the catalog's error where no archive stands beside it either, before anything, such as
    a lock, is made in a mistyped folder.
    """
    if not own_files(settings.archive):
        _open_checked(settings, upgrade=is_repaired).close()


@contextmanager
def open_to_verify(
    settings: Settings, *, is_repaired: bool
) -> Iterator[tuple[Store, Finding | None]]:
    """The catalog, and what is wrong where it is lost or damaged: then an empty one in its place,
    to compare the archive with, which stays only where it is to be repaired. Without an archive
    there is nothing to verify.
    """
    with ExitStack() as stack:
        try:
            store, lost = _open_checked(settings, upgrade=is_repaired), None
        except (NoCatalogError, DamagedCatalogError) as error:
            if not own_files(settings.archive):
                raise
            if is_repaired:
                done = replace_catalog(settings)
                store, lost = Store(settings), Finding(str(error), lambda: done)
            else:
                folder = Path(stack.enter_context(TemporaryDirectory()))
                store = Store(replace(settings, catalog="", data=folder))
                lost = Finding(str(error))
        stack.callback(store.close)
        yield store, lost


def _open_checked(settings: Settings, *, upgrade: bool) -> Store:
    store = Store(settings, make=False, upgrade=upgrade)
    try:
        store.check()
    except StoreError:
        store.close()
        raise
    return store
