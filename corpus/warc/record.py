"""Parses one WARC or ARC record from its bytes and checks its digests."""

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

from corpus.warc.body_coding import (
    TooLargeError,
    decode_content,
    join_chunks,
    make_digest,
    read_digest,
)

# The start of an uncompressed record: WARC's first line, or ARC's only one, of five fields.
WARC = rb"WARC/[0-9.]+\r?\n(?=[\w-]+:)"
ARC = rb"[a-z][a-z0-9+.-]{1,20}:[^\r\n]* \S+ ([0-9]{14}) \S+ ([0-9]{1,18})\r?\n"
START = re.compile(rb"%b|%b" % (WARC, ARC))
ARC_LINE = re.compile(ARC)
LENGTH = re.compile(rb"^Content-Length:[ \t]*([0-9]{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
# The largest size of a record's headers.
HEAD = 1 << 20
WITH_BODY = ("response", "resource")
# Kinds of records that state a content type themselves.
TYPED = ("resource", "metadata")
CAPTURES = (*WITH_BODY, "revisit")
# Errors that damaged bytes cause; from the fifth on, warcio raises them by accident.
DAMAGE = (
    *(OSError, EOFError, zlib.error, ArchiveLoadFailed),
    *(AttributeError, TypeError, ValueError, LookupError, ArithmeticError),
)

logging.getLogger("warcio").setLevel(logging.ERROR)  # it warns of every blank in an address


class UnreadableRecordError(Exception):
    """A complete record cannot be read; the text describes it: "without a date"."""


@dataclass(frozen=True)
class Record:
    """A complete record, its bytes from `offset` to `end`; `body` has content encodings removed.

    `headers` are the HTTP headers with names in lower case, or the record's content type. `status`
    is 0 where the record has no response. `original` is the URL and time of the response that a
    revisit refers to, `original_id` its record id.
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
    def is_capture(self) -> bool:
        """Whether the record captures a response; a resource may also be a tool's own file."""
        return self.kind in CAPTURES and (self.kind != "resource" or bool(self.status))

    @property
    def content_type(self) -> str:
        """The content type that the server stated."""
        return self.headers.get("content-type") or "application/octet-stream"


def read_head(file: BinaryIO) -> tuple[bytes, int]:
    """The header lines of a record, and its block's stated length. Raises EOFError, ValueError."""
    lines = [file.readline(HEAD)]
    if arc := ARC_LINE.fullmatch(lines[0]):
        return lines[0], int(arc[2])
    if not lines[0].startswith(b"WARC/"):
        raise ValueError("no WARC or ARC record begins there")
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
        raise ValueError("it does not state its length")
    return head, int(length[1])


def parse_record(
    data: bytes, offset: int, end: int, *, is_sure: bool, max_bytes: int | None
) -> Record:
    """Parse a record. Raises one of DAMAGE; UnreadableRecordError where it is complete, but its
    body is larger than `max_bytes` or cannot be read.

    Unless `is_sure`, its digests must prove that it is complete.
    """
    loader = ArcWarcRecordLoader(verify_http=False, arc2warc=True)
    try:
        arc_warc = loader.parse_record_stream(BytesIO(data), check_digests=True)
    except AttributeError:  # warcio does not expect a missing address
        raise UnreadableRecordError("without an address") from None
    raw = arc_warc.raw_stream.read()
    _check_digests(arc_warc, raw, max_bytes)
    if not is_sure and not arc_warc.digest_checker.passed:
        raise EOFError("its stated length is wrong")
    header, kind = arc_warc.rec_headers.get_header, arc_warc.rec_type
    _check_whole(arc_warc)
    url = _checked_address(header("WARC-Target-URI") or "")
    if (fetched_at := _moment(_arc_date(data) or header("WARC-Date"))) is None:
        raise UnreadableRecordError("without a date")
    original_url = header("WARC-Refers-To-Target-URI")
    original_at = _moment(header("WARC-Refers-To-Date"))
    return Record(
        offset=offset,
        end=end,
        kind=kind,
        url=url,
        fetched_at=fetched_at,
        status=_status(arc_warc),
        headers=_headers(arc_warc),
        body=_body(arc_warc.http_headers, raw, max_bytes) if kind in (*WITH_BODY, *TYPED) else b"",
        payload_digest=header("WARC-Payload-Digest"),
        original=(original_url, original_at) if original_url and original_at else None,
        id=header("WARC-Record-ID"),
        original_id=header("WARC-Refers-To"),
    )


def _check_digests(record: ArcWarcRecord, raw: bytes, max_bytes: int | None) -> None:
    """Check the digests; tools make the payload's of the raw, the joined or the decoded body."""
    failed = [each for each in record.digest_checker.problems if "failed" in each]
    if not failed:
        return
    if any(each.startswith("block") for each in failed):
        raise ValueError("its block digest is wrong")
    stated = record.rec_headers.get_header("WARC-Payload-Digest")
    with suppress(ValueError):
        for body in _unpackings(record.http_headers, raw, max_bytes):
            if read_digest(stated) == make_digest(stated.partition(":")[0], body):
                return
    raise ValueError("its payload digest is wrong")


def _unpackings(
    http: StatusAndHeaders | None, raw: bytes, max_bytes: int | None
) -> Iterator[bytes]:
    """A body with its chunks joined, then with content encodings removed. Raises ValueError."""
    if _header_values(http, "transfer-encoding").rpartition(",")[2].strip().lower() == "chunked":
        raw = join_chunks(raw)
    yield raw
    yield decode_content(raw, _header_values(http, "content-encoding"), max_bytes)


def _header_values(http: StatusAndHeaders | None, name: str) -> str:
    """The values of a header that may be repeated, joined by commas."""
    pairs = http.headers if http else ()
    return ",".join(value for key, value in pairs if key.lower() == name)


def _check_whole(record: ArcWarcRecord) -> None:
    """Check that a response is complete; a revisit never is, and says so."""
    if record.rec_type in WITH_BODY:
        if record.rec_headers.get_header("WARC-Truncated"):
            raise UnreadableRecordError("truncated by the tool that wrote them")
        if record.rec_headers.get_header("WARC-Segment-Number"):
            raise UnreadableRecordError("in segments")


def _checked_address(url: str) -> str:
    try:
        urlsplit(url)
    except ValueError:
        raise UnreadableRecordError("with an invalid address") from None
    return url


def _arc_date(data: bytes) -> str | None:
    """ARC's date as WARC writes it; warcio accepts any 14 digits."""
    arc = ARC_LINE.match(data)
    return arc and f"{arc[1][:8].decode()}T{arc[1][8:].decode()}Z"


def _moment(stated: str | None) -> datetime | None:
    """A WARC time in UTC; None where it is invalid or has no time of day."""
    try:
        moment = datetime.fromisoformat(stated or "")
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC) if "T" in (stated or "") else None
    except (ValueError, OverflowError):
        return None


