"""A WARC file, record by record: what is whole, what is damaged, and where.

Each record of a `.warc.gz` is a gzip member of its own (WARC 1.1, annex D), so that one can be
read, checked or cut off without the others.
"""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from corpus.errors import StoreError

MAGIC = b"\x1f\x8b\x08"
CHUNK = 1 << 20
# What reading a damaged file can end in; the last three where headers are torn off.
DAMAGE = (OSError, EOFError, zlib.error, ArchiveLoadFailed, AttributeError, TypeError, ValueError)


@dataclass(frozen=True)
class Record:
    """A whole record, its bytes from `offset` to `end`; `body` has content encodings undone.

    `headers` are HTTP's, their names in small letters. `status` is 0 where the record is no answer.
    `original` tells of a revisit whose answer it repeats: URL and time.
    """

    offset: int
    end: int
    kind: str
    url: str
    fetched_at: datetime
    status: int
    headers: dict[str, str]
    body: bytes
    payload_digest: str | None = None
    original: tuple[str, datetime] | None = None

    @property
    def content_type(self) -> str:
        """As the server stated it."""
        return self.headers.get("content-type") or "application/octet-stream"


@dataclass(frozen=True)
class Damage:
    """Bytes that are no whole record; `is_last` where no whole one follows: a torn end."""

    offset: int
    reason: str
    is_last: bool


def records(path: Path) -> Iterator[Record | Damage]:
    """Every record of a `.warc.gz` of ours in order; behind a damaged one it goes on."""
    if path.stat().st_size == 0:
        yield Damage(0, "it is empty", is_last=True)
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = 0
        while at < len(data):
            try:
                end, plain = _member(data, at)
                yield _only_record(plain, at, end)
            except DAMAGE as error:
                end = _next_member(data, at + 1)
                yield Damage(at, f"{error}", is_last=end == len(data))
            at = end


def cut_torn_end(path: Path) -> int:
    """Cut off what a killed writer left behind the last whole record; how many bytes that was."""
    torn = [each for each in records(path) if isinstance(each, Damage) and each.is_last]
    size = path.stat().st_size
    if not torn:
        return 0
    with path.open("r+b") as file:
        file.truncate(torn[0].offset)
    return size - torn[0].offset


def read_record(path: Path, offset: int) -> Record:
    """The record at an offset, in a file of whatever tool. Raises StoreError if none is whole."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return next(iterate(file))
    except (StopIteration, *DAMAGE) as error:
        raise StoreError(
            f"{path} has no whole record at {offset} ({error}); run `communique verify`."
        ) from error


def iterate(file: BinaryIO) -> Iterator[Record]:
    """The records of an open file from where it stands, packed or not; raises one of DAMAGE."""
    iterator = ArchiveIterator(file, check_digests=True)
    for found in iterator:
        record = _read(found)
        at = iterator.get_record_offset()
        yield replace(record, offset=at, end=at + iterator.get_record_length())


def _member(data: mmap.mmap, start: int) -> tuple[int, bytes]:
    """Where the gzip member ends that starts here, and what it holds."""
    unpack = zlib.decompressobj(wbits=31)
    pieces, at = [], start
    while not unpack.eof:
        piece = data[at : at + CHUNK]
        if not piece:
            raise EOFError("it ends in the middle of a record")
        pieces.append(unpack.decompress(piece))
        at += len(piece)
    return at - len(unpack.unused_data), b"".join(pieces)


def _only_record(plain: bytes, at: int, end: int) -> Record:
    found = list(iterate(BytesIO(plain)))
    if len(found) != 1:
        raise ValueError(f"{len(found)} records are packed as one")
    return replace(found[0], offset=at, end=end)


def _next_member(data: mmap.mmap, at: int) -> int:
    """Where the next whole record starts; the end of the file where none does."""
    while (at := data.find(MAGIC, at)) != -1:
        with suppress(*DAMAGE):
            end, plain = _member(data, at)
            _only_record(plain, at, end)
            return at
        at += 1
    return len(data)


def _read(record: ArcWarcRecord) -> Record:
    """A record, its place left open."""
    says, http = record.rec_headers.get_header, record.http_headers
    body = record.content_stream().read() if record.rec_type == "response" else b""
    while record.raw_stream.read(CHUNK):
        pass
    if record.raw_stream.limit:  # bytes that the record announces and does not have
        raise EOFError("it ends in the middle of a record")
    failed = [each for each in record.digest_checker.problems if "failed" in each]
    if failed:
        raise ValueError(failed[0])
    is_answer = record.rec_type in ("response", "revisit") and http
    refers = says("WARC-Refers-To-Target-URI"), says("WARC-Refers-To-Date")
    return Record(
        offset=0,
        end=0,
        kind=record.rec_type,
        url=says("WARC-Target-URI") or "",
        fetched_at=datetime.fromisoformat(says("WARC-Date")),
        status=int(http.get_statuscode()) if is_answer else 0,
        headers={name.lower(): value for name, value in http.headers} if http else {},
        body=body,
        payload_digest=says("WARC-Payload-Digest"),
        original=(refers[0], datetime.fromisoformat(refers[1])) if all(refers) else None,
    )
