"""What a page offers beside its results: the number of each offer is what its link finds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from bs4.element import Tag
from flask.testing import FlaskClient

from tests.own_texts import AT, client_of
from tests.webui.pages.test_pages import soup_of, total

TEXTS = (
    ("sample_doj", "en", "Dorn was charged with a hate crime, 18 U.S.C. § 249."),
    ("sample_doj", "en", "Karst was charged with hate crimes and wire fraud, 18 U.S.C. § 1343."),
    ("sample_doj", "en", "Hate crimes are crimes. Healthcare fraud is 18 U.S.C. § 1347."),
    ("sample_doj", "en", "A crime of hate, not a health-care fraud; aided and abetted, 18 USC 2."),
    ("sample_kz", "en", "Dorn and Karst spoke of fraud and torture, of aiding and abetting."),
    ("sample_kz", "ru", "Кербезов осужден за мошенничества по ст. 190 УК РК и за пытки."),
    ("sample_kz", "kk", "Алаяқтықпен айналысқан, азаптаған топ, ҚК 190-бабы."),
    ("sample_doj", "en", "The Drug Enforcement Administration (DEA) met Steven Korb on fraud."),
    ("sample_doj", "en", "The Drug Enforcement Administration (DEA) met Stephen Korb."),
    ("sample_doj", "en", "Stephen Korb met Steven Orlo at a pre-trial, pretrial hearing."),
    ("sample_kz", "en", "Stephen Korb met the DEA at a pretrial hearing, a pre-trial motion."),
    ("sample_doj", "en", "Another health-care fraud."),
)
QUERIES = (
    "hate crime",
    "hate crimes",
    "wire fraud",
    "healthcare fraud",
    "aiding and abetting",
    "18 USC 249",
    "ст. 190 УК РК",
    '"18 USC 1343" fraud',
    "мошенничества",
    "torture",
    "пытки",
    "fraud 2016",
    "DEA",
    "Steven Korb",
    '"pretrial hearing"',
)
MORE = (
    {},
    {"since": str(AT.date() + timedelta(3))},
    {"until": str(AT.date() + timedelta(5)), "language": "en"},
    {"office": "sample_kz", "boilerplate": "in"},
    {"reading": "literal", "match": "all"},
    {"script": "exact"},
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of our own texts, a day apart."""
    yield from client_of(tmp_path_factory.mktemp("offers"), TEXTS)


def offers(soup: BeautifulSoup) -> Iterator[tuple[int, str]]:
    """The number and the address of each offer."""
    for link in soup.select(".other-forms a, .citing a, .glossary:not(.faint) a"):
        assert isinstance(link.parent, Tag)
        beside = link.find_next_sibling("span")
        if "glossary" in link.parent["class"]:
            beside = link.parent
        elif link.parent["class"] == ["citing"]:
            beside = link
        assert beside
        yield int(re.findall(r"\d+", beside.get_text())[0]), str(link["href"])


@pytest.mark.parametrize("more", MORE)
def test_each_number_is_what_the_link_finds(client: FlaskClient, more: dict[str, str]) -> None:
    found = 0
    for query in QUERIES:
        soup = BeautifulSoup(client.get("/", query_string={"q": query, **more}).text, "lxml")
        for number, link in offers(soup):
            page = soup_of(client, link)
            assert total(page) == number > 0, (query, link)
            assert not page.select("p.note"), link
            found += 1
    assert found > 5


@pytest.mark.parametrize(
    ("query", "name", "number"),
    [
        ("hate crime", "hate crime", 3),
        ("hate crimes", "hate crime", 3),
        ("18 USC 249", "hate crime", 3),
        ("aiding and abetting", "aiding and abetting", 2),
        ("healthcare fraud", "healthcare fraud", 3),
    ],
)
def test_the_name_of_an_offense_is_counted_in_any_form(
    client: FlaskClient, query: str, name: str, number: int
) -> None:
    shown = {each.get_text() for each in soup_of(client, f"/?q={query}").select(".citing a")}
    assert f"{number} name {name}" in shown
