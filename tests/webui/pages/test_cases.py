"""Cases on pages: on a release's, on their own, as a feed, as a table; all names are invented."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient

from corpus import Settings, Store
from tests.corpus.catalog.test_cases import CHARGED, NAMESAKE, SENTENCED, add, link
from webui import create_app

CONTACT = "corrections@communique.example"


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with closing(Store(settings)) as opened:
        yield opened


@pytest.fixture
def ids(store: Store) -> list[str]:
    """The ids of a charge, the sentence in that case, and a stranger's."""
    days = date(2014, 6, 3), date(2015, 3, 4), date(2016, 1, 2)
    found = [
        add(store, n, text, day)
        for n, (text, day) in enumerate(zip((CHARGED, SENTENCED, NAMESAKE), days, strict=True))
    ]
    link(store)
    return found


@pytest.fixture
def client(settings: Settings, ids: list[str]) -> FlaskClient:
    return create_app(replace(settings, contact=CONTACT)).test_client()


def test_an_accusation_shows_the_later_outcome_first(client: FlaskClient, ids: list[str]) -> None:
    charged, sentenced, stranger = (client.get(f"/releases/{id_}").text for id_ in ids)
    outcome, notice = "Later in this case: sentenced,", "They are presumed innocent"
    assert -1 < charged.find(outcome) < charged.find(notice)
    assert f'<a href="/releases/{ids[1]}" lang="en">Halden Pilot Sentenced</a>' in charged
    assert outcome not in sentenced
    assert "This case" not in stranger


def test_a_release_shows_its_case_and_the_words_of_both(
    client: FlaskClient, ids: list[str]
) -> None:
    page = client.get(f"/releases/{ids[0]}").text
    assert page.index('id="case"') < page.index("The same name, in the same federal district.")
    assert "<mark>Al Q. Doe</mark>" in page
    assert "<mark>Al Doe</mark> was sentenced today" in page
    assert "a link may be wrong" in page
    assert CONTACT in page


def test_a_case_has_a_page_a_feed_and_a_table(client: FlaskClient, ids: list[str]) -> None:
    page = client.get(f"/cases/{ids[1]}").text
    assert "A case in 2 releases" in page
    assert page.index(ids[0]) < page.rindex(ids[1])
    feed = ET.fromstring(client.get(f"/cases/{ids[1]}/releases.atom").data)
    titles = [each.text for each in feed.iter("{http://www.w3.org/2005/Atom}title")]
    assert titles == ["Communique: a case in 2 releases", SENTENCED[0], CHARGED[0]]
    table = client.get(f"/cases/{ids[1]}/releases.csv").get_data(as_text=True)
    first, second = csv.DictReader(io.StringIO(table.removeprefix("\ufeff")))
    assert (first["id"], first["stages"].split("; ")[0], first["published"]) == (
        ids[0], "indicted", "2014-06-03",
    )  # fmt: skip
    assert (second["prison"], second["links"]) == (
        "60", f"{ids[0]}: The same name, in the same federal district.",
    )  # fmt: skip


def test_programs_get_a_case_with_its_signs(client: FlaskClient, ids: list[str]) -> None:
    found = client.get(f"/api/v1/releases/{ids[1]}/case").get_json()
    assert [(each["id"], each["stage"]) for each in found["releases"]] == [
        (ids[0], "indicted"),
        (ids[1], "sentenced"),
    ]
    [link] = found["links"]
    assert link["sign"] == "defendant_district"
    assert "Al Doe was sentenced today" in f"{link['one_words']} {link['other_words']}"
    alone = client.get(f"/api/v1/releases/{ids[2]}/case").get_json()
    assert (alone["releases"], alone["links"]) == ([], [])
    assert client.get("/api/v1/releases/us_doj-1/case").status_code == 404


def test_a_release_of_no_case_has_no_page_of_one(client: FlaskClient, ids: list[str]) -> None:
    for path in ("", "/releases.atom", "/releases.csv"):
        assert client.get(f"/cases/{ids[2]}{path}").status_code == 404


def test_withholding_takes_a_case_from_pages_at_once(
    client: FlaskClient, store: Store, ids: list[str]
) -> None:
    store.withhold(ids[1], "By order of a court.")
    page = client.get(f"/releases/{ids[0]}").text
    assert "This case" not in page
    assert SENTENCED[0] not in page
    assert client.get(f"/cases/{ids[0]}").status_code == 404
