"""Named arrays in one file: written whole, checked when opened, mapped into memory.

Layout: a magic number, the arrays (each at a multiple of 64 bytes), a JSON table of them, its
length (8 bytes, little endian), its CRC-32 (4 bytes) and the magic number again.
"""

from __future__ import annotations

import json
import mmap
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from zlib import crc32

import numpy as np

from corpus.errors import IndexUnusableError
from indexer.analysis.jit import Array
from indexer.engine.retry import REBUILD

MAGIC = b"CMQARR01"
ALIGNMENT = 64


@dataclass(frozen=True)
class Room:
    """The type and length of an array that `fill` writes directly into the file."""

    dtype: type | np.dtype[Any]
    size: int
    fill: Callable[[Array], None]


def write_arrays(path: Path, arrays: Iterable[tuple[str, Array | Room]]) -> None:
    """Write arrays under their names, without waiting for the disk."""
    table: dict[str, tuple[str, int, int, int]] = {}
    with path.open("x+b") as file:
        file.write(MAGIC)
        for name, array in arrays:
            file.write(bytes(-file.tell() % ALIGNMENT))
            start = file.tell()
            if isinstance(array, Room):
                data = _filled(file, array)
            else:
                data = np.ascontiguousarray(array)
                file.write(data.data)
            table[name] = (data.dtype.str, start, len(data), crc32(data.data))
            del data  # closes the map of a room
        footer = json.dumps(table).encode()
        file.write(footer + len(footer).to_bytes(8, "little"))
        file.write(crc32(footer).to_bytes(4, "little") + MAGIC)


def _filled(file: IO[bytes], room: Room) -> Array:
    """Fill a room, and return the map of it; the file continues after it."""
    start = file.tell()
    dtype = np.dtype(room.dtype)
    if not room.size:
        return np.zeros(0, dtype)
    file.truncate(start + room.size * dtype.itemsize)
    data: Array = np.memmap(file, dtype, "r+", start, (room.size,))
    room.fill(data)
    file.seek(0, os.SEEK_END)
    return data


class ArrayFile:
    """The arrays of one file, by name. Raises IndexUnusableError when it is damaged or truncated.
    `is_trusted` skips the checksums, for files that this process has checked or written.
    """

    def __init__(self, path: Path, *, is_trusted: bool = False) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._arrays = {
                name: np.frombuffer(self._map, dtype, count, offset)
                for name, (dtype, offset, count, _) in self._table().items()
            }
            damaged = not is_trusted and any(
                crc32(self._arrays[name].data) != checksum
                for name, (_, _, _, checksum) in self._table().items()
            )
        except (ValueError, TypeError) as error:
            raise IndexUnusableError(f"{path} is damaged or cut short; {REBUILD}.") from error
        if damaged:
            raise IndexUnusableError(f"{path} is damaged: a checksum does not hold; {REBUILD}.")

    def __getitem__(self, name: str) -> Array:
        return self._arrays[name]

    def get(self, name: str) -> Array | None:
        """An array, or None where the file has none of that name."""
        return self._arrays.get(name)

    def _table(self) -> dict[str, tuple[str, int, int, int]]:
        end = len(self._map) - len(MAGIC)
        if self._map[: len(MAGIC)] != MAGIC or self._map[end:] != MAGIC:
            raise ValueError(self.path)
        checksum = int.from_bytes(self._map[end - 4 : end], "little")
        length = int.from_bytes(self._map[end - 12 : end - 4], "little")
        footer = self._map[max(0, end - 12 - length) : end - 12]
        if crc32(footer) != checksum:
            raise ValueError(self.path)
        found: dict[str, tuple[str, int, int, int]] = json.loads(footer)
        return found
