"""A copy of catalog and archive that agree with each other, taken while a crawl may be running, and
the way back.

A crawl writes the archive before the catalog. So the catalog is copied first, and files that a
crawl may be writing are cut to what that copy refers to. The copy is made beside its place, checked
and renamed, so that it is complete or absent.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from corpus.catalog.attestation import KIND
from corpus.catalog.store import Store
from corpus.database.copy import copy_catalog, copy_into
from corpus.database.opening import check_pages
from corpus.durability import check_room, replacing, sync
from corpus.errors import NoCatalogError, StoreError
from corpus.evidence import queries
from corpus.evidence.recover import find_unknown
from corpus.lock import only_job
from corpus.review.office_validation import OfficeValidator
from corpus.settings import Settings
from corpus.sources import offices
from corpus.warc.archive import imported_files, own_files
from corpus.warc.reader import records, truncate_partial_record

COPY_BYTES = 1 << 20


def back_up(settings: Settings, store: Store, folder: Path) -> tuple[int, int]:
    """Copy catalog and archive into a folder that is empty or new; return files and bytes.

    The copy is a data folder. Raises StoreError, and LockedError where another backup is running
    there.
    """
    try:
        folder = folder.resolve()
        if folder.exists() and any(folder.iterdir()):
            raise StoreError(f"{folder} is not empty; choose another folder.")
        if folder.is_mount():
            raise StoreError(f"{folder} is a mounted disk; choose a new folder on it.")
        with store.reading():  # raises where the catalog has to be upgraded first
            check_room(folder, backup_size(settings), f"The backup in {folder}")
        with _partial_folder(folder) as partial:
            _copy_all(settings, store, Settings(data=partial))
        files = [path for path in folder.rglob("*") if path.is_file()]
        return len(files), sum(path.stat().st_size for path in files)
    except OSError as error:
        raise StoreError(
            f"The backup in {folder} cannot be written: {error.strerror or error}."
        ) from error


def backup_size(settings: Settings) -> int:
    """The size of a backup in bytes, without a catalog in PostgreSQL."""
    catalog = [] if settings.catalog else [settings.data / "catalog.sqlite"]
    files = [*catalog, *own_files(settings.archive), *imported_files(settings.archive)]
    return sum(path.stat().st_size for path in files)


@contextmanager
def _partial_folder(folder: Path) -> Iterator[Path]:
    """An empty folder, renamed to `folder` at the end, or removed; after a kill, next time."""
    partial = folder.with_name(f"{folder.name}.partial")
    lock = partial / "backup.lock"
    if partial.exists() and any(partial.iterdir()) and not lock.exists():
        raise StoreError(
            f"{partial} exists and is not from a backup; move it, or choose another folder."
        )
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


def _empty(folder: Path, lock: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path != lock:
            path.unlink()


def _copy_all(settings: Settings, store: Store, copy: Settings) -> None:
    before = own_files(settings.archive)
    copy_catalog(store.engine, store.url, copy.data / "catalog.sqlite")
    with closing(Store(copy)) as copied:
        check_pages(copied.engine, copy.catalog_url)
        with copied.reading() as connection:
            files = queries.archive_files(connection)
        # Skip newer files that the copy of the catalog does not refer to.
        own = [
            path
            for path in own_files(settings.archive)
            if path in before or f"{path.parent.name}/{path.name}" in files
        ]
        growing = {(path.parent, KIND in path.name): path for path in before}.values()
        for path in own:
            target = copy_file(path, copy)
            if path in growing or path not in before:
                _truncate_unknown(target, copied, settings)
        for path in imported_files(settings.archive):
            copy_file(path, copy)


def copy_file(path: Path, copy: Settings) -> Path:
    """Copy a file into the archive of `copy`, and verify the copy. Raises StoreError, OSError."""
    target = copy.archive / path.parent.name / path.name
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with path.open("rb") as source, target.open("xb") as file:
        while piece := source.read(COPY_BYTES):
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
        if hasattr(os, "posix_fadvise"):  # so that it is read from the disk, not from memory
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    with target.open("rb") as file:
        if hashlib.file_digest(file, "sha256").digest() != digest.digest():
            raise StoreError(f"The copy of {path} differs from the original: the disk is faulty.")
    return target


def _truncate_unknown(path: Path, store: Store, settings: Settings) -> None:
    """Cut off partial records and those written after the catalog was copied."""
    truncate_partial_record(path)
    if path.parent.name not in offices():
        return
    name = f"{path.parent.name}/{path.name}"
    with store.reading() as connection:
        versions, visits = (
            rows(connection, name) for rows in (queries.versions_in, queries.visits_in)
        )
    last_offset = max([*versions, *visits], default=0)
    unknown = find_unknown(store, OfficeValidator(path.parent.name, store, settings), records(path))
    for exchange in unknown:
        if exchange.record.offset > last_offset:
            with path.open("r+b") as file:
                file.truncate(exchange.record.offset)
            return


def restore_backup(backup: Path, settings: Settings) -> int:
    """Copy a backup into the empty data folder; return how many files. Raises StoreError."""
    source = Settings(data=backup)
    try:
        # An SQLite file is copied as it is; rows are only read in this program's format.
        store = Store(source, make=False, upgrade=bool(settings.catalog))
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
                # Last, so that a folder with a catalog has everything.
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
