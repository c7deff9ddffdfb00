"""One record of WARC or ARC: in go its bytes, out comes what it says, its digests checked."""

from __future__ import annotations

import logging
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import BinaryIO
from urllib.parse import urlsplit

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeaders

from corpus.warc.body_coding import TooLargeError, decoded, unchunked
from corpus.warc.digests import make_digest, read_digest

# How a record begins that is not packed: WARC's first line, or ARC's only one, of five fields.
WARC = rb"WARC/[0-9.]+\r?\n(?=[\w-]+:)"
ARC = rb"[a-z][a-z0-9+.-]{1,20}:[^\r\n]* \S+ ([0-9]{14}) \S+ ([0-9]{1,18})\r?\n"
START = re.compile(rb"%b|%b" % (WARC, ARC))
ARC_LINE = re.compile(ARC)
LENGTH = re.compile(rb"^Content-Length:[ \t]*([0-9]{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
# What the headers of a record may take.
HEAD = 1 << 20
WITH_BODY = ("response", "resource")
# Whose own headers say of what type they are.
TYPED = ("resource", "metadata")
ANSWERS = (*WITH_BODY, "revisit")
# What reading what is no record ends in; from the fifth on they are warcio's, which expects none.
DAMAGE = (
    *(OSError, EOFError, zlib.error, ArchiveLoadFailed),
    *(AttributeError, TypeError, ValueError, LookupError, ArithmeticError),
)

logging.getLogger("warcio").setLevel(logging.ERROR)  # it warns of every blank in an address


class UnfitError(Exception):
    """A record is whole and cannot be read; the text says of what kind it is: "without a date"."""


@dataclass(frozen=True)
class Record:
    """A whole record, its bytes from `offset` to `end`; `body` has content encodings undone.

    `headers` are HTTP's, their names in small letters, or the record's content type. `status` is 0
    where the record is no answer.
    `original` tells of a revisit whose answer it repeats: URL and time; `original_id` which record.
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
    id: str | None = None
    original_id: str | None = None

    @property
    def is_answer(self) -> bool:
        """Whether it tells what an address answered; resources are also what a tool wrote."""
        return self.kind in ANSWERS and (self.kind != "resource" or bool(self.status))

    @property
    def content_type(self) -> str:
        """As the server stated it."""
        return self.headers.get("content-type") or "application/octet-stream"


def read_head(file: BinaryIO) -> tuple[bytes, int]:
    """The lines that stand before a record's block, and how long they say that it is.

    Raises EOFError and ValueError.
    """
    lines = [file.readline(HEAD)]
    if arc := ARC_LINE.fullmatch(lines[0]):
        return lines[0], int(arc[2])
    if not lines[0].startswith(b"WARC/"):
        raise ValueError("no record of WARC or ARC begins there")
    size = 0
    while lines[-1].strip(b"\r\n"):
        lines.append(file.readline(HEAD))
        size += len(lines[-1])
        if not lines[-1]:
            raise EOFError("it ends in the middle of a record")
        if size > HEAD:
            raise ValueError("its headers do not end")
    head = b"".join(lines)
    if not (length := LENGTH.search(head)):
        raise ValueError("it does not say how long it is")
    return head, int(length[1])


def parse_record(data: bytes, offset: int, end: int, *, is_sure: bool, most: int | None) -> Record:
    """The record that `data` is. Raises one of DAMAGE; UnfitError where it is whole, but more than
    `most` bytes of body or otherwise not to be read.

    Where nothing else tells that it is whole (`is_sure`), its digests must.
    """
    loader = ArcWarcRecordLoader(verify_http=False, arc2warc=True)
    try:
        found = loader.parse_record_stream(BytesIO(data), check_digests=True)
    except AttributeError:  # warcio asks what is not there whether it begins with http:
        raise UnfitError("without an address") from None
    raw = found.raw_stream.read()
    _check_digests(found, raw, most)
    if not is_sure and not found.digest_checker.passed:
        raise EOFError("its length leads nowhere")
    says, kind = found.rec_headers.get_header, found.rec_type
    _check_whole(found)
    return Record(
        offset=offset,
        end=end,
        kind=kind,
        url=_address(says("WARC-Target-URI") or ""),
        fetched_at=_fetched_at(_arc_date(data) or says("WARC-Date")),
        status=_status(found),
        headers=_headers(found),
        body=_body(found.http_headers, raw, most) if kind in (*WITH_BODY, *TYPED) else b"",
        payload_digest=says("WARC-Payload-Digest"),
        original=_original(says("WARC-Refers-To-Target-URI"), says("WARC-Refers-To-Date")),
        id=says("WARC-Record-ID"),
        original_id=says("WARC-Refers-To"),
    )


def _check_digests(record: ArcWarcRecord, raw: bytes, most: int | None) -> None:
    """That the digests are right. A payload's is of the body as it came, or without its chunks, or
    unpacked: tools differ.
    """
    failed = [each for each in record.digest_checker.problems if "failed" in each]
    if not failed:
        return
    if any(each.startswith("block") for each in failed):
        raise ValueError("its block digest is wrong")
    stated = record.rec_headers.get_header("WARC-Payload-Digest")
    with suppress(ValueError):
        for body in _unpackings(record.http_headers, raw, most):
            if read_digest(stated) == make_digest(stated.partition(":")[0], body):
                return
    raise ValueError("its payload digest is wrong")


def _unpackings(http: StatusAndHeaders | None, raw: bytes, most: int | None) -> Iterator[bytes]:
    """A body without its chunks, then without its content encodings. Raises ValueError."""
    if _all(http, "transfer-encoding").rpartition(",")[2].strip().lower() == "chunked":
        raw = unchunked(raw)
    yield raw
    yield decoded(raw, _all(http, "content-encoding"), most)


def _all(http: StatusAndHeaders | None, name: str) -> str:
    """The values of a header that may stand there several times, as one list."""
    pairs = http.headers if http else ()
    return ",".join(value for key, value in pairs if key.lower() == name)


def _check_whole(record: ArcWarcRecord) -> None:
    """That a record of an answer holds all of it; a revisit never does, and says so."""
    if record.rec_type in WITH_BODY:
        if record.rec_headers.get_header("WARC-Truncated"):
            raise UnfitError("cut short by the tool that made them")
        if record.rec_headers.get_header("WARC-Segment-Number"):
            raise UnfitError("in segments")


def _address(url: str) -> str:
    try:
        urlsplit(url)
    except ValueError:
        raise UnfitError("of an address that is none") from None
    return url


def _fetched_at(stated: str | None) -> datetime:
    if (found := _moment(stated)) is None:
        raise UnfitError("without a date")
    return found


def _arc_date(data: bytes) -> str | None:
    """ARC's date as WARC writes it; warcio makes a date of any 14 figures."""
    arc = ARC_LINE.match(data)
    return arc and f"{arc[1][:8].decode()}T{arc[1][8:].decode()}Z"


def _moment(stated: str | None) -> datetime | None:
    """A time as WARC writes it, always in UTC; None where it is a day, or nothing."""
    try:
        found = datetime.fromisoformat(stated or "")
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC) if "T" in (stated or "") else None
    except (ValueError, OverflowError):
        return None


