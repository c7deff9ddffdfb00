"""A response as received, and the connection it came over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
