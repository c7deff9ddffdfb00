"""A WARC or ARC file, record by record: what is whole, what is damaged, and where.

Packed or not: each record of a `.warc.gz` is a gzip member of its own (WARC 1.1, annex D), so that
one can be read, checked or cut off without the others.
"""

from __future__ import annotations

import mmap
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from warcio.exceptions import ArchiveLoadFailed

from corpus.errors import StoreError
from corpus.warc.record import (
    ARC,
    DAMAGE,
    HEAD,
    START,
    WARC,
    Record,
    UnfitError,
    parse_record,
    read_head,
    too_large,
)

MAGIC = b"\x1f\x8b\x08"
RECORD_START = re.compile(rb"%b|(?<=\n)%b|%b" % (WARC, ARC, re.escape(MAGIC)))
READ_BYTES = 1 << 16
# So many times a file's size is read at most in search of whole records behind damaged ones.
SEARCH = 4


@dataclass(frozen=True)
class Damage:
    """Bytes that are no whole record; `is_last` where they break off and no whole one follows: a
    torn end.
    """

    offset: int
    reason: str
    is_last: bool = False


@dataclass(frozen=True)
class Unreadable(Damage):
    """A whole record that cannot be read; `reason` says of what kind it is: "without a date"."""


@dataclass(frozen=True)
class _Block:
    """A record as it stands in a file, unpacked; `is_bounded` where another one or the end follows.

    Of what is larger than allowed the beginning alone is there.
    """

    data: bytes
    end: int
    is_bounded: bool
    is_packed: bool
    is_whole: bool


def records(path: Path, most: int | None = None) -> Iterator[Record | Damage]:
    """Every record of a file in order; behind a damaged one it goes on.

    Records of more than `most` bytes, unpacked, are not read. Raises OSError.
    """
    with path.open("rb") as file:
        opened = _Opened(file, most)
        if opened.size == 0:
            yield Damage(0, "it is empty", is_last=True)
        at = 0
        while at < opened.size:
            found, at = opened.read(at)
            yield found


def is_archive(path: Path) -> bool:
    """Whether a file begins as an archive's does, whatever of it is damaged."""
    with path.open("rb") as file:
        start = file.read(READ_BYTES)
    return start.startswith(MAGIC) or bool(START.match(start))


def truncate_partial_record(path: Path) -> int:
    """Cut off what a killed writer left behind the last whole record; how many bytes that was."""
    torn = [each for each in records(path) if isinstance(each, Damage) and each.is_last]
    size = path.stat().st_size
    if not torn:
        return 0
    with path.open("r+b") as file:
        file.truncate(torn[0].offset)
    return size - torn[0].offset


def read_record(path: Path, offset: int, most: int | None = None) -> Record:
    """The record at an offset, in a file of whatever tool. Raises StoreError if none is whole."""
    try:
        with path.open("rb") as file:
            return _Opened(file, most).whole(offset)
    except (UnfitError, *DAMAGE) as error:
        raise StoreError(
            f"{path} has no whole record at {offset} ({_reason(error)}); run `communique verify`."
        ) from error


class _Opened:
    """An open file, and how much of it may still be read in search of whole records."""

    def __init__(self, file: BinaryIO, most: int | None) -> None:
        self.file, self.most = file, most
        self.size = os.fstat(file.fileno()).st_size
        self.left = SEARCH * self.size + READ_BYTES

    def read(self, at: int) -> tuple[Record | Damage, int]:
        """What stands there, and where to go on."""
        try:
            block = self._block(at)
        except DAMAGE as error:
            end = self._next_whole(at + 1)
            return Damage(at, _reason(error), is_last=end == self.size and self.left > 0), end
        try:
            return self._record(block, at), block.end
        except UnfitError as error:
            return Unreadable(at, f"{error}"), block.end
        except DAMAGE as error:
            # Where its length leads nowhere, it may have swallowed whole records.
            end = block.end if block.is_bounded else self._next_whole(at + 1)
            return Damage(at, _reason(error)), end

    def whole(self, at: int) -> Record:
        """The record that stands there. Raises one of DAMAGE, or UnfitError."""
        return self._record(self._block(at), at)

    def _record(self, block: _Block, at: int) -> Record:
        if block.is_packed:
            _check_single(block)
        if not block.is_whole:
            raise too_large(self.most)
        # Cut off, it could have swallowed what was written behind it later.
        is_sure = block.is_bounded or not RECORD_START.search(block.data, len(MAGIC))
        return parse_record(block.data, at, block.end, is_sure=is_sure, most=self.most)

    def _block(self, at: int) -> _Block:
        self.file.seek(at)
        is_packed = self.file.read(len(MAGIC)) == MAGIC
        self.file.seek(at)
        return self._member(at) if is_packed else self._plain(at)

    def _member(self, at: int) -> _Block:
        """The gzip member that begins there."""
        unpack, kept, size = zlib.decompressobj(wbits=31), bytearray(), 0
        room = None if self.most is None else self.most + HEAD
        while not unpack.eof:
            packed = unpack.unconsumed_tail or self.file.read(READ_BYTES)
            if not packed:
                raise EOFError("it ends in the middle of a record")
            piece = unpack.decompress(packed, READ_BYTES)
            size += len(piece)
            if room is None or size <= room:
                kept += piece
        end = self.file.tell() - len(unpack.unused_data)
        return _Block(bytes(kept), end, True, True, is_whole=len(kept) == size)

    def _plain(self, at: int) -> _Block:
        """The record that begins there, by the length that it announces."""
        head, length = read_head(self.file)
        end = at + len(head) + length
        if end > self.size:
            raise EOFError("it ends in the middle of a record")
        is_whole = self.most is None or length <= self.most + HEAD
        data = head + (self.file.read(length) if is_whole else b"")
        self.file.seek(end)
        behind = self.file.read(READ_BYTES)
        blank = len(behind) - len(behind.lstrip(b"\r\n"))
        is_bounded = blank == len(behind) or behind.startswith(MAGIC, blank)
        is_bounded = is_bounded or bool(START.match(behind, blank))
        return _Block(data, end + blank, is_bounded, False, is_whole)

    def _next_whole(self, at: int) -> int:
        """Where the next whole record begins; the end of the file where none does."""
        with mmap.mmap(self.file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            while self.left > 0 and (found := RECORD_START.search(data, at)):
                at = found.start()
                if self._is_whole(at):
                    return at
                self.left -= self.file.tell() - at
                at += 1
        return self.size

    def _is_whole(self, at: int) -> bool:
        try:
            self.whole(at)
        except UnfitError:
            return True
        except DAMAGE:
            return False
        return True


def _check_single(block: _Block) -> None:
    """That a gzip member holds one record, and all of it."""
    head, length = read_head(BytesIO(block.data))
    size = len(head) + length
    if block.is_whole and size > len(block.data):
        raise EOFError("it ends in the middle of a record")
    rest = block.data[size:].lstrip(b"\r\n")
    if START.match(rest):
        raise ValueError("several records are packed as one: `warcio recompress` mends that")
    if rest:
        raise ValueError("it is longer than it says")


def _reason(error: Exception) -> str:
    """What is wrong, in plain words."""
    if isinstance(error, zlib.error):
        return "its packing is broken"
    if isinstance(error, ArchiveLoadFailed):
        return "no record of WARC or ARC begins there"
    if isinstance(error, EOFError | ValueError | UnfitError) and f"{error}":
        return " ".join(f"{error}".split())
    return getattr(error, "strerror", None) or f"it cannot be parsed ({type(error).__name__})"
