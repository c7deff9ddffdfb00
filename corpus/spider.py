"""Scrapy, one generic spider for all offices: it fetches what a run asks for, politely, and reads
nothing itself.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import scrapy
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request
from scrapy.http import Response as ScrapyResponse
from twisted.python.failure import Failure

from corpus.archive import Response
from corpus.settings import Settings

MAX_REDIRECTS = 5
MAX_WAIT_S = 600.0
REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Wanted:
    """A URL that a run wants, in the office's own spelling; validators make the request
    conditional.
    """

    url: str
    language: str = ""
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class Fetched:
    """An answer: as it came (to archive), and its body with content encodings undone (to read). A
    304 has neither body.
    """

    wanted: Wanted
    response: Response
    body: bytes


@dataclass(frozen=True)
class Failed:
    """No usable answer, after all retries: why, in a sentence."""

    wanted: Wanted
    reason: str


Next = Callable[[Fetched | Failed | None], Iterable[Wanted]]


def fetch_all(
    hosts: tuple[str, ...], mirrors: dict[str, str], delay_s: float, settings: Settings, next_: Next
) -> None:
    """Fetch until nothing more is wanted. `next_(None)` gives the first requests, then each answer
    gives the next ones.

    Requests outside `hosts` are never made, redirects included. `mirrors` maps a host to the base
    URL that stands in for it.
    An error that `next_` raises ends the crawl and is raised here.
    """
    spider_settings = scrapy_settings(delay_s, settings, bool(mirrors))

    async def crawl() -> None:
        crawler = AsyncCrawlerRunner(spider_settings).create_crawler(OfficeSpider)
        await crawler.crawl_async(hosts=hosts, mirrors=mirrors, next_=next_)
        if isinstance(crawler.spider, OfficeSpider) and crawler.spider.error:
            raise crawler.spider.error

    for name in ("scrapy", "asyncio", "twisted"):
        logging.getLogger(name).setLevel(
            logging.CRITICAL
        )  # what matters of it stands in the run's report
    asyncio.run(crawl())


def scrapy_settings(delay_s: float, settings: Settings, is_mirrored: bool) -> dict[str, Any]:
    """Our settings in Scrapy's words. One request at a time, to any host."""
    contact = f"; {settings.contact}" if settings.contact else ""
    here = "corpus.spider."
    return {
        "TWISTED_REACTOR_ENABLED": False,  # asyncio alone, so that a process can crawl more than once
        "USER_AGENT": f"communique/0.1 (search engine for prosecutors' releases{contact})",
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/json;q=0.9,*/*;q=0.1",
            "Accept-Encoding": "gzip",
        },
        "CONCURRENT_REQUESTS": 1,
        "DOWNLOAD_DELAY": delay_s,
        "AUTOTHROTTLE_ENABLED": delay_s > 0,
        "AUTOTHROTTLE_START_DELAY": delay_s,
        "ROBOTSTXT_OBEY": True,
        "RETRY_TIMES": settings.retries,
        "DOWNLOAD_TIMEOUT": settings.timeout_s,
        "DOWNLOAD_MAXSIZE": settings.response_mb * 1_000_000,
        "DOWNLOAD_WARNSIZE": 0,
        "REDIRECT_ENABLED": False,  # followed here, where the hosts that may be asked are known
        "HTTPERROR_ALLOW_ALL": True,
        "METAREFRESH_ENABLED": False,
        "COOKIES_ENABLED": False,
        "HTTPPROXY_ENABLED": not is_mirrored,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_ENABLED": False,
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
            f"{here}PrivateAddressMiddleware": 90,
            f"{here}StrictRobotsMiddleware": 100,
            f"{here}PatientRetryMiddleware": 550,
            f"{here}AsItCameMiddleware": 995,
        },
    }


class OfficeSpider(scrapy.Spider):
    """Carries requests and answers between a run and Scrapy, and translates between an office's
    URLs and a mirror's.
    """

    name = "office"

    def __init__(self, hosts: tuple[str, ...], mirrors: dict[str, str], next_: Next) -> None:
        super().__init__()
        self.hosts, self.mirrors, self.next = hosts, mirrors, next_
        self.error: Exception | None = None

    async def start(self) -> AsyncIterator[Request]:
        """The first requests."""
        for request in self._asked(None):
            yield request

    def parse(self, response: ScrapyResponse, **_: Any) -> Iterable[Request]:
        """Hand an answer on; follow a redirect as long as it stays on the office's hosts."""
        wanted: Wanted = response.meta["wanted"]
        url: str = response.meta["office_url"]
        if response.status in REDIRECTS:
            target = self._office_url(
                urljoin(response.url, response.headers.get("Location", b"").decode("latin-1"))
            )
            hops = response.meta.get("hops", 0) + 1
            if urlsplit(target).netloc.lower() not in self.hosts:
                return self._asked(Failed(wanted, f"It redirects to another host, {target}."))
            if hops > MAX_REDIRECTS:
                return self._asked(Failed(wanted, f"It redirects more than {MAX_REDIRECTS} times."))
            return [self._request(wanted, target, hops)]
        headers, raw = response.meta["as_it_came"]
        asked = _pairs(response.request.headers) if response.request else []
        came = Response(url, response.status, headers, raw, datetime.now(UTC), asked)
        return self._asked(Fetched(wanted, came, response.body))

    def failed(self, failure: Failure) -> Iterable[Request]:
        """Hand on that there is no answer."""
        wanted: Wanted = failure.request.meta["wanted"]  # type: ignore[attr-defined]
        words = failure.getErrorMessage() or failure.type.__name__
        return self._asked(Failed(wanted, f"{words.rstrip('.')}."))

    def _asked(self, answer: Fetched | Failed | None) -> list[Request]:
        """The requests that the run wants next; an error of the run ends the crawl."""
        try:
            return [self._first_request(wanted) for wanted in self.next(answer)]
        except Exception as error:  # kept for fetch_all, which raises it; Scrapy would only log it
            self.error = error
            return []

    def _first_request(self, wanted: Wanted) -> Request:
        return self._request(wanted, wanted.url, 0)

    def _request(self, wanted: Wanted, url: str, hops: int) -> Request:
        headers = {"Accept-Language": wanted.language} if wanted.language else {}
        if wanted.etag:
            headers["If-None-Match"] = wanted.etag
        if wanted.last_modified:
            headers["If-Modified-Since"] = wanted.last_modified
        meta = {
            "wanted": wanted,
            "office_url": url,
            "hops": hops,
            "is_mirror": urlsplit(url).netloc.lower() in self.mirrors,
        }
        return Request(
            self._mirror_url(url),
            headers=headers,
            meta=meta,
            dont_filter=True,
            callback=self.parse,
            errback=self.failed,
        )

    def _mirror_url(self, url: str) -> str:
        parts = urlsplit(url)
        base = self.mirrors.get(parts.netloc.lower())
        return base.rstrip("/") + url.split(parts.netloc, 1)[1] if base else url

    def _office_url(self, url: str) -> str:
        for host, base in self.mirrors.items():
            if url.startswith(base.rstrip("/") + "/"):
                return f"https://{host}{url[len(base.rstrip('/')) :]}"
        return url


class AsItCameMiddleware:
    """Keeps each response as it came, before its content encoding is undone: that is what the
    archive gets.
    """

    def process_response(self, request: Request, response: ScrapyResponse) -> ScrapyResponse:
        """Note headers and body beside the request; both are replaced when the body is unpacked."""
        request.meta["as_it_came"] = _pairs(response.headers), response.body
        return response


class PatientRetryMiddleware(RetryMiddleware):
    """Tries again after 429, 5xx and broken connections, later each time, and not before
    Retry-After says.

    Since one request is under way at a time, waiting here keeps every other request waiting too.
    """

    async def process_response(
        self, request: Request, response: ScrapyResponse
    ) -> Request | ScrapyResponse:  # type: ignore[override]
        """A retry, once its time has come, or the response."""
        result = super().process_response(request, response)
        if isinstance(result, Request):
            stated = _retry_after_s(response.headers.get("Retry-After", b"").decode("latin-1"))
            await asyncio.sleep(
                min(MAX_WAIT_S, self._backoff_s(request) if stated is None else stated)
            )
        return result

    async def process_exception(
        self, request: Request, exception: Exception
    ) -> Request | ScrapyResponse | None:  # type: ignore[override]
        """A retry, once its time has come, or None to give up."""
        result = super().process_exception(request, exception)
        if isinstance(result, Request):
            await asyncio.sleep(self._backoff_s(request))
        return result

    def _backoff_s(self, request: Request) -> float:
        delay_s = self.crawler.settings.getfloat("DOWNLOAD_DELAY")
        return float(min(MAX_WAIT_S, max(0.1, delay_s) * 2 ** request.meta.get("retry_times", 0)))


class StrictRobotsMiddleware(RobotsTxtMiddleware):
    """robots.txt by RFC 9309, section 2.3.1: absent (4xx) allows all, out of reach (5xx, no answer)
    forbids all.

    A Crawl-delay is kept where it is longer than our own delay.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.unreachable: dict[str, str] = {}
        self.asked_at: dict[str, float] = {}

    async def process_request(self, request: Request) -> None:  # type: ignore[override]
        """Refuse what robots.txt forbids, with the reason; wait as long as it asks for."""
        await super().process_request(request)
        if request.meta.get("dont_obey_robotstxt"):  # the request for robots.txt itself
            return
        netloc = urlsplit(request.url).netloc
        if netloc in self.unreachable:
            raise IgnoreRequest(self.unreachable[netloc])
        parser: Any = self._parsers.get(netloc)
        if parser is not None and (stated_s := parser.rp.crawl_delay(self._default_useragent)):
            await asyncio.sleep(
                max(0.0, self.asked_at.get(netloc, 0.0) + float(stated_s) - time.monotonic())
            )
            self.asked_at[netloc] = time.monotonic()

    async def _parse_robots(self, response: ScrapyResponse, netloc: str, request: Request) -> None:
        if response.status >= 500:
            return self._robots_error(OSError(f"status {response.status}"), netloc)
        if response.status >= 400:
            response = response.replace(body=b"")
        return await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self.unreachable[netloc] = (
            f"robots.txt of {netloc} is out of reach ({exc}), so nothing may be fetched there"
        )
        super()._robots_error(exc, netloc)


class PrivateAddressMiddleware:
    """No request to loopback, private or link-local addresses, except to a mirror that was named on
    the command line.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.public: dict[str, bool] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PrivateAddressMiddleware:
        """Made by Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Refuse a host that resolves to an address that is not public."""
        parts = urlsplit(request.url)
        host = parts.hostname or ""
        if request.meta.get("is_mirror") or request.meta.get("dont_obey_robotstxt"):
            return
        if host not in self.public:
            loop = asyncio.get_running_loop()
            found = await loop.getaddrinfo(host, parts.port or 443)
            self.public[host] = all(ipaddress.ip_address(each[4][0]).is_global for each in found)
        if not self.public[host]:
            raise IgnoreRequest(f"{host} resolves to an address that is not public")


def _retry_after_s(stated: str) -> float | None:
    """Retry-After in seconds (RFC 9110, section 10.2.3): a number of them, or a date; None where it
    says neither.
    """
    if stated.strip().isdecimal():
        return float(stated)
    try:
        return max(0.0, parsedate_to_datetime(stated).timestamp() - time.time())
    except ValueError:
        return None


def _pairs(headers: Any) -> list[tuple[str, str]]:
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in headers.items()
        for value in values
    ]
