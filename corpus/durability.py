"""Durable writes: room is checked before, and files are synced before anything refers to them."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from corpus.errors import StoreError


def sync(path: Path) -> None:
    """Wait until the disk has the contents of a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(path: Path) -> None:
    """Make a folder and its parents where they are missing."""
    missing = [each for each in (path, *path.parents) if not each.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for each in missing:
        sync(each.parent)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write to the yielded path; it then replaces `path` in one step."""
    fresh = path.with_name(f"{path.name}.new")
    try:
        yield fresh
        sync(fresh)
        fresh.replace(path)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
    sync(path.parent)


def check_room(folder: Path, needed: int, what: str) -> None:
    """Raise StoreError where a folder's disk has less than `needed` bytes free for `what`."""
    existing = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    free = shutil.disk_usage(existing).free
    if needed > free:
        raise StoreError(
            f"{what} needs about {needed / 1e6:,.1f} MB, but the disk of {existing} has"
            f" {free / 1e6:,.1f} MB free. Free some space and run the command again."
        )
