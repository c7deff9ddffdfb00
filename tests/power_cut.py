"""A disk of its own for a test, and what a power cut at any moment would have left on it.

The disk is an image with a real file system. A copy of the image holds what the file system has
given to the disk by then, and nothing of what it keeps in memory: what was not synced is lost.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

SIZE = 96_000_000
# Nothing reaches the disk by itself while a test lasts, nor because a file is renamed.
OPTIONS = "loop,commit=600,noauto_da_alloc"


class NoDiskError(Exception):
    """Why there can be no such disk here."""


class Disk:
    """`with Disk(folder) as disk`: `disk.path` is an empty folder on it."""

    def __init__(self, folder: Path, size: int = SIZE) -> None:
        self.image, self.path, self.folder = folder / "disk.img", folder / "disk", folder
        self.cuts: list[Path] = []
        if os.geteuid() != 0 or not shutil.which("mkfs.ext4"):
            raise NoDiskError("needs root and mkfs.ext4, to mount a file system of its own")
        with self.image.open("xb") as file:
            file.truncate(size)
        subprocess.run(["mkfs.ext4", "-q", self.image], check=True)
        self.path.mkdir()
        _mount(self.image, self.path)

    def __enter__(self) -> Disk:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _unmount(self.path)

    def cut(self) -> None:
        """Keep what is on the disk now."""
        self.cuts.append(self.folder / f"cut-{len(self.cuts):04}.img")
        subprocess.run(["cp", "--sparse=always", self.image, self.cuts[-1]], check=True)

    def lose_power(self) -> None:
        """`path` has what was on the disk at the last cut."""
        _unmount(self.path)
        self.cuts.pop().replace(self.image)
        _mount(self.image, self.path)

    def after_cuts(self, most: int) -> Iterator[Path]:
        """The disk as some of the cuts left it, evenly spread from the first to the last."""
        last = len(self.cuts) - 1
        for number in sorted({round(last * n / max(1, most - 1)) for n in range(most)}):
            image = self.cuts[number]
            with _mounted(image, self.folder / image.stem) as path:
                yield path


@contextmanager
def _mounted(image: Path, path: Path) -> Iterator[Path]:
    path.mkdir()
    _mount(image, path)
    try:
        yield path
    finally:
        _unmount(path)


def _mount(image: Path, path: Path) -> None:
    done = subprocess.run(
        ["mount", "-o", OPTIONS, image, path], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NoDiskError(f"needs a loop device to mount: {done.stderr.strip()}")


def _unmount(path: Path) -> None:
    subprocess.run(["umount", "--lazy", path], check=True)  # an index may still be mapped
