"""A damaged catalog gives a sentence with the way out in every command, and can be made anew."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from communique.main import main
from corpus import Settings, Store
from corpus.database import tables
from corpus.errors import DamagedCatalogError
from corpus.evidence.catalog_rescue import replace_catalog
from tests.conftest import crawl_samples
from tests.corpus.evidence.test_verify import state
from webui import create_app

pytestmark = pytest.mark.slow

PAGE = 4096
COMMANDS = [
    "status",
    "search torture",
    "export",
    "reindex",
    "verify",
    "crawl sample_gpo --mirror www.gov.example=http://127.0.0.1:9",
    "reparse",
    "accept sample_doj",
    "import --by Somebody {file}",
    "withhold {id} --reason Mistaken",
    "backup {folder}",
    "copy-catalog sqlite:///{folder}",
    "serve",
]


def call(settings: Settings, *arguments: str) -> Result:
    env = {"COMMUNIQUE_DATA": str(settings.data), "COMMUNIQUE_CATALOG": ""}
    result = CliRunner().invoke(main, list(arguments), env=env)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def overwrite(path: Path, first: int, last: int | None = None) -> None:
    data = bytearray(path.read_bytes())
    end = len(data) if last is None else last
    data[first:end] = random.Random(1).randbytes(end - first)
    path.write_bytes(data)


def truncate(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2 // PAGE * PAGE)


def drop(table: str) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"DROP TABLE {table}")

    return spoil


def put_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "note").write_text("mine")


def name_other_format(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE about SET value = 'six' WHERE key = 'format'")
        connection.commit()


DAMAGES: dict[str, Callable[[Path], None]] = {
    "not a database": lambda path: path.write_bytes(b"Dear editor,\n" * 4000) and None,
    "first page gone": lambda path: overwrite(path, 0, PAGE),
    "all but the first page gone": lambda path: overwrite(path, PAGE),
    "pages in the middle gone": lambda path: overwrite(path, 4 * PAGE, 40 * PAGE),
    "cut in half": truncate,
    "no bytes": lambda path: path.write_bytes(b"") and None,
    "without releases": drop("release"),
    "without versions": drop("version"),
    "without its format": drop("about"),
    "without runs": drop("run"),
    "a folder in its place": put_folder,
    "of no format": name_other_format,
}


@pytest.fixture(scope="module")
def sample_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """One office alone: a catalog is made anew in half the time."""
    folder = tmp_path_factory.mktemp("sample")
    return crawl_samples(Settings(data=folder, contact="tests"), "sample_gpo")


@pytest.fixture
def damage(request: pytest.FixtureRequest, copy_settings: Settings) -> str:
    DAMAGES[request.param](copy_settings.data / "catalog.sqlite")
    return str(request.param)


@pytest.mark.parametrize("damage", DAMAGES, indirect=True)
def test_every_command_says_what_to_do(
    copy_settings: Settings, sample_store: Store, damage: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    id_ = next(sample_store.releases()).id
    for command in COMMANDS:
        words = command.format(file=tmp_path / "file", folder=tmp_path / "folder", id=id_)
        if damage == "no bytes" and command.startswith(("crawl sample", "import")):
            continue  # what brings releases makes a catalog where there is none
        told = call(copy_settings, *words.split())
        assert told.exit_code == 1, (command, told.output)
        assert "communique verify --repair" in told.output, (command, told.output)
        assert "backup" in told.output
    assert not (tmp_path / "folder").exists()


@pytest.mark.parametrize("damage", DAMAGES, indirect=True)
def test_a_repair_makes_it_anew_and_keeps_the_damaged_one(
    copy_settings: Settings, sample_store: Store, damage: str
) -> None:
    path = copy_settings.data / "catalog.sqlite"
    before = path.read_bytes() if path.is_file() else None
    done = call(copy_settings, "verify", "--repair")
    assert done.exit_code == 0, done.output
    [aside] = copy_settings.data.glob("catalog.damaged-*.sqlite")
    assert f"The damaged catalog was renamed to {aside.name}, and a new one created." in done.output
    if before is None:
        assert (aside / "note").read_text() == "mine"
    elif damage in ("not a database", "no bytes", "cut in half", "first page gone"):
        assert aside.read_bytes() == before
    with closing(Store(copy_settings, make=False)) as store:
        assert state(store).keys() == state(sample_store).keys()
    assert call(copy_settings, "verify").exit_code == 0
    assert call(copy_settings, "search", "torture").exit_code == 0


def withhold(settings: Settings) -> tuple[str, str]:
    """Two releases: the first is withheld, the second was and is public again."""
    with closing(Store(settings)) as store:
        first, second, *_ = (each.id for each in store.releases())
        store.withhold(first, "Names a child.")
        store.withhold(second, "By mistake.")
        store.withhold(second, "", undo=True)
    return first, second


@pytest.mark.parametrize("name", ["pages in the middle gone", "without releases", "of no format"])
def test_what_was_withheld_stays_so_in_a_catalog_made_anew(
    copy_settings: Settings, name: str
) -> None:
    first, second = withhold(copy_settings)
    path = copy_settings.data / "catalog.sqlite"
    if name == "pages in the middle gone":
        spoil_pages_of(path, "version")
    else:
        DAMAGES[name](path)
    done = call(copy_settings, "verify", "--repair")
    assert done.exit_code == 0, done.output
    assert "Withheld releases stay withheld (2 log lines)." in done.output
    with closing(Store(copy_settings, make=False)) as store:
        assert store.withheld() == {first}
        assert store.get(first) is None
        assert store.get(second)
        assert len(store.withholding_log()) == 2
    exported = call(copy_settings, "export").output
    assert (first in exported, second in exported) == (False, True)


def test_what_was_withheld_under_an_older_spelling_stays_so(copy_settings: Settings) -> None:
    """A release has the id of the address that it was first met at, until it is read anew."""
    path = copy_settings.data / "catalog.sqlite"
    with closing(Store(copy_settings)) as store:
        known = next(iter(store.releases("sample_gpo")))
        store.withhold(known.id, "Names a child.")
    older = f"{known.id[:-16]}{'0' * 16}"
    with closing(sqlite3.connect(path)) as opened, opened:
        for table, column in (
            ("release", "id"),
            ("version", "release"),
            ("suppression", "release"),
        ):
            opened.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (older, known.id))
    replace_catalog(copy_settings)
    with closing(Store(copy_settings, make=False)) as store, store.writing() as connection:
        assert connection.scalar(select(tables.suppression.c.release)) == known.id


def spoil_pages_of(path: Path, table: str) -> None:
    """Overwrite the page that a table begins at."""
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        [[number]] = connection.execute(query, [table])
    overwrite(path, (number - 1) * PAGE, number * PAGE)


def test_where_it_cannot_be_read_what_was_withheld_is_told(copy_settings: Settings) -> None:
    withhold(copy_settings)
    spoil_pages_of(copy_settings.data / "catalog.sqlite", "suppression")
    done = call(copy_settings, "verify", "--repair")
    assert done.exit_code == 0, done.output
    assert (
        "Part of the log of withheld releases cannot be read: withhold those releases again"
        in done.output
    )


def test_a_repair_that_was_killed_goes_on_where_it_was(copy_settings: Settings) -> None:
    """It had put the damaged one aside, and not yet the new one in its place."""
    first, _ = withhold(copy_settings)
    path = copy_settings.data / "catalog.sqlite"
    drop("version")(path)
    path.rename(path.with_name("catalog.damaged-20260101T000000000000.sqlite"))
    path.with_name("catalog.sqlite.new").write_bytes(b"half")
    done = call(copy_settings, "verify", "--repair")
    assert done.exit_code == 0, done.output
    with closing(Store(copy_settings, make=False)) as store:
        assert store.withheld() == {first}
    assert not path.with_name("catalog.sqlite.new").exists()


def test_imports_are_named_where_nobody_knows_any_more_whose_they_are(
    copy_settings: Settings,
) -> None:
    folder = copy_settings.archive / "imported"
    folder.mkdir()
    (folder / f"{'0' * 16}-theirs.warc").write_bytes(b"")
    drop("version")(copy_settings.data / "catalog.sqlite")
    assert f"Import 1 file again from {folder}" in replace_catalog(copy_settings)


def test_without_an_archive_nothing_is_put_aside(copy_settings: Settings) -> None:
    shutil.rmtree(copy_settings.archive)
    drop("version")(copy_settings.data / "catalog.sqlite")
    told = call(copy_settings, "verify", "--repair")
    assert told.exit_code == 1
    assert "restore it from a backup" in told.stderr
    assert [path.name for path in copy_settings.data.glob("catalog*")] == ["catalog.sqlite"]


def test_pages_tell_that_the_catalog_is_damaged(copy_settings: Settings) -> None:
    app = create_app(copy_settings)
    store, engine = app.extensions["communique"]
    id_ = next(store.releases()).id
    store.close()
    drop("version")(copy_settings.data / "catalog.sqlite")
    client = app.test_client()
    for page in (f"/releases/{id_}", "/coverage", "/edits", f"/api/v1/releases/{id_}"):
        answer = client.get(page)
        assert answer.status_code == 503, page
        assert b"Traceback" not in answer.data
    assert client.get("/healthz").status_code == 200, "the index answers"
    engine.close()


@pytest.mark.parametrize("seed", range(6))
def test_whatever_bytes_are_changed_no_command_ends_otherwise(
    copy_settings: Settings, seed: int
) -> None:
    chance = random.Random(seed)
    path = copy_settings.data / "catalog.sqlite"
    data = bytearray(path.read_bytes())
    for _ in range(chance.randint(1, 60)):
        at = chance.randrange(len(data))
        data[at : at + chance.randint(1, 40)] = chance.randbytes(chance.randint(1, 40))
    path.write_bytes(data[: len(data) // PAGE * PAGE])
    for command in ("status", "export", "search torture", "verify", "verify --repair"):
        call(copy_settings, *command.split())
    with closing(Store(copy_settings, make=False)) as store:
        assert store.count()


def test_a_whole_catalog_is_whole(copy_settings: Settings) -> None:
    with closing(Store(copy_settings)) as store:
        store.check()
    overwrite(copy_settings.data / "catalog.sqlite", 40 * PAGE, 44 * PAGE)
    with closing(Store(copy_settings)) as store, pytest.raises(DamagedCatalogError):
        store.check()


VALUES = {
    "a broken text": ("version", "body", "[ not json"),
    "another shape": ("version", "attachments", '{"urk": 1}'),
    "no time": ("version", "observed_at", "yesterday"),
    "no day": ("version", "published", "2024-13-45"),
    "bytes": ("release", "office", b"\xff\xfe"),
    "no number": ("visit", "warc_offset", "far behind"),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_row_that_cannot_be_read_is_told_and_made_anew(
    copy_settings: Settings, sample_store: Store, name: str
) -> None:
    table, column, value = VALUES[name]
    with closing(sqlite3.connect(copy_settings.data / "catalog.sqlite")) as connection:
        where = f"rowid = (SELECT max(rowid) FROM {table})"
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", [value])
        connection.commit()
    for command in ("status", "export", "reindex --full", "reparse"):
        call(copy_settings, *command.split())
    told = call(copy_settings, "verify")
    assert told.exit_code == 1
    assert f"is not whole: the table {table} has a row that cannot be read (" in told.output
    assert (
        "It is damaged: restore it from a backup, or run `communique verify --repair`"
        in told.output
    )
    assert call(copy_settings, "verify", "--repair").exit_code == 0
    with closing(Store(copy_settings, make=False)) as store:
        assert state(store).keys() == state(sample_store).keys()


def test_what_nobody_foresaw_is_a_sentence_and_its_traceback_in_a_file(
    copy_settings: Settings,
) -> None:
    with closing(sqlite3.connect(copy_settings.data / "catalog.sqlite")) as connection:
        connection.execute("UPDATE version SET body = '[ not json'")
        connection.commit()
    told = call(copy_settings, "export")
    assert told.exit_code == 1
    assert told.stderr.startswith("Error: Unexpected error: ")
    assert told.stderr.endswith(
        "`communique verify` tells whether catalog and archive are whole.\n"
    )
    assert "JSONDecodeError" in (copy_settings.data / "errors.log").read_text()
