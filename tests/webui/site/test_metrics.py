"""/metrics: right values in whatever process, and no word of queries or clients."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from corpus import Settings, Store
from corpus.issue import Issue
from corpus.review.report import CrawlReport
from indexer import open_engine, reindex
from webui import create_app

TOKEN = "a word that Prometheus knows"
ROOT = Path(__file__).resolve().parents[3]
Make = Callable[..., FlaskClient]
# Values by name and labels, as they are written.
Values = dict[str, float]


@pytest.fixture
def settings(sample_settings: Settings, tmp_path: Path) -> Settings:
    """A copy of the crawled and indexed sample offices, to spoil."""
    copy = shutil.copytree(sample_settings.data, tmp_path / "copy")
    return replace(sample_settings, data=Path(copy), metrics_token=TOKEN)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with closing(Store(settings)) as opened:
        yield opened


@pytest.fixture
def make(settings: Settings) -> Iterator[Make]:
    made: list[Flask] = []

    def client(**given: object) -> FlaskClient:
        made.append(create_app(replace(settings, **given)))  # type: ignore[arg-type]
        return made[-1].test_client()

    yield client
    for app in made:
        for each in app.extensions["communique"]:
            each.close()


def text(client: FlaskClient) -> str:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    return answer.text


def values(client: FlaskClient) -> Values:
    lines = [line for line in text(client).splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def add_run(store: Store, office: str, ago: timedelta, **outcome: object) -> None:
    report = CrawlReport(office, "pages", **outcome).as_json()  # type: ignore[arg-type]
    store.add_run(office, datetime.now(UTC) - ago, report)


def test_there_is_none_without_a_token(make: Make) -> None:
    assert make(metrics_token="").get("/metrics").status_code == 404


@pytest.mark.parametrize(
    "given", [None, "", TOKEN, "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer \u00ff"]
)
def test_who_does_not_send_the_token_is_told_nothing(make: Make, given: str | None) -> None:
    headers = {} if given is None else {"Authorization": given}
    answer = make().get("/metrics", headers=headers)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "communique_" not in answer.text


def test_the_live_build_and_how_far_it_is_behind(make: Make, store: Store) -> None:
    client = make()
    found = values(client)
    assert found["communique_index_usable"] == found["communique_catalog_readable"] == 1
    assert found["communique_index_releases"] == store.count()
    assert found["communique_catalog_revision_lag"] == 0
    size = sum(path.stat().st_size for path in Path(store.url[10:]).parent.glob("index/*-*/*"))
    assert found["communique_index_bytes"] == size
    ages = found["communique_index_age_seconds"], found["communique_index_update_age_seconds"]
    assert all(0 < age < 3600 for age in ages)
    for id_ in sorted(store.ids())[:2]:
        store.withhold(id_, "Order")
    assert values(client)["communique_catalog_revision_lag"] == 2


def test_crawls_by_office(make: Make, store: Store) -> None:
    client = make()
    age = 'communique_office_last_good_crawl_age_seconds{office="%s"}'
    assert 0 < values(client)[age % "sample_doj"] < 3600
    refused = [Issue("u", rule, "No.") for rule in ("soft_404", "robots", "soft_404")]
    failed = [Issue("u", "timeout", "No answer.")]
    add_run(store, "sample_doj", timedelta(hours=1), refused=refused, failed=failed)
    add_run(store, "sample_gpo", timedelta(0), quarantined="The listing is empty.")
    add_run(store, "us_doj", timedelta(0), error="The listing is out of reach.")
    found = values(client)
    assert 3600 <= found[age % "sample_doj"] < 7200
    assert found[age % "us_doj"] == inf
    issues = 'communique_office_issues{office="sample_doj",outcome="%s",rule="%s"}'
    assert found[issues % ("refused", "soft_404")] == 2
    assert found[issues % ("refused", "robots")] == found[issues % ("failed", "timeout")] == 1
    for state, office in (("quarantined", "sample_gpo"), ("failed", "us_doj")):
        names = {name for name in found if name.startswith(f"communique_office_{state}")}
        assert {name for name in names if found[name]} == {
            f'communique_office_{state}{{office="{office}"}}'
        }


def test_reports_of_earlier_versions_are_counted_too(make: Make, store: Store) -> None:
    report = {"failed": [{"url": "u", "rule": "timeout", "reason": "r"}] * 3}
    store.add_run("sample_doj", datetime.now(UTC), report)
    name = 'communique_office_issues{office="sample_doj",outcome="failed",rule="timeout"}'
    assert values(make())[name] == 3


def test_requests_and_query_times(make: Make) -> None:
    client = make()
    before = values(client)

    def more(name: str) -> float:
        return values(client)[name] - before.get(name, 0)

    for url in ("/?q=torture", "/?q=court", "/nowhere", "/nowhere/else", "/releases/none-0"):
        client.get(url)
    requests = 'communique_requests_total{endpoint="%s",status="%s"}'
    assert more(requests % ("search.search", 200)) == 2
    assert more(requests % ("none", 404)) == 2
    assert more(requests % ("releases.release", 404)) == 1
    searches = more('communique_query_seconds_count{query="search"}')
    assert searches >= 2  # a page can ask for other words beside
    assert more('communique_query_seconds_bucket{le="+Inf",query="search"}') == searches
    assert more('communique_query_seconds_sum{query="search"}') > 0


def test_no_query_and_no_client_is_told(make: Make) -> None:
    client = make(proxies=1)
    asked = {"X-Forwarded-For": "192.0.2.77", "User-Agent": "curious/7", "Referer": "http://from/"}
    for url in ("/?q=xyzzyx&office=plugh", "/xyzzyx", "/export.csv?q=xyzzyx", "/releases/xyzzyx"):
        client.get(url, headers=asked)
    told = text(client)
    for word in ("xyzzyx", "plugh", "192.0.2.77", "curious", "from/"):
        assert word not in told


def test_scrapes_count_in_no_limit_and_need_no_https(make: Make) -> None:
    client = make(rate="1/hour", https=True)
    https = "https://localhost"
    codes = [client.get("/help", base_url=https).status_code for _ in range(2)]
    assert codes == [200, 429]
    for _ in range(3):
        assert values(client)
        assert client.get("/healthz").status_code == client.get("/livez").status_code == 200


def test_what_cannot_be_read_is_left_out(make: Make, settings: Settings, store: Store) -> None:
    client = make()
    client.application.extensions["communique"][0].close()
    store.close()
    (settings.data / "catalog.sqlite").write_bytes(b"no database " * 1000)
    found = values(client)
    assert found["communique_catalog_readable"] == 0
    assert found["communique_index_releases"] > 0
    for build in filter(Path.is_dir, settings.index.iterdir()):
        for file in build.iterdir():
            file.unlink()
    assert values(client)["communique_index_usable"] == 0
    shutil.rmtree(settings.index)
    assert values(client)["communique_index_usable"] == 0


# Two processes forked from one that loaded the app; the parent is asked what all three were asked.
FORKED = """
import os, sys
from pathlib import Path
from corpus import Settings
from webui import create_app

