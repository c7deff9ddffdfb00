"""What the page tells those who watch it, and `status` the same."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from communique.main import main
from corpus import Settings, Store
from corpus.errors import NoCatalogError
from corpus.review.report import CrawlReport
from indexer import open_engine, reindex
from webui import create_app


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


def told(settings: Settings, *arguments: str) -> tuple[int, Any]:
    given = {"COMMUNIQUE_DATA": str(settings.data)}
    result = CliRunner().invoke(main, ["status", "--json"], env=given)
    return result.exit_code, json.loads(result.output)


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
    assert code == 3
    assert status["reasons"] == json.loads(client.get("/healthz").data)["reasons"]
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
    [reason] = json.loads(client.get("/healthz").data)["reasons"]
    at = f"{datetime.now(UTC):%Y-%m-%d}"
    assert f"behind the catalog since {at} " in reason["sentence"]
    assert "by 2 changes; run `communique reindex`" in reason["sentence"]
    code, status = told(settings)
    assert (code, status["index"]["is_current"]) == (0, False)
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
def test_a_catalog_that_cannot_be_read_degrades_and_liveness_asks_for_neither(
    client: FlaskClient, store: Store, settings: Settings, defect: str
) -> None:
    client.application.extensions["communique"][0].close()
    store.close()
    if defect == "dropped":
        (settings.data / "catalog.sqlite").unlink()
    else:
        (settings.data / "catalog.sqlite").write_bytes(b"no database " * 1000)
    code, status, reasons = asked(client)
    assert (code, status, reasons) == (200, "degraded", ["catalog_unreadable"])
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
    for path in ("/healthz", "/livez") * 3:
        assert client.get(path).status_code == 200
    for each in app.extensions["communique"]:
        each.close()
