"""Scrapy, one generic spider for all offices: it fetches what a run asks for, and reads nothing."""

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
    """Fetch until nothing is wanted: `next_(None)` gives the first request, an answer the next.

    Requests outside `hosts` are never made, redirects included. `mirrors` maps a host to the base
    URL that stands in for it. With `https_only`, what is wanted by http is asked by https: only so
    does a server prove who it is. An error that `next_` raises ends the crawl and is raised here.
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
            raise CrawlError("The crawl broke off in the middle; please report what was crawled.")

    for name in ("scrapy", "asyncio", "twisted"):  # what matters stands in the run's report
        logging.getLogger(name).setLevel(logging.CRITICAL)
    asyncio.run(interruptible(crawl()))


def is_cut(headers: list[tuple[str, str]], raw: bytes) -> bool:
    """Whether a gzip body lacks its end, which Scrapy would pass over."""
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
    """Carries requests and answers between a run and Scrapy, an office's URLs and a mirror's."""

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
        for request in self._asked(None):
            yield request

    def parse(self, response: ScrapyResponse, **_: Any) -> Iterable[Request]:
        """Hand an answer on; one that cannot be made out is as good as none."""
        try:
            return self._taken(response)
        except Exception as error:  # noqa: BLE001 (Scrapy would only log it, and go no further)
            reason = f"Its answer cannot be made out: {plain_reason(error)}."
            return self._asked(FetchFailure(response.meta["wanted"], reason))

    def _taken(self, response: ScrapyResponse) -> Iterable[Request]:
        """Hand an answer on; follow a redirect as long as it stays on the office's hosts."""
        wanted: FetchRequest = response.meta["wanted"]
        url: str = response.meta["office_url"]
        head: Head = response.meta["head"]
        raw: bytes = response.meta["raw"]
        if is_cut(head.headers, raw):
            reason = "Its compressed body breaks off before its end."
            return self._asked(FetchFailure(wanted, reason, "truncated", response.meta["before"]))
        asked = header_pairs(response.request.headers) if response.request else []
        now, line = datetime.now(UTC), head.status_line
        came = Response(url, response.status, head.headers, raw, now, asked, line, head.transport)
        before: tuple[Response, ...] = response.meta["before"]
        if response.status in address.REDIRECTS:
            return self._redirected(response, wanted, (*before, came))
        return self._asked(FetchResult(wanted, came, response.body, before))

    def _redirected(
        self, response: ScrapyResponse, wanted: FetchRequest, before: tuple[Response, ...]
    ) -> list[Request]:
        target = self._target(response, response.meta["office_url"])
        if refusal := address.judge(target, self.hosts):
            reason = f"It {address.led_away(refusal)}."
            return self._asked(FetchFailure(wanted, reason, refusal.rule, before))
        if len(before) > MAX_REDIRECTS:
            reason = f"It redirects more than {MAX_REDIRECTS} times."
            return self._asked(FetchFailure(wanted, reason, before=before))
        return [self._request(wanted, target, before)]

    def failed(self, failure: Failure) -> Iterable[Request]:
        """Hand on that there is no answer."""
        request: Request = vars(failure)["request"]  # Scrapy puts it there
        wanted: FetchRequest = request.meta["wanted"]
        rule = getattr(failure.value, "rule", "no_answer")
        reason = f"{plain_reason(failure.value)}."
        return self._asked(FetchFailure(wanted, reason, rule, request.meta["before"]))

    def _asked(self, answer: FetchResult | FetchFailure | None) -> list[Request]:
        """The requests that the run wants next; an error of the run ends the crawl.

        What may not be asked for is answered at once.
        """
        if is_interrupted():  # whatever came of the last request is asked for again
            return []
        answers, requests = [answer], list[Request]()
        try:
            while answers:
                for wanted in self.next(answers.pop()):
                    url = address.resolve(wanted.url)
                    if refusal := address.judge(url, self.hosts):
                        answers.append(FetchFailure(wanted, refusal.reason, refusal.rule))
                    else:
                        requests.append(self._request(wanted, url, ()))
        except Exception as error:  # noqa: BLE001 (fetch_all raises it; Scrapy would only log it)
            self.error = error
            return []
        self.is_over = not requests
        return requests

    def _request(self, wanted: FetchRequest, url: str, before: tuple[Response, ...]) -> Request:
        url = self.secured(url)
        headers = {"Accept-Language": wanted.language} if wanted.language else {}
        conditions = {"If-None-Match": wanted.etag, "If-Modified-Since": wanted.last_modified}
        # Bytes that aiohttp cannot send as they came make no condition.
        headers |= {k: v for k, v in conditions.items() if v and v.isascii() and v.isprintable()}
        meta = {
            "wanted": wanted,
            "office_url": url,
            "before": before,
            "verbatim_url": True,  # what the door has let in is what is asked for
        }
        return Request(
            self._mirror_url(url),
            headers=headers,
            meta=meta,
            dont_filter=True,
            callback=self.parse,
            errback=self.failed,
        )

    def secured(self, url: str) -> str:
        """An address by which the office proves who it is, where it does."""
        is_open = self.https_only and url[:5].lower() == "http:"
        return f"https:{url[5:]}" if is_open else url

    def _mirror_url(self, url: str) -> str:
        parts = address.split(url)
        base = self.mirrors.get(parts.netloc)
        return base + url[len(f"{parts.scheme}://{parts.netloc}") :] if base else url

    def _target(self, response: ScrapyResponse, asked: str) -> str:
        """Where a redirect leads, at the office; a mirror may name itself or the office.

        Where several hosts have one mirror, it is first of all that which was asked.
        """
        location = response.headers.get("Location") or b""
        named, parts = address.location(location, response.url), address.split(asked)
        for host in (parts.netloc, *self.mirrors):
            base = self.mirrors.get(host)
            if base and named.startswith(f"{base}/"):
                return f"{parts.scheme}://{host}{named[len(base) :]}"
        return address.location(location, asked)
