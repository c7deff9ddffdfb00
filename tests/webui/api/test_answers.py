"""The interface for programs: answers, errors, and what stands around them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from corpus import Settings, Store
from corpus.errors import TooCostlyError
from indexer import Engine, Query, open_engine
from indexer.engine.periods import STEPS, Step
from indexer.engine.results import FACETS
from indexer.query.parser import parse
from tests.conftest import EDITED, GONE, apps, sample_id

RELEASE = f"/api/v1/releases/{sample_id(EDITED)}"


@pytest.fixture
def client(changed_client: FlaskClient) -> FlaskClient:
    return changed_client


@pytest.fixture
def engine(changed_settings: Settings) -> Iterator[Engine]:
    opened = open_engine(changed_settings)
    yield opened
    opened.close()


def got(client: FlaskClient, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/json"
    return answer.get_json()


def problem(client: FlaskClient, address: str, status: int, method: str = "GET") -> Any:
    answer = client.open(address, method=method)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    body = answer.get_json()
    assert body["status"] == status
    assert {"type", "title", "status", "detail"} <= body.keys()
    return body


# answers


def test_hits_are_those_of_the_pages(client: FlaskClient, engine: Engine) -> None:
    found = got(client, "/api/v1/search?q=court&sort=relevance&size=5&year=2024&year=2025")
    page = BeautifulSoup(client.get("/?q=court&year=2024&year=2025").text, "lxml")
    links = [each["href"].partition("?")[0] for each in page.select(".hits h2 a")][:5]
    assert [f"/releases/{hit['id']}" for hit in found["hits"]] == links
    assert found["total"] == int(page.select_one(".total").text)
    assert {each["name"] for each in found["facets"]} == set(FACETS)


def test_matches_are_where_the_words_stand(client: FlaskClient) -> None:
    (hit, *_) = got(client, "/api/v1/search?q=torture&size=1")["hits"]
    for piece in (hit["title"], *hit["passages"]):
        words = [piece["text"][first:last] for first, last in piece["matches"]]
        assert all(each.lower().startswith("tortur") for each in words)
    assert any(piece["matches"] for piece in hit["passages"])


def test_a_release_comes_whole_with_its_provenance(
    client: FlaskClient, changed_store: Store
) -> None:
    held = changed_store.get(sample_id(EDITED))
    assert held
    found = got(client, RELEASE)
    assert tuple(found["body"]) == held.body
    assert (found["title"], found["published"]) == (held.title, str(held.published))
    assert (found["version"], found["is_changed"]) == (3, True)
    assert found["provenance"]["sha256"] == held.provenance.sha256
    assert found["provenance"]["fetched_at"] == held.provenance.fetched_at.isoformat()
    assert client.get(found["provenance"]["response_url"]).status_code == 200
    assert got(client, f"/api/v1/releases/{sample_id(GONE)}")["gone_since"]


def test_versions_and_their_differences(client: FlaskClient, changed_store: Store) -> None:
    versions = got(client, f"{RELEASE}/versions")["versions"]
    assert [each["number"] for each in versions] == [1, 2, 3]
    for each in versions:
        assert client.get(each["provenance"]["response_url"]).status_code == 200
    for old, new in combinations(versions, 2):
        where = f"{RELEASE}/differences?from={old['number']}&to={new['number']}"
        body = got(client, where)["body"]
        for version, without in ((old, "added"), (new, "removed")):
            paragraphs = ["".join(p["text"] for p in b if p["kind"] != without) for b in body]
            assert [each for each in paragraphs if each] == version["facts"]["body"]
    newest = got(client, f"{RELEASE}/differences")
    assert (newest["old"], newest["new"]) == (2, 3)


def test_offices_say_what_is_held(client: FlaskClient, changed_store: Store) -> None:
    found = got(client, "/api/v1/offices")
    (coverage,) = changed_store.coverage()
    (office,) = found["offices"]
    assert (office["name"], office["releases"]) == (coverage.office, coverage.releases)
    assert {each["month"]: each["count"] for each in office["months"]} == coverage.months
    assert office["gaps"] == list(coverage.gaps)
    assert office["last_crawl"]["error"] is None
    assert found["index"]["is_current"] is True


def test_a_timeline_counts_what_can_be_filtered(client: FlaskClient) -> None:
    found = got(client, "/api/v1/timeline?q=court")
    assert (
        sum(each["releases"] for each in found["periods"]) + found["undated"] == found["total"] > 0
    )
    assert found["step"] == "month"
    for each in found["periods"]:
        assert each["tokens"] > each["mentions"] >= 0
        where = f"/api/v1/search?q=court&since={each['since']}&until={each['until']}"
        assert got(client, where)["total"] == each["releases"]


@pytest.mark.parametrize("step", STEPS)
def test_a_timeline_goes_by_any_step(client: FlaskClient, engine: Engine, step: Step) -> None:
    found = got(client, f"/api/v1/timeline?q=court&step={step}")
    wanted = engine.frequencies(Query(parse("court").tree), step)
    assert [(each["releases"], each["mentions"]) for each in found["periods"]] == [
        (each.releases, each.mentions) for _, each in wanted.periods
    ]


def test_lines_and_collocates_are_the_engine_s(client: FlaskClient, engine: Engine) -> None:
    query = Query(parse("court").tree)
    lines = got(client, "/api/v1/concordance?q=court&sort=left&size=4&start=2")
    wanted = engine.occurrences(query, "left", 2, 4)
    assert lines["total"] == wanted.total
    assert [each["left"] for each in lines["mentions"]] == [each.left for each in wanted.mentions]
    words = got(
        client, "/api/v1/collocates?q=court&window=3&min_count=1&size=7&measure=log_dice&words=all"
    )
    near = engine.collocates(query, 3, "log_dice", 1, 7)
    assert [each["word"] for each in words["collocates"]] == [each.word for each in near.collocates]
    assert words["collocates"][0]["score"] == near.collocates[0].score


def test_words_that_say_nothing_find_nothing_and_are_told_of(client: FlaskClient) -> None:
    for path in ("search?q=AND", "timeline?q=AND", "concordance?q=AND"):
        found = got(client, f"/api/v1/{path}")
        assert found["total"] == 0
        assert found["warnings"]
    assert "Available: " in got(client, "/api/v1/search?office=nobody")["warnings"][0]


# errors


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("search?sort=best", ["sort"]),
        ("search?since=yesterday", ["since"]),
        ("search?until=2018-02-30", ["until"]),
        ("search?size=0&start=-1", ["size", "start"]),
        ("search?size=many", ["size"]),
        ("search?year=18", ["year"]),
        ("search?state=lost", ["state"]),
        ("search?offce=us_doj", ["offce"]),
        ("search?page=2", ["page"]),
        ("search?cursor=x", ["cursor"]),
        ("search?cursor=WzEsMiwzXQ", ["cursor"]),
        ("concordance", ["q"]),
        ("collocates?q=court&window=0", ["window"]),
        ("collocates?q=court&stem=perhaps", ["stem"]),
        ("timeline?since=2018-13", ["since"]),
    ],
)
def test_arguments_that_cannot_be_read_are_named(
    client: FlaskClient, asked: str, named: list[str]
) -> None:
    body = problem(client, f"/api/v1/{asked}", 422)
    assert [each["parameter"] for each in body["errors"]] == named
    assert client.get(body["type"].partition("#")[0]).status_code == 200


def test_a_cursor_is_of_its_own_query(client: FlaskClient) -> None:
    onward = got(client, "/api/v1/search?q=court&sort=newest&size=2")["next"]
    cursor = onward.partition("cursor=")[2]
    assert got(client, f"/api/v1/search?size=5&q=court&sort=newest&cursor={cursor}")["hits"]
    for other in ("q=jury&sort=newest", "q=court&sort=newest&year=2024", "q=court&sort=oldest"):
        body = problem(client, f"/api/v1/search?{other}&cursor={cursor}", 422)
        assert "another query" in body["detail"]


def test_what_is_not_there_is_not_found(client: FlaskClient) -> None:
    for address in (
        "/api/v1/releases/nobody",
        "/api/v1/releases/nobody/versions",
        f"{RELEASE}/differences?from=9",
        "/api/v1/nothing",
        "/api/",
        "/ru/api/v1/nothing",
    ):
        problem(client, address, 404)
    assert client.get("/nothing").mimetype == "text/html"


def test_only_reading_is_allowed(client: FlaskClient) -> None:
    problem(client, "/api/v1/search", 405, "POST")
    answer = client.delete("/api/v1/offices")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    body = client.get("/api/v1/search", data=b"x" * 70_000)
    assert (body.status_code, body.content_type) == (413, "application/problem+json")


def test_while_there_is_no_index_programs_are_told_to_wait(settings: Settings) -> None:
    for app in apps(settings):
        client = app.test_client()
        body = problem(client, "/api/v1/search?q=court", 503)
        assert body["type"].endswith("#index-not-ready")
        assert "Searches cannot be answered" in body["detail"]
        assert client.get("/api/v1/search?q=court").headers["Retry-After"]
        assert got(client, "/api/v1/offices")["index"]["problem"]


def test_a_query_that_takes_too_long_is_refused(changed_settings: Settings) -> None:
    for app in apps(changed_settings):
        app.add_url_rule("/api/v1/slow", view_func=_too_costly)
        told = problem(app.test_client(), "/api/v1/slow", 400)
        assert told["type"].endswith("#too-costly")


def test_a_fault_of_ours_tells_nothing_of_the_inside(changed_settings: Settings) -> None:
    for app in apps(changed_settings):
        app.add_url_rule("/api/v1/fault", view_func=lambda: str(1 // 0))
        told = problem(app.test_client(), "/api/v1/fault", 500)
        assert "division" not in json.dumps(told)


def test_a_withheld_release_is_nowhere(copy_settings: Settings, copy_store: Store) -> None:
    release = next(each for each in copy_store.releases() if "fentanyl" in each.title.lower())
    for app in apps(copy_settings):
        client = app.test_client()
        asked = "/api/v1/search?q=fentanyl&size=100"
        seen = client.get(asked)
        assert release.id in seen.text
        copy_store.withhold(release.id, "Order of a court")
        for path in ("", "/versions", "/differences"):
            problem(client, f"/api/v1/releases/{release.id}{path}", 404)
        again = client.get(asked, headers={"If-None-Match": seen.headers["ETag"]})
        assert again.status_code == 200
        assert release.id not in again.text
        assert release.title not in client.get("/search.atom?q=fentanyl").text
        assert release.id not in client.get("/search.atom?q=fentanyl").text


# around answers


def test_answers_are_sent_again_only_where_they_changed(client: FlaskClient) -> None:
    for address in ("/api/v1/search?q=court", RELEASE, "/api/v1/openapi.json"):
        tag = client.get(address).headers["ETag"]
        again = client.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Access-Control-Allow-Origin"] == "*"


def test_pages_of_any_site_may_ask(client: FlaskClient) -> None:
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}
    answer = client.options("/api/v1/search", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in client.get("/").headers


def test_the_documentation_tells_all_and_loads_nothing(client: FlaskClient) -> None:
    spec = got(client, "/api/v1/openapi.json")
    answer = client.get("/api/v1/docs")
    soup = BeautifulSoup(answer.text, "lxml")
    headings = [each.text for each in soup.select("h2 code")]
    assert headings == [f"GET {path}" for path in spec["paths"]]
    anchors = {each["id"] for each in soup.select("[id]")}
    inside = [each["href"] for each in soup.select("article a[href^='#']")]
    assert {each[1:] for each in inside} <= anchors
    assert not soup.select("article script, article style, [style]")
    sources = [each.get("src") or each.get("href") for each in soup.select("script, link[href]")]
    assert all(each.startswith(("/", "data:")) for each in sources)
    for path in spec["paths"].values():
        for parameter in path["get"].get("parameters", []):
            assert parameter["description"].replace("`", "") in soup.text


def test_addresses_keep_the_language_that_was_chosen(client: FlaskClient) -> None:
    found = got(client, "/ru/api/v1/search?q=court&sort=newest&size=1")
    assert "/ru/api/v1/search?" in found["next"]
    assert got(client, found["next"])["hits"]


def _too_costly() -> str:
    raise TooCostlyError("The query takes too long; write more letters.")


def test_releases_that_match_some_words_have_a_total_of_their_own(client: FlaskClient) -> None:
    asked = "/api/v1/search?q=sentenced+for+torture+in+prison&size=100"
    both, alone = got(client, asked), got(client, f"{asked}&match=all")
    assert both["sort"] == "relevance"
    assert both["total"] == alone["total"] == len(alone["hits"])
    assert (both["total_some"] > 0, alone["total_some"]) == (True, 0)
    assert len(both["hits"]) == both["total"] + both["total_some"]
    for hit in both["hits"]:
        assert (hit["tier"] == "some") == bool(hit["missing"])
    assert "Not required: for, in." in both["warnings"]
    literal = got(client, f"{asked}&reading=literal")
    assert not literal["warnings"]
    assert literal["total"] <= both["total"]
