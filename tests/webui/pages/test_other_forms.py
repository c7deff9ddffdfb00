"""Other written forms on the pages: told, counted, switched off, and offered with links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from corpus import Provenance, Settings, Store
from corpus.release import Draft
from indexer import open_engine, reindex
from tests.conftest import clients
from tests.corpus.catalog.test_derivations import AT
from tests.webui.pages.test_pages import soup_of, total

TEXTS = (
    "The pre-trial motion of Steven Korb about health-care fraud.",
    "A pre-trial motion of Stephen Korb about health-care fraud.",
    "Agents of the Drug Enforcement Administration (DEA) spoke of pretrial release.",
    "The Drug Enforcement Administration (DEA) spoke of pretrial release.",
    "Stephen Orlo was told.",
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of our own texts."""
    settings = Settings(data=tmp_path_factory.mktemp("forms"), contact="tests")
    store, engine = Store(settings), open_engine(settings)
    for number, text in enumerate(TEXTS):
        url = f"https://prosecutor.example/{number}"
        seen = Provenance(url, AT, f"{number:064}", "a.warc.gz", number, "sample_doj/pages", 1)
        draft = Draft(f"Release {number}", AT.date() + timedelta(number), ["One.", text], "en")
        with store.writing() as connection:
            store.add(connection, "sample_doj", url, draft, seen, AT, frozenset())
    reindex(settings, store, engine)
    engine.close()
    store.close()
    yield from clients(settings)


def test_other_forms_are_told_counted_and_switched_off(client: FlaskClient) -> None:
    soup = soup_of(client, "/?q=pretrial")
    reading = soup.select_one(".reading")
    assert reading
    assert total(soup) == 4
    assert "“pretrial” was also searched as “pre trial”." in reading.get_text()
    assert "the phrase “pre trial” 2 releases" in " ".join(reading.get_text().split())
    literal = soup_of(client, str(reading.select_one("a[href*='reading=literal']")["href"]))  # type: ignore[index]
    assert total(literal) == 2
    assert "also searched" not in literal.get_text()


@pytest.mark.parametrize(
    ("page", "sign"),
    [
        ("export.csv", "Release "),
        ("search.atom", "<entry>"),
        ("api/v1/search", '"tier":"all"'),
        ("concordance.csv", ",pre-trial,"),
    ],
)
def test_all_tools_read_the_query_alike(client: FlaskClient, page: str, sign: str) -> None:
    answer = client.get(f"/{page}?q=pretrial+korb")
    assert answer.status_code == 200
    assert answer.get_data(as_text=True).count(sign) == 2


def test_the_release_page_marks_other_forms(client: FlaskClient) -> None:
    link = soup_of(client, "/?q=pretrial+korb").select_one("ol.hits h2 a")
    assert link
    marked = {each.get_text() for each in soup_of(client, str(link["href"])).select("mark")}
    assert {"pre", "trial", "Korb"} == marked


@pytest.mark.parametrize(
    ("query", "told", "offered", "hits"),
    [
        ('"pretrial"', "“pretrial” is also written:", "pre trial", 4),
        ("DEA", "“DEA” stands for:", "Drug Enforcement Administration", 2),
        (
            "drug enforcement administration",
            "“drug enforcement administration” is abbreviated:",
            "DEA",
            2,
        ),
        ("Steven", "Names that sound like “Steven”:", "Stephen", 3),
    ],
)
def test_forms_that_are_not_searched_are_offered(
    client: FlaskClient, query: str, told: str, offered: str, hits: int
) -> None:
    soup = soup_of(client, "/?" + f"q={query}".replace(" ", "+").replace('"', "%22"))
    [line, note] = soup.select("p.other-forms")
    assert line.get_text().startswith(told)
    [link] = line.select("a")
    assert link.get_text() == offered
    assert "each link searches for either" in note.get_text()
    assert total(soup_of(client, str(link["href"]))) == hits


@pytest.mark.parametrize("query", ['"pretrial"', '"pre-trial motion"', "DEA", "Steven", "DEA Korb"])
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"since": str(AT.date() + timedelta(1))},
        {"until": str(AT.date() + timedelta(2))},
        {"until": str(AT.date())},
        {"office": "sample_kz"},
        {"reading": "literal"},
        {"script": "exact", "match": "all", "boilerplate": "in"},
    ],
)
def test_each_number_is_what_the_link_finds(
    client: FlaskClient, query: str, more: dict[str, str]
) -> None:
    lines = BeautifulSoup(client.get("/", query_string={"q": query, **more}).text, "lxml")
    for link in lines.select(".other-forms a"):
        number = link.find_next("span")
        assert number
        [shown] = re.findall(r"\d+", number.get_text())
        assert total(soup_of(client, str(link["href"]))) == int(shown) > 0


def test_what_the_filters_leave_out_is_not_offered(client: FlaskClient) -> None:
    assert soup_of(client, "/?q=Steven").select(".other-forms a")
    day = AT.date()
    assert not soup_of(client, f"/?q=Steven&until={day}").select(".other-forms a")
    assert not soup_of(client, f"/?q=DEA&until={day}").select(".other-forms a")


def test_nothing_is_offered_without_other_forms(client: FlaskClient) -> None:
    assert not soup_of(client, "/?q=agents+spoke").select(".other-forms")
    assert not soup_of(client, "/?q=DEA&page=2").select(".other-forms")
