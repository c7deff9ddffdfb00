"""Writes WARC 1.1: every response as received, the evidence that all else is derived from."""

from __future__ import annotations

import hashlib
import os
from base64 import b32encode
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from warcio.warcwriter import WARCWriter

from corpus.durability import make_folder, sync
from corpus.errors import StoreError
from corpus.reading.charset import stated_encoding
from corpus.release import RecordLocation
from corpus.warc.reader import read_record
from corpus.warc.record import Record
from corpus.warc.response import Response, request_record, response_record, warc_date

PROGRAM = "communique"


class ArchiveWriter:
    """Writes the responses of one run of one office, to a file that the first response creates.

    Every response is flushed, so that a killed run loses at most the record it was writing, which
    `truncate_partial_record` removes. A power cut loses what came after `sync`. `kind` is part of
    the file name; `resumed_file` names a file to append to while it has room.
    """

    def __init__(
        self, folder: Path, office: str, max_bytes: int, kind: str = "", resumed_file: str = ""
    ) -> None:
        self.folder, self.office, self.max_bytes = folder, office, max_bytes
        self.kind, self.resumed_file = kind, resumed_file
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
        """Close the current file; the next response begins another."""
        try:
            self.sync()
        finally:
            if self.file:
                self.file.close()
                self.file = None

    def sync(self) -> None:
        """Wait until the disk has all: only then may the catalog refer to it. Raises StoreError."""
        if self.file and not self.is_synced:
            try:
                os.fsync(self.file.fileno())
            except OSError as error:
                raise self._write_error(error) from error
            self.is_synced = True

    def add(self, response: Response, earlier: RecordLocation | None = None) -> RecordLocation:
        """Append a response and its request; return the location of the response.

        Where the response repeats the one at `earlier`, a revisit of that is written, and the
        location is the earlier one's. Raises StoreError, and leaves no partial record.
        """
        original = self._original(response, earlier)

        def write(writer: WARCWriter) -> None:
            record = response_record(writer, response, original)
            writer.write_request_response_pair(request_record(writer, response), record)

        location = self._append(write)
        return earlier if original and earlier else location

    def add_metadata(
        self, url: str, media_type: str, body: bytes, at: datetime, about: str | None
    ) -> RecordLocation:
        """Append metadata on a record (`about`); return its location. Raises StoreError."""
        headers = {"WARC-Date": warc_date(at)} | ({"WARC-Refers-To": about} if about else {})

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

    def _append(self, write: Callable[[WARCWriter], None]) -> RecordLocation:
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
            self._truncate(offset)
            raise self._write_error(error) from error
        if file.tell() >= self.max_bytes:
            self.close()
        return RecordLocation(self.name, offset)

    def _original(self, response: Response, earlier: RecordLocation | None) -> Record | None:
        """The earlier record, where the response repeats it: not modified, or the same bytes."""
        if earlier is None:
            return None
        with suppress(StoreError):  # if the original is damaged, the response is archived again
            record = read_record(self.folder / earlier.warc_file, earlier.warc_offset)
            is_same = response.status == 304 or (
                (record.url, record.status) == (response.url, response.status)
                and stated_encoding(record.content_type) == stated_encoding(response.content_type)
                and record.payload_digest == _payload_digest(response.raw)
            )
            return record if is_same else None
        return None

    def _write_error(self, error: OSError) -> StoreError:
        return StoreError(
            f"The archive in {self.folder / self.office} cannot be written:"
            f" {error.strerror or error}."
        )

    def _truncate(self, offset: int) -> None:
        """Remove a partial record after a failed write, so that the file stays intact."""
        file, self.file = self.file, None
        if file:
            with suppress(OSError):  # closing retries the failed write
                file.close()
            path = self.folder / self.name
            with suppress(OSError):
                os.truncate(path, offset) if offset else path.unlink()

    def _open(self) -> BinaryIO:
        if self.resumed_file:
            self.name, self.resumed_file = self.resumed_file, ""
            path = self.folder / self.name
            if path.is_file() and path.stat().st_size < self.max_bytes:
                self.file = path.open("ab")
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


def _payload_digest(raw: bytes) -> str:
    """As warcio writes payload digests."""
    return "sha1:" + b32encode(hashlib.sha1(raw, usedforsecurity=False).digest()).decode()
