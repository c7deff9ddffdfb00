"""What the glossary offers on the results page: links with counts, never searched for unasked."""

from __future__ import annotations

from bs4 import BeautifulSoup
from flask.testing import FlaskClient


def page(client: FlaskClient, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def lines(soup: BeautifulSoup) -> list[str]:
    return [" ".join(each.get_text().split()) for each in soup.select("p.glossary:not(.faint)")]


def total(soup: BeautifulSoup) -> str:
    shown = soup.select_one(".total")
    return shown.get_text() if shown else "0"


def test_each_line_counts_what_its_link_finds(client: FlaskClient) -> None:
    soup = page(client, "/?q=criminal+case&since=2010")
    links = soup.select("p.glossary:not(.faint) a")
    assert links
    for line, link in zip(lines(soup), links, strict=True):
        found = page(client, str(link["href"]))
        assert f"{total(found)} release" in line
        assert line.startswith({"ru": "In Russian: ", "kk": "In Kazakh: "}[str(link["lang"])])
        assert line.endswith((f"match {link.text}", f"matches {link.text}"))
        assert "since=2010" in str(link["href"])
        assert f"language={link['lang']}" in str(link["href"])
    assert "not among your results" in soup.select("p.glossary")[-1].get_text()
    assert total(page(client, "/?q=criminal+case&since=2010")) == total(soup)


def test_offices_own_translations_come_first(client: FlaskClient) -> None:
    soup = page(client, "/?q=torture")
    own = soup.select("p.translation-suggestions:not(.faint) a")
    told = {str(each["lang"]) for each in own}
    assert told.isdisjoint(str(each["lang"]) for each in soup.select("p.glossary a[lang]"))


def test_other_pages_offer_nothing(client: FlaskClient) -> None:
    for address in ("/", "/?q=harbor", "/?q=criminal+case&page=2", "/?q=title:court"):
        assert lines(page(client, address)) == []
