"""What PostgreSQL alone has: servers that end, passwords, sorting by language, several machines."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner
from sqlalchemy import create_engine, inspect, text

from bench.faults import crawl_command, crawl_whole, holdings, run_state, start
from communique.main import main
from corpus import Draft, Provenance, Settings, Store
from corpus.database import tables
from corpus.database.copy import copy_into
from corpus.database.migrations import upgrade
from corpus.database.opening import without_password
from corpus.database.tables import FORMAT, metadata
from corpus.errors import StoreError
from corpus.release import release_id
from tests.conftest import INITDB_PROGRAM, PG_CTL, SampleSite
from tests.corpus.evidence.test_verify import state
from tests.faulty_site import FaultySite
from tests.newsroom import sample_newsroom
from tests.postgresql import PASSWORD, Server

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
DRAFT = Draft("A Title", date(2026, 1, 14), ["One.", "Two."], "en")
OPEN = "import sys; from corpus import *; Store(Settings(catalog=sys.argv[1])).close()"


@pytest.fixture
def made(postgresql: Server, tmp_path: Path) -> Settings:
    """Settings with an empty database."""
    return Settings(
        data=tmp_path / "data", catalog=postgresql.database(), revisits="0", walk_days=0
    )


@pytest.fixture
def mortal() -> Iterator[Server]:
    """A server of this test's own, to kill."""
    if PG_CTL is None or INITDB_PROGRAM is None:
        pytest.skip("needs PostgreSQL: apt-get install postgresql")
    with Server() as server:
        yield server


def add(store: Store, office: str, draft: Draft = DRAFT, offset: int = 42) -> str:
    url = "https://office.example/pr/1"
    found = Provenance(url, NOON, "0" * 64, f"{office}/a.warc.gz", offset, f"{office}/pages", 1)
    with store.writing() as connection:
        store.add(connection, office, url, draft, found, NOON, frozenset())
    return release_id(office, url)


def types(url: str) -> dict[str, str]:
    """Each column's type as PostgreSQL has it, collation included."""
    engine = create_engine(url)
    found = inspect(engine)
    told = {
        f"{name}.{column['name']}": f"{column['type']!r} {column['nullable']} {column['default']}"
        for name in found.get_table_names()
        if name != "alembic_version"
        for column in found.get_columns(name)
    }
    engine.dispose()
    return told


def test_all_migrations_together_make_the_tables_that_the_program_makes(
    postgresql: Server, made: Settings
) -> None:
    Store(made).close()
    engine = create_engine(url := postgresql.database())
    with engine.begin() as connection:
        upgrade(connection, 0)
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()
    assert types(url) == types(made.catalog)
    assert "collation='C'" in types(url)["release.id"]


def test_a_catalog_of_format_5_is_brought_up(made: Settings) -> None:
    with closing(Store(made)) as store:
        add(store, "us_doj")
        wanted = types(made.catalog)
        with store.writing() as connection:
            connection.execute(text("ALTER TABLE release ALTER COLUMN url TYPE varchar"))
            connection.execute(text("ALTER TABLE version ALTER COLUMN warc_offset TYPE integer"))
            for name in ("as", "at", "file", "offset"):
                connection.execute(text(f"ALTER TABLE version DROP COLUMN attested_{name}"))
            connection.execute(text("ALTER TABLE version DROP COLUMN lost_at"))
            connection.execute(text("DROP INDEX ix_version_warc_file"))
            connection.execute(text("DROP INDEX ix_version_links"))
            for name in ("facts", "fact_rules", "subtitle", "links"):
                connection.execute(text(f"ALTER TABLE version DROP COLUMN {name}"))
            for name in ("keys", "key", "link", "cut"):
                connection.execute(text(f"DROP TABLE case_{name}"))
            connection.execute(text("UPDATE about SET value = 5 WHERE key = 'format'"))
    assert types(made.catalog) != wanted
    with closing(Store(made)) as store:
        assert store.count() == 1
    assert types(made.catalog) == wanted


def test_a_catalog_of_a_newer_format_is_refused(made: Settings) -> None:
    with closing(Store(made)) as store, store.writing() as connection:
        connection.execute(tables.about.update().values(value=FORMAT + 1))
    with pytest.raises(StoreError, match=rf"{FORMAT + 1}, .* Update the program") as raised:
        Store(made)
    assert PASSWORD not in str(raised.value)


def test_programs_that_open_an_empty_catalog_at_once_do_not_collide(made: Settings) -> None:
    command = [sys.executable, "-c", OPEN, made.catalog]
    programs = [subprocess.Popen(command, cwd=ROOT) for _ in range(5)]
    assert [program.wait() for program in programs] == [0] * 5
    with closing(Store(made)) as store:
        assert (store.count(), store.revision()) == (0, 0)


def test_names_sort_by_code_point_and_times_are_utc(made: Settings) -> None:
    with closing(Store(made)) as store:
        ids = [add(store, each) for each in ("us_doj", "usa", "US_DOJ", "us-doj")]
        with store.writing() as connection:
            zone = connection.scalar(text("SHOW timezone"))
            found = list(connection.scalars(text("SELECT id FROM release ORDER BY id")))
        release = store.get(ids[0])
    assert zone == "Asia/Almaty", "or this test shows nothing"
    assert found == sorted(ids)
    assert release
    assert (release.first_seen, release.provenance.fetched_at) == (NOON, NOON)
    assert release.first_seen.isoformat() == NOON.isoformat()


