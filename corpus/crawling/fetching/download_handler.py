"""Scrapy's download handler: requests go in, responses with their original bytes come out.

Certificates are verified. Only public addresses are connected to, except mirrors and proxies that
the operator names.
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

# Like Scrapy's own handlers, send no header that the request does not have.
SKIPPED_HEADERS = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
# Policies that offices send are longer than aiohttp's 8 KB.
FIELD_BYTES = 1 << 16
# A server that is there accepts a connection sooner; an office that is not must not hold up others.
CONNECT_S = 8.0
# The first match counts; other errors are raised unchanged.
ERRORS: tuple[tuple[type[Exception], type[Exception]], ...] = (
    (aiohttp.InvalidUrlClientError, scrapy_errors.UnsupportedURLSchemeError),
    (aiohttp.NonHttpUrlClientError, scrapy_errors.UnsupportedURLSchemeError),
    (aiohttp.ClientConnectorDNSError, scrapy_errors.CannotResolveHostError),
    (aiohttp.ClientConnectorError, scrapy_errors.DownloadConnectionRefusedError),
    (aiohttp.ClientError, scrapy_errors.DownloadFailedError),
)


class RefusedError(scrapy_errors.IgnoreRequest):
    """A rule of ours forbids a request; it is not retried."""

    rule = "no_answer"


class CertificateError(RefusedError):
    """The certificate of a server cannot be verified."""

    rule = "certificate"


class PrivateAddressError(RefusedError):
    """A host resolves to an address that is not public."""

    rule = "private_address"


@dataclass(frozen=True)
class Head:
    """The head of a response; bytes are decoded as latin-1, one character each."""

    status_line: str
    headers: list[tuple[str, str]]
    transport: Transport


class OfficeDownloadHandler(BaseStreamingDownloadHandler["_ServerResponse"]):
    """Stores the `head` and the `raw` body of a response in its request's meta."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        spider: Any = crawler.spider
        self.mirrors = {URL(base).origin() for base in spider.mirrors.values()}
        self.broken: dict[str, BrokenChain] = {each.host: each for each in spider.broken_chains}
        self.contexts: dict[BrokenChain | None, ssl.SSLContext] = {}
        self.open = _session(PublicResolver())
        self.named = _session(aiohttp.ThreadedResolver())

    async def download_request(self, request: Request) -> ScrapyResponse:
        """Download a response. Raises one of Scrapy's errors, or RefusedError."""
        response = await super().download_request(request)
        request.meta["raw"] = response.body
        return response

    @asynccontextmanager
    async def _make_request(
        self, request: Request, timeout: float
    ) -> AsyncIterator[_ServerResponse]:
        url, proxy = URL(request.url, encoded=True), self._extract_proxy_url_with_creds(request)
        is_mirror = url.origin() in self.mirrors
        literal = literal_address(url.raw_host or "")
        if literal and not is_mirror and not is_public(literal):
            raise PrivateAddressError(f"{url.raw_host} is not a public address")
        session = self.named if is_mirror or proxy else self.open
        broken = self.broken.get(url.raw_host or "")
        with _scrapy_error(request.url, timeout):
            async with session.request(
                request.method,
                url,
                data=request.body,
                headers=self._request_headers(request).to_tuple_list(),
                timeout=aiohttp.ClientTimeout(total=timeout, connect=CONNECT_S),
                ssl=self._context(broken) if "https" in (url.scheme, (proxy or "")[:5]) else True,
                allow_redirects=False,
                proxy=proxy,
            ) as response:
                assert isinstance(response, _ServerResponse)
                request.meta["head"] = _head(response, broken)
                yield response

    def _context(self, broken: BrokenChain | None) -> ssl.SSLContext:
        if broken not in self.contexts:  # loading the certificate authorities is slow
            self.contexts[broken] = tls_context(broken)
        return self.contexts[broken]

    @staticmethod
    def _extract_headers(response: _ServerResponse) -> Headers:
        return Headers(list(response.raw_headers))

    @staticmethod
    def _build_base_response_args(
        response: _ServerResponse, request: Request, headers: Headers
    ) -> Any:
        return {"status": response.status, "url": request.url, "headers": headers, "protocol": None}

    @staticmethod
    def _iter_body_chunks(response: _ServerResponse) -> AsyncIterator[bytes]:
        return response.content.iter_any()

    @staticmethod
    def _is_dataloss_exception(exc: Exception) -> bool:
        return isinstance(exc, aiohttp.ClientPayloadError)

    async def close(self) -> None:
        """End all connections."""
        await self.open.close()
        await self.named.close()


class PublicResolver(aiohttp.ThreadedResolver):
    """Resolves a host to the addresses that the connection then uses. Raises PrivateAddressError
    where one of them is not public.
    """

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AF_INET
    ) -> list[ResolveResult]:
        """Resolve a host, for each connection anew."""
        addresses = await super().resolve(host, port, family)
        if not all(is_public(ip_address(each["host"])) for each in addresses):
            raise PrivateAddressError(f"{host} resolves to an address that is not public")
        return addresses


class _ServerResponse(aiohttp.ClientResponse):
    """Keeps the TLS object, which aiohttp releases once a short body is read."""

    tls: ssl.SSLObject | None = None

    async def start(self, connection: Any) -> aiohttp.ClientResponse:
        self.tls = connection.transport.get_extra_info("ssl_object")
        return await super().start(connection)


def _session(resolver: AbstractResolver) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        response_class=_ServerResponse,
        skip_auto_headers=SKIPPED_HEADERS,
        max_line_size=FIELD_BYTES,
        max_field_size=FIELD_BYTES,
    )


def _head(response: _ServerResponse, broken: BrokenChain | None) -> Head:
    version = "{}.{}".format(*(response.version or (1, 1)))
    reason = (response.reason or "").encode("utf-8", "surrogateescape").decode("latin-1")
    headers = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in response.raw_headers]
    transport = Transport((f"http/{version}",))
    if response.tls and response.url.scheme == "https":  # not a proxy's
        transport = _transport(version, response.tls, broken)
    return Head(f"HTTP/{version} {response.status} {reason}".rstrip(), headers, transport)


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
    """Translate errors to Scrapy's, by which it decides what to retry."""
    try:
        yield
    except aiohttp.ConnectionTimeoutError as error:
        words = f"{URL(url).host} accepts no connection within {CONNECT_S:g} seconds"
        raise scrapy_errors.DownloadTimeoutError(words) from error
    except TimeoutError as error:
        words = f"Getting {url} took longer than {timeout_s} seconds"
        raise scrapy_errors.DownloadTimeoutError(words) from error
    except aiohttp.ClientConnectorCertificateError as error:
        why = getattr(error.certificate_error, "verify_message", str(error.certificate_error))
        words = f"The certificate of {error.host} cannot be verified: {why}"
        raise CertificateError(words) from error
    except aiohttp.ClientError as error:
        kind = next(scrapy_type for own, scrapy_type in ERRORS if isinstance(error, own))
        raise kind(" ".join(str(error).split())) from error
