"""A backup made a data folder again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from corpus.catalog.store import Store
from corpus.database.copy import copy_catalog, copy_into
from corpus.database.opening import check_pages
from corpus.disk_space import check_room
from corpus.durability import replacing
from corpus.errors import NoCatalogError, StoreError
from corpus.evidence.backup import backup_size, copy_file
from corpus.settings import Settings
from corpus.warc.archive import imported_files, own_files


def restore_backup(backup: Path, settings: Settings) -> int:
    """Copy a backup into the data folder, which must be empty; how many files.

    The catalog comes last, so that a folder with a catalog has everything. Raises StoreError.
    """
    source = Settings(data=backup)
    try:
        store = Store(source, make=False)
    except NoCatalogError as error:
        raise StoreError(f"{backup} is no backup: there is no catalog in it.") from error
    files = [*own_files(source.archive), *imported_files(source.archive)]
    size = backup_size(source)
    with closing(store):
        check_pages(store.engine, source.catalog_url)
        try:
            with _filling(settings.data):
                check_room(settings.data, size, f"The data folder {settings.data}")
                for path in files:
                    copy_file(path, settings)
                _copy_catalog(store, settings)
        except OSError as error:
            raise StoreError(
                f"The data folder {settings.data} cannot be written: {error.strerror or error}."
            ) from error
    return len(files) + 1


@contextmanager
def _filling(folder: Path) -> Iterator[None]:
    """What is put into an empty folder stays only if all of it came, and belongs to its owner."""
    if folder.exists() and any(folder.iterdir()):
        raise StoreError(
            f"The data folder {folder} is not empty. Move it away, or name another folder."
        )
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
        give_to_owner(folder)
    except BaseException:
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if is_new:
            folder.rmdir()
        raise


def _copy_catalog(store: Store, settings: Settings) -> None:
    if settings.catalog:
        copy_into(store.engine, settings.catalog)
        return
    with replacing(settings.data / "catalog.sqlite") as fresh:
        copy_catalog(store.engine, store.url, fresh)


def give_to_owner(folder: Path) -> None:
    """Give what root has put into a folder to the folder's owner."""
    about = folder.stat()
    if os.geteuid() == 0 != about.st_uid:
        for path in folder.rglob("*"):
            os.chown(path, about.st_uid, about.st_gid, follow_symlinks=False)
