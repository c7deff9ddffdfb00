"""A hundred readers at once: the web server in a process of its own, the readers in another.

A reader searches, opens hits, looks at lines and charts, and stops to read for three seconds on
average.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection
from tempfile import TemporaryDirectory
from threading import Thread
from time import monotonic, perf_counter, sleep
from urllib.parse import quote

from bench.documents import KINDS, queries, real
from bench.faults import crawl_command
from bench.site import HOST, Row, served

READERS = 100
SECONDS = 300
PAUSE_S = 3.0
SEED = 7
RELEASE = re.compile(rb'href="(/releases/[\w-]+)')
# What readers open, and how often of a hundred times.
PAGES = {"/": 55, "release": 25, "/concordance": 8, "/trends": 6, "/collocates": 4, "/coverage": 2}


@dataclass
class Reader:
    """One reader: what was asked and how long each answer took, in seconds."""

    port: int
    typed: list[str]
    draw: random.Random
    until: float
    times: dict[str, list[float]] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)
    seen: list[str] = field(default_factory=lambda: ["/"])

    def read(self) -> None:
        """Open pages until it is time."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        sleep(self.draw.random() * PAUSE_S)
        while monotonic() < self.until:
            [kind] = self.draw.choices([*PAGES], [*PAGES.values()])
            words = quote(self.draw.choice(self.typed))
            path = self.draw.choice(self.seen) if kind == "release" else f"{kind}?q={words}"
            clock = perf_counter()
            try:
                connection.request("GET", path)
                answer = connection.getresponse()
                page = answer.read()
                if answer.status != 200:
                    self.wrong[f"{answer.status} {kind}"] += 1
            except OSError as error:
                self.wrong[type(error).__name__] += 1
                connection.close()
                continue
            self.times.setdefault(kind, []).append(perf_counter() - clock)
            if kind == "/":
                self.seen = [each.decode() for each in RELEASE.findall(page)] or self.seen
            sleep(self.draw.expovariate(1 / PAUSE_S))


def rows() -> list[Row]:
    """The times of all pages, and how many went wrong."""
    asked = queries(real())
    typed = [" ".join(words) for kind in KINDS for words in asked[kind]]
    with TemporaryDirectory() as folder:
        environ = os.environ | {"COMMUNIQUE_DATA": folder, "COMMUNIQUE_RATE": ""}
        with served() as url:
            subprocess.run(
                crawl_command("us_doj", HOST, url, "interface"),
                env=environ,
                check=True,
                capture_output=True,
            )
        communique = [sys.executable, "-m", "communique"]
        subprocess.run([*communique, "reindex"], env=environ, check=True, capture_output=True)
        server = subprocess.Popen(
            [*communique, "serve", "--port", "0"], env=environ, stdout=subprocess.PIPE, text=True
        )
        try:
            assert server.stdout
            port = re.search(r":(\d+) ", server.stdout.readline())
            assert port
            command = [sys.executable, "-m", "bench.readers", port[1]]
            done = subprocess.run(
                command, input=json.dumps(typed), capture_output=True, text=True, check=True
            )
        finally:
            server.terminate()
            server.wait()
    found: list[Row] = json.loads(done.stdout)
    return found


def _read_all(port: int, typed: list[str]) -> list[Row]:
    until = monotonic() + SECONDS
    readers = [Reader(port, typed, random.Random(SEED + n), until) for n in range(READERS)]
    threads = [Thread(target=reader.read) for reader in readers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times: dict[str, list[float]] = {}
    for reader in readers:
        for kind, each in reader.times.items():
            times.setdefault(kind, []).extend(each)
    everything = sorted(time for each in times.values() for time in each)
    wrong: Counter[str] = sum((reader.wrong for reader in readers), Counter())
    print(f"  {len(everything):,} pages, wrong: {dict(wrong)}", file=sys.stderr, flush=True)
    return [
        {"name": "readers/errors", "unit": f"of {len(everything):,}", "ours": wrong.total()},
        {"name": "readers/rate", "unit": "pages/s", "ours": len(everything) / SECONDS},
        *_quantiles("all", everything),
        *(row for kind in times for row in _quantiles(kind, sorted(times[kind]))),
    ]


def _quantiles(kind: str, times: list[float]) -> list[Row]:
    return [
        {"name": f"readers/{kind}/{name}", "unit": "ms", "ours": 1000 * times[at]}
        for name, at in (("median", len(times) // 2), ("p99", int(len(times) * 0.99)))
    ]


if __name__ == "__main__":
    print(json.dumps(_read_all(int(sys.argv[1]), json.load(sys.stdin))))
