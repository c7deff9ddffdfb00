"""WARC 1.1: every response as it came, and back out again.

The archive is the evidence; all else is derived from it.
"""

from __future__ import annotations

import hashlib
import os
from base64 import b32encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import responses as phrases
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from corpus.durability import make_folder, sync
from corpus.errors import StoreError
from corpus.reading.charset import stated_encoding
from corpus.warc.reader import Damage, Record, read_record, records

PROGRAM = "communique"
IMPORTED = "imported"


@dataclass(frozen=True)
class Transport:
    """What an answer came over: protocols as WARC names them ("http/1.1", "tls/1.3"), the cipher
    suite by its IANA name, the SHA-256 of the server's certificate in hex, and the exception that
    its office declares, where that was verified otherwise than by the system's authorities.
    """

    protocols: tuple[str, ...] = ()
    cipher_suite: str | None = None
    certificate: str | None = None
    exception: str | None = None


@dataclass(frozen=True)
class Response:
    """An answer as it came, under the office's own URL; `raw` still has its content encoding.

    Bytes of headers are opaque (RFC 9110, section 5.5): each is a character of latin-1.
    """

    url: str
    status: int
    headers: list[tuple[str, str]]
    raw: bytes
    fetched_at: datetime
    request_headers: list[tuple[str, str]]
    status_line: str = ""
    transport: Transport = Transport()

    @property
    def content_type(self) -> str:
        """As the server stated it; "" where it did not."""
        return {name.lower(): value for name, value in self.headers}.get("content-type", "")


class OpaqueHeaders(StatusAndHeaders):
    """HTTP headers that are written byte for byte, where warcio would encode what is not ASCII."""

    def to_ascii_bytes(self, header_filter: Any = None) -> bytes:
        """The bytes as they came."""
        written: bytes = self.to_bytes(header_filter, encoding="latin-1")
        return written


@dataclass(frozen=True)
class Place:
    """Where a response stands: a file named relative to the archive folder, a byte offset in it."""

    warc_file: str
    warc_offset: int


class ArchiveWriter:
    """Writes one office's responses of one run, to a file that is made with the first response.

    Every response is flushed as it is written, so a killed run loses at most the record it was
    writing; `cut_torn_end` cuts off what is left of that. A power cut loses what came after `sync`.
    A file of another `kind` has that in its name; `begun` is one to go on in, if it has room.
    """

    def __init__(
        self, folder: Path, office: str, max_bytes: int, kind: str = "", begun: str = ""
    ) -> None:
        self.folder, self.office, self.max_bytes = folder, office, max_bytes
        self.kind, self.begun = kind, begun
        self.file: BinaryIO | None = None
        self.name = ""
        self.is_synced = True

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
        try:
            self.sync()
        finally:
            if self.file:
                self.file.close()
                self.file = None

    def sync(self) -> None:
        """Wait until the disk has all that was written: the catalog may refer to it from then on.

        Raises StoreError.
        """
        if self.file and not self.is_synced:
            try:
                os.fsync(self.file.fileno())
            except OSError as error:
                raise self._unwritten(error) from error
            self.is_synced = True

    def add(self, response: Response, earlier: Place | None = None) -> Place:
        """Append a response and the request that it answers; the place where it can be read.

        Where the response says what the one at `earlier` says, a revisit of that is written, and
        the place is the earlier one's. Raises StoreError, and leaves no half record behind.
        """
        original = self._original(response, earlier)

        def write(writer: WARCWriter) -> None:
            answer = _answer(writer, response, original)
            writer.write_request_response_pair(_request(writer, response), answer)

        place = self._append(write)
        return earlier if original and earlier else place

    def add_metadata(
        self, url: str, media_type: str, body: bytes, at: datetime, about: str | None
    ) -> Place:
        """Append a metadata record about the record of an id, if that is known; where it stands.

        Raises StoreError, and leaves no half record behind.
        """
        headers = {"WARC-Date": _stamp(at)} | ({"WARC-Refers-To": about} if about else {})

        def write(writer: WARCWriter) -> None:
            record = writer.create_warc_record(
                url,
                "metadata",
                payload=BytesIO(body),
                length=len(body),
                warc_content_type=media_type,
                warc_headers_dict=headers,
            )
            writer.write_record(record)

        return self._append(write)

    def _append(self, write: Callable[[WARCWriter], None]) -> Place:
        offset = 0
        try:
            file = self._open()
            offset = file.tell()
            packed = BytesIO()
            write(WARCWriter(packed, gzip=True, warc_version="1.1"))
            file.write(packed.getbuffer())
            file.flush()
            self.is_synced = False
        except OSError as error:
            self._forget(offset)
            raise self._unwritten(error) from error
        if file.tell() >= self.max_bytes:
            self.close()
        return Place(self.name, offset)

    def _go_on(self) -> None:
        self.name, self.begun = self.begun, ""
        path = self.folder / self.name
        if path.is_file() and path.stat().st_size < self.max_bytes:
            self.file = path.open("ab")

    def _original(self, response: Response, earlier: Place | None) -> Record | None:
        """The earlier record, where the response says the same: not modified, or the same bytes."""
        if earlier is None:
            return None
        with suppress(StoreError):  # an original that is damaged is archived anew
            record = read_record(self.folder / earlier.warc_file, earlier.warc_offset)
            is_same = response.status == 304 or (
                (record.url, record.status) == (response.url, response.status)
                and stated_encoding(record.content_type) == stated_encoding(response.content_type)
                and record.payload_digest == _digest(response.raw)
            )
            return record if is_same else None
        return None

    def _unwritten(self, error: OSError) -> StoreError:
        return StoreError(
            f"The archive in {self.folder / self.office} cannot be written:"
            f" {error.strerror or error}."
        )

    def _forget(self, offset: int) -> None:
        """Cut off what a full disk took of a record, so that what was written before is whole."""
        file, self.file = self.file, None
        if file:
            with suppress(OSError):  # closing tries again to write what was refused
                file.close()
            path = self.folder / self.name
            with suppress(OSError):
                os.truncate(path, offset) if offset else path.unlink()

    def _open(self) -> BinaryIO:
        if self.begun:
            self._go_on()
        if self.file is None:
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
            self.name = f"{self.office}/{self.office}-{self.kind}{stamp}.warc.gz"
            path = self.folder / self.name
            make_folder(path.parent)
            self.file = path.open("xb")
            sync(path.parent)
            writer = WARCWriter(self.file, gzip=True, warc_version="1.1")
            writer.write_record(
                writer.create_warcinfo_record(
                    path.name, {"software": PROGRAM, "format": "WARC File Format 1.1"}
                )
            )
        return self.file


