"""What readers never see, whatever fails: paths, addresses of catalog and cluster, commands."""

from __future__ import annotations

import logging
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine

from communique.commands import COMMANDS
from corpus import Settings, Store
from corpus.error_log import error_sentence
from corpus.review.report import CrawlReport
from indexer import open_engine, reindex
from indexer.opensearch_engine.index import cluster
from tests.conftest import apps

UNREACHABLE = "http://127.0.0.1:9"
COMMAND = re.compile(rf"communique (?:{'|'.join(COMMANDS)})\b|COMMUNIQUE_[A-Z]|Traceback")
QUERY = "q=court&new=1&old=1"
# What makes an app fail: it is given the app and its settings.
Spoil = Callable[[Flask, Settings], object]


@pytest.fixture
def settings(sample_settings: Settings, tmp_path: Path) -> Settings:
    """A copy of the crawled and indexed sample offices, to spoil."""
    copy = shutil.copytree(sample_settings.data, tmp_path / "data-of-the-operator")
    return replace(sample_settings, data=Path(copy), work_s=0)


def without_index(app: Flask, settings: Settings) -> None:
    shutil.rmtree(settings.index)


def with_damaged_index(app: Flask, settings: Settings) -> None:
    for file in settings.index.glob("*-*/*"):
        if file.suffix != ".toc":  # which Whoosh would leave open
            file.write_bytes(b"no index")


def with_index_of_another_format(app: Flask, settings: Settings) -> None:
    for file in settings.index.glob("LIVE*"):
        file.unlink()
    (settings.index / "LIVE-1").write_text("1-20200101T000000000000\n")


def without_catalog(app: Flask, settings: Settings) -> None:
    app.extensions["communique"][0].close()
    for file in settings.data.glob("catalog.sqlite*"):
        file.unlink()


def with_damaged_catalog(app: Flask, settings: Settings) -> None:
    without_catalog(app, settings)
    (settings.data / "catalog.sqlite").write_bytes(b"no database " * 1000)


def with_catalog_away(app: Flask, settings: Settings) -> None:
    store, _ = app.extensions["communique"]
    store.close()
    store.url = "postgresql+psycopg://kwxkeeper:secret@127.0.0.1:9/kwxholdings"
    store.engine = create_engine(store.url)


def with_failed_crawls(app: Flask, settings: Settings) -> None:
    """One failed by an error that nobody foresaw, one by the catalog; one reached its limit."""
    store, _ = app.extensions["communique"]
    unforeseen = error_sentence(OSError(5, "odd", str(settings.archive)), settings, "a crawl")
    away = f"The catalog {settings.catalog_url} cannot be used. Run `communique verify`."
    limit = "after 50,000 requests (COMMUNIQUE_RUN_REQUESTS), to be continued by the next run"
    for office, report in {
        "sample_doj": CrawlReport("sample_doj", "pages", error=unforeseen),
        "sample_gpo": CrawlReport("sample_gpo", "pages", error=away),
        "us_doj": CrawlReport("us_doj", "pages", cut_short=limit),
    }.items():
        store.add_run(office, datetime.now(UTC), report.as_json())


def with_unforeseen_error(app: Flask, settings: Settings) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(f"cannot open {settings.data}; Aurelio")

    for endpoint in [each for each in app.view_functions if each != "static"]:
        app.view_functions[endpoint] = fail  # type: ignore[assignment]


def nothing(app: Flask, settings: Settings) -> None:
    """All is well."""


SPOILED: list[Spoil] = [
    nothing,
    without_index,
    with_damaged_index,
    with_index_of_another_format,
    without_catalog,
    with_damaged_catalog,
    with_catalog_away,
    with_failed_crawls,
    with_unforeseen_error,
]


def addresses(app: Flask, id_: str) -> Iterator[str]:
    """Every page and path of the API, with a query; and some that are none."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint != "static":
            yield re.sub(r"<(?:\w+:)?id_?>", id_, rule.rule) + f"?{QUERY}"
    yield from ("/ru/coverage", "/kk/?q=court", "/none", "/api/v1/none", "/?q=(")
    yield f"/api/v1/search?{QUERY}&size=x"


def assert_nothing_shows(app: Flask, settings: Settings, id_: str) -> None:
    secrets = [
        *(str(settings.data), settings.data.name, "sqlite:", "postgresql", "127.0.0.1:9"),
        *(settings.opensearch_url, "kwxkeeper", "kwxholdings"),
    ]
    for url in addresses(app, id_):
        answer = app.test_client().get(url)
        shown = answer.text + str(answer.headers)
        assert [each for each in secrets if each and each in shown] == [], url
        found = COMMAND.search(shown)
        assert found is None, (url, shown[found.start() - 100 : found.end() + 50])


@pytest.mark.parametrize("spoil", SPOILED, ids=lambda each: each.__name__)
def test_nothing_of_the_operator_shows(
    settings: Settings, caplog: pytest.LogCaptureFixture, spoil: Spoil
) -> None:
    for app in apps(settings):
        id_ = next(app.extensions["communique"][0].releases()).id
        spoil(app, settings)
        assert_nothing_shows(app, settings, id_)
    errors = [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
    is_well = spoil in (nothing, with_failed_crawls)
    assert bool(errors) is not is_well, "what readers are not told is in the log"
    assert spoil is with_unforeseen_error or len(errors) == len(set(errors))
    assert "Aurelio" not in caplog.text


def test_nothing_of_an_empty_catalog_shows(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data-of-the-operator", contact="tests")
    with closing(Store(settings)) as store, closing(open_engine(settings)) as engine:
        for app in apps(settings):
            assert_nothing_shows(app, settings, "sample_doj-0")
        reindex(settings, store, engine)
    for app in apps(settings):
        assert_nothing_shows(app, settings, "sample_doj-0")


@pytest.mark.parametrize("hangs", [False, True], ids=["away", "hanging"])
def test_nothing_of_a_cluster_shows(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    hangs: bool,
) -> None:
    monkeypatch.setattr(cluster, "TIMEOUT_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}" if hangs else UNREACHABLE
        distant = replace(settings, engine="opensearch", opensearch_url=url)
        for app in apps(distant):
            with closing(Store(settings)) as store:
                id_ = next(store.releases()).id
            assert_nothing_shows(app, distant, id_)
    errors = [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
    assert len(errors) == 1, "one sentence, not one for each request"
    assert url in errors[0]


def test_the_log_names_what_readers_are_not_told(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    for app in apps(settings):
        without_catalog(app, settings)
        answer = app.test_client().get("/?q=court")
        assert answer.status_code == 503
        assert "The operator can find the cause in the log." in answer.text
    [record] = [each for each in caplog.records if each.levelno >= logging.ERROR]
    assert str(settings.data) in record.getMessage()
