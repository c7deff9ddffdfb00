"""Every page of the web app reads the same on either engine; commands too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from opensearchpy import Transport

from communique.main import main
from corpus import Settings, Store
from indexer import open_engine, reindex
from webui import create_app

PAGES = (
    "/?q=sentenced&sort=newest",
    "/?q=court+-fraud&sort=oldest&step=year&year=2018",
    "/?q=prosecutor+OR+прокурор&sort=newest&per=releases",
    '/?q="Civil+Rights+Division"&sort=newest&copies=all',
    "/?q=frad&sort=newest",
    "/?q=nothinglikethis",
    "/?sort=newest&office=sample_gpo",
    "/concordance?q=court&by=left",
    "/concordance.csv?q=court&by=date",
    "/trends?q=court&q=fraud&step=year",
    "/trends.csv?q=court&step=month",
    "/collocates?q=court",
    "/collocates.csv?q=court&stems=1",
    "/sample?q=court&seed=a",
    "/export.csv?q=court&sort=newest",
    "/search.atom?q=court",
    "/complete?q=cou",
    "/help",
    "/coverage",
    "/api/v1/search?q=court&sort=newest",
)
# A build's name, the time that an answer took or was given at, and scores, which Lucene rounds.
VARYING = re.compile(
    r"\d+-\d{8}[Tt]\d{12}|[\d.,]+ (?:seconds?|ms)|\d{4}-\d\d-\d\dT[\d:.+Z-]+|\d\d:\d\d"
    r'|"score":[-e\d.]+'
)


@pytest.fixture(scope="module")
def distant(sample_settings: Settings, opensearch: str) -> Iterator[Settings]:
    """The sample offices' releases on a cluster."""
    settings = replace(
        sample_settings, engine="opensearch", opensearch_url=opensearch, opensearch_index="pages"
    )
    engine, store = open_engine(settings), Store(settings)
    reindex(settings, store, engine, is_full=True)
    yield settings
    for build in engine.builds():
        engine.drop(build)
    engine.close()
    store.close()


@pytest.fixture(scope="module")
def far(distant: Settings) -> Iterator[FlaskClient]:
    app = create_app(distant)
    yield app.test_client()
    store, engine = app.extensions["communique"]
    engine.close()
    store.close()


@pytest.mark.parametrize("page", PAGES)
def test_pages_read_the_same(client: FlaskClient, far: FlaskClient, page: str) -> None:
    near, there = client.get(page), far.get(page)
    assert (near.status_code, there.status_code) == (200, 200), there.text[:500]
    assert VARYING.sub("", there.text) == VARYING.sub("", near.text)


@pytest.mark.parametrize(
    ("page", "most"),
    [
        ("/?sort=newest", 2),
        ("/?q=court&page=2", 3),
        ("/?q=court", 8),
        ("/complete?q=cou", 4),
        ("/complete?q=court+of+ap", 11),
        ("/?q=court+fraud", 8),
        ("/?q=court+OR+fraud+OR+prosecutor+OR+sentenced", 3),
    ],
)
def test_a_page_asks_the_cluster_seldom(
    far: FlaskClient, monkeypatch: pytest.MonkeyPatch, page: str, most: int
) -> None:
    """For written forms, hits and counts, the second tier of several words, what is held of each
    period, the translations of each word, and the names of a term of the glossary; of a
    completion, for its words, their misprints, and what all candidates find.
    """
    far.get(page)
    asked = []
    perform = Transport.perform_request

    def noted(self: Transport, method: str, url: str, *args: Any, **more: Any) -> Any:
        asked.append(url)
        return perform(self, method, url, *args, **more)

    monkeypatch.setattr(Transport, "perform_request", noted)
    assert far.get(page).status_code == 200
    assert 0 < sum(url.endswith("/_msearch") for url in asked) <= most


def test_a_release_leads_to_those_like_it(far: FlaskClient, sample_settings: Settings) -> None:
    store = Store(sample_settings)
    id_ = next(iter(store.releases())).id
    store.close()
    assert far.get(f"/releases/{id_}").status_code == 200


def test_health_tells_of_the_cluster(far: FlaskClient, distant: Settings) -> None:
    state = far.get("/healthz").get_json()
    assert state["is_live"]
    assert re.match(r"(green|yellow), 1 node, \d+ shards?", state["cluster"])
    environ = {
        "COMMUNIQUE_DATA": str(distant.data),
        "COMMUNIQUE_ENGINE": "opensearch",
        "COMMUNIQUE_OPENSEARCH_URL": distant.opensearch_url,
        "COMMUNIQUE_OPENSEARCH_INDEX": "pages",
    }
    told = CliRunner(env=environ).invoke(main, ["status"])
    assert told.exit_code == 0, told.output
    assert "search cluster: " in told.output
    assert "up to date" in told.output
    found = CliRunner(env=environ).invoke(main, ["search", "court"])
    assert found.exit_code == 0, found.output
    assert "Nothing has changed" in CliRunner(env=environ).invoke(main, ["reindex"]).output
    assert CliRunner(env=environ).invoke(main, ["verify"]).exit_code == 0


def test_a_cluster_that_is_away_is_said_plainly(sample_settings: Settings) -> None:
    app = create_app(
        replace(sample_settings, engine="opensearch", opensearch_url="http://127.0.0.1:9")
    )
    client = app.test_client()
    assert client.get("/healthz").status_code == 503
    answer = client.get("/?q=court")
    assert answer.status_code == 503
    assert "Searches cannot be answered" in answer.text
    store, engine = app.extensions["communique"]
    engine.close()
    store.close()
