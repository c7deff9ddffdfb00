"""A backup taken at any time is a whole data folder, and a crawl goes on in it."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from communique.main import main
from corpus import Settings, Store, office
from corpus.crawling.crawl import crawl
from corpus.crawling.sample_site import SampleSite
from corpus.database import tables
from corpus.errors import LockedError, StoreError
from corpus.evidence.backup import back_up
from corpus.evidence.verify import verify_archive, verify_catalog
from corpus.warc.archive import own_files, read_response
from corpus.warc.response import Response
from corpus.warc.writer import ArchiveWriter
from tests.corpus.evidence.test_reparse import whole_page
from tests.corpus.evidence.test_verify import newest_file, state
from tests.disks import read_only_view, small_disk
from tests.stalling import wait_for

pytestmark = pytest.mark.each_catalog

ROOT = Path(__file__).resolve().parents[3]
MOST = 4
# A crawl in a process of its own: data folder, site.
ALONE = """
import os, sys
from dataclasses import replace
from pathlib import Path
from corpus import Store, office
from corpus.crawling.crawl import crawl
from corpus.settings_reader import read_settings
settings = replace(read_settings(os.environ), data=Path(sys.argv[1]))
mirrors = {host: sys.argv[2] for route in office("sample_doj").routes for host in route.hosts}
crawl("sample_doj", settings, Store(settings), route="pages", mirrors=mirrors, delay_s=0.1)
"""


@pytest.fixture
def site() -> Iterator[SampleSite]:
    with SampleSite("sample_doj") as opened:
        yield opened


def crawl_on(settings: Settings, store: Store, site: SampleSite) -> None:
    mirrors = {host: site.url for route in office("sample_doj").routes for host in route.hosts}
    report = crawl("sample_doj", settings, store, route="pages", mirrors=mirrors, delay_s=0)
    assert report.error is None


def assert_whole(settings: Settings, store: Store) -> None:
    assert [each.sentence for each in verify_archive(settings)] == []
    assert [each.sentence for each in verify_catalog(settings, store)] == []


def seen(store: Store) -> int:
    """Releases that are published, or held by a run that goes on."""
    with store.writing() as connection:
        staged = connection.scalar(select(func.count()).select_from(tables.staged)) or 0
    return store.count() + int(staged)


def text(store: Store) -> dict[str, tuple[str, tuple[str, ...], int]]:
    return {each.id: (each.title, each.body, each.version) for each in store.releases()}


def test_backups_while_a_crawl_runs_are_whole_and_a_crawl_goes_on_in_them(
    settings: Settings, store: Store, site: SampleSite, tmp_path: Path
) -> None:
    folders = []
    command = [sys.executable, "-c", ALONE, str(settings.data), site.url]
    with subprocess.Popen(command, cwd=ROOT) as process:
        wait_for(lambda: seen(store) > 0, process)
        while process.poll() is None and len(folders) < MOST:
            folders.append(tmp_path / f"backup-{len(folders)}")
            back_up(settings, store, folders[-1])
    assert process.returncode == 0
    sizes = []
    for folder in folders:
        copy = Settings(data=folder)
        with closing(Store(copy)) as copied:
            assert_whole(copy, copied)
            sizes.append(seen(copied))
    assert 1 <= sizes[0] < store.count(), "it was taken in the middle"
    assert sizes == sorted(sizes)
    shutil.copytree(folders[0], tmp_path / "restored")
    restored = Settings(data=tmp_path / "restored")
    with closing(Store(restored)) as again:
        crawl_on(restored, again, site)
        assert_whole(restored, again)
        assert text(again) == text(store)


def test_a_restored_backup_is_indexed_verified_and_searched(
    copy_settings: Settings, tmp_path: Path
) -> None:
    def call(data: Path, *arguments: str) -> str:
        env = {"COMMUNIQUE_DATA": str(data)} | (
            {"COMMUNIQUE_CATALOG": ""} if data == folder else {}
        )
        result = CliRunner().invoke(main, list(arguments), env=env)
        assert result.exit_code == 0, result.output
        return result.output

    folder = tmp_path / "backup"
    assert "copied to" in call(copy_settings.data, "backup", str(folder))
    call(folder, "reindex")
    assert "archive, catalog and index agree" in call(folder, "verify")
    assert call(folder, "export") == call(copy_settings.data, "export")


@pytest.mark.parametrize("is_torn", [True, False])
def test_what_the_copied_catalog_does_not_know_is_left_out_and_the_rest_is_there(
    copy_settings: Settings, copy_store: Store, tmp_path: Path, is_torn: bool
) -> None:
    seen = whole_page(copy_store).provenance
    page = read_response(copy_settings.archive, seen.location)
    answer = Response(page.url + "-2", 200, [], page.body, page.fetched_at, [])
    with ArchiveWriter(tmp_path, "aside", 10**9) as archive:
        place = archive.add(answer)
    pair = (tmp_path / place.warc_file).read_bytes()[place.warc_offset :]
    newest = newest_file(copy_settings, "sample_gpo")
    before = newest.read_bytes()
    with newest.open("ab") as file:  # a crawl has archived an answer and not yet cataloged it
        file.write(pair[:100] if is_torn else pair)
    back_up(copy_settings, copy_store, tmp_path / "backup")
    copy = Settings(data=tmp_path / "backup")
    with closing(Store(copy)) as copied:
        assert_whole(copy, copied)
        assert state(copied) == state(copy_store)
    assert (copy.archive / newest.parent.name / newest.name).read_bytes() == before


def test_a_folder_that_is_not_empty_is_refused_and_left(
    copy_settings: Settings, copy_store: Store, tmp_path: Path
) -> None:
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / "diary").write_text("mine")
    with pytest.raises(StoreError, match=r"backup is not empty; choose another folder"):
        back_up(copy_settings, copy_store, tmp_path / "backup")
    assert [path.name for path in (tmp_path / "backup").iterdir()] == ["diary"]


@pytest.mark.parametrize("is_catalog_copied", [False, True])
def test_a_disk_that_refuses_a_backup_gives_a_sentence_and_leaves_the_data(
    copy_settings: Settings, copy_store: Store, tmp_path: Path, is_catalog_copied: bool
) -> None:
    before = state(copy_store)
    big = copy_settings.archive / "sample_doj" / "sample_doj-20000101T000000000000.warc.gz"
    shutil.copyfile(own_files(copy_settings.archive)[0], big)
    with big.open("ab") as file:
        file.truncate(2_000_000)
    room_bytes = 1_000_000 if is_catalog_copied else 2_000
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room_bytes, limit[1]))
    try:
        with pytest.raises(StoreError, match=r"cannot be (written|opened|copied to \S+): .*\.$"):
            back_up(copy_settings, copy_store, tmp_path / "backup")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert state(copy_store) == before
    assert [path.name for path in tmp_path.glob("backup*")] == []
    big.unlink()
    assert_whole(copy_settings, copy_store)


def test_a_backup_into_the_archive_itself_is_refused(copy_settings: Settings) -> None:
    result = CliRunner().invoke(
        main,
        ["backup", str(copy_settings.archive / "copy")],
        env={"COMMUNIQUE_DATA": str(copy_settings.data)},
    )
    assert result.exit_code == 1
    assert "is inside the archive" in result.output + result.stderr


BACKUP = """
import sys
from pathlib import Path
from corpus import Settings, Store
from corpus.evidence.backup import back_up
settings = Settings(data=Path(sys.argv[1]))
back_up(settings, Store(settings), Path(sys.argv[2]))
"""


@pytest.fixture
def stuck(copy_settings: Settings, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A backup to `backup` that has copied a part, and waits for a file that never comes."""
    [newest, *_] = reversed(own_files(copy_settings.archive))
    pipe = newest.with_name("zzz-20990101T000000000000.warc.gz")
    os.mkfifo(pipe)
    command = [sys.executable, "-c", BACKUP, str(copy_settings.data), str(tmp_path / "backup")]
    with subprocess.Popen(command, cwd=ROOT) as process:
        copied = tmp_path / "backup.partial" / "archive" / newest.parent.name / newest.name
        wait_for(lambda: copied.with_name(pipe.name).exists() or copied.exists(), process)
        yield process
        process.kill()
    pipe.unlink()


