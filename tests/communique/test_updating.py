"""The program, catalog and index while one release follows another."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from sqlalchemy import text

from communique.main import main
from corpus import Settings, Store
from corpus.database.opening import open_catalog
from corpus.database.tables import FORMAT
from indexer import Query, open_engine, parse
from indexer.engine import document
from tests.conftest import EDITED, clients, sample_id

CATALOGS = Path(__file__).parents[1] / "catalogs"


def call(settings: Settings, *arguments: str) -> Result:
    env = {"COMMUNIQUE_DATA": str(settings.data), "COMMUNIQUE_CATALOG": settings.catalog}
    result = CliRunner().invoke(main, list(arguments), env=env)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def run(settings: Settings, *statements: str) -> None:
    """Run statements on a catalog, of whatever format."""
    engine = open_catalog(settings.catalog_url, upgrade=False)
    with engine.begin() as connection:
        for each in statements:
            connection.execute(text(each))
    engine.dispose()


def set_format(settings: Settings, number: int) -> None:
    run(settings, f"UPDATE about SET value = {number} WHERE key = 'format'")


def format_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT value FROM about WHERE key = 'format'").fetchone()[0])


@pytest.fixture
def first(tmp_path: Path) -> Settings:
    """A data folder whose catalog has format 1, as the program of that time wrote it."""
    settings = Settings(data=tmp_path / "first")
    settings.data.mkdir()
    with closing(sqlite3.connect(settings.data / "catalog.sqlite")) as connection:
        connection.executescript((CATALOGS / "format_1.sql").read_text(encoding="utf-8"))
    return settings


@pytest.fixture
def page(copy_settings: Settings) -> Iterator[FlaskClient]:
    """A page over a copy of the sample offices, that began before what a test does to it."""
    for client in clients(copy_settings):
        assert client.get("/?q=torture").status_code == 200
        yield client


# The catalog


@pytest.mark.each_catalog
@pytest.mark.parametrize("command", ["status", "export", "verify", "reparse", "backup {folder}"])
def test_commands_that_read_leave_an_older_catalog_and_name_the_command_that_upgrades_it(
    copy_settings: Settings, tmp_path: Path, command: str
) -> None:
    set_format(copy_settings, FORMAT - 1)
    told = call(copy_settings, *command.format(folder=tmp_path / "backup").split())
    assert told.exit_code == 1
    assert f"an earlier release of communique (format {FORMAT - 1}, not {FORMAT})" in told.stderr
    assert "Run `communique reindex`" in told.stderr
    assert not [*copy_settings.data.glob("catalog.format-*"), *tmp_path.glob("backup*")]


@pytest.mark.each_catalog
def test_search_answers_over_an_older_catalog_without_what_it_withholds(
    copy_settings: Settings,
) -> None:
    expected = call(copy_settings, "search", "torture", "--json")
    with closing(Store(copy_settings)) as store, closing(open_engine(copy_settings)) as engine:
        hidden = next(engine.scan(Query(parse("torture").tree)))
        store.withhold(hidden, "Mistaken")
    set_format(copy_settings, FORMAT - 1)
    found = call(copy_settings, "search", "torture", "--json")
    assert hidden in expected.stdout
    assert (found.exit_code, hidden in found.stdout) == (0, False)
    assert not [*copy_settings.data.glob("catalog.format-*")]


def test_a_page_begun_over_an_older_catalog_answers_once_it_is_upgraded(first: Settings) -> None:
    with closing(open_engine(first)) as engine:
        engine.publish(engine.build([], 0, lambda done: None))
    for client in clients(first):
        for address in ("/", "/?q=prosecutor", "/coverage", "/edits"):
            answer = client.get(address)
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "60"
            assert "This service is being updated." in answer.text
            assert str(first.data) not in answer.text
        answer = client.get("/api/v1/offices")
        assert (answer.status_code, answer.json["type"]) == (503, "/api/v1/docs#index-not-ready")
        assert str(first.data) not in answer.text
        assert client.get("/livez").status_code == 200
        assert format_of(first.data / "catalog.sqlite") == 1

        assert call(first, "reindex").exit_code == 0

        for address in ("/", "/?q=prosecutor", "/coverage", "/edits", "/api/v1/offices"):
            assert client.get(address).status_code == 200
    assert format_of(first.data / "catalog.sqlite") == FORMAT
    assert format_of(first.data / "catalog.format-1.sqlite") == 1


@pytest.mark.each_catalog
def test_a_page_goes_on_while_a_newer_release_adds_to_the_catalog(
    copy_settings: Settings, page: FlaskClient
) -> None:
    run(
        copy_settings,
        "ALTER TABLE release ADD COLUMN mood INTEGER NOT NULL DEFAULT 0",
        "CREATE TABLE mood (id INTEGER)",
    )
    set_format(copy_settings, FORMAT + 1)
    for address in ("/?q=torture", "/coverage", "/edits", "/api/v1/offices"):
        assert page.get(address).status_code == 200
    told = call(copy_settings, "status")
    assert (told.exit_code, "Update the program" in told.stderr) == (1, True)


@pytest.mark.each_catalog
def test_a_page_that_a_newer_release_leaves_behind_says_restart(
    copy_settings: Settings, page: FlaskClient
) -> None:
    newer = f"UPDATE about SET value = {FORMAT + 1} WHERE key = 'format'"
    run(copy_settings, newer, "ALTER TABLE run RENAME TO crawl")
    answer = page.get("/coverage")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "the operator must restart this service" in answer.text
    assert "damaged" not in answer.text
    assert str(copy_settings.data) not in answer.text


def test_each_upgrade_keeps_the_catalog_of_right_before(first: Settings) -> None:
    """Also of one that was put back after an earlier upgrade, and changed since."""
    catalog, copy = (first.data / f"catalog{each}.sqlite" for each in ("", ".format-1"))
    before = catalog.read_bytes()
    Store(first).close()
    catalog.write_bytes(before)
    run(first, "UPDATE version SET title = 'Changed since'")
    Store(first).close()
    with closing(sqlite3.connect(copy)) as connection:
        titles = connection.execute("SELECT DISTINCT title FROM version").fetchall()
    assert titles == [("Changed since",)]
    assert (format_of(copy), format_of(catalog)) == (1, FORMAT)


def test_an_older_backup_is_restored_and_stays_as_it_is(first: Settings, tmp_path: Path) -> None:
    backup = first.data.rename(tmp_path / "backup")
    target = Settings(data=tmp_path / "data")
    assert "1 file copied" in call(target, "restore", str(backup)).output
    assert [each.name for each in backup.iterdir()] == ["catalog.sqlite"]
    assert format_of(backup / "catalog.sqlite") == 1
    assert format_of(target.data / "catalog.sqlite") == FORMAT


# The index


@contextmanager
def later_release() -> Iterator[None]:
    """Go on as a release that has the next format of the index."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("indexer.engine.interface.FORMAT", document.FORMAT + 1)
        yield


def test_a_page_begun_over_an_older_index_answers_once_it_is_built_anew(
    copy_settings: Settings,
) -> None:
    with later_release():
        for client in clients(copy_settings):
            for address in ("/?q=torture", "/concordance?q=torture"):
                answer = client.get(address)
                assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
                assert "This service is being updated." in answer.text
                assert str(copy_settings.data) not in answer.text
            assert client.get(f"/releases/{sample_id(EDITED)}").status_code == 200
            assert call(copy_settings, "reindex").exit_code == 0
            assert client.get("/?q=torture").status_code == 200


def test_a_page_of_an_earlier_release_goes_on_and_then_says_restart(
    copy_settings: Settings, page: FlaskClient
) -> None:
    with later_release():
        assert call(copy_settings, "reindex").exit_code == 0
    assert page.get("/?q=torture").status_code == 200
    with later_release():
        assert call(copy_settings, "reindex", "--full").exit_code == 0
    answer = page.get("/?q=torture")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "the operator must restart this service" in answer.text
    detail = page.get("/api/v1/search?q=torture").json["detail"]
    assert ("restart" in detail, "reindex" in detail) == (True, False)
