"""Catalogs of earlier formats: brought up whole or left as they were."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text

from corpus import Attachment, Settings, Store
from corpus.catalog.store import Visit
from corpus.catalog.versioning import mark_seen
from corpus.database.migrations import FOLDER, upgrade
from corpus.database.opening import open_catalog
from corpus.database.tables import FORMAT, metadata
from corpus.errors import StoreError
from corpus.release import Alternate, RecordLocation

CATALOGS = Path(__file__).parents[2] / "catalogs"
NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
PILOT = "us_doj-46b36f5ea03d8cc8"
UNDATED = "kz_gpo-cb6a09257e92a6fb"


@pytest.fixture
def old(settings: Settings) -> Path:
    """A data folder's catalog of format 1, as the program of that time wrote it."""
    settings.data.mkdir()
    path = settings.data / "catalog.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript((CATALOGS / "format_1.sql").read_text(encoding="utf-8"))
    connection.close()
    return path


def rows(path: Path, table: str, columns: str = "*") -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    found = connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2").fetchall()
    connection.close()
    return found


def test_the_newest_migration_is_the_format_of_this_program() -> None:
    script = ScriptDirectory(str(FOLDER))
    assert script.get_current_head() == f"{FORMAT:04}"
    assert [each.revision for each in script.walk_revisions()] == [
        f"{number:04}" for number in range(FORMAT, 0, -1)
    ]


def test_all_migrations_together_make_the_tables_that_the_program_makes(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    with engine.begin() as connection:
        upgrade(connection, 0)
        assert compare_metadata(_context(connection), metadata) == []
    engine.dispose()


def _context(connection: Connection) -> MigrationContext:
    return MigrationContext.configure(connection, opts={"compare_server_default": True})


def test_a_catalog_of_format_1_is_upgraded_without_loss(settings: Settings, old: Path) -> None:
    names = ("about", "release", "version", "visit", "run")
    connection = sqlite3.connect(old)
    columns = {
        name: ", ".join(
            f'"{row[1]}"' for row in connection.execute(f"PRAGMA table_info({name})").fetchall()
        )
        for name in names
    }
    connection.close()
    before = {name: rows(old, name, columns[name]) for name in names}
    Store(settings).close()
    after = {name: rows(old, name, columns[name]) for name in names}
    before["about"][0] = ("format", FORMAT)
    before["about"].append(("unlinked", 3))
    assert after == before
    engine = open_catalog(settings.catalog_url)
    with engine.begin() as opened:
        assert compare_metadata(_context(opened), metadata) == []
        assert opened.execute(text("PRAGMA foreign_key_check")).all() == []
        assert opened.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    engine.dispose()


def test_an_upgraded_catalog_reads_and_writes_as_any(settings: Settings, old: Path) -> None:
    store = Store(settings)
    pilot, undated = store.get(PILOT), store.get(UNDATED)
    assert pilot
    assert undated
    assert (pilot.version, pilot.body, pilot.published) == (
        2,
        ("One, amended.",),
        date(2026, 1, 14),
    )
    assert pilot.attachments == (Attachment("https://www.justice.gov/file/1", "The judgment"),)
    assert pilot.alternates == (Alternate("https://www.justice.gov/es/1", "es"),)
    assert pilot.provenance.origin is None
    assert (undated.title, undated.attachments, undated.first_seen) == ("Без даты", None, NOON)
    assert store.versions(PILOT)[0].body[1] == "Two: «прокурор»."
    assert store.revision() == 3
    assert store.visit("us_doj", pilot.url, "") == Visit(
        '"e"',
        None,
        datetime(2026, 1, 15, 13, 0, tzinfo=UTC),
        "1" * 64,
        RecordLocation("us_doj/a.warc.gz", 43),
    )
    assert store.runs()["us_doj"] == (NOON, {"new": 1, "missing_count": 0})
    with store.writing() as connection:
        mark_seen(connection, PILOT, NOON, None)
    store.close()


def test_a_copy_is_put_beside_before_an_upgrade_and_at_no_later_opening(
    settings: Settings, old: Path
) -> None:
    before = rows(old, "version")
    Store(settings).close()
    copy = old.with_name("catalog.format-1.sqlite")
    assert rows(copy, "version") == before
    assert rows(copy, "about")[0] == ("format", 1)
    kept = copy.read_bytes()
    Store(settings).close()
    assert copy.read_bytes() == kept
    assert [path.name for path in settings.data.glob("*.new")] == []


def test_a_catalog_that_another_program_upgrades_meanwhile_is_copied_by_that_alone(
    settings: Settings, old: Path
) -> None:
    programs = iter(["another"])

    def overtake(_: Connection, __: object, statement: str, *___: object) -> None:
        if statement == "PRAGMA foreign_keys=OFF" and next(programs, None):
            Store(settings).close()

    event.listen(Engine, "after_cursor_execute", overtake)
    try:
        Store(settings).close()
    finally:
        event.remove(Engine, "after_cursor_execute", overtake)
    assert [path.name for path in old.parent.glob("catalog.format-*")] == [
        "catalog.format-1.sqlite"
    ]
    assert rows(old.with_name("catalog.format-1.sqlite"), "about")[0] == ("format", 1)


def test_an_upgrade_that_fails_leaves_the_catalog_as_it_was(settings: Settings, old: Path) -> None:
    connection = sqlite3.connect(old)
    with connection:  # in the way of the table that a column is altered in
        connection.execute("CREATE TABLE _alembic_tmp_release (id INTEGER)")
    before = list(connection.iterdump())
    connection.close()
    with pytest.raises(StoreError, match=r"cannot be opened: .*_alembic_tmp_release"):
        Store(settings)
    connection = sqlite3.connect(old)
    assert list(connection.iterdump()) == before
    connection.close()


def test_an_upgrade_goes_on_where_a_copy_was_torn(settings: Settings, old: Path) -> None:
    old.with_name("catalog.format-1.new").write_bytes(b"half")
    Store(settings).close()
    assert rows(old.with_name("catalog.format-1.sqlite"), "about")[0] == ("format", 1)
