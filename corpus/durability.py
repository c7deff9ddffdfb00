"""Writes that outlast a power cut: what the disk has before anything refers to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def sync(path: Path) -> None:
    """Wait until the disk has what is written to a file, or the names that a folder holds."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, where they are not there yet."""
    missing = [each for each in (path, *path.parents) if not each.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for each in missing:
        sync(each.parent)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write to the path given instead: it takes the place of `path` in one step, whole."""
    fresh = path.with_name(f"{path.name}.new")
    try:
        yield fresh
        sync(fresh)
        fresh.replace(path)
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
    sync(path.parent)