def read_response(folder: Path, place: Place) -> Record:
    """The response that stands at a place, or that the revisit there repeats. Raises StoreError."""
    path = folder / place.warc_file
    record = read_record(path, place.warc_offset)
    if record.kind != "revisit":
        return record
    for each in sorted(path.parent.glob("*.warc*")):
        for found in responses(each):
            if (found.url, found.fetched_at) == record.original:
                return found
    raise StoreError(
        f"{path} has a revisit at {place.warc_offset} of a response that is nowhere in"
        f" {path.parent}; run `communique verify`."
    )


def own_files(folder: Path) -> list[Path]:
    """The WARC files that crawls wrote, in the order they were begun in, office by office."""
    found = sorted(folder.glob("*/*.warc.gz"))
    return [path for path in found if path.parent.name != IMPORTED]


def imported_files(folder: Path) -> list[Path]:
    """The archive files that are other people's, whatever they are called."""
    found = folder.glob(f"{IMPORTED}/{'[0-9a-f]' * 16}-*")  # the digest of its bytes
    return sorted(path for path in found if path.is_file() and path.suffix != ".new")


def responses(path: Path) -> Iterator[Record]:
    """Every response of one WARC file, in order. Raises StoreError at the first damaged record."""
    for each in records(path):
        if isinstance(each, Damage):
            raise StoreError(f"{path} is damaged at {each.offset}: {each.reason}.")
        if each.kind == "response":
            yield each


def sha256(body: bytes) -> str:
    """The digest that the catalog keeps of a body."""
    return hashlib.sha256(body).hexdigest()


def _answer(writer: WARCWriter, response: Response, original: Record | None) -> ArcWarcRecord:
    """The response as a record; as a revisit (WARC 1.1, section 6.7) where nothing is new in it."""
    headers = {"WARC-Date": _stamp(response.fetched_at)}
    if original:
        headers |= {
            "WARC-Refers-To-Target-URI": original.url,
            "WARC-Refers-To-Date": _stamp(original.fetched_at),
        }
        if original.payload_digest:
            headers["WARC-Payload-Digest"] = original.payload_digest
    is_revisit = response.status == 304 or original
    if is_revisit:
        profile = "server-not-modified" if response.status == 304 else "identical-payload-digest"
        headers["WARC-Profile"] = f"http://netpreserve.org/warc/1.1/revisit/{profile}"
    phrase = phrases.get(response.status, "")
    status_line = response.status_line or f"HTTP/1.1 {response.status} {phrase}".rstrip()
    protocol, _, status = status_line.partition(" ")
    record = writer.create_warc_record(
        response.url,
        "revisit" if is_revisit else "response",
        payload=None if is_revisit else BytesIO(response.raw),
        length=None if is_revisit else len(response.raw),
        http_headers=OpaqueHeaders(status, response.headers, protocol=protocol),
        warc_headers_dict=headers,
    )
    for name, value in _transport_headers(response.transport):
        record.rec_headers.add_header(name, value)
    return record


def _transport_headers(transport: Transport) -> Iterator[tuple[str, str]]:
    """The first two as proposed to the IIPC (warc-specifications, issues 42 and 86)."""
    for each in transport.protocols:
        yield "WARC-Protocol", each
    if transport.cipher_suite:
        yield "WARC-Cipher-Suite", transport.cipher_suite
    if transport.certificate:
        yield "WARC-Certificate-Digest", f"sha256:{transport.certificate}"
    if transport.exception:
        yield "WARC-Certificate-Exception", " ".join(transport.exception.split())


def _request(writer: WARCWriter, response: Response) -> ArcWarcRecord:
    path = response.url.split("/", 3)[-1]
    return writer.create_warc_record(
        response.url,
        "request",
        http_headers=StatusAndHeaders(
            f"GET /{path} HTTP/1.1", response.request_headers, is_http_request=True
        ),
        warc_headers_dict={"WARC-Date": _stamp(response.fetched_at)},
    )


def _digest(raw: bytes) -> str:
    """As warcio writes payload digests."""
    return "sha1:" + b32encode(hashlib.sha1(raw, usedforsecurity=False).digest()).decode()


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