def _status(record: ArcWarcRecord) -> int:
    """The status of the response. A resource has none of its own and counts as 200."""
    if record.rec_type == "resource":
        url = record.rec_headers.get_header("WARC-Target-URI") or ""
        return 200 if url.startswith(("http:", "https:")) else 0
    if record.rec_type not in CAPTURES or not record.http_headers:
        return 0
    try:
        return int(record.http_headers.get_statuscode())
    except ValueError:
        raise UnreadableRecordError("without a status") from None


def _headers(record: ArcWarcRecord) -> dict[str, str]:
    if record.rec_type in TYPED:
        return {"content-type": record.content_type or ""}
    http = record.http_headers
    return {name.lower(): value for name, value in http.headers} if http else {}


def _body(http: StatusAndHeaders | None, raw: bytes, max_bytes: int | None) -> bytes:
    if max_bytes is not None and len(raw) > max_bytes:
        raise too_large(max_bytes)
    body = raw
    try:
        for body in _unpackings(http, raw, max_bytes):  # noqa: B007 (the last one is meant)
            pass
    except TooLargeError:
        raise too_large(max_bytes) from None
    except ValueError:
        raise UnreadableRecordError("whose body cannot be decompressed") from None
    return body


def too_large(max_bytes: int | None) -> UnreadableRecordError:
    """The error for a record that is larger than allowed."""
    return UnreadableRecordError(f"larger than {(max_bytes or 0) / 1e6:,.0f} MB")
