"""What one request may cost: values of a filter, processor time, lines of a table."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from corpus.errors import BusyError, TooCostlyError
from webui.i18n import LANGUAGES
from webui.pages import search
from webui.tools import concordance, downloads
from webui.view.search_state import MOST_VALUES

FILTERS = ["office", "country", "year", "language", "topic", "component", "kind", "statute"]
SEARCHES = ["/?q=court", "/concordance?q=court", "/collocates?q=court", "/trends?q=court"]
FILES = ["/concordance.csv?q=court", "/collocates.csv?q=court", "/export.csv?q=court"]
OTHERS = ["/search.atom?q=court", "/sample?q=court&seed=1"]
guard = import_module("webui.site.limits")  # the package has a function of that name
TOO_LONG = "takes too long"


def many(name: str, number: int) -> str:
    return "&".join(f"{name}={2000 + each}" for each in range(number))


def notes(page: str) -> str:
    return BeautifulSoup(page, "lxml").get_text(" ")


@pytest.mark.parametrize("name", FILTERS)
def test_values_beyond_the_twentieth_are_left_out_and_told_of(
    client: FlaskClient, name: str
) -> None:
    page = client.get(f"/?q=court&{many(name, 1500)}").text

    assert f"Only the first {MOST_VALUES} values of {name} are used." in notes(page)
    links = re.findall(r'href="([^"]*)"', page)
    # The page's own address stands in the links to other languages and nowhere else.
    assert sum(link.count(f"{name}=") > MOST_VALUES + 1 for link in links) <= 2 * len(LANGUAGES)


@pytest.mark.parametrize("path", ["/", "/concordance", "/trends", "/collocates", "/sample"])
def test_every_page_tells_of_values_left_out(client: FlaskClient, path: str) -> None:
    page = client.get(f"{path}?q=court&seed=1&{many('year', MOST_VALUES + 1)}").text
    assert f"Only the first {MOST_VALUES} values of year are used." in notes(page)


def test_twenty_values_are_all_used(client: FlaskClient) -> None:
    page = client.get(f"/?q=court&{many('year', MOST_VALUES)}").text
    assert "Only the first" not in notes(page)


def test_files_tell_of_values_left_out(client: FlaskClient) -> None:
    lines = client.get(f"/export.jsonl?{many('year', 50)}&year=undated").text
    assert f"Only the first {MOST_VALUES} values of year are used." in lines.splitlines()[0]


def test_programs_are_refused_what_pages_cut_short(client: FlaskClient) -> None:
    answer = client.get(f"/api/v1/search?{many('year', MOST_VALUES + 1)}")

    assert answer.status_code == 422
    assert str(MOST_VALUES) in answer.json["detail"]
    assert client.get(f"/api/v1/search?{many('year', MOST_VALUES)}").status_code == 200


@pytest.mark.parametrize("url", [*SEARCHES, *FILES, *OTHERS])
def test_an_answer_whose_time_is_spent_is_a_sentence(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr(guard, "ANSWER_S", -1.0)

    answer = client.get(url)

    assert answer.status_code == 400
    assert TOO_LONG in answer.text


@pytest.mark.parametrize("name", ["search", "concordance", "collocates", "timeline"])
def test_a_program_whose_time_is_spent_gets_a_problem(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(guard, "ANSWER_S", -1.0)

    answer = client.get(f"/api/v1/{name}?q=court")

    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert answer.json["type"].endswith("#too-costly")


def test_the_next_request_has_time_of_its_own(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(guard, "ANSWER_S", -1.0)
        assert client.get("/?q=court").status_code == 400
    assert client.get("/?q=court").status_code == 200


def test_results_are_shown_where_the_time_is_too_short_for_suggestions(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: Any) -> None:
        raise TooCostlyError("too long")

    monkeypatch.setattr(search, "suggestions", slow)

    answer = client.get("/?q=court")

    assert answer.status_code == 200
    assert "Suggestions are not shown" in notes(answer.text)
    assert client.get("/?q=xyzzyx").status_code == 200


def test_a_busy_search_does_not_blame_the_query(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any, **__: Any) -> None:
        raise BusyError("The search cluster has too much to do.")

    monkeypatch.setattr(search, "limit_bars", busy)

    answer = client.get("/?q=court")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "Try again" in answer.text
    assert TOO_LONG not in answer.text


def test_a_table_of_too_many_lines_is_refused_with_their_number(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = client.get("/concordance.csv?q=the").text.count("\n") - 1
    monkeypatch.setattr(concordance, "MOST_ROWS", whole - 1)

    answer = client.get("/concordance.csv?q=the")

    assert answer.status_code == 413
    assert f"The table would have {whole:,} rows" in answer.text


def test_a_file_whose_time_is_spent_breaks_off(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "FILE_S", -1.0)

    with pytest.raises(TooCostlyError):
        client.get("/export.csv?q=court")
