"""A copy of catalog and archive that agree with each other, taken while a crawl may be running.

A crawl archives first and catalogs then. So the catalog is copied first, and of each file that a
crawl may be writing as much as that copy knows of. It is made beside its place, checked, and then
renamed: it is there whole or not at all.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from corpus.catalog.attestation import KIND
from corpus.catalog.store import Store
from corpus.database.copy import copy_catalog
from corpus.database.opening import check_pages
from corpus.disk_space import check_room
from corpus.durability import sync
from corpus.errors import StoreError
from corpus.evidence import queries
from corpus.evidence.recover import unknown
from corpus.lock import only_job
from corpus.review.office_validation import OfficeValidator
from corpus.settings import Settings
from corpus.sources import offices
from corpus.warc.archive import imported_files, own_files
from corpus.warc.reader import records, truncate_partial_record

COPY_BYTES = 1 << 20


def back_up(settings: Settings, store: Store, folder: Path) -> tuple[int, int]:
    """Copy into a folder that is empty or not there yet; how many files, how many bytes.

    The copy is a data folder; restore.py puts it in another place. Raises StoreError, and
    LockedError where another backup is made there.
    """
    try:
        folder = folder.resolve()
        if folder.exists() and any(folder.iterdir()):
            raise StoreError(f"{folder} is not empty; name another folder for the backup.")
        if folder.is_mount():
            raise StoreError(f"{folder} is a disk of its own; name a folder on it, not there yet.")
        check_room(folder, _size(settings), f"The backup in {folder}")
        with _made_beside(folder) as partial:
            _copy_all(settings, store, Settings(data=partial))
        kept = [path for path in folder.rglob("*") if path.is_file()]
        return len(kept), sum(path.stat().st_size for path in kept)
    except OSError as error:
        raise StoreError(
            f"The backup in {folder} cannot be written: {error.strerror or error}."
        ) from error


def _size(settings: Settings) -> int:
    """How many bytes a backup takes, but for a catalog that is in another database."""
    catalog = [] if settings.catalog else [settings.data / "catalog.sqlite"]
    files = [*catalog, *own_files(settings.archive), *imported_files(settings.archive)]
    return sum(path.stat().st_size for path in files)


@contextmanager
def _made_beside(folder: Path) -> Iterator[Path]:
    """An empty folder that becomes `folder` at the end, once the disk has all of it; where that is
    not reached it is removed, by the next backup after a kill.
    """
    partial = folder.with_name(f"{folder.name}.partial")
    lock = partial / "backup.lock"
    if partial.exists() and any(partial.iterdir()) and not lock.exists():
        raise StoreError(f"{partial} is in the way of the backup; move it, or name another folder.")
    with only_job(Settings(data=partial), "backup"):
        try:
            _empty(partial, lock)
            yield partial
            lock.unlink()
            for path in [*partial.rglob("*"), partial]:
                sync(path)
            partial.replace(folder)
            sync(folder.parent)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def _empty(folder: Path, kept: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path != kept:
            path.unlink()


def _copy_all(settings: Settings, store: Store, copy: Settings) -> None:
    before = own_files(settings.archive)
    copy_catalog(store.engine, store.url, copy.data / "catalog.sqlite")
    with closing(Store(copy)) as copied:
        check_pages(copied.engine, copy.catalog_url)
        with copied.reading() as connection:
            named = queries.files(connection)
        # Of files that were begun since, those that the copy knows nothing of are left.
        own = [
            path
            for path in own_files(settings.archive)
            if path in before or f"{path.parent.name}/{path.name}" in named
        ]
        growing = {(path.parent, KIND in path.name): path for path in before}.values()
        for path in own:
            target = copy_file(path, copy)
            if path in growing or path not in before:
                _cut_unknown(target, copied, settings)
        for path in imported_files(settings.archive):
            copy_file(path, copy)


def copy_file(path: Path, copy: Settings) -> Path:
    """Copy a file of an archive into that of `copy`, and read it back from the disk to see that it
    is the same. Raises StoreError, OSError.
    """
    target = copy.archive / path.parent.name / path.name
    target.parent.mkdir(parents=True, exist_ok=True)
    came = hashlib.sha256()
    with path.open("rb") as source, target.open("xb") as file:
        while piece := source.read(COPY_BYTES):
            came.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
        if hasattr(os, "posix_fadvise"):  # reads it from the disk then, not from memory
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    with target.open("rb") as file:
        if hashlib.file_digest(file, "sha256").digest() != came.digest():
            raise StoreError(f"The copy of {path} is not what was written; the disk is faulty.")
    return target


def _cut_unknown(path: Path, store: Store, settings: Settings) -> None:
    """Cut what came after the catalog was copied, and the record that was half written."""
    truncate_partial_record(path)
    if path.parent.name not in offices():
        return
    name = f"{path.parent.name}/{path.name}"
    with store.reading() as connection:
        versions, visits = (
            rows(connection, name) for rows in (queries.versions_in, queries.visits_in)
        )
    known = max([*versions, *visits], default=0)
    left = unknown(store, OfficeValidator(path.parent.name, store, settings), records(path))
    for answer in left:
        if answer.record.offset > known:
            with path.open("r+b") as file:
                file.truncate(answer.record.offset)
            return
