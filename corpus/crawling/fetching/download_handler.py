"""Scrapy's download handler: requests in, answers with their bytes as they came out.

Each server proves who it is. Only public addresses are connected to, except mirrors and proxies
that the operator names.
"""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from socket import AF_INET, AddressFamily
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from scrapy import exceptions as scrapy_errors
from scrapy.core.downloader.handlers._base_streaming import BaseStreamingDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Headers, Request
from scrapy.http import Response as ScrapyResponse
from yarl import URL

from corpus.crawling.fetching.public_address import is_public, literal_address
from corpus.tls import BrokenChain, tls_context
from corpus.warc.response import Transport

# As Scrapy's own handlers: what a request does not say is not sent.
UNSAID = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
# Policies that offices send are longer than aiohttp's 8 KB.
FIELD_BYTES = 1 << 16
# The first that fits; what is not listed here passes as it is.
ERRORS: tuple[tuple[type[Exception], type[Exception]], ...] = (
    (aiohttp.InvalidUrlClientError, scrapy_errors.UnsupportedURLSchemeError),
    (aiohttp.NonHttpUrlClientError, scrapy_errors.UnsupportedURLSchemeError),
    (aiohttp.ClientConnectorDNSError, scrapy_errors.CannotResolveHostError),
    (aiohttp.ClientConnectorError, scrapy_errors.DownloadConnectionRefusedError),
    (aiohttp.ClientError, scrapy_errors.DownloadFailedError),
)


class RefusedError(scrapy_errors.IgnoreRequest):
    """A rule of ours forbids a request; trying again is of no use."""

    rule = "no_answer"


class CertificateError(RefusedError):
    """A server does not prove that it is the host that was asked."""

    rule = "certificate"


class PrivateAddressError(RefusedError):
    """A host leads to an address that is not public."""

    rule = "private_address"


@dataclass(frozen=True)
class Head:
    """What came before an answer's body; bytes as latin-1, so that each is one character."""

    status_line: str
    headers: list[tuple[str, str]]
    transport: Transport


class OfficeDownloadHandler(BaseStreamingDownloadHandler["_Answer"]):
    """Notes in a request's meta the `head` and the `raw` body of its answer."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        spider: Any = crawler.spider
        self.mirrors = {URL(base).origin() for base in spider.mirrors.values()}
        self.broken: dict[str, BrokenChain] = {each.host: each for each in spider.broken_chains}
        self.contexts: dict[BrokenChain | None, ssl.SSLContext] = {}
        self.open = _session(PublicResolver())
        self.named = _session(aiohttp.ThreadedResolver())

    async def download_request(self, request: Request) -> ScrapyResponse:
        """The answer. Raises one of Scrapy's errors, or RefusedError."""
        response = await super().download_request(request)
        request.meta["raw"] = response.body
        return response

    @asynccontextmanager
    async def _make_request(self, request: Request, timeout: float) -> AsyncIterator[_Answer]:
        url, proxy = URL(request.url, encoded=True), self._extract_proxy_url_with_creds(request)
        is_mirror = url.origin() in self.mirrors
        literal = literal_address(url.raw_host or "")
        if literal and not is_mirror and not is_public(literal):
            raise PrivateAddressError(f"{url.raw_host} is an address that is not public")
        session = self.named if is_mirror or proxy else self.open
        broken = self.broken.get(url.raw_host or "")
        with _scrapy_error(request.url, timeout):
            async with session.request(
                request.method,
                url,
                data=request.body,
                headers=self._request_headers(request).to_tuple_list(),
                timeout=aiohttp.ClientTimeout(total=timeout),
                ssl=self._context(broken) if "https" in (url.scheme, (proxy or "")[:5]) else True,
                allow_redirects=False,
                proxy=proxy,
            ) as answer:
                assert isinstance(answer, _Answer)
                request.meta["head"] = _head(answer, broken)
                yield answer

    def _context(self, broken: BrokenChain | None) -> ssl.SSLContext:
        if broken not in self.contexts:  # reading the authorities takes its time
            self.contexts[broken] = tls_context(broken)
        return self.contexts[broken]

    @staticmethod
    def _extract_headers(response: _Answer) -> Headers:
        return Headers(list(response.raw_headers))

    @staticmethod
    def _build_base_response_args(response: _Answer, request: Request, headers: Headers) -> Any:
        return {"status": response.status, "url": request.url, "headers": headers, "protocol": None}

    @staticmethod
    def _iter_body_chunks(response: _Answer) -> AsyncIterator[bytes]:
        return response.content.iter_any()

    @staticmethod
    def _is_dataloss_exception(exc: Exception) -> bool:
        return isinstance(exc, aiohttp.ClientPayloadError)

    async def close(self) -> None:
        """End all connections."""
        await self.open.close()
        await self.named.close()


class PublicResolver(aiohttp.ThreadedResolver):
    """Addresses of a host, which the connection then uses. Raises PrivateAddressError where one of
    them is not public.
    """

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AF_INET
    ) -> list[ResolveResult]:
        """As its base, for each connection anew."""
        found = await super().resolve(host, port, family)
        if not all(is_public(ip_address(each["host"])) for each in found):
            raise PrivateAddressError(f"{host} resolves to an address that is not public")
        return found


class _Answer(aiohttp.ClientResponse):
    """Keeps the TLS connection, which is let go of when a short body has been read."""

    tls: ssl.SSLObject | None = None

    async def start(self, connection: Any) -> aiohttp.ClientResponse:
        self.tls = connection.transport.get_extra_info("ssl_object")
        return await super().start(connection)


def _session(resolver: AbstractResolver) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        response_class=_Answer,
        skip_auto_headers=UNSAID,
        max_line_size=FIELD_BYTES,
        max_field_size=FIELD_BYTES,
    )


def _head(answer: _Answer, broken: BrokenChain | None) -> Head:
    version = "{}.{}".format(*(answer.version or (1, 1)))
    reason = (answer.reason or "").encode("utf-8", "surrogateescape").decode("latin-1")
    headers = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in answer.raw_headers]
    transport = Transport((f"http/{version}",))
    if answer.tls and answer.url.scheme == "https":  # not a proxy's
        transport = _transport(version, answer.tls, broken)
    return Head(f"HTTP/{version} {answer.status} {reason}".rstrip(), headers, transport)


def _transport(version: str, tls: ssl.SSLObject, broken: BrokenChain | None) -> Transport:
    cipher = tls.cipher()
    return Transport(
        protocols=(f"http/{version}", (tls.version() or "").replace("TLSv", "tls/")),
        # Before TLS 1.3, OpenSSL has other names for them than IANA.
        cipher_suite=cipher[0] if cipher and cipher[0].startswith("TLS_") else None,
        certificate=hashlib.sha256(tls.getpeercert(binary_form=True) or b"").hexdigest(),
        exception=broken.reason if broken else None,
    )


@contextmanager
def _scrapy_error(url: str, timeout_s: float) -> Iterator[None]:
    """Raises in Scrapy's words, by which it knows what to try again."""
    try:
        yield
    except TimeoutError as error:
        words = f"Getting {url} took longer than {timeout_s} seconds"
        raise scrapy_errors.DownloadTimeoutError(words) from error
    except aiohttp.ClientConnectorCertificateError as error:
        why = getattr(error.certificate_error, "verify_message", str(error.certificate_error))
        words = f"The certificate of {error.host} cannot be verified: {why}"
        raise CertificateError(words) from error
    except aiohttp.ClientError as error:
        made = next(ours for theirs, ours in ERRORS if isinstance(error, theirs))
        raise made(" ".join(str(error).split())) from error