def test_large_offsets_and_very_long_texts_are_kept(made: Settings) -> None:
    body = ["прокурор " * 400_000, "Two."]
    with closing(Store(made)) as store:
        release = store.get(add(store, "us_doj", replace(DRAFT, body=body), offset=5_000_000_000))
    assert release
    assert list(release.body) == body
    assert release.provenance.warc_offset == 5_000_000_000


def test_a_store_goes_on_after_its_server_was_started_anew(mortal: Server, tmp_path: Path) -> None:
    with closing(Store(Settings(data=tmp_path, catalog=mortal.database()))) as store:
        id_ = add(store, "us_doj")
        mortal.kill()
        with pytest.raises(StoreError, match=r"catalog_1 cannot be used: .*\.$") as raised:
            store.count()
        mortal.start()
        assert store.get(id_)
    assert PASSWORD not in str(raised.value)


def test_a_server_killed_in_the_middle_of_a_run_loses_and_doubles_nothing(
    mortal: Server, tmp_path: Path
) -> None:
    room = sample_newsroom()
    room.publish(*room.written)
    whole = Settings(data=tmp_path / "whole", catalog=mortal.database())
    broken = Settings(data=tmp_path / "broken", catalog=mortal.database())
    with FaultySite() as site:
        site.pages = room.pages()
        command = crawl_command("sample_doj", "www.justice.example", site.url, "pages")
        crawl_whole(whole, command)
        asked: list[str] = []

        def watch(path: str) -> None:
            asked.append(path)
            if len(asked) == 17:
                mortal.kill()

        site.watch = watch
        with start(broken, command) as process:
            assert process.wait() == 1
        assert len(asked) == 17, "the run ends at once"
        mortal.start()
        assert run_state(broken) == "open"
        site.watch = lambda path: None
        crawl_whole(broken, command)
    found = holdings(broken)
    assert len(found["release"]) == 26
    assert found == holdings(whole)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql+psycopg://u:secret@127.0.0.1:1/d", r"//u:\*\*\*@127.0.0.1:1/d cannot be "),
        ("postgresql+psycopg://u:secret@127.0.0.1:port/d", r"//u:\*\*\*@127.0.0.1:port/d cannot "),
        ("postgresql+psycopg://u:se/c@ret@h/d", r"//u:\*\*\*@h/d cannot be opened"),
        (
            "postgresql+pg8000://u:secret@127.0.0.1/d",
            r"a URL that begins with postgresql\+psycopg://",
        ),
    ],
)
def test_a_database_that_cannot_be_opened_is_told_without_its_password(url: str, told: str) -> None:
    with pytest.raises(StoreError, match=told) as raised:
        Store(Settings(catalog=url))
    assert "secret" not in str(raised.value)
    assert (
        without_password("postgresql://h/d?password=secret&a=1")
        == "postgresql://h/d?password=***&a=1"
    )


def test_a_catalog_moves_to_postgresql_and_back_and_goes_on(
    copy_settings: Settings, copy_store: Store, postgresql: Server, tmp_path: Path
) -> None:
    url = postgresql.database()
    env = {"COMMUNIQUE_DATA": str(copy_settings.data)}
    moved = CliRunner().invoke(main, ["copy-catalog", url], env=env)
    assert (moved.exit_code, PASSWORD in moved.output) == (0, False), moved.output
    assert moved.output.startswith(f"{copy_store.count()} releases copied to postgresql+psycopg://")
    there = replace(copy_settings, catalog=url)
    with closing(Store(there)) as store:
        assert state(store) == state(copy_store)
        store.add_run("us_doj", NOON, {"new": 1})  # takes a number that is free
        id_ = next(store.releases()).id
        store.withhold(id_, "An order")
        back = tmp_path / "back.sqlite"
        copy_into(store.engine, f"sqlite:///{back}")
        with closing(Store(Settings(catalog=f"sqlite:///{back}"))) as again:
            assert state(again) == state(store)
            assert again.withheld() == {id_}
    again_moved = CliRunner().invoke(main, ["copy-catalog", url], env=env)
    assert again_moved.exit_code == 1
    assert "is not empty; nothing was copied." in again_moved.output + again_moved.stderr


def test_a_whole_journey_on_postgresql(made: Settings) -> None:
    def call(*arguments: str, data: Path = made.data) -> str:
        env = {"COMMUNIQUE_DATA": str(data), "COMMUNIQUE_CATALOG": made.catalog}
        result = CliRunner().invoke(main, list(arguments), env=env)
        assert result.exit_code == 0, result.output
        return result.output

    with SampleSite("sample_doj") as site:
        mirror = f"www.justice.example={site.url}"
        call("crawl", "sample_doj", "--route", "pages", "--mirror", mirror, "--delay", "0")
    call("reindex")
    assert "archive, catalog and index agree" in call("verify")
    assert "0 with differences" in call("reparse", "sample_doj")
    with closing(Store(made)) as store:
        release = next(store.releases())
    assert release.id in call("search", f'"{release.title}"', "--json")
    call("withhold", release.id, "--reason", "An order")
    call("reindex")
    assert release.id not in call("search", f'"{release.title}"', "--json")
    assert "archive, catalog and index agree" in call("verify")
    # Another machine: an index of its own, the archive shared.
    other = made.data.with_name("other")
    other.mkdir()
    (other / "archive").symlink_to(made.archive)
    call("reindex", data=other)
    assert call("export", data=other) == call("export")
