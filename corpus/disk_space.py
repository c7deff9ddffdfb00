"""Whether a disk has room for what is about to be written, told before it is begun."""

from __future__ import annotations

import shutil
from pathlib import Path

from corpus.errors import StoreError


def check_room(folder: Path, needed: int, what: str) -> None:
    """Raise StoreError where a folder's disk has less than `what` needs, in bytes."""
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    free = shutil.disk_usage(there).free
    if needed > free:
        raise StoreError(
            f"{what} needs about {needed / 1e6:,.1f} MB, and the disk of {there} has"
            f" {free / 1e6:,.1f} MB free. Free some space, and say the command again."
        )
