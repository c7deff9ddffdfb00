"""Disks of our own: small ones that can be filled, and ones that can only be read."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

TMPFS = ["mount", "-t", "tmpfs", "-o", "size={size_kb}k", "communique-test"]


@contextmanager
def small_disk(folder: Path, size_kb: int) -> Iterator[Path]:
    """A disk of so many kilobytes, mounted on a folder."""
    folder.mkdir()
    command = [each.format(size_kb=size_kb) for each in TMPFS]
    if subprocess.run([*command, folder], capture_output=True).returncode:
        pytest.skip("needs leave to mount a tmpfs")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def read_only_view(of: Path, folder: Path) -> Iterator[Path]:
    """A folder as it is mounted into a container that may only read it; others go on writing it."""
    folder.mkdir()
    if subprocess.run(["mount", "--bind", of, folder], capture_output=True).returncode:
        pytest.skip("needs leave to mount a folder")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
