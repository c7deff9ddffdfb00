"""One generic Scrapy spider for all offices: it fetches what a run requests and parses nothing."""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.http import Request
from scrapy.http import Response as ScrapyResponse
from twisted.python.failure import Failure

from corpus.crawling.fetching.download_handler import Head
from corpus.crawling.fetching.middlewares import MAX_REDIRECTS, header_pairs, plain_reason
from corpus.crawling.fetching.requests import FetchFailure, FetchRequest, FetchResult, Next
from corpus.crawling.fetching.scrapy_settings import scrapy_settings
from corpus.errors import CrawlError
from corpus.reading import address
from corpus.settings import Settings
from corpus.signals import interruptible, is_interrupted
from corpus.tls import BrokenChain
from corpus.warc.response import Response

CHUNK_BYTES = 1 << 20


def fetch_all(
    hosts: tuple[str, ...],
    mirrors: dict[str, str],
    delay_s: float,
    settings: Settings,
    next_: Next,
    broken_chains: tuple[BrokenChain, ...] = (),
    https_only: bool = False,
) -> None:
    """Fetch until nothing is left: `next_(None)` gives the first request, a result the next one.

    Requests outside `hosts` are never made, redirects included. `mirrors` maps a host to the base
    URL of its mirror. With `https_only`, http addresses are requested by https, so that the server
    is authenticated. An error that `next_` raises ends the crawl and is raised here.
    """
    spider_settings = scrapy_settings(delay_s, settings, bool(mirrors))

    async def crawl() -> None:
        crawler = AsyncCrawlerRunner(spider_settings).create_crawler(OfficeSpider)
        await crawler.crawl_async(
            hosts=hosts,
            mirrors=mirrors,
            broken_chains=broken_chains,
            https_only=https_only,
            next_=next_,
        )
        spider = crawler.spider
        if isinstance(spider, OfficeSpider) and spider.error:
            raise spider.error
        if not (isinstance(spider, OfficeSpider) and spider.is_over):
            raise CrawlError(
                "The crawl ended before all pages were fetched. Crawl again to continue; if that"
                " happens repeatedly, please report it."
            )

    for name in ("scrapy", "asyncio", "twisted"):  # the run's report says what matters
        logging.getLogger(name).setLevel(logging.CRITICAL)
    asyncio.run(interruptible(crawl()))


def is_cut(headers: list[tuple[str, str]], raw: bytes) -> bool:
    """Whether a gzip body lacks its end, which Scrapy ignores."""
    coded = any((k.lower(), v.lower()) == ("content-encoding", "gzip") for k, v in headers)
    if not coded or not raw:
        return False
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
    left = raw
    while left and not unpack.eof:
        unpack.decompress(left, CHUNK_BYTES)
        left = unpack.unconsumed_tail
    return not unpack.eof


