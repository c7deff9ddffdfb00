"""Durable writes: files are synced to disk before anything refers to them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


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
