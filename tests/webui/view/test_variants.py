"""The switch between a name in all scripts and as typed, on every page that searches."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

# An invented governor of the sample offices, as each language spells him.
NAMES = {"en": "Kerimzhanov", "ru": "Керимжанов", "kk": "Керімжанов"}


def page(client: FlaskClient, path: str, **asked: str) -> str:
    answer = client.get(path, query_string=asked or None)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def found(client: FlaskClient, **asked: str) -> Any:
    return json.loads(page(client, "/api/v1/search", sort="relevance", **asked))


@pytest.mark.parametrize("code", NAMES)
def test_hits_in_other_spellings_say_so_and_the_switch_leaves_them_out(
    code: str, client: FlaskClient
) -> None:
    html = page(client, "/", q=NAMES[code])
    answer = found(client, q=NAMES[code])
    others = [hit for hit in answer["hits"] if hit["variants"]]
    assert {hit["language"] for hit in answer["hits"]} == {*NAMES}
    assert {hit["language"] for hit in others} == {*NAMES} - {code}
    assert answer["variant_total"] == len(others) > 0
    assert html.count("Matched by another spelling:") == len(others)
    assert f"{len(others)} matched by another spelling" in html
    assert "Spelling variants:" in html
    [link] = re.findall(r'<a href="([^"]+)">exact spelling only</a>', html)
    assert "script=exact" in link
    strict = page(client, link.replace("&amp;", "&"))
    assert "Matched by another spelling" not in strict
    assert "Exact spelling." in strict
    [back] = re.findall(r'<a href="([^"]+)">Include other scripts</a>', strict)
    assert "script" not in back
    kept = found(client, q=NAMES[code], script="exact")
    assert [hit["id"] for hit in kept["hits"]] == [
        hit["id"] for hit in answer["hits"] if not hit["variants"]
    ]
    assert (kept["variant_total"], kept["total"]) == (0, answer["total"] - len(others))


def test_the_scores_of_other_spellings_are_below_all_others(client: FlaskClient) -> None:
    for hit in found(client, q=NAMES["ru"])["hits"]:
        assert (hit["score"] < 0) == bool(hit["variants"])


def test_every_page_keeps_the_switch(client: FlaskClient) -> None:
    asked = {"q": NAMES["ru"], "script": "exact"}
    for path in ("/", "/concordance", "/trends", "/collocates", "/sample"):
        html = client.get(path, query_string=asked, follow_redirects=True).get_data(as_text=True)
        tabs = re.findall(r'<nav class="tools".*?</nav>', html, re.DOTALL)
        for tab in tabs:
            assert tab.count("script=exact") == tab.count("<a "), path
        assert '<input type="hidden" name="script" value="exact">' in html, path
    for path in ("/concordance", "/trends", "/collocates"):
        assert "exact only" in page(client, path, **asked)
    total = found(client, **asked)["total"]
    assert 0 < total < found(client, q=NAMES["ru"])["total"]
    assert page(client, "/export.jsonl", **asked).count("\n") >= total
    rows = page(client, "/export.csv", **asked)
    assert "script" in rows
    feed = page(client, "/search.atom", **asked)
    assert feed.count("<entry>") == total
    assert "script=exact" in feed
    wide = page(client, "/search.atom", q=NAMES["ru"])
    assert wide.count("<entry>") == found(client, q=NAMES["ru"])["total"]


def test_the_tools_count_what_the_results_page_does(client: FlaskClient) -> None:
    for more in ({}, {"script": "exact"}):
        total = found(client, q=NAMES["kk"], **more)["total"]
        lines = json.loads(page(client, "/api/v1/concordance", q=NAMES["kk"], **more))
        timeline = json.loads(page(client, "/api/v1/timeline", q=NAMES["kk"], **more))
        assert lines["releases"] <= total == timeline["total"]
        assert {line["keyword"] for line in lines["mentions"]} >= {NAMES["kk"]}


def test_a_release_page_marks_the_spelling_that_it_was_found_by(client: FlaskClient) -> None:
    for hit in found(client, q=NAMES["en"])["hits"]:
        html = page(client, f"/releases/{hit['id']}", q=NAMES["en"])
        marked = re.findall(r"<mark[^>]*>([^<]+)", html)
        assert marked
        assert any(word.startswith(NAMES[hit["language"]][:6]) for word in marked)


def test_where_nothing_is_as_typed_the_page_offers_other_scripts(client: FlaskClient) -> None:
    html = page(client, "/", q="Qerimzhanov", script="exact")
    assert "No results" in html
    [link] = re.findall(r'<a href="([^"]+)">Include other scripts</a>', html)
    assert "Керимжанов" in page(client, link.replace("&amp;", "&"))
    wide = page(client, "/", q="Qerimzhanov")
    assert "Did you mean" not in wide
    assert "Matched by another spelling:" in wide


def test_ordinary_words_show_nothing_of_it(client: FlaskClient) -> None:
    html = page(client, "/", q="sentenced")
    assert "another spelling" not in html
    assert "exact spelling only" not in html


def test_an_unknown_script_is_refused_by_the_interface_and_any_by_the_pages(
    client: FlaskClient,
) -> None:
    answer = client.get("/api/v1/search", query_string={"q": "a", "script": "latin"})
    assert answer.status_code == 422
    assert "exact spelling only" in page(client, "/", q=NAMES["ru"], script="latin")
