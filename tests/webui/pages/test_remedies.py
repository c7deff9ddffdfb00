"""What a page offers if little or nothing matches: each count is what its link finds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests.own_texts import AT, client_of
from tests.webui.pages.test_pages import soup_of, total

TEXTS = (
    ("sample_doj", "en", "Dorn was sentenced for tax fraud; see release 16-124."),
    ("sample_doj", "en", "Dorn and Karst pleaded guilty to fraud, 5,000 dollars of tax."),
    ("sample_doj", "en", "A bribery scheme and a pre-trial hearing, 17-cr-124."),
    ("sample_kz", "en", "Karst was sentenced for bribery; a pre-trial matter of fraud."),
    ("sample_kz", "en", "Fraud, torture and bribery in Aldania: prosecutors spoke of Dorn."),
    ("sample_kz", "ru", "Дорн осужден за взятку и пытки."),
)
QUERIES = (
    "fruad",
    "fruad Dorn",
    "fruad spoke in 2026",
    "prosecutros fraud",
    "xylem fraud in 2026",
    "fraud December 2012",
    "xylem tax fraud 2026",
    "fraud | bribery xylem",
    '"fraud tax" Dorn',
    "tax bribery Aldania",
    "16-127",
    "17-cr-00129 bribery",
    "Дорн fraud script:exact",
    "pretrial tax",
    "tax fraud guilty torture scheme",
)
MORE = (
    {},
    {"match": "all"},
    {"reading": "literal"},
    {"script": "exact"},
    {"office": "sample_kz", "language": "en"},
    {"since": str(AT.date() + timedelta(2)), "boilerplate": "in"},
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of our own texts, a day apart."""
    yield from client_of(tmp_path_factory.mktemp("remedies"), TEXTS)


def remedies(soup: BeautifulSoup) -> Iterator[tuple[str, str]]:
    """The count beside each remedy, in words, and the address of its link."""
    for link in soup.select(".remedies a, .better a"):
        if beside := link.find_next_sibling("span"):
            yield beside.get_text(), str(link["href"])


def total_some(soup: BeautifulSoup) -> int:
    """How many releases match some of the words of a page's query."""
    shown = soup.select_one("#some")
    return int(re.findall(r"\d+", shown.get_text())[0]) if shown else 0


@pytest.mark.parametrize("more", MORE)
def test_each_count_is_what_the_link_finds(client: FlaskClient, more: dict[str, str]) -> None:
    found = 0
    for query in QUERIES:
        soup = BeautifulSoup(client.get("/", query_string={"q": query, **more}).text, "lxml")
        for count, link in remedies(soup):
            page = soup_of(client, link)
            number = int(re.findall(r"\d+", count)[0])
            assert (total_some if "some" in count else total)(page) == number > 0, (query, link)
            found += 1
    assert found > 10
