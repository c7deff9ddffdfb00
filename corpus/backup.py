"""A copy of catalog and archive that agree with each other, taken while a crawl may be running.

A crawl archives first and catalogs then. So the catalog is copied first, and of each file that a
crawl may be writing as much as that copy knows of.
"""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

from corpus import evidence
from corpus.archive import imported_files, own_files
from corpus.database import copy_catalog
from corpus.errors import StoreError
from corpus.office_gate import OfficeGate
from corpus.records import cut_torn_end, records
from corpus.replay import unknown
from corpus.settings import Settings
from corpus.source import offices
from corpus.store import Store


def back_up(settings: Settings, store: Store, folder: Path) -> tuple[int, int]:
    """Copy into a folder that is empty or not there yet; how many files, how many bytes.

    To restore, use the copy as a data folder and reindex. Raises StoreError.
    """
    try:
        if folder.exists() and any(folder.iterdir()):
            raise StoreError(f"{folder} is not empty; name another folder for the backup.")
        folder.mkdir(parents=True, exist_ok=True)
        copy = Settings(data=folder)
        before = own_files(settings.archive)
        copy_catalog(store.engine, folder / "catalog.sqlite")
        with closing(Store(copy)) as copied:
            with copied.writing() as connection:
                named = evidence.files(connection)
            # Of files that were begun since, those that the copy knows nothing of are left.
            own = [
                path
                for path in own_files(settings.archive)
                if path in before or f"{path.parent.name}/{path.name}" in named
            ]
            growing = {path.parent: path for path in before}.values()
            for path in own:
                target = _copy(path, copy)
                if path in growing or path not in before:
                    _cut_unknown(target, copied, settings)
            for path in imported_files(settings.archive):
                _copy(path, copy)
        kept = [path for path in folder.rglob("*") if path.is_file()]
        return len(kept), sum(path.stat().st_size for path in kept)
    except OSError as error:
        raise StoreError(
            f"The backup in {folder} cannot be written: {error.strerror or error}."
        ) from error


def _copy(path: Path, copy: Settings) -> Path:
    target = copy.archive / path.parent.name / path.name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
    return target


def _cut_unknown(path: Path, store: Store, settings: Settings) -> None:
    """Cut what came after the catalog was copied, and the record that was half written."""
    cut_torn_end(path)
    if path.parent.name not in offices():
        return
    name = f"{path.parent.name}/{path.name}"
    with store.writing() as connection:
        versions, visits = (
            rows(connection, name) for rows in (evidence.versions_in, evidence.visits_in)
        )
    known = max([*versions, *visits], default=0)
    left = unknown(store, OfficeGate(path.parent.name, store, settings), records(path))
    for answer in left:
        if answer.record.offset > known:
            with path.open("r+b") as file:
                file.truncate(answer.record.offset)
            return
