"""What a power cut leaves, at whatever moment: nothing is referred to that is not there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine as Database

from corpus import Settings, Store
from corpus.crawling.crawl import crawl
from corpus.crawling.sample_site import SampleSite
from corpus.durability import make_folder, replacing
from corpus.errors import StoreError
from corpus.evidence.warc_import import import_files
from corpus.warc.response import Response
from corpus.warc.writer import ArchiveWriter
from indexer import Query, open_engine, reindex
from tests.corpus.evidence.test_verify import findings, newest_file, repaired, state
from tests.power_cut import Disk, NoDiskError

MOST = 9
# What a kill leaves too, and the next crawl or `verify --repair` mends without a loss.
HARMLESS = ("ends with a partial record at", "that the catalog lacks")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    try:
        made = Disk(tmp_path)
    except NoDiskError as reason:
        pytest.skip(str(reason))
    with made:
        yield made


@pytest.fixture
def cut_often(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """Cuts right before anything is synced, and before each transaction is over."""
    fsync = os.fsync

    def cut_first(number: int) -> None:
        disk.cut()
        fsync(number)

    def cut_before(connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        if driver.in_transaction:  # it has written something
            disk.cut()

    monkeypatch.setattr(os, "fsync", cut_first)
    event.listen(Database, "commit", cut_before)
    yield disk
    event.remove(Database, "commit", cut_before)


def settings_on(path: Path) -> Settings:
    return Settings(data=path / "data", contact="tests", revisits="0", walk_days=0)


def crawl_some(settings: Settings, url: str) -> None:
    with closing(Store(settings)) as store:
        report = crawl(
            "sample_doj",
            settings,
            store,
            route="pages",
            mirrors={"www.justice.example": url},
            delay_s=0,
            limit=4,
        )
    assert report.error is None


def assert_harmless(settings: Settings, store: Store) -> None:
    left = [each.sentence for each in findings(settings, store)]
    assert all(any(words in each for words in HARMLESS) for each in left), left
    assert repaired(settings, store) == []


def test_a_crawl_cut_at_any_moment_leaves_no_version_without_its_evidence(cut_often: Disk) -> None:
    with SampleSite("sample_doj") as site:
        crawl_some(settings_on(cut_often.path), site.url)
        with closing(Store(settings_on(cut_often.path))) as store:
            whole = state(store).keys()
        cut_often.cut()
        known = []
        for path in cut_often.after_cuts(MOST):
            settings = settings_on(path)
            with closing(Store(settings)) as store:
                known.append(len(state(store)))
                assert_harmless(settings, store)
    assert known[0] == 0, "it was cut before anything was published"
    assert known[-1] == len(whole) == 4, "what was over when the power went has stayed"


def test_an_import_cut_at_any_moment_leaves_no_version_without_its_file(
    cut_often: Disk, sample_settings: Settings
) -> None:
    theirs = newest_file(sample_settings, "sample_gpo")
    settings = settings_on(cut_often.path)
    with closing(Store(settings)) as store:
        [*import_files([theirs], "Somebody", settings, store)]
        number = store.count()
    cut_often.cut()
    found = []
    for path in cut_often.after_cuts(MOST):
        settings = settings_on(path)
        with closing(Store(settings)) as store:
            assert_harmless(settings, store)
            found.append(store.count())
    assert found[0] == 0 < found[-1] == number


def test_an_index_cut_at_any_moment_is_the_old_one_or_the_new_one(
    cut_often: Disk, copy_store: Store
) -> None:
    """Built, built anew and updated: what was published once can be searched after any cut."""
    number, first = copy_store.count(), copy_store.revision()
    settings = Settings(data=cut_often.path)
    with closing(open_engine(settings)) as engine:
        reindex(settings, copy_store, engine)
        published = len(cut_often.cuts)
        reindex(settings, copy_store, engine, is_full=True)
        copy_store.withhold(next(copy_store.releases()).id, "Order of a court.")
        reindex(settings, copy_store, engine)
    cut_often.cut()
    found = []
    for at, path in enumerate(cut_often.after_cuts(len(cut_often.cuts))):
        with closing(open_engine(Settings(data=path))) as engine:
            health = engine.health()
            assert health.is_live or at < published, (at, health.problem)
            if health.is_live:
                found.append((health.revision, len([*engine.scan(Query(None))])))
    assert [*dict.fromkeys(found)] == [
        (first, number),
        (first, number - 1),  # the revision is noted last, and such an update done again
        (copy_store.revision(), number - 1),
    ]


def test_what_a_command_has_changed_outlasts_a_cut(disk: Disk) -> None:
    with SampleSite("sample_doj") as site:
        crawl_some(settings_on(disk.path), site.url)
    with closing(Store(settings_on(disk.path))) as store:
        id_ = next(store.releases()).id
        store.withhold(id_, "Order of a court.")
        disk.cut()
    for path in disk.after_cuts(1):
        with closing(Store(settings_on(path))) as store:
            assert store.withheld() == {id_}


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what was synced, as it goes on."""
    names: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda n: names.append(Path(f"/dev/fd/{n}").resolve().name))
    return names


def test_a_file_is_on_the_disk_before_it_takes_its_name_and_then_its_folder(
    tmp_path: Path, synced: list[str]
) -> None:
    path = tmp_path / "LIVE"
    path.write_text("old")
    with replacing(path) as fresh:
        fresh.write_text("new")
        assert path.read_text() == "old"
    assert (path.read_text(), synced) == ("new", ["LIVE.new", tmp_path.name])


def test_the_names_of_new_folders_are_synced_where_they_stand(
    tmp_path: Path, synced: list[str]
) -> None:
    make_folder(tmp_path / "archive" / "an_office")
    assert sorted(synced) == sorted([tmp_path.name, "archive"])
    make_folder(tmp_path / "archive" / "an_office")
    assert len(synced) == 2


def test_an_answer_is_synced_once_and_not_before_it_is_asked_for(
    tmp_path: Path, synced: list[str]
) -> None:
    now = datetime.now(UTC)
    with ArchiveWriter(tmp_path, "an_office", 10**6) as archive:
        for number in range(3):
            archive.add(Response(f"https://office.example/{number}", 200, [], b"text", now, []))
        before = len(synced)
        archive.sync()
        archive.sync()
        assert len(synced) == before + 1
        assert synced[-1] == archive.name.partition("/")[2]
        archive.add(Response("https://office.example/3", 200, [], b"text", now, []))
    assert len(synced) == before + 2


def test_a_disk_that_cannot_keep_an_answer_gives_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(number: int) -> None:
        raise OSError(5, "Input/output error")

    answer = Response("https://office.example/1", 200, [], b"text", datetime.now(UTC), [])
    with ArchiveWriter(tmp_path, "an_office", 10**6) as archive:
        archive.add(answer)
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", refuse)
            with pytest.raises(StoreError, match=r"cannot be written: Input/output error\.$"):
                archive.sync()