def _original(url: str | None, at: str | None) -> tuple[str, datetime] | None:
    moment = _moment(at)
    return (url, moment) if url and moment else None


def _status(record: ArcWarcRecord) -> int:
    """As the answer states it. A resource is what stood there, without the answer it came by."""
    if record.rec_type == "resource":
        url = record.rec_headers.get_header("WARC-Target-URI") or ""
        return 200 if url.startswith(("http:", "https:")) else 0
    if record.rec_type not in ANSWERS or not record.http_headers:
        return 0
    try:
        return int(record.http_headers.get_statuscode())
    except ValueError:
        raise UnfitError("of an answer without a status") from None


def _headers(record: ArcWarcRecord) -> dict[str, str]:
    if record.rec_type in TYPED:
        return {"content-type": record.content_type or ""}
    http = record.http_headers
    return {name.lower(): value for name, value in http.headers} if http else {}


def _body(http: StatusAndHeaders | None, raw: bytes, most: int | None) -> bytes:
    if most is not None and len(raw) > most:
        raise too_large(most)
    body = raw
    try:
        for body in _unpackings(http, raw, most):  # noqa: B007 (the last one is meant)
            pass
    except TooLargeError:
        raise too_large(most) from None
    except ValueError:
        raise UnfitError("whose body cannot be unpacked") from None
    return body


def too_large(most: int | None) -> UnfitError:
    """That a record is larger than what is read."""
    return UnfitError(f"larger than {(most or 0) / 1e6:,.0f} MB")
