"""Checks that a disk has room before something large is written."""

from __future__ import annotations

import shutil
from pathlib import Path

from corpus.errors import StoreError


def check_room(folder: Path, needed: int, what: str) -> None:
    """Raise StoreError where a folder's disk has less than `needed` bytes free for `what`."""
    existing = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    free = shutil.disk_usage(existing).free
    if needed > free:
        raise StoreError(
            f"{what} needs about {needed / 1e6:,.1f} MB, but the disk of {existing} has"
            f" {free / 1e6:,.1f} MB free. Free some space and run the command again."
        )
