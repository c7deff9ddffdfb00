"""A backup taken at any time is a whole data folder, and a crawl goes on in it."""

from __future__ import annotations

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

from corpus import Settings, Store, catalog, office
from corpus.archive import ArchiveWriter, Place, Response, own_files, read_response
from corpus.backup import back_up
from corpus.crawl import crawl
from corpus.errors import StoreError
from corpus.sample_site import SampleSite
from corpus.verify import verify_archive, verify_catalog
from indexer.cli import main
from tests.test_corpus_reread import whole_page
from tests.test_corpus_verify import state

ROOT = Path(__file__).resolve().parents[1]
MOST = 12
# A crawl in a process of its own: data folder, site.
ALONE = """
import os, sys
from dataclasses import replace
from pathlib import Path
from corpus import Store, office
from corpus.crawl import crawl
from corpus.settings import read_settings
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
        staged = connection.scalar(select(func.count()).select_from(catalog.staged)) or 0
    return store.count() + int(staged)


def text(store: Store) -> dict[str, tuple[str, tuple[str, ...], int]]:
    return {each.id: (each.title, each.body, each.version) for each in store.releases()}


def test_backups_while_a_crawl_runs_are_whole_and_a_crawl_goes_on_in_them(
    settings: Settings, store: Store, site: SampleSite, tmp_path: Path
) -> None:
    folders = []
    command = [sys.executable, "-c", ALONE, str(settings.data), site.url]
    with subprocess.Popen(command, cwd=ROOT) as process:
        while seen(store) < 1:
            assert process.poll() is None
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
    page = read_response(copy_settings.archive, Place(seen.warc_file, seen.warc_offset))
    answer = Response(page.url + "-2", 200, [], page.body, page.fetched_at, [])
    with ArchiveWriter(tmp_path, "aside", 10**9) as archive:
        place = archive.add(answer)
    pair = (tmp_path / place.warc_file).read_bytes()[place.warc_offset :]
    newest = own_files(copy_settings.archive)[-1]
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
    with pytest.raises(StoreError, match=r"backup is not empty; name another folder"):
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
        with pytest.raises(StoreError, match=r"cannot be (written|opened): .*\.$"):
            back_up(copy_settings, copy_store, tmp_path / "backup")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert state(copy_store) == before
    assert (tmp_path / "backup" / "catalog.sqlite").exists()
    big.unlink()
    assert_whole(copy_settings, copy_store)


def test_a_backup_into_the_archive_itself_is_refused(copy_settings: Settings) -> None:
    result = CliRunner().invoke(
        main,
        ["backup", str(copy_settings.archive / "copy")],
        env={"COMMUNIQUE_DATA": str(copy_settings.data)},
    )
    assert result.exit_code == 1
    assert "lies in the archive itself" in result.output + result.stderr
