"""WARC 1.1: every response as it came, and back out again.

The archive is the evidence; all else is derived from it.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import responses as phrases
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from corpus.errors import StoreError

PROGRAM = "communique"
# What reading a damaged file can end in; the last three where headers are torn off.
DAMAGE = (OSError, EOFError, zlib.error, ArchiveLoadFailed, AttributeError, TypeError, ValueError)


@dataclass(frozen=True)
class Response:
    """An answer as it came, under the office's own URL; `raw` still has its content encoding."""

    url: str
    status: int
    headers: list[tuple[str, str]]
    raw: bytes
    fetched_at: datetime
    request_headers: list[tuple[str, str]]


@dataclass(frozen=True)
class Place:
    """Where a response stands: a file named relative to the archive folder, a byte offset in it."""

    warc_file: str
    warc_offset: int


@dataclass(frozen=True)
class Archived:
    """A response read back; `body` has content encodings undone, as readers take it."""

    url: str
    status: int
    content_type: str
    body: bytes
    fetched_at: datetime


class ArchiveWriter:
    """Writes one office's responses of one run, to a file that is made with the first response.

    Every response is flushed as it is written, so a killed run loses at most the record it was
    writing.
    """

    def __init__(self, folder: Path, office: str, max_bytes: int) -> None:
        self.folder, self.office, self.max_bytes = folder, office, max_bytes
        self.file: BinaryIO | None = None
        self.name = ""

    def __enter__(self) -> ArchiveWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the file that is open; the next response begins another."""
        if self.file:
            self.file.close()
            self.file = None

    def add(self, response: Response) -> Place:
        """Append a response and the request that it answers. Raises StoreError."""
        try:
            file = self._open()
            place = Place(self.name, file.tell())
            writer = WARCWriter(file, gzip=True, warc_version="1.1")
            answer = writer.create_warc_record(
                response.url,
                "response",
                payload=BytesIO(response.raw),
                length=len(response.raw),
                http_headers=StatusAndHeaders(
                    f"{response.status} {phrases.get(response.status, '')}".strip(),
                    response.headers,
                    protocol="HTTP/1.1",
                ),
                warc_headers_dict={"WARC-Date": _stamp(response.fetched_at)},
            )
            writer.write_request_response_pair(self._request(writer, response), answer)
            file.flush()
        except OSError as error:
            raise StoreError(
                f"The archive in {self.folder / self.office} cannot be written:"
                f" {error.strerror or error}."
            ) from error
        if file.tell() >= self.max_bytes:
            self.close()
        return place

    def _request(self, writer: WARCWriter, response: Response) -> ArcWarcRecord:
        path = response.url.split("/", 3)[-1]
        return writer.create_warc_record(
            response.url,
            "request",
            http_headers=StatusAndHeaders(
                f"GET /{path} HTTP/1.1", response.request_headers, is_http_request=True
            ),
            warc_headers_dict={"WARC-Date": _stamp(response.fetched_at)},
        )

    def _open(self) -> BinaryIO:
        if self.file is None:
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
            self.name = f"{self.office}/{self.office}-{stamp}.warc.gz"
            path = self.folder / self.name
            path.parent.mkdir(parents=True, exist_ok=True)
            self.file = path.open("xb")
            writer = WARCWriter(self.file, gzip=True, warc_version="1.1")
            writer.write_record(
                writer.create_warcinfo_record(
                    path.name, {"software": PROGRAM, "format": "WARC File Format 1.1"}
                )
            )
        return self.file


def read_response(folder: Path, place: Place) -> Archived:
    """The response that stands at a place. Raises StoreError when it does not."""
    path = folder / place.warc_file
    try:
        with path.open("rb") as file:
            file.seek(place.warc_offset)
            record = next(iter(ArchiveIterator(file, check_digests="raise")))
            return _archived(record)
    except (StopIteration, *DAMAGE) as error:
        raise StoreError(
            f"{path} has no whole record at {place.warc_offset} ({error}); run `communique verify`."
        ) from error


def responses(path: Path) -> Iterator[Archived]:
    """Every response of one WARC file, in order. Raises StoreError at the first damaged record."""
    try:
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                if record.rec_type == "response":
                    yield _archived(record)
        _read_through(path)
    except DAMAGE as error:
        raise StoreError(f"{path} is damaged: {error}.") from error


def _read_through(path: Path) -> None:
    """Raise where the file's end is torn off, which warcio takes for its end; checks every CRC."""
    with gzip.open(path) as file:
        while file.read(1 << 20):
            pass


def sha256(body: bytes) -> str:
    """The digest that the catalog keeps of a body."""
    return hashlib.sha256(body).hexdigest()


def _archived(record: ArcWarcRecord) -> Archived:
    headers = record.http_headers
    body = record.content_stream().read()
    if record.raw_stream.limit:  # bytes that the record announces and does not have
        raise EOFError("it ends in the middle of a record")
    return Archived(
        url=record.rec_headers.get_header("WARC-Target-URI"),
        status=int(headers.get_statuscode()),
        content_type=headers.get_header("Content-Type") or "application/octet-stream",
        body=body,
        fetched_at=datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")),
    )


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
