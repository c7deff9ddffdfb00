"""How a crawl behaves, by what the office's server saw of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from corpus import Settings, Store
from corpus.crawling.crawl import crawl
from corpus.crawling.fetching.scrapy_settings import scrapy_settings
from corpus.review.report import CrawlReport

HOST = "www.justice.gov"
FEW = 5
Crawl = Callable[..., CrawlReport]


@pytest.fixture
def run(settings: Settings, store: Store, site: Any) -> Crawl:
    def crawl_replica(delay_s: float = 0, **options: Any) -> CrawlReport:
        given = {"route": "pages", "mirrors": {HOST: site.url}, "limit": FEW} | options
        return crawl("us_doj", settings, store, delay_s=delay_s, **given)

    return crawl_replica


def gaps(site: Any) -> list[float]:
    times = [each["time"] for each in site.log]
    return [after - before for before, after in pairwise(times)]


def first(site: Any) -> str:
    return str(site.labels()[0]["url"].removeprefix(f"https://{HOST}"))


def test_the_delay_is_kept_with_jitter_one_request_at_a_time(run: Crawl, site: Any) -> None:
    run(delay_s=0.2)
    assert len(gaps(site)) >= FEW
    assert min(gaps(site)) >= 0.2 - 0.01
    assert max(gaps(site)) - min(gaps(site)) > 0.001
    assert {each["in_flight"] for each in site.log} == {1}


def test_a_crawl_delay_longer_than_ours_is_kept(run: Crawl, site: Any) -> None:
    text = "User-agent: *\nCrawl-delay: 0.5\nDisallow: /search\n"
    site.rules = [{"match": "^/robots.txt$", "do": "robots", "text": text}]
    assert run(delay_s=0.1, limit=3).new == 3
    assert min(gaps(site)) >= 0.5


def test_nothing_is_fetched_twice_and_robots_txt_once(run: Crawl, site: Any) -> None:
    run()
    assert set(Counter(each["path"] for each in site.log).values()) == {1}
    assert site.log[0]["path"] == "/robots.txt"


@pytest.mark.parametrize("status", [429, 503])
def test_without_retry_after_it_waits_longer_each_time(run: Crawl, site: Any, status: int) -> None:
    path = first(site)
    rule = {"match": f"^{re.escape(path)}$", "do": "status", "status": status, "times": 2}
    site.rules = [rule]
    assert run().new == FEW
    asked = [each["time"] for each in site.log if each["path"] == path]
    once, twice = (after - before for before, after in pairwise(asked))
    assert twice > once >= 0.1


def test_a_wait_longer_than_we_can_ends_the_run_without_another_request(
    run: Crawl, site: Any
) -> None:
    path = first(site)
    rule = {"match": f"^{re.escape(path)}$", "do": "status", "status": 503, "retry_after": 3600}
    site.rules = [rule]
    report = run()
    assert report.error
    assert "asks for 3,600 s without requests" in report.error
    assert site.log[-1]["path"] == path
    assert Counter(each["path"] for each in site.log)[path] == 1


@pytest.mark.parametrize("delay_s", [0.0, 1.0, 7.5])
def test_scrapy_never_waits_less_than_the_delay(settings: Settings, delay_s: float) -> None:
    made = scrapy_settings(delay_s, settings, False)
    assert made["DOWNLOAD_DELAY"] * (1 - made["DOWNLOAD_DELAY_JITTER"]) >= delay_s
    assert made["CONCURRENT_REQUESTS"] == 1
