"""Archive files as other tools write them, made by hand, of the sample department's pages."""

from __future__ import annotations

import gzip
import hashlib
from base64 import b32encode
from datetime import UTC, datetime
from pathlib import Path

import corpus

PAGES = sorted((Path(corpus.__file__).parent / "samples" / "sample_doj" / "pr").glob("*.html"))
BODIES = [path.read_bytes() for path in PAGES]
URLS = [f"https://www.justice.example/opa/pr/{path.stem}" for path in PAGES]
AT = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
DATE = f"WARC-Date: {AT:%Y-%m-%dT%H:%M:%SZ}"


def sha1(data: bytes) -> str:
    return "sha1:" + b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def record(kind: str, url: str, block: bytes, *headers: str, date: str = DATE) -> bytes:
    """A record of WARC 1.0; headers given take the place of none."""
    lines = ["WARC/1.0", f"WARC-Type: {kind}", f"WARC-Target-URI: {url}", date, *headers]
    lines = [line for line in lines if line]
    head = "\r\n".join([*lines, f"Content-Length: {len(block)}"])
    return head.encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """An answer of HTTP."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/html; charset=utf-8", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def response(number: int, *headers: str, encoded: bytes | None = None, coding: str = "") -> bytes:
    """The page of that number, perhaps packed."""
    body = BODIES[number] if encoded is None else encoded
    answer = http(body, coding) if coding else http(body)
    return record("response", URLS[number], answer, *headers)


def digested(number: int, payload: str = "", block: str = "") -> bytes:
    """The page of that number with both digests, right where none is given."""
    answer = http(BODIES[number])
    payload, block = payload or sha1(BODIES[number]), block or sha1(answer)
    headers = f"WARC-Payload-Digest: {payload}", f"WARC-Block-Digest: {block}"
    return record("response", URLS[number], answer, *headers)


def revisit(number: int, *headers: str, status: str = "200 OK") -> bytes:
    """That the page of that number was the same a month later."""
    date = "WARC-Date: 2026-10-01T12:00:00Z"
    return record("revisit", URLS[number], http(b"", status=status), *headers, date=date)


def arc(number: int) -> bytes:
    """The page of that number as ARC has it."""
    block = http(BODIES[number])
    head = f"{URLS[number]} 192.0.2.1 {AT:%Y%m%d%H%M%S} text/html {len(block)}\n"
    return head.encode() + block + b"\n"


def arc_head() -> bytes:
    """What an ARC file begins with."""
    block = b"1 0 A tool\nURL IP-address Archive-date Content-type Archive-length\n"
    line = f"filedesc://theirs.arc 0.0.0.0 {AT:%Y%m%d%H%M%S} text/plain {len(block)}\n"
    return line.encode() + block + b"\n"


def packed(*records: bytes) -> bytes:
    """Each record as a gzip member of its own."""
    return b"".join(map(gzip.compress, records))
