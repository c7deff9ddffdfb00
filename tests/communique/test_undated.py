"""An office that dates nothing, through the whole product: catalog, export, index, pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from flask.testing import FlaskClient

from communique.main import main
from corpus import Provenance, Settings, Store, office
from corpus.reading.page import Page
from corpus.reading.validation import check_draft
from corpus.release import release_id
from indexer import Filters, Query, open_engine, reindex
from indexer.jobs.status import status_of
from tests.conftest import crawl_sample
from webui import create_app

pytestmark = pytest.mark.each_catalog

PAGES = Path(__file__).parents[1] / "pages" / "us_va_ag" / "pages"
SEEN = {"release": datetime(2026, 1, 5, 23, 30, tzinfo=UTC)}
SEEN["headline_and_subtitle_in_one"] = datetime(2026, 2, 9, 1, 0, tzinfo=UTC)
OFFICE = "us_va_ag"


def id_of(name: str) -> str:
    url = (PAGES / f"{name}.url").read_text(encoding="utf-8").strip()
    return release_id(OFFICE, office(OFFICE).canonical(url))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data folder with a dated sample office and two releases of an undated one; read only."""
    settings = Settings(data=tmp_path_factory.mktemp("undated"), contact="tests")
    store, source = Store(settings), office(OFFICE)
    crawl_sample("sample_doj", settings, store)
    for name, seen in SEEN.items():
        url = (PAGES / f"{name}.url").read_text(encoding="utf-8").strip()
        draft = source.routes[0].release(Page(url, (PAGES / f"{name}.html").read_bytes()))
        assert check_draft(draft, url, source, seen.date()) is None
        found = Provenance(url, seen, "0" * 64, f"{OFFICE}/a.warc.gz", 0, f"{OFFICE}/pages", 1)
        with store.writing() as connection:
            canonical, silent = source.canonical(url), source.routes[0].silent
            assert store.add(connection, OFFICE, canonical, draft, found, seen, silent) == "new"
    engine = open_engine(settings)
    reindex(settings, store, engine, is_full=True)
    engine.close()
    store.close()
    return settings


@pytest.fixture
def client(made: Settings) -> Iterator[FlaskClient]:
    app = create_app(made)
    yield app.test_client()
    for each in app.extensions["communique"]:
        each.close()


def soup_of(client: FlaskClient, url: str) -> BeautifulSoup:
    answer = client.get(url)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def metas(soup: BeautifulSoup) -> list[str]:
    return [" ".join(each.get_text(" ").split()) for each in soup.select(".hits .meta")]


@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_undated_releases_are_the_last_by_date(made: Settings, sort: str) -> None:
    engine = open_engine(made)
    found = engine.search(Query(sort="newest" if sort == "newest" else "oldest", size=100)).hits
    engine.close()
    assert len(found) > len(SEEN)
    assert [hit.office == OFFICE for hit in found] == sorted(hit.office == OFFICE for hit in found)
    assert [hit.published is None for hit in found] == [hit.office == OFFICE for hit in found]


def test_a_range_of_days_leaves_them_out_and_the_facet_finds_them(made: Settings) -> None:
    engine = open_engine(made)
    everything = datetime(1900, 1, 1, tzinfo=UTC).date()
    ranged = engine.search(Query(filters=Filters(since=everything), size=100)).hits
    undated = engine.search(Query(filters=Filters(year=("undated",)), size=100)).hits
    engine.close()
    assert OFFICE not in {hit.office for hit in ranged}
    assert {hit.id for hit in undated} == {id_of(name) for name in SEEN}


def test_a_hit_says_that_its_date_is_unknown_and_when_it_was_first_seen(
    client: FlaskClient,
) -> None:
    shown = metas(soup_of(client, f"/?office={OFFICE}"))
    virginia = office(OFFICE).title
    assert sorted(shown) == [
        f"date unknown first collected 5 January 2026 {virginia}",
        f"date unknown first collected 9 February 2026 {virginia}",
    ]


def test_undated_hits_are_said_beside_the_timeline_or_without_one(client: FlaskClient) -> None:
    told = soup_of(client, "/").select_one(".chart figcaption")
    assert told
    assert "2 undated releases are not in the chart." in told.get_text()
    alone = soup_of(client, f"/?office={OFFICE}")
    assert "2 results have no date." in alone.get_text()
    assert not alone.select(".chart")


def test_dated_hits_do_not_speak_of_when_they_were_seen(client: FlaskClient) -> None:
    shown = metas(soup_of(client, "/?office=sample_doj"))
    assert shown
    assert not [each for each in shown if "collected" in each or "unknown" in each]


def test_the_year_panel_ends_with_the_undated_and_its_link_finds_them(client: FlaskClient) -> None:
    panel = next(
        each
        for each in soup_of(client, "/").select("aside section")
        if each.h2 and each.h2.get_text() == "Year"
    )
    links = panel.select("a")
    years = [link.select("span")[0].get_text() for link in links]
    assert years[-1] == "undated"
    assert years[:-1] == sorted(years[:-1], reverse=True)
    assert links[-1].select(".count")[0].get_text() == str(len(SEEN))
    assert len(metas(soup_of(client, str(links[-1]["href"])))) == len(SEEN)


@pytest.mark.parametrize(
    ("name", "day"),
    [("release", "5 January 2026"), ("headline_and_subtitle_in_one", "9 February 2026")],
)
def test_a_release_page_says_the_same(client: FlaskClient, name: str, day: str) -> None:
    soup = soup_of(client, f"/releases/{id_of(name)}")
    heading = soup.select_one("article header .meta")
    assert heading
    words = " ".join(heading.get_text(" ").split())
    assert words == f"date unknown first collected {day} Richmond, VA {office(OFFICE).title}"
    assert "undated" not in soup.select("main")[0].get_text()


def test_a_release_like_an_undated_one_says_it_too(client: FlaskClient) -> None:
    similar = soup_of(client, f"/releases/{id_of('release')}").select(".similar li")
    other = [each for each in similar if id_of("headline_and_subtitle_in_one") in str(each)]
    assert [" ".join(each.p.get_text(" ").split()) for each in other if each.p] == [
        f"date unknown first collected 9 February 2026 {office(OFFICE).title}"
    ]


def test_offices_page_and_status_count_them_as_undated(client: FlaskClient, made: Settings) -> None:
    row = next(
        each for each in soup_of(client, "/coverage").select("tbody tr") if OFFICE in str(each)
    )
    assert [" ".join(cell.get_text(" ").split()) for cell in row.select("td")[:3]] == [
        "2 2 undated",
        "–",
        "–",
    ]
    store, engine = Store(made), open_engine(made)
    status = status_of(store, engine)
    engine.close()
    store.close()
    assert (status.offices[OFFICE].undated, status.offices[OFFICE].earliest) == (2, None)


def test_command_line_exports_and_finds_them(
    made: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMUNIQUE_DATA", str(made.data))
    lines = CliRunner().invoke(main, ["export", "--office", OFFICE]).stdout.splitlines()
    exported = [json.loads(line) for line in lines]
    assert [each["published"] for each in exported] == [None, None]
    found = CliRunner().invoke(main, ["search", "--office", OFFICE, "thorne"]).stdout
    assert found.count("date unknown  us_va_ag") == 2
