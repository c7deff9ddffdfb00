"""A whole crawl (fetch, archive, read, gate, store) against a bare Scrapy loop that fetches and
parses.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bench.site import HOST, START, Row, served
from corpus import Settings, Store
from corpus.crawl import crawl

BARE = """
import sys
import scrapy
from bs4 import BeautifulSoup
from scrapy.crawler import CrawlerProcess

class Bare(scrapy.Spider):
    name = "bare"
    start_urls = [sys.argv[1] + sys.argv[2]]
    def parse(self, response):
        soup = BeautifulSoup(response.body, "lxml")
        for link in soup.select(".views-field-title a"):
            yield response.follow(link["href"], self.release)
        following = soup.select_one(".pager__item--next a")
        if following:
            yield response.follow(following["href"])
    def release(self, response):
        BeautifulSoup(response.body, "lxml")

settings = {"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "CONCURRENT_REQUESTS": 1}
process = CrawlerProcess(settings)
process.crawl(Bare)
process.start()
"""


def rows() -> list[Row]:
    """Seconds for all releases by route `pages` at delay 0, and again when nothing has changed."""
    with TemporaryDirectory() as folder, served() as url:
        settings = Settings(data=Path(folder))
        store = Store(settings)
        mirrors = {HOST: url}
        first = crawl("us_doj", settings, store, route="pages", mirrors=mirrors, delay_s=0)
        again = crawl("us_doj", settings, store, route="pages", mirrors=mirrors, delay_s=0)
        interface = crawl("us_doj", settings, store, route="interface", mirrors=mirrors, delay_s=0)
        store.close()
        clock = perf_counter()
        path = START.removeprefix(f"https://{HOST}")
        subprocess.run([sys.executable, "-c", BARE, url, path], check=True)
        bare_s = perf_counter() - clock
    assert (first.new, again.new, again.changed, interface.new, interface.changed) == (
        first.listed - len(first.missing) + 1,
        0,
        0,
        0,
        0,
    )
    return [
        _against("crawl/pages/first", first.seconds, bare_s),
        {"name": "crawl/pages/rate", "unit": "pages/s", "ours": first.fetched / first.seconds},
        _against("crawl/pages/unchanged", again.seconds, bare_s),
        {"name": "crawl/interface", "unit": "s", "ours": interface.seconds},
    ]


def _against(name: str, ours_s: float, bare_s: float) -> Row:
    return {
        "name": name,
        "unit": "s",
        "ours": ours_s,
        "bare scrapy": bare_s,
        "ratio": ours_s / bare_s,
    }
