"""Reading a page: our reader against BeautifulSoup parsing the whole page and nothing else."""

from __future__ import annotations

from statistics import mean
from time import perf_counter

from bs4 import BeautifulSoup

from bench.site import Row, unpacked
from corpus import office
from corpus.reading.page import Page

EVERY = 8


def rows() -> list[Row]:
    """Milliseconds a page, over every eighth saved release of the `pages` route."""
    release = office("us_doj").route("pages").release
    ours, whole = [], []
    with unpacked() as pages:
        for url, body in pages[::EVERY]:
            clock = perf_counter()
            release(Page(url, body))
            read = perf_counter()
            BeautifulSoup(body, "lxml")
            ours.append((read - clock) * 1000)
            whole.append((perf_counter() - read) * 1000)
    row: Row = {"name": "read/page", "unit": "ms", "ours": mean(ours), "parse only": mean(whole)}
    return [row | {"ratio": mean(ours) / mean(whole)}]
