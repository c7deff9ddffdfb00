"""Pages and API say how many matches in boilerplate are left out, and can include them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from corpus import Settings
from indexer import open_engine
from tests.conftest import clients
from tests.indexer.engine.test_contract import ignore, made

TASK_FORCE = "The Quorvex Task Force was set up to combat financial crimes."
OWN = "The agents of Quorvex had forged the deed of the house."


@pytest.fixture
def client(copy_settings: Settings) -> Iterator[FlaskClient]:
    """The app over 25 releases with the same sentence, and two that say something of their own."""
    engine = open_engine(copy_settings)
    documents = [made(key, TASK_FORCE, date(2018, 5, 6)) for key in range(25)]
    documents += [made(key, OWN, date(2019, 5, 6)) for key in (30, 31)]
    engine.update(documents, [], engine.health().revision, ignore)
    engine.close()
    yield from clients(copy_settings)


def text_of(client: FlaskClient, address: str) -> str:
    return " ".join(BeautifulSoup(client.get(address).text, "html.parser").get_text().split())


def json_of(client: FlaskClient, address: str) -> Any:
    return client.get(f"/api/v1/{address}").get_json()


def test_the_results_page_says_how_many_are_listed_last(client: FlaskClient) -> None:
    shown = text_of(client, "/?q=quorvex")
    assert "25 match only in boilerplate" in shown
    assert shown.count("Only in boilerplate") == 18  # of 20 on the page, the first two are not
    assert "27 press releases" in shown
    soup = BeautifulSoup(client.get("/?q=quorvex").text, "html.parser")
    link = next(a for a in soup.select(".scripts a") if a.text == "include boilerplate")
    included = text_of(client, str(link["href"]))
    assert "Boilerplate included." in included
    assert "nly in boilerplate" not in included


def test_collocates_say_how_many_mentions_they_leave_out(client: FlaskClient) -> None:
    assert "25 mentions in boilerplate left out" in text_of(client, "/collocates?q=quorvex")
    included = text_of(client, "/collocates?q=quorvex&boilerplate=in")
    assert "boilerplate left out" not in included
    assert "27 mentions" in included
    rows = [*csv.DictReader(client.get("/collocates.csv?q=quorvex&least=1").text.splitlines())]
    assert {row["boilerplate_mentions"] for row in rows} == {"25"}


def test_trends_say_how_many_releases_they_leave_out(client: FlaskClient) -> None:
    sentence = "25 match only in boilerplate and are left out"
    page = text_of(client, "/trends?q=quorvex")
    assert sentence in page
    assert "Earliest: 6 May 2019" in page
    assert sentence in client.get("/trends.svg?q=quorvex").text
    assert sentence not in text_of(client, "/trends?q=quorvex&boilerplate=in")
    rows = [*csv.DictReader(client.get("/trends.csv?q=quorvex").text.splitlines())]
    assert {row["left_out_boilerplate"] for row in rows} == {"25"}


def test_the_api_counts_them_apart(client: FlaskClient) -> None:
    found = json_of(client, "search?q=quorvex&size=100")
    assert (found["total"], found["boilerplate_total"]) == (27, 25)
    assert [hit["only_boilerplate"] for hit in found["hits"]] == [False] * 2 + [True] * 25
    assert json_of(client, "search?q=quorvex&boilerplate=in")["boilerplate_total"] == 0
    times = json_of(client, "timeline?q=quorvex")
    assert (times["total"], times["boilerplate_total"]) == (2, 25)
    assert json_of(client, "timeline?q=quorvex&boilerplate=in")["total"] == 27
    near = json_of(client, "collocates?q=quorvex&min_count=1")
    assert (near["mentions"], near["boilerplate_mentions"]) == (2, 25)
