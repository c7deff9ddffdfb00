"""Facts where readers see them: on pages, each with its words, and in files."""

from __future__ import annotations

import csv
import io
import json

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from corpus import Release, Store
from corpus.fact import WORDS_FOUND, shown_facts
from indexer.export.facts import KINDS, words
from webui.view.stated_facts import LABELS

TITLE = "Halden Man Sentenced to 22 Years for Leading Fentanyl Distribution Ring"


@pytest.fixture
def release(sample_store: Store) -> Release:
    [found] = [each for each in sample_store.releases() if each.title == TITLE]
    return found


def soup(client: FlaskClient, address: str) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.text, "html.parser")


def test_each_value_leads_to_its_words_marked_in_the_text(
    client: FlaskClient, release: Release
) -> None:
    page = soup(client, f"/releases/{release.id}?q=fentanyl")
    section = page.select_one("section[aria-labelledby=stated]")
    assert section
    shown = {each.get_text(): str(each["href"]) for each in section.select("dd a")}
    assert {"Criminal matter", "Sentenced", "264 months", "Drugs"} <= {*shown}
    facts = {f"{each.paragraph}-{each.start}-{each.end}": each for each in release.facts or ()}
    for link in shown.values():
        place = link.partition("fact=")[2].partition("&")[0].partition("#")[0]
        marked = [mark.get_text() for mark in soup(client, link).select("h1 mark, .text mark")]
        assert marked == [words(release, facts[place])]
    assert "q=fentanyl" in shown["264 months"]


def test_a_place_that_is_no_fact_marks_what_was_searched_for(
    client: FlaskClient, release: Release
) -> None:
    plain, wrong = (
        soup(client, f"/releases/{release.id}?q=fentanyl{more}").select(".text mark")
        for more in ("", "&fact=1-0-5")
    )
    assert [each.get_text() for each in plain] == [each.get_text() for each in wrong]


def test_an_office_that_is_not_measured_shows_kind_and_words_found_alone(
    client: FlaskClient, sample_store: Store
) -> None:
    for each in sample_store.releases("sample_gpo"):
        labels = {dt.get_text() for dt in soup(client, f"/releases/{each.id}").select("dt")}
        allowed = {str(LABELS[kind]) for kind in ("kind", *WORDS_FOUND)}
        assert not labels & ({str(label) for label in LABELS.values()} - allowed)
    coverage = soup(client, "/coverage")
    gpo, doj = (coverage.select_one(f"section[aria-labelledby={name}]") for name in OFFICES)
    assert "not measured" in str(gpo)
    assert "measured against labels" in str(doj)


OFFICES = ("sample_gpo", "sample_doj")


def test_files_and_programs_have_each_fact_with_its_words(
    client: FlaskClient, sample_store: Store, release: Release
) -> None:
    table = client.get("/export.csv").text.lstrip("\ufeff")
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(table))}
    lines = [json.loads(each) for each in client.get("/export.jsonl").text.splitlines()[1:]]
    facts = {each["id"]: each["facts"] for each in lines}
    for each in sample_store.releases():
        shown = shown_facts(each.facts or (), each.office)
        expected = [fact for fact in shown if fact.kind != "person"]
        assert facts[each.id] == [vars(fact) | {"words": words(each, fact)} for fact in expected]
        for kind in KINDS:
            values = [fact.value for fact in expected if fact.kind == kind]
            assert rows[each.id][kind] == "; ".join(values)
    assert (rows[release.id]["prison"], rows[release.id]["prison_words"]) == ("264", "22 Years")
    found = client.get(f"/api/v1/releases/{release.id}").get_json()
    assert found["facts"] == facts[release.id]


def test_help_shows_the_precision_of_each_measured_fact(client: FlaskClient) -> None:
    section = soup(client, "/help").find("h2", id="facts")
    assert section
    table = section.find_next("table")
    assert table
    cells = [[cell.get_text() for cell in row.select("th, td")] for row in table.select("tr")[1:]]
    assert len(cells) == 9
    assert {row[0] for row in cells} > {"Stage", "Prison term", "Court", "Notice of charges"}
    assert all(0.5 <= float(value) <= 1 for row in cells for value in row[3:])


def test_trends_compare_stages_without_typing_them(client: FlaskClient) -> None:
    page = soup(client, "/trends?q=fraud")
    link = next(each for each in page.select("a[href]") if "Compare by stage" in each.get_text())
    compared = soup(client, str(link["href"]))
    typed = [each["value"] for each in compared.select("input[name=q]") if each["value"]]
    assert typed[:2] == ["(fraud) stage:charged", "(fraud) stage:indicted"]
    again = next(each for each in compared.select("a[href]") if "Compare by" in each.get_text())
    assert again["href"] == link["href"]
