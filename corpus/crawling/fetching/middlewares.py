"""Scrapy's middlewares, made stricter: retries honor Retry-After, and robots.txt is binding."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request
from scrapy.http import Response as ScrapyResponse
from scrapy.http.request import NO_CALLBACK

from corpus.crawling.fetching.download_handler import RefusedError
from corpus.reading import address

log = logging.getLogger(__name__)

MAX_WAIT_S = 600.0
MAX_REDIRECTS = 5
# With three retries and their waits, an office that does not answer costs less than a minute.
ROBOTS_S = 8.0
# "Cannot connect to host a.example:443 ssl:<ssl.SSLContext object at 0x7f> [Connect call failed …]"
SSL_OBJECT = re.compile(r" ssl:(<[^>]*>|\S+)")
REFUSED = re.compile(r" \[.*Connect call failed.*\]", re.DOTALL)


class ForbiddenError(RefusedError):
    """robots.txt forbids a URL."""

    rule = "robots"


class TooSlowError(RefusedError):
    """robots.txt asks for a Crawl-delay longer than the setting allows."""

    rule = "crawl_delay"


def plain_reason(error: BaseException | None) -> str:
    """Why there is no response, without the object names that network libraries print."""
    words = REFUSED.sub("", SSL_OBJECT.sub("", str(error))) or type(error).__name__
    return words.replace("Cannot connect to host ", "Cannot connect to ").rstrip(".")


class PatientRetryMiddleware(RetryMiddleware):
    """Retries after 429, 5xx and broken connections, no earlier than Retry-After allows.

    Without that header the wait doubles each time. Since requests are sent one at a time, waiting
    here delays all of them.
    """

    async def process_response(  # type: ignore[override] # Scrapy awaits it; its own is not async
        self, request: Request, response: ScrapyResponse
    ) -> Request | ScrapyResponse:
        """A retry, once its time has come, or the response."""
        result = super().process_response(request, response)
        if isinstance(result, Request):
            header = response.headers.get("Retry-After") or b""
            stated_s = retry_after_s(header.decode("latin-1"))
            if stated_s is not None and stated_s > MAX_WAIT_S:
                return response  # which ends the run: the wait is too long
            wait_s = self._backoff_s(request) if stated_s is None else stated_s
            await _wait(result, f"status {response.status}", wait_s)
        return result

    async def process_exception(  # type: ignore[override] # as above
        self, request: Request, exception: Exception
    ) -> Request | ScrapyResponse | None:
        """A retry, once its time has come, or None to give up."""
        result = super().process_exception(request, exception)
        if isinstance(result, Request):
            await _wait(result, plain_reason(exception), self._backoff_s(request))
        return result

    def _backoff_s(self, request: Request) -> float:
        delay_s = self.crawler.settings.getfloat("DOWNLOAD_DELAY")
        return float(min(MAX_WAIT_S, max(0.1, delay_s) * 2 ** request.meta.get("retry_times", 0)))


async def _wait(retry: Request, reason: str, wait_s: float) -> None:
    """Wait before a retry, and log why."""
    number = retry.meta["retry_times"]
    log.warning("%s: %s; retry %d in %.0f s", retry.url, reason, number, wait_s)
    await asyncio.sleep(wait_s)


class StrictRobotsMiddleware(RobotsTxtMiddleware):
    """Obeys robots.txt by RFC 9309, section 2.3.1: absent (4xx) allows all, unreachable forbids
    all. A redirect to another host counts as unreachable.

    A Crawl-delay applies where it is longer than our own delay; one that is longer than the setting
    allows forbids all.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.unreachable: dict[str, IgnoreRequest] = {}
        self.left_at: dict[str, float] = {}
        self._timeout_s = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        crawler.signals.connect(self._note_left, signals.request_left_downloader)

    async def process_request(  # type: ignore[override] # its own takes a deprecated argument
        self, request: Request
    ) -> None:
        """Refuse what robots.txt forbids, with the reason; wait for its Crawl-delay."""
        if is_robots := request.meta.get("dont_obey_robotstxt"):
            request.meta["download_timeout"] = min(ROBOTS_S, self._timeout_s)
        try:
            await super().process_request(request)
        except IgnoreRequest as error:
            raise ForbiddenError("robots.txt forbids it") from error
        if is_robots:
            return
        netloc = urlsplit(request.url).netloc
        if netloc in self.unreachable:
            raise self.unreachable[netloc]
        parser: Any = self._parsers.get(netloc)
        if parser is not None and (stated_s := parser.rp.crawl_delay(self._default_useragent)):
            most_s = self.crawler.settings.getfloat("CRAWL_DELAY_MOST_S")
            if not stated_s <= most_s:  # nor is it no number
                raise TooSlowError(
                    f"robots.txt of {netloc} asks for {stated_s:,g} s between two requests, more"
                    f" than COMMUNIQUE_CRAWL_DELAY_S ({most_s:,g} s), so nothing is fetched there"
                )
            # Counted from the end of the last request, robots.txt included.
            due_at = self.left_at.get(netloc, 0.0) + float(stated_s)
            await asyncio.sleep(max(0.0, due_at - time.monotonic()))

    def _note_left(self, request: Request) -> None:
        self.left_at[urlsplit(request.url).netloc] = time.monotonic()

    async def _parse_robots(self, response: ScrapyResponse, netloc: str, request: Request) -> None:
        response = await self._followed(response, netloc)
        if response.status >= 500:
            return self._robots_error(OSError(f"status {response.status}"), netloc)
        if response.status >= 400:
            response = response.replace(body=b"")
        return await super()._parse_robots(response, netloc, request)

    async def _followed(self, response: ScrapyResponse, netloc: str) -> ScrapyResponse:
        """The response after redirects of robots.txt (section 2.3.1.2), on the same host only."""
        assert self.crawler.engine
        spider: Any = self.crawler.spider  # ours
        for _ in range(MAX_REDIRECTS):
            if response.status not in address.REDIRECTS:
                return response
            target = address.location(response.headers.get("Location") or b"", response.url)
            if refusal := address.check_address(target, (netloc,)):
                raise OSError(f"it {address.describe_redirect(refusal)}")
            target = spider.with_https(target)
            asked = Request(
                target,
                priority=self.DOWNLOAD_PRIORITY,
                meta={"dont_obey_robotstxt": True, "verbatim_url": True},
                callback=NO_CALLBACK,
                dont_filter=True,
            )
            response = await self.crawler.engine.download_async(asked)
        if response.status in address.REDIRECTS:
            raise OSError(f"it redirects more than {MAX_REDIRECTS} times")
        return response

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        words = (
            f"robots.txt of {netloc} cannot be fetched ({plain_reason(exc)}),"
            " so nothing may be fetched there"
        )
        # A rule of ours that refuses robots.txt refuses the whole host.
        self.unreachable[netloc] = exc if isinstance(exc, RefusedError) else IgnoreRequest(words)
        super()._robots_error(exc, netloc)


def retry_after_s(stated: str) -> float | None:
    """Retry-After (RFC 9110, section 10.2.3), a number or a date; None where it is neither."""
    if stated.strip().isdecimal():
        return float(stated)
    try:
        return max(0.0, parsedate_to_datetime(stated).timestamp() - time.time())
    except ValueError:
        return None


def header_pairs(headers: Any) -> list[tuple[str, str]]:
    """Scrapy's headers as pairs of strings, in order, repeated ones one by one."""
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in headers.items()
        for value in values
    ]
