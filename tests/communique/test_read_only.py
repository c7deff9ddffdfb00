"""Where nothing can be written, all that only reads works: on a disk mounted so, and for others."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from communique.main import main
from corpus import Settings, Store
from corpus.database import tables
from corpus.errors import StoreError
from tests.disks import read_only_view
from tests.users import AS_NOBODY
from webui import create_app

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


def call(data: Path, *arguments: str) -> Result:
    env = {"COMMUNIQUE_DATA": str(data), "COMMUNIQUE_CATALOG": ""}
    result = CliRunner().invoke(main, list(arguments), env=env)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.fixture
def view(copy_settings: Settings, tmp_path: Path) -> Iterator[Path]:
    """The crawled sample offices as a container has them that may only read."""
    with read_only_view(copy_settings.data, tmp_path / "view") as folder:
        yield folder


@pytest.mark.parametrize(
    "command",
    ["status", "status --json", "search torture --json", "export", "offices", "verify"],
)
def test_reading_commands_say_the_same_as_where_can_be_written(
    copy_settings: Settings, view: Path, command: str
) -> None:
    """Read only first: a look from the writable side leaves files that would help."""
    found = call(view, *command.split())
    assert found.exit_code == 0, found.output
    assert found.output == call(copy_settings.data, *command.split()).output
    assert not [*view.glob("catalog.sqlite-*")]


@pytest.mark.parametrize(
    "command",
    [
        "crawl sample_gpo --mirror www.gov.example=http://127.0.0.1:9",
        "reparse --apply",
        "accept sample_doj",
        "reindex --full",
        "verify --repair",
        "import --by Somebody {file}",
        "withhold {id} --reason Mistaken",
        "copy-catalog sqlite:///{file}",
        "demo --no-serve",
    ],
)
def test_writing_commands_end_with_a_sentence(view: Path, tmp_path: Path, command: str) -> None:
    with closing(Store(Settings(data=view), make=False)) as store:
        id_ = next(store.releases()).id
    (tmp_path / "file").write_bytes(b"")
    done = call(view, *command.format(file=tmp_path / "file", id=id_).split())
    assert done.exit_code == 1
    told = done.stderr.splitlines()[-1]
    assert re.fullmatch(
        r"Error: .*(cannot be (written|used|made|opened)|is not empty|Read-only).*\.", told
    )


def test_every_page_is_served(view: Path) -> None:
    app = create_app(Settings(data=view))
    store, engine = app.extensions["communique"]
    client = app.test_client()
    id_ = next(store.releases()).id
    pages = ["/", "/?q=torture", f"/releases/{id_}", f"/releases/{id_}/response", "/coverage"]
    for page in [*pages, "/edits", "/healthz", "/api/v1/search?q=torture"]:
        assert client.get(page).status_code == 200, page
    engine.close()
    store.close()


def served(data: Path, *before: str) -> subprocess.Popen[str]:
    command = [*before, sys.executable, "-m", "communique", "serve", "--port", "0"]
    env = {**os.environ, "COMMUNIQUE_DATA": str(data), "COMMUNIQUE_CATALOG": "", "HOME": "/"}
    return subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def assert_serves(process: subprocess.Popen[str]) -> None:
    assert process.stdout
    try:
        for line in process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                with urllib.request.urlopen(f"{found[0]}/?q=torture") as answer:
                    assert b"torture" in answer.read().lower()
                return
        pytest.fail(f"it ended with {process.wait()}")
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def test_a_server_of_its_own_runs_there(view: Path) -> None:
    assert_serves(served(view))


@pytest.fixture
def foreign_folder(copy_settings: Settings) -> Iterator[Path]:
    """The same in a folder of ours that anybody may read."""
    folder = Path(tempfile.mkdtemp())
    try:
        shutil.copytree(copy_settings.data, folder / "data")
        subprocess.run(["chmod", "-R", "u=rwX,go=rX", folder], check=True)
        may = [*AS_NOBODY, sys.executable, "-c", "import corpus"]
        if os.geteuid() or subprocess.run(may, cwd=ROOT, capture_output=True).returncode:
            pytest.skip("needs root, and a checkout that anybody may read")
        yield folder / "data"
    finally:
        shutil.rmtree(folder)


def test_another_user_reads_and_serves_what_is_not_his(foreign_folder: Path) -> None:
    env = {**os.environ, "COMMUNIQUE_DATA": str(foreign_folder), "HOME": "/"}
    command = [*AS_NOBODY, sys.executable, "-m", "communique"]
    status = subprocess.run([*command, "status"], cwd=ROOT, env=env, capture_output=True, text=True)
    assert status.returncode == 0, status.stderr
    assert status.stdout == call(foreign_folder, "status").output
    assert_serves(served(foreign_folder, *AS_NOBODY))
    foreign_folder.joinpath("catalog.sqlite").chmod(0o600)
    status = subprocess.run([*command, "status"], cwd=ROOT, env=env, capture_output=True, text=True)
    assert status.returncode == 1
    assert status.stderr.endswith(
        f"This user may not read it.\n{foreign_folder} belongs to the user root."
        " Run: sudo -u root communique status\n"
    )


def rename(store: Store, title: str) -> None:
    with store.writing() as connection:
        connection.execute(update(tables.version), {"title": title})


def titles(store: Store) -> set[str]:
    return {each.title for each in store.releases()}


def test_what_others_write_meanwhile_is_seen(copy_settings: Settings, view: Path) -> None:
    """Before anybody writes, while somebody does, and when he has ended: each opened otherwise."""
    with closing(Store(Settings(data=view), make=False)) as reading:
        assert "Late" not in titles(reading)
        with closing(Store(copy_settings)) as writing:
            rename(writing, "Late")
            assert titles(reading) == {"Late"}
        assert titles(reading) == {"Late"}
        with closing(Store(copy_settings)) as writing:
            rename(writing, "Later")
        assert titles(reading) == {"Later"}


@pytest.mark.parametrize("is_shared_file_there", [True, False])
def test_late_changes_that_a_killed_writer_left_in_the_log_are_seen(
    copy_settings: Settings, tmp_path: Path, is_shared_file_there: bool
) -> None:
    data = copy_settings.data
    with closing(Store(copy_settings)) as store:
        rename(store, "Late")
        kept = tmp_path / "kept"
        shutil.copytree(data, kept)  # as a kill leaves it, or a copy that was made meanwhile
    assert (kept / "catalog.sqlite-wal").stat().st_size
    if not is_shared_file_there:
        (kept / "catalog.sqlite-shm").unlink()
    with (
        read_only_view(kept, tmp_path / "view") as view,
        closing(Store(Settings(data=view), make=False)) as reading,
    ):
        assert titles(reading) == {"Late"}


def test_what_was_read_while_the_file_changed_is_not_trusted(
    copy_settings: Settings, view: Path
) -> None:
    with closing(Store(Settings(data=view), make=False)) as reading:
        found = reading.releases()
        next(found)
        with closing(Store(copy_settings)) as writing:
            rename(writing, "Changed")
        with pytest.raises(StoreError, match=r"changed while it was read; run the command again"):
            list(found)
        assert titles(reading) == {"Changed"}


def test_a_catalog_of_an_older_format_is_brought_up_elsewhere(
    copy_settings: Settings, tmp_path: Path
) -> None:
    with closing(Store(copy_settings)) as store, store.writing() as connection:
        where = tables.about.c.key == "format"
        connection.execute(update(tables.about).where(where), {"value": tables.FORMAT - 1})
    with read_only_view(copy_settings.data, tmp_path / "view") as view:
        told = call(view, "status")
        assert told.exit_code == 1
        assert "Run `communique reindex` where it can be written to upgrade it." in told.stderr
        assert [path.name for path in view.glob("catalog.*")] == ["catalog.sqlite"]


def test_where_there_is_no_catalog_none_is_made(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with read_only_view(tmp_path / "empty", tmp_path / "view") as view:
        told = call(view, "status")
        assert (told.exit_code, told.stderr.startswith("Error: There is no catalog in ")) == (
            1,
            True,
        )
        assert list(view.iterdir()) == []
