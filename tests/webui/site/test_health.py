"""What the page tells those who watch it, and `status` the same."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import create_engine

from communique.main import main
from corpus import Settings, Store
from corpus.errors import NoCatalogError
from corpus.review.report import CrawlReport
from indexer import open_engine, reindex
from indexer.jobs import probe
from tests.conftest import apps
from webui import create_app

PATHS = ("/livez", "/readyz", "/healthz")


@pytest.fixture
def settings(sample_settings: Settings, tmp_path: Path) -> Settings:
    """A copy of the crawled and indexed sample offices, to spoil."""
    return replace(
        sample_settings, data=Path(shutil.copytree(sample_settings.data, tmp_path / "c"))
    )


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with closing(Store(settings)) as opened:
        yield opened


@pytest.fixture
def client(settings: Settings) -> Iterator[FlaskClient]:
    app = create_app(settings)
    yield app.test_client()
    for each in app.extensions["communique"]:
        each.close()


def asked(client: FlaskClient) -> tuple[int, str, list[str]]:
    answer = client.get("/healthz")
    state = json.loads(answer.data)
    return answer.status_code, state["status"], [each["kind"] for each in state["reasons"]]


def told(settings: Settings, **environ: str) -> tuple[int, Any]:
    given = {"COMMUNIQUE_DATA": str(settings.data)} | environ
    result = CliRunner().invoke(main, ["status", "--json"], env=given)
    return result.exit_code, json.loads(result.stdout)


def add_run(store: Store, office: str, **outcome: str) -> None:
    report = CrawlReport(office, "pages", **outcome).as_json()  # type: ignore[arg-type]
    store.add_run(office, datetime(2026, 1, 2, 3, 4, tzinfo=UTC), report)


def test_all_is_well(client: FlaskClient, settings: Settings) -> None:
    assert asked(client) == (200, "ok", [])
    state = json.loads(client.get("/healthz").data)
    assert state["is_current"] is True
    assert told(settings)[1]["status"] == "ok"


def test_failed_and_quarantined_offices_degrade_and_end_status_with_3(
    client: FlaskClient, settings: Settings, store: Store
) -> None:
    add_run(store, "sample_doj", error="The listing is out of reach.")
    assert asked(client) == (200, "degraded", ["office_failed"])
    add_run(store, "sample_gpo", quarantined="The listing is empty.")
    assert asked(client) == (200, "degraded", ["office_failed", "office_quarantined"])
    code, status = told(settings)
    assert (code, status["ok"]) == (3, False)
    public = json.loads(client.get("/healthz").data)["reasons"]
    assert public[0] == {
        "kind": "office_failed",
        "sentence": "The last crawl failed.",
        "office": "sample_doj",
    }
    assert [each["kind"] for each in status["reasons"]] == [each["kind"] for each in public]
    assert status["reasons"][0] == {
        "kind": "office_failed",
        "sentence": "sample_doj: the run of 2026-01-02 03:04 UTC failed."
        " The listing is out of reach.",
        "office": "sample_doj",
    }
    for office in ("sample_doj", "sample_gpo"):
        add_run(store, office)
    assert asked(client) == (200, "ok", [])
    assert told(settings)[0] == 0


def test_an_office_that_is_no_more_fails_no_more(client: FlaskClient, store: Store) -> None:
    add_run(store, "xx_former", error="The listing is out of reach.")
    assert asked(client) == (200, "ok", [])


def test_an_index_that_is_behind_says_since_when_and_by_how_much(
    client: FlaskClient, settings: Settings, store: Store
) -> None:
    ids = sorted(store.ids())
    for id_ in ids[:2]:
        store.withhold(id_, "Order")
    assert asked(client) == (200, "degraded", ["index_stale"])
    code, status = told(settings)
    assert (code, status["index"]["is_current"]) == (0, False)
    [reason] = status["reasons"]
    at = f"{datetime.now(UTC):%Y-%m-%d}"
    assert f"behind the catalog since {at} " in reason["sentence"]
    assert "by 2 changes; run `communique reindex`" in reason["sentence"]
    with closing(open_engine(settings)) as engine:
        reindex(settings, store, engine)
    assert asked(client) == (200, "ok", [])


def test_an_index_ahead_of_its_catalog_is_told(
    settings: Settings, client: FlaskClient, store: Store
) -> None:
    with closing(open_engine(settings)) as engine:
        engine.update([], [], store.revision() + 3, lambda done: None)
    assert asked(client) == (200, "degraded", ["index_ahead"])


def test_without_an_index_or_releases_in_it_nothing_is_served(
    client: FlaskClient, settings: Settings, tmp_path: Path
) -> None:
    shutil.rmtree(settings.index)
    assert asked(client) == (503, "unusable", ["index_unusable"])
    assert client.get("/livez").status_code == 200
    fresh = Settings(data=tmp_path / "fresh")
    with closing(Store(fresh)) as store, closing(open_engine(fresh)) as engine:
        reindex(fresh, store, engine)
    app = create_app(fresh)
    assert asked(app.test_client()) == (503, "unusable", ["index_empty"])
    for each in app.extensions["communique"]:
        each.close()


@pytest.mark.parametrize("defect", ["dropped", "noise"])
def test_without_its_catalog_nothing_is_served_and_liveness_asks_for_neither(
    client: FlaskClient, store: Store, settings: Settings, defect: str
) -> None:
    client.application.extensions["communique"][0].close()
    store.close()
    if defect == "dropped":
        (settings.data / "catalog.sqlite").unlink()
    else:
        (settings.data / "catalog.sqlite").write_bytes(b"no database " * 1000)
    assert client.get("/?q=court").status_code == 503
    code, status, reasons = asked(client)
    assert (code, status, reasons) == (503, "unusable", ["catalog_unreadable"])
    shutil.rmtree(settings.index)
    assert asked(client)[0] == 503
    assert client.get("/livez").json == {"status": "ok"}


def test_an_app_of_the_environment_makes_no_catalog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMUNIQUE_DATA", str(tmp_path / "mistyped"))
    monkeypatch.delenv("COMMUNIQUE_CATALOG", raising=False)
    with pytest.raises(NoCatalogError, match="Run `communique crawl` to make one"):
        create_app()
    assert not (tmp_path / "mistyped").exists()


def test_what_watches_is_never_told_to_wait(settings: Settings) -> None:
    app = create_app(replace(settings, rate="1/hour"))
    client = app.test_client()
    assert client.get("/help").status_code == 200
    assert client.get("/help").status_code == 429
    for path in PATHS * 3:
        assert client.get(path).status_code == 200
    for each in app.extensions["communique"]:
        each.close()


@pytest.mark.parametrize("path", PATHS)
def test_health_is_json_whatever_client_and_settings(settings: Settings, path: str) -> None:
    settings = replace(settings, url="https://a.example/b", https=True, work_s=0.001)
    for app in apps(settings):
        client = app.test_client()
        while client.get("/help", base_url="https://a.example").status_code == 200:
            pass  # until the processor time is spent
        for host in ("a.example", "10.0.0.1:8000", "b.example"):
            answer = client.get(path, headers={"Host": host, "Accept": "text/html"})
            assert (answer.status_code, answer.mimetype) == (200, "application/json")


def test_the_last_good_crawl_has_its_age(client: FlaskClient, store: Store) -> None:
    good = datetime.now(UTC) - timedelta(days=3)
    for office in ("sample_doj", "sample_gpo"):
        store.add_run(office, good, CrawlReport(office, "pages").as_json())
    add_run(store, "sample_doj", error="The listing is out of reach.")
    add_run(store, "us_doj", error="The listing is out of reach.")
    ages = json.loads(client.get("/healthz").data)["last_good_crawl_age_s"]
    assert ages.keys() == {"sample_doj", "sample_gpo", "us_doj"}
    assert 3 * 86400 <= ages["sample_doj"] < 4 * 86400
    assert ages["us_doj"] is None


# parts that hang


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


def callers(silent: socket.socket) -> int:
    """How many have connected."""
    for number in count():
        try:
            silent.accept()[0].close()
        except BlockingIOError:
            return number
    raise AssertionError


def hanging_catalog(silent: socket.socket) -> str:
    return f"postgresql+psycopg://nobody@127.0.0.1:{silent.getsockname()[1]}/none"


def test_a_catalog_that_hangs_holds_up_one_thread_alone(
    client: FlaskClient, silent: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "LONGEST_S", 0.5)
    store, _ = client.application.extensions["communique"]
    store.close()
    store.engine = create_engine(hanging_catalog(silent))
    for _ in range(3):
        assert asked(client) == (503, "unusable", ["catalog_unreadable"])
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json) == (503, {"status": "unusable"})
        assert client.get("/livez").status_code == 200
    assert json.loads(client.get("/healthz").data)["is_live"] is True
    assert callers(silent) == 1


def test_a_cluster_that_hangs_is_unusable(
    settings: Settings, silent: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "LONGEST_S", 0.5)
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    for app in apps(replace(settings, engine="opensearch", opensearch_url=url)):
        assert asked(app.test_client()) == (503, "unusable", ["index_unusable"])
        assert app.test_client().get("/readyz").status_code == 503
    given = {"COMMUNIQUE_ENGINE": "opensearch", "COMMUNIQUE_OPENSEARCH_URL": url}
    code, status = told(settings, **given)
    assert (code, status["ok"], status["status"]) == (0, False, "unusable")
    assert status["index"]["problem"] == "The index did not answer within 2 seconds."


def test_status_is_json_without_a_catalog(settings: Settings, silent: socket.socket) -> None:
    code, status = told(settings, COMMUNIQUE_CATALOG=hanging_catalog(silent))
    assert (code, status["ok"]) == (1, False)
    assert [each["kind"] for each in status["reasons"]] == ["catalog_unreadable"]
    (settings.data / "catalog.sqlite").unlink()
    code, status = told(settings)
    assert (code, status["offices"]) == (1, {})
    assert "run `communique verify --repair`" in status["reasons"][0]["sentence"]
    assert status["index"]["releases"] > 0


def test_times_of_the_status_are_of_iso_8601(settings: Settings) -> None:
    row = told(settings)[1]["offices"]["sample_doj"]
    assert datetime.fromisoformat(row["last_crawl_at"]).tzinfo
    assert "T" in row["last_successful_crawl_at"]
    assert row["earliest"].count("-") == 2
