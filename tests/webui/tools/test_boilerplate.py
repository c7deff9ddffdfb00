"""Pages and API say how many matches in boilerplate are left out, and can include them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from corpus import Draft, Provenance, Settings, Store
from indexer import open_engine, reindex
from tests.conftest import clients

TASK_FORCE = "The Quorvex Task Force was set up to combat financial crimes."
OWN = "The agents of Quorvex had forged the deed of the house."


@pytest.fixture
def client(copy_settings: Settings) -> Iterator[FlaskClient]:
    """The app over 25 releases with the same sentence, and two that say something of their own."""
    store, engine = Store(copy_settings), open_engine(copy_settings)
    at = datetime(2026, 1, 15, tzinfo=UTC)
    texts = [(TASK_FORCE, date(2018, 5, 6))] * 25 + [(OWN, date(2019, 5, 6))] * 2
    with store.writing() as connection:
        for number, (text, day) in enumerate(texts):
            url = f"https://office.example/{number}"
            found = Provenance(url, at, "0" * 64, "us_doj/a.warc.gz", number, "us_doj/pages", 1)
            draft = Draft(f"Release {number}", day, [text], "en")
            store.add(connection, "us_doj", url, draft, found, at, frozenset())
    reindex(copy_settings, store, engine)
    engine.close()
    store.close()
    yield from clients(copy_settings)


def text_of(client: FlaskClient, address: str) -> str:
    return " ".join(BeautifulSoup(client.get(address).text, "html.parser").get_text().split())


def rows_of(client: FlaskClient, address: str) -> list[dict[str, str]]:
    text = client.get(address).text.removeprefix("\ufeff")
    return [*csv.DictReader(io.StringIO(text, newline=""))]


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
    rows = rows_of(client, "/collocates.csv?q=quorvex&least=1")
    assert {row["boilerplate_mentions"] for row in rows} == {"25"}


def test_trends_say_how_many_releases_they_leave_out(client: FlaskClient) -> None:
    sentence = "25 match only in boilerplate and are left out"
    page = text_of(client, "/trends?q=quorvex")
    assert sentence in page
    assert "Earliest: 6 May 2019" in page
    assert sentence in client.get("/trends.svg?q=quorvex").text
    assert sentence not in text_of(client, "/trends?q=quorvex&boilerplate=in")
    rows = rows_of(client, "/trends.csv?q=quorvex")
    told = [row for row in rows if row["period"] == "boilerplate"]
    assert [(row["query"], row["releases"], row["mentions"]) for row in told] == [
        ("quorvex", "25", "")
    ]
    assert sum(int(row["releases"]) for row in rows) == 27
    included = client.get("/trends.csv?q=quorvex&boilerplate=in").text
    assert '"boilerplate"' not in included
    assert ",boilerplate," not in included


def test_the_api_counts_them_apart(client: FlaskClient) -> None:
    found = json_of(client, "search?q=quorvex&size=100")
    assert (found["total"], found["boilerplate_total"]) == (27, 25)
    assert [hit["only_boilerplate"] for hit in found["hits"]] == [False] * 2 + [True] * 25
    assert json_of(client, "search?q=quorvex&boilerplate=in")["boilerplate_total"] == 0
    times = json_of(client, "timeline?q=quorvex")
    assert (times["total"], times["boilerplate_total"]) == (27, 25)
    assert [each["releases"] for each in times["periods"]] == [2]
    assert json_of(client, "timeline?q=quorvex&boilerplate=in")["total"] == 27
    for tool, name in (("collocates", "mentions"), ("concordance", "total")):
        near = json_of(client, f"{tool}?q=quorvex")
        assert (near[name], near["boilerplate_mentions"]) == (2, 25)
        near = json_of(client, f"{tool}?q=quorvex&boilerplate=in")
        assert (near[name], near["boilerplate_mentions"]) == (27, 0)


@pytest.mark.parametrize("step", ["day", "week", "month", "year"])
@pytest.mark.parametrize(
    "asked", ["q=quorvex", "q=quorvex&boilerplate=in", "q=court", "q=", "q=the&office=sample_doj"]
)
def test_a_timeline_has_the_total_of_a_search(client: FlaskClient, asked: str, step: str) -> None:
    times = json_of(client, f"timeline?{asked}&step={step}")
    found = json_of(client, f"search?{asked}")
    assert times["total"] == found["total"]
    assert times["boilerplate_total"] == found["boilerplate_total"]
    apart = times["undated"] + times["boilerplate_total"]
    assert times["total"] == apart + sum(each["releases"] for each in times["periods"])


LEFT_OUT = "25 match only in boilerplate and are left out"


@pytest.mark.parametrize("ending", ["csv", "jsonl", "bib", "ris"])
def test_downloads_leave_them_out_and_say_how_many(client: FlaskClient, ending: str) -> None:
    def numbers(asked: str) -> tuple[int, str]:
        text = client.get(f"/export.{ending}?q=quorvex{asked}").text
        found = re.search(r"boilerplate_total\W+(\d+)", text)
        if ending == "csv":
            rows = rows_of(client, f"/export.csv?q=quorvex{asked}")
            assert {row["boilerplate_total"] for row in rows} <= {"25", "0"}
            return len(rows), rows[0]["boilerplate_total"]
        assert found
        marks = {"jsonl": '"kind": "release"', "bib": "@misc", "ris": "TY  - "}
        return text.count(marks[ending]), found[1]

    assert numbers("") == (2, "25")
    assert numbers("&boilerplate=in") == (27, "0")


def test_samples_leave_them_out_and_say_how_many(client: FlaskClient) -> None:
    rows = rows_of(client, "/sample.csv?q=quorvex&seed=1")
    assert {(row["hits"], row["boilerplate_total"]) for row in rows} == {("2", "25")}
    page = client.get("/sample?q=quorvex&seed=1&codes=a").text
    assert LEFT_OUT in page
    link = BeautifulSoup(page, "html.parser").select_one(".scripts a")
    assert link
    included = text_of(client, str(link["href"]))
    assert "27 releases drawn at random from 27 releases" in included
    assert LEFT_OUT not in included


def test_a_feed_leaves_them_out_and_says_how_many(client: FlaskClient) -> None:
    feed = client.get("/search.atom?q=quorvex").text
    assert LEFT_OUT in feed
    assert feed.count("<entry>") == 2
    feed = client.get("/search.atom?q=quorvex&boilerplate=in").text
    assert LEFT_OUT not in feed
    assert feed.count("<entry>") == 27


def test_a_concordance_leaves_their_mentions_out_and_says_how_many(client: FlaskClient) -> None:
    page = text_of(client, "/concordance?q=quorvex")
    assert "25 mentions in boilerplate left out" in page
    assert "2 mentions in 2 releases" in page
    soup = BeautifulSoup(client.get("/concordance?q=quorvex&by=left").text, "html.parser")
    link = soup.select_one(".scripts a")
    assert link
    assert "27 mentions in 27 releases" in text_of(client, str(link["href"]))
    assert "by=left" in str(link["href"])
    rows = rows_of(client, "/concordance.csv?q=quorvex")
    assert len(rows) == 2
    assert {row["boilerplate_mentions"] for row in rows} == {"25"}


def test_the_page_offers_as_many_downloads_as_the_file_has(client: FlaskClient) -> None:
    assert "Download 2 results" in text_of(client, "/?q=quorvex")
    assert "Download 27 results" in text_of(client, "/?q=quorvex&boilerplate=in")
    assert "Download" not in text_of(client, "/?q=combat+financial+crimes+quorvex")
