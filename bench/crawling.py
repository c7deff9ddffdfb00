"""A whole crawl (fetch, archive, read, gate, store) against a bare Scrapy loop that fetches and
parses.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from bench.faults import crawl_command
from bench.site import HOST, START, Row, served

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


# `communique`, and then its peak of memory.
MEASURED = """
import sys
from communique.main import main
try:
    main(sys.argv[1:])
finally:
    with open("/proc/self/status") as status:
        print(next(line for line in status if line.startswith("VmHWM:")), file=sys.stderr)
"""
# Every release is due, and every listing walked to its end.
ALL_AGAIN = {"COMMUNIQUE_REVISITS": "0", "COMMUNIQUE_WALK_DAYS": "0"}


def rows() -> list[Row]:
    """Seconds for all releases by route `pages` at delay 0, publishing included, and again when
    nothing has changed.
    """
    with TemporaryDirectory() as folder, served() as url:
        first, first_s, peak_mb = _crawl(folder, url, "pages", {})
        again, again_s, _ = _crawl(folder, url, "pages", ALL_AGAIN)
        interface, interface_s, _ = _crawl(folder, url, "interface", {})
        clock = perf_counter()
        path = START.removeprefix(f"https://{HOST}")
        subprocess.run([sys.executable, "-c", BARE, url, path], check=True)
        bare_s = perf_counter() - clock
    assert first["new"] == again["same"] > 8000
    assert (again["new"], again["changed"], interface["changed"]) == (0, 0, 0)
    return [
        _against("crawl/pages/first", first_s, bare_s),
        {"name": "crawl/pages/rate", "unit": "pages/s", "ours": first["fetched"] / first_s},
        {"name": "crawl/pages/peak", "unit": "MB", "ours": peak_mb},
        _against("crawl/pages/unchanged", again_s, bare_s),
        {"name": "crawl/interface", "unit": "s", "ours": interface_s},
    ]


def _crawl(
    folder: str, url: str, route: str, given: dict[str, str]
) -> tuple[dict[str, Any], float, float]:
    """The report of a crawl in a process of its own, its seconds, and its peak of memory in MB."""
    command = crawl_command("us_doj", HOST, url, route)[3:]
    environ = os.environ | given | {"COMMUNIQUE_DATA": folder}
    clock = perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *command, "--json"],
        env=environ,
        check=True,
        capture_output=True,
    )
    seconds = perf_counter() - clock
    [report] = json.loads(done.stdout)
    return report, seconds, int(done.stderr.split(b"VmHWM:")[1].split()[0]) / 1000


def _against(name: str, ours_s: float, bare_s: float) -> Row:
    return {
        "name": name,
        "unit": "s",
        "ours": ours_s,
        "bare scrapy": bare_s,
        "ratio": ours_s / bare_s,
    }