@pytest.mark.sqlite
def test_a_backup_that_was_killed_leaves_none_and_the_next_is_whole(
    copy_settings: Settings, copy_store: Store, stuck: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    assert not folder.exists()
    with pytest.raises(LockedError, match="Another backup is running"):
        back_up(copy_settings, copy_store, folder)
    assert stuck.poll() is None
    stuck.kill()
    stuck.wait()
    assert not folder.exists()
    [pipe] = copy_settings.archive.glob("*/zzz-*")
    pipe.rename(tmp_path / "pipe")
    back_up(copy_settings, copy_store, folder)
    (tmp_path / "pipe").rename(pipe)
    assert not (tmp_path / "backup.partial").exists()
    assert {path.name for path in folder.iterdir()} == {"catalog.sqlite", "archive"}
    copy = Settings(data=folder)
    with closing(Store(copy)) as copied:
        assert_whole(copy, copied)


@pytest.mark.sqlite
def test_what_is_in_the_way_and_no_backup_s_is_left_alone(
    copy_settings: Settings, copy_store: Store, tmp_path: Path
) -> None:
    (tmp_path / "backup.partial").mkdir()
    (tmp_path / "backup.partial" / "diary").write_text("mine")
    with pytest.raises(StoreError, match=r"backup\.partial exists and is not from a backup"):
        back_up(copy_settings, copy_store, tmp_path / "backup")
    assert (tmp_path / "backup.partial" / "diary").read_text() == "mine"
    assert not (tmp_path / "backup").exists()


@pytest.mark.sqlite
def test_a_copy_that_the_disk_altered_is_no_backup(
    copy_settings: Settings,
    copy_store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def forget(number: int, *_: int) -> None:
        os.pwrite(number, b"?", 100)

    monkeypatch.setattr("os.posix_fadvise", forget)  # when the disk alone has it
    with pytest.raises(StoreError, match=r"differs from the original: the disk is faulty\."):
        back_up(copy_settings, copy_store, tmp_path / "backup")
    assert [path.name for path in tmp_path.glob("backup*")] == []


@pytest.mark.sqlite
@pytest.mark.parametrize("has_room", [False, True])
def test_a_backup_is_begun_only_where_there_is_room(
    copy_settings: Settings, copy_store: Store, tmp_path: Path, has_room: bool
) -> None:
    with small_disk(tmp_path / "disk", 20_000 if has_room else 400) as disk:
        if has_room:
            back_up(copy_settings, copy_store, disk / "backup")
            copy = Settings(data=disk / "backup")
            with closing(Store(copy)) as copied:
                assert_whole(copy, copied)
            return
        with pytest.raises(StoreError) as told:
            back_up(copy_settings, copy_store, disk / "backup")
        assert re.search(
            r"The backup in \S+ needs about [\d.]+ MB, but the disk of \S+ has 0\.4 MB free\."
            r" Free some space",
            str(told.value),
        )
        assert list(disk.iterdir()) == []


@pytest.mark.sqlite
def test_a_disk_itself_is_no_folder_for_a_backup(
    copy_settings: Settings, copy_store: Store, tmp_path: Path
) -> None:
    """It could not be renamed to, and would be filled beside the disk that was meant."""
    with (
        small_disk(tmp_path / "disk", 20_000) as disk,
        pytest.raises(StoreError, match="is a mounted disk; choose a new folder on it"),
    ):
        back_up(copy_settings, copy_store, disk)


@pytest.mark.sqlite
def test_what_can_only_be_read_is_backed_up_too(
    copy_settings: Settings, copy_store: Store, tmp_path: Path
) -> None:
    before = state(copy_store)
    copy_store.close()
    with read_only_view(copy_settings.data, tmp_path / "view") as view:
        settings = Settings(data=view)
        with closing(Store(settings, make=False)) as store:
            back_up(settings, store, tmp_path / "backup")
    copy = Settings(data=tmp_path / "backup")
    with closing(Store(copy)) as copied:
        assert_whole(copy, copied)
        assert state(copied) == before
