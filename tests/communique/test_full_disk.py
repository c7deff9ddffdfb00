"""A disk that is full, or fills on the way: a sentence tells, and nothing that was is lost."""

from __future__ import annotations

import errno
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from communique.main import main
from corpus import Release, Settings, Store, office
from corpus.crawling.sample_site import SampleSite
from corpus.database import tables
from corpus.warc.archive import own_files
from tests.corpus.evidence.test_backup import crawl_on, text
from tests.corpus.evidence.test_verify import state
from tests.disks import small_disk
from tests.foreign_archives import packed, response

pytestmark = pytest.mark.slow

DISK_KB = 8_000


class Disk:
    """A small disk with a data folder on it, of which as much is left as a test wants."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.filler = folder, folder / "filler"
        self.settings = Settings(data=folder / "data", contact="tests")

    def leave(self, size_kb: int) -> None:
        self.filler.unlink(missing_ok=True)
        free = shutil.disk_usage(self.folder).free
        with self.filler.open("wb", buffering=0) as file, suppress(OSError):
            file.write(bytes(max(0, free - size_kb * 1024)))
            while not size_kb:
                file.write(bytes(512))

    def call(self, *arguments: str) -> Result:
        env = {"COMMUNIQUE_DATA": str(self.settings.data), "COMMUNIQUE_CATALOG": ""}
        result = CliRunner().invoke(main, list(arguments), env=env)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result


@pytest.fixture
def disk(sample_settings: Settings, tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk", DISK_KB) as folder:
        shutil.copytree(sample_settings.data, folder / "data")
        yield Disk(folder)


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    path = tmp_path / "theirs.warc.gz"
    path.write_bytes(packed(*map(response, range(1, 20))))
    return path


SENTENCE = re.compile(
    r"Error: .*(No space left on device\.|The disk is full: free some space|needs about .* free\.)"
)


@pytest.mark.parametrize("size_kb", [0, 150])
@pytest.mark.parametrize(
    "command",
    [
        "import --by Somebody {theirs}",
        "reindex --full",
        "withhold {id} --reason Mistaken",
        "verify --repair",
        "backup {disk}/backup",
        "copy-catalog sqlite:///{disk}/copied.sqlite",
    ],
)
def test_a_full_disk_ends_a_command_with_a_sentence_and_takes_nothing(
    disk: Disk, theirs: Path, command: str, size_kb: int
) -> None:
    with closing(Store(disk.settings)) as store:
        before = state(store)
    if "verify" in command:
        disk.settings.data.joinpath("catalog.sqlite").write_bytes(b"Dear editor,")
    words = command.format(theirs=theirs, id=min(before), disk=disk.folder).split()
    disk.leave(size_kb)
    done = disk.call(*words)
    assert done.exit_code == 1
    assert SENTENCE.match(done.output.splitlines()[-1]), done.output
    assert not [*disk.folder.glob("backup*"), *disk.settings.data.glob("*.new")]
    disk.filler.unlink()
    assert disk.call("verify", "--repair").exit_code == 0
    with closing(Store(disk.settings, make=False)) as store:
        after = state(store)
        assert after.keys() >= before.keys() - store.withheld()
        assert all(after[id_][0].body == before[id_][0].body for id_ in after.keys() & before)
    assert disk.call(*words).exit_code == (1 if "withhold" in command and size_kb else 0)


@pytest.mark.parametrize("size_kb", [40, 120, 200, 300])
def test_a_crawl_that_fills_the_disk_ends_with_a_sentence_and_goes_on_when_there_is_room(
    disk: Disk, tmp_path: Path, size_kb: int
) -> None:
    shutil.rmtree(disk.settings.data)
    disk.settings.data.mkdir()
    disk.leave(size_kb)
    hosts = office("sample_doj").route("pages").hosts
    with SampleSite("sample_doj") as site:
        mirrors = [f"--mirror={host}={site.url}" for host in hosts]
        words = ["crawl", "sample_doj", "--route", "pages", "--delay", "0", *mirrors]
        done = disk.call(*words)
        assert done.exit_code == 1, done.output
        assert re.search(r"No space left on device|The disk is full", done.output), done.output
        disk.filler.unlink()
        assert disk.call("verify", "--repair").exit_code in (0, 1)
        again = disk.call(*words)
        assert again.exit_code == 0, again.output
        whole = Settings(data=tmp_path / "whole")
        with closing(Store(whole)) as reference, closing(Store(disk.settings)) as store:
            crawl_on(whole, reference, site)
            assert text(store) == text(reference)
    assert disk.call("reindex").exit_code == 0
    assert disk.call("verify").exit_code == 0


@pytest.mark.parametrize("command", ["status", "search torture", "export", "verify"])
def test_reading_commands_work_on_a_full_disk_or_say_that_it_is_full(
    disk: Disk, command: str
) -> None:
    expected = disk.call(*command.split()).output
    disk.leave(0)
    done = disk.call(*command.split())
    assert done.output == expected or "The disk is full: free some space" in done.output


def test_an_older_catalog_is_brought_up_only_where_there_is_room(disk: Disk) -> None:
    with closing(Store(disk.settings)) as store, store.writing() as connection:
        where = tables.about.c.key == "format"
        connection.execute(update(tables.about).where(where), {"value": tables.FORMAT - 1})
    disk.leave(100)
    told = disk.call("reindex")
    assert told.exit_code == 1
    assert "The upgrade of the catalog needs about" in told.output
    assert [path.name for path in disk.settings.data.glob("catalog*")] == ["catalog.sqlite"]


def test_a_build_says_what_it_needs_before_it_is_begun(disk: Disk) -> None:
    builds = set(disk.settings.index.iterdir())
    disk.leave(100)
    told = disk.call("reindex", "--full")
    assert told.exit_code == 1
    assert re.search(
        r"The new index needs about \d+\.\d MB, but the disk of \S+ has 0\.1 MB free", told.output
    )
    assert set(disk.settings.index.iterdir()) == builds
    shutil.rmtree(disk.settings.index)
    disk.leave(100)
    assert "The new index needs about" in disk.call("reindex").output
    disk.filler.unlink()
    assert disk.call("reindex").exit_code == 0


def test_an_output_that_cannot_be_written_is_a_sentence(copy_settings: Settings) -> None:
    env = {"COMMUNIQUE_DATA": str(copy_settings.data), "PATH": "/usr/bin:/bin"}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "communique", "export"],
            env=env,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 1
    assert done.stderr == "Error: The output cannot be written: No space left on device.\n"
    assert own_files(copy_settings.archive)


def test_what_the_system_refuses_besides_is_not_put_down_to_the_output(
    copy_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(release: Release) -> str:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr("communique.commands.index.release_json", refuse)
    done = CliRunner(env={"COMMUNIQUE_DATA": str(copy_settings.data)}).invoke(main, ["export"])
    assert (done.exit_code, done.stderr) == (
        1,
        "Error: The system refused: Cannot allocate memory.\n",
    )
