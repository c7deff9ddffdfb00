"""Reads a WARC or ARC file record by record: intact records, and damage with its offset.

Compressed or not: each record of a `.warc.gz` is a gzip member of its own (WARC 1.1, annex D), so
that one can be read, checked or truncated without the others.
"""

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
    UnreadableRecordError,
    parse_record,
    read_head,
    too_large,
)

MAGIC = b"\x1f\x8b\x08"
RECORD_START = re.compile(rb"%b|(?<=\n)%b|%b" % (WARC, ARC, re.escape(MAGIC)))
READ_BYTES = 1 << 16
# The search for intact records after damaged ones reads at most this many times a file's size.
SEARCH = 4


@dataclass(frozen=True)
class Damage:
    """Bytes that are no intact record; `is_last`: a partial record at the end of the file."""

    offset: int
    reason: str
    is_last: bool = False


@dataclass(frozen=True)
class Unreadable(Damage):
    """A complete record that cannot be read; `reason` describes it: "without a date"."""


@dataclass(frozen=True)
class _RawRecord:
    """A record decompressed, as far as allowed; `is_bounded`: another or the end follows."""

    data: bytes
    end: int
    is_bounded: bool
    is_packed: bool
    is_whole: bool


def records(path: Path, max_bytes: int | None = None) -> Iterator[Record | Damage]:
    """Every record of a file in order, continuing after damaged ones.

    Records larger than `max_bytes` when decompressed are not read. Raises OSError.
    """
    with path.open("rb") as file:
        open_file = _OpenFile(file, max_bytes)
        if open_file.size == 0:
            yield Damage(0, "it is empty", is_last=True)
        at = 0
        while at < open_file.size:
            record, at = open_file.read(at)
            yield record


def is_archive(path: Path) -> bool:
    """Whether a file begins like a WARC or ARC file, even if it is damaged."""
    with path.open("rb") as file:
        start = file.read(READ_BYTES)
    return start.startswith(MAGIC) or bool(START.match(start))


def truncate_partial_record(path: Path) -> int:
    """Remove a partial record at the end of a file; return how many bytes that was."""
    partial = [each for each in records(path) if isinstance(each, Damage) and each.is_last]
    size = path.stat().st_size
    if not partial:
        return 0
    with path.open("r+b") as file:
        file.truncate(partial[0].offset)
    return size - partial[0].offset


def read_record(path: Path, offset: int, max_bytes: int | None = None) -> Record:
    """The record at an offset. Raises StoreError where it is not intact."""
    try:
        with path.open("rb") as file:
            return _OpenFile(file, max_bytes).read_whole(offset)
    except (UnreadableRecordError, *DAMAGE) as error:
        raise StoreError(
            f"{path} has no intact record at {offset} ({_reason(error)}); run `communique verify`."
        ) from error


class _OpenFile:
    """An open file, and how much of it may still be read in search of intact records."""

    def __init__(self, file: BinaryIO, max_bytes: int | None) -> None:
        self.file, self.max_bytes = file, max_bytes
        self.size = os.fstat(file.fileno()).st_size
        self.left = SEARCH * self.size + READ_BYTES

    def read(self, at: int) -> tuple[Record | Damage, int]:
        """The record or damage at an offset, and the offset of the next."""
        try:
            block = self._block(at)
        except DAMAGE as error:
            end = self._next_whole(at + 1)
            return Damage(at, _reason(error), is_last=end == self.size and self.left > 0), end
        try:
            return self._record(block, at), block.end
        except UnreadableRecordError as error:
            return Unreadable(at, f"{error}"), block.end
        except DAMAGE as error:
            # If its length is wrong, it may contain the next records.
            end = block.end if block.is_bounded else self._next_whole(at + 1)
            return Damage(at, _reason(error)), end

    def read_whole(self, at: int) -> Record:
        """The record at an offset. Raises one of DAMAGE, or UnreadableRecordError."""
        return self._record(self._block(at), at)

    def _record(self, block: _RawRecord, at: int) -> Record:
        if block.is_packed:
            _check_single(block)
        if not block.is_whole:
            raise too_large(self.max_bytes)
        # A truncated record could contain one that was written after it.
        is_sure = block.is_bounded or not RECORD_START.search(block.data, len(MAGIC))
        return parse_record(block.data, at, block.end, is_sure=is_sure, max_bytes=self.max_bytes)

    def _block(self, at: int) -> _RawRecord:
        self.file.seek(at)
        is_packed = self.file.read(len(MAGIC)) == MAGIC
        self.file.seek(at)
        return self._member(at) if is_packed else self._plain(at)

    def _member(self, at: int) -> _RawRecord:
        """The gzip member at an offset."""
        unpack, kept, size = zlib.decompressobj(wbits=31), bytearray(), 0
        room = None if self.max_bytes is None else self.max_bytes + HEAD
        while not unpack.eof:
            packed = unpack.unconsumed_tail or self.file.read(READ_BYTES)
            if not packed:
                raise EOFError("it ends in the middle of a record")
            piece = unpack.decompress(packed, READ_BYTES)
            size += len(piece)
            if room is None or size <= room:
                kept += piece
        end = self.file.tell() - len(unpack.unused_data)
        return _RawRecord(bytes(kept), end, True, True, is_whole=len(kept) == size)

    def _plain(self, at: int) -> _RawRecord:
        """The uncompressed record at an offset, by its stated length."""
        head, length = read_head(self.file)
        end = at + len(head) + length
        if end > self.size:
            raise EOFError("it ends in the middle of a record")
        is_whole = self.max_bytes is None or length <= self.max_bytes + HEAD
        data = head + (self.file.read(length) if is_whole else b"")
        self.file.seek(end)
        behind = self.file.read(READ_BYTES)
        blank = len(behind) - len(behind.lstrip(b"\r\n"))
        is_bounded = blank == len(behind) or behind.startswith(MAGIC, blank)
        is_bounded = is_bounded or bool(START.match(behind, blank))
        return _RawRecord(data, end + blank, is_bounded, False, is_whole)

    def _next_whole(self, at: int) -> int:
        """The offset of the next intact record; the end of the file where there is none."""
        with mmap.mmap(self.file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            while self.left > 0 and (match := RECORD_START.search(data, at)):
                at = match.start()
                if self._is_whole(at):
                    return at
                self.left -= self.file.tell() - at
                at += 1
        return self.size

    def _is_whole(self, at: int) -> bool:
        try:
            self.read_whole(at)
        except UnreadableRecordError:
            return True
        except DAMAGE:
            return False
        return True


def _check_single(block: _RawRecord) -> None:
    """Check that a gzip member contains exactly one complete record."""
    head, length = read_head(BytesIO(block.data))
    size = len(head) + length
    if block.is_whole and size > len(block.data):
        raise EOFError("it ends in the middle of a record")
    rest = block.data[size:].lstrip(b"\r\n")
    if START.match(rest):
        raise ValueError(
            "several records are compressed as one; repair it with `warcio recompress`"
        )
    if rest:
        raise ValueError("it is longer than its stated length")


def _reason(error: Exception) -> str:
    """What is wrong, in a few words."""
    if isinstance(error, zlib.error):
        return "its compression is invalid"
    if isinstance(error, ArchiveLoadFailed):
        return "no WARC or ARC record begins there"
    if isinstance(error, EOFError | ValueError | UnreadableRecordError) and f"{error}":
        return " ".join(f"{error}".split())
    return getattr(error, "strerror", None) or f"it cannot be parsed ({type(error).__name__})"