class OfficeSpider(scrapy.Spider):
    """Passes requests and results between a run and Scrapy; maps office URLs to mirrors."""

    name = "office"

    def __init__(
        self,
        hosts: tuple[str, ...],
        mirrors: dict[str, str],
        broken_chains: tuple[BrokenChain, ...],
        https_only: bool,
        next_: Next,
    ) -> None:
        super().__init__()
        self.hosts, self.next = hosts, next_
        bases = {address.host(name): address.resolve(base) for name, base in mirrors.items()}
        self.mirrors = {name: base.rstrip("/") for name, base in bases.items()}
        self.broken_chains = broken_chains
        self.error: Exception | None = None
        self.is_over = False
        self.https_only = https_only

    async def start(self) -> AsyncIterator[Request]:
        """The first requests."""
        for request in self._requests_after(None):
            yield request

    def parse(self, response: ScrapyResponse, **_: Any) -> Iterable[Request]:
        """Pass a response on; one that cannot be handled is a failure."""
        try:
            return self._handle_response(response)
        except Exception as error:  # noqa: BLE001 (Scrapy would only log it, and go no further)
            reason = f"The response cannot be handled: {plain_reason(error)}."
            return self._requests_after(FetchFailure(response.meta["fetch_request"], reason))

    def _handle_response(self, response: ScrapyResponse) -> Iterable[Request]:
        """Pass a response on; follow a redirect that stays on the office's hosts."""
        fetch_request: FetchRequest = response.meta["fetch_request"]
        url: str = response.meta["office_url"]
        head: Head = response.meta["head"]
        raw: bytes = response.meta["raw"]
        redirects: tuple[Response, ...] = response.meta["redirects"]
        if is_cut(head.headers, raw):
            reason = "The compressed body is incomplete."
            return self._requests_after(FetchFailure(fetch_request, reason, "truncated", redirects))
        received = Response(
            url=url,
            status=response.status,
            headers=head.headers,
            raw=raw,
            fetched_at=datetime.now(UTC),
            request_headers=header_pairs(response.request.headers) if response.request else [],
            status_line=head.status_line,
            transport=head.transport,
        )
        if response.status in address.REDIRECTS:
            return self._follow_redirect(response, fetch_request, (*redirects, received))
        return self._requests_after(FetchResult(fetch_request, received, response.body, redirects))

    def _follow_redirect(
        self, response: ScrapyResponse, fetch_request: FetchRequest, redirects: tuple[Response, ...]
    ) -> list[Request]:
        target = self._target(response, response.meta["office_url"])
        if refusal := address.check_address(target, self.hosts):
            reason = f"It {address.describe_redirect(refusal)}."
            failure = FetchFailure(fetch_request, reason, refusal.rule, redirects)
            return self._requests_after(failure)
        if len(redirects) > MAX_REDIRECTS:
            reason = f"It redirects more than {MAX_REDIRECTS} times."
            return self._requests_after(FetchFailure(fetch_request, reason, redirects=redirects))
        return [self._request(fetch_request, target, redirects)]

    def failed(self, failure: Failure) -> Iterable[Request]:
        """Pass on that there is no response."""
        request: Request = vars(failure)["request"]  # Scrapy puts it there
        fetch_request: FetchRequest = request.meta["fetch_request"]
        rule = getattr(failure.value, "rule", "no_answer")
        reason = f"{plain_reason(failure.value)}."
        redirects: tuple[Response, ...] = request.meta["redirects"]
        return self._requests_after(FetchFailure(fetch_request, reason, rule, redirects))

    def _requests_after(self, result: FetchResult | FetchFailure | None) -> list[Request]:
        """The next requests of the run; an error of the run ends the crawl.

        An address that may not be requested fails at once.
        """
        if is_interrupted():  # the next run repeats the last request
            return []
        results, requests = [result], list[Request]()
        try:
            while results:
                for fetch_request in self.next(results.pop()):
                    url = address.resolve(fetch_request.url)
                    if refusal := address.check_address(url, self.hosts):
                        results.append(FetchFailure(fetch_request, refusal.reason, refusal.rule))
                    else:
                        requests.append(self._request(fetch_request, url, ()))
        except Exception as error:  # noqa: BLE001 (fetch_all raises it; Scrapy would only log it)
            self.error = error
            return []
        self.is_over = not requests
        return requests

    def _request(
        self, fetch_request: FetchRequest, url: str, redirects: tuple[Response, ...]
    ) -> Request:
        url = self.with_https(url)
        headers = {"Accept-Language": fetch_request.language} if fetch_request.language else {}
        conditions = {
            "If-None-Match": fetch_request.etag,
            "If-Modified-Since": fetch_request.last_modified,
        }
        # Bytes that aiohttp cannot send as they came make no condition.
        headers |= {k: v for k, v in conditions.items() if v and v.isascii() and v.isprintable()}
        meta = {
            "fetch_request": fetch_request,
            "office_url": url,
            "redirects": redirects,
            "verbatim_url": True,  # the address that was checked is the one requested
        }
        return Request(
            self._mirror_url(url),
            headers=headers,
            meta=meta,
            dont_filter=True,
            callback=self.parse,
            errback=self.failed,
        )

    def with_https(self, url: str) -> str:
        """The https address of an http one, for an office that has https."""
        is_open = self.https_only and url[:5].lower() == "http:"
        return f"https:{url[5:]}" if is_open else url

    def _mirror_url(self, url: str) -> str:
        parts = address.split(url)
        base = self.mirrors.get(parts.netloc)
        return base + url[len(f"{parts.scheme}://{parts.netloc}") :] if base else url

    def _target(self, response: ScrapyResponse, asked: str) -> str:
        """The office's address that a redirect points to; a mirror may name itself or the office.

        Where several hosts share a mirror, the requested host comes first.
        """
        location = response.headers.get("Location") or b""
        named, parts = address.location(location, response.url), address.split(asked)
        for host in (parts.netloc, *self.mirrors):
            base = self.mirrors.get(host)
            if base and named.startswith(f"{base}/"):
                return f"{parts.scheme}://{host}{named[len(base) :]}"
        return address.location(location, asked)