app = create_app(Settings(data=Path(sys.argv[1]), metrics_token="t"))
app.test_client().get("/livez")
for number in (2, 3):
    if os.fork() == 0:
        app.extensions["communique"][0].engine.dispose(close=False)
        for _ in range(number):
            assert app.test_client().get("/?q=torture").status_code == 200
        sys.exit()
for _ in range(2):
    assert os.wait()[1] == 0
print(app.test_client().get("/metrics", headers={"Authorization": "Bearer t"}).text)
print(os.environ["PROMETHEUS_MULTIPROC_DIR"])
"""


def test_processes_count_together(settings: Settings) -> None:
    environ = {k: v for k, v in os.environ.items() if k != "PROMETHEUS_MULTIPROC_DIR"}
    done = subprocess.run(
        [sys.executable, "-c", FORKED, str(settings.data)],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    *lines, folder = done.stdout.splitlines()
    assert 'communique_requests_total{endpoint="search.search",status="200"} 5.0' in lines
    assert 'communique_requests_total{endpoint="health.livez",status="200"} 1.0' in lines
    name = 'communique_query_seconds_count{query="search"}'
    [count] = [line for line in lines if line.startswith(name)]
    assert float(count.rpartition(" ")[2]) >= 5
    assert not Path(folder).exists()  # removed by the parent at its end


def test_an_update_is_noticed(make: Make, settings: Settings, store: Store) -> None:
    client = make()
    store.withhold(min(store.ids()), "Order")
    with closing(open_engine(settings)) as engine:
        reindex(settings, store, engine)
    found = values(client)
    assert found["communique_catalog_revision_lag"] == 0
    assert found["communique_index_releases"] == store.count()
    assert found["communique_index_update_age_seconds"] < 3600
