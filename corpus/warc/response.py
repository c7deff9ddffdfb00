"""A response as received, the connection it came over, and both as WARC records."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import responses as phrases
from io import BytesIO
from typing import Any

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from corpus.warc.record import Record


@dataclass(frozen=True)
class Transport:
    """The connection of a response: protocols as WARC names them ("http/1.1", "tls/1.3"), the
    cipher suite by its IANA name, the SHA-256 of the server's certificate in hex, and the exception
    that the office's file declares for it, if any.
    """

    protocols: tuple[str, ...] = ()
    cipher_suite: str | None = None
    certificate: str | None = None
    exception: str | None = None


@dataclass(frozen=True)
class Response:
    """A response as received, under the office's own URL; `raw` still has its content encoding.

    Header bytes are opaque (RFC 9110, section 5.5): each is one latin-1 character.
    """

    url: str
    status: int
    headers: list[tuple[str, str]]
    raw: bytes
    fetched_at: datetime
    request_headers: list[tuple[str, str]]
    status_line: str = ""
    transport: Transport = Transport()

    def header(self, name: str) -> str | None:
        """The value of a header, the last one of several; None where there is none."""
        return {key.lower(): value for key, value in self.headers}.get(name)

    @property
    def content_type(self) -> str:
        """The content type that the server stated; "" where it did not."""
        return self.header("content-type") or ""


class OpaqueHeaders(StatusAndHeaders):
    """HTTP headers written byte for byte; warcio would encode non-ASCII bytes."""

    def to_ascii_bytes(self, header_filter: Any = None) -> bytes:
        """The original bytes."""
        written: bytes = self.to_bytes(header_filter, encoding="latin-1")
        return written


def response_record(
    writer: WARCWriter, response: Response, original: Record | None
) -> ArcWarcRecord:
    """The response as a record; as a revisit (WARC 1.1, section 6.7) of `original`, if any."""
    headers = {"WARC-Date": warc_date(response.fetched_at)}
    if original:
        headers |= {
            "WARC-Refers-To-Target-URI": original.url,
            "WARC-Refers-To-Date": warc_date(original.fetched_at),
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


def request_record(writer: WARCWriter, response: Response) -> ArcWarcRecord:
    """The request of a response, as a record."""
    path = response.url.split("/", 3)[-1]
    return writer.create_warc_record(
        response.url,
        "request",
        http_headers=StatusAndHeaders(
            f"GET /{path} HTTP/1.1", response.request_headers, is_http_request=True
        ),
        warc_headers_dict={"WARC-Date": warc_date(response.fetched_at)},
    )


def warc_date(moment: datetime) -> str:
    """A time as WARC writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
