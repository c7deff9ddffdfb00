"""Bringing the index up to the catalog: only what changed, one at a time, whole after any death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from filelock import FileLock

from corpus import Settings, Store
from corpus.errors import IndexUnusableError, LockedError, StoreError
from corpus.release import Draft, Provenance
from indexer import Engine, Query, open_engine, parse, reindex
from indexer.engine.document import FORMAT, Document
from indexer.engine.interface import OnProgress
from indexer.whoosh_engine import WhooshEngine
from tests.conftest import crawl_sample
from tests.stalling import wait_for

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[3]
DEADLINE_S = 60.0


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    opened = open_engine(settings)
    yield opened
    opened.close()


def add(store: Store, numbers: range, words: str = "fraud") -> None:
    """Put releases into the catalog as a crawl would."""
    with store.writing() as connection:
        for number in numbers:
            url = f"https://www.justice.gov/opa/pr/{number}"
            draft = Draft(f"Release {number}", date(2018, 1, 1), [words, "More. " * 20], "en")
            found = Provenance(url, NOW, "0" * 64, "none.warc.gz", 0, "us_doj/pages", 1)
            store.add(connection, "us_doj", url, draft, found, NOW, frozenset())


def ids(engine: Engine, typed: str) -> list[str]:
    return sorted(engine.scan(Query(parse(typed).tree)))


def held(store: Store) -> list[str]:
    return sorted(release.id for release in store.releases())


def run(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "communique", *arguments],
        cwd=ROOT,
        env=environ(settings),
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )


def environ(settings: Settings) -> dict[str, str]:
    return os.environ | {"COMMUNIQUE_DATA": str(settings.data), "PYTHONPATH": str(ROOT)}


@pytest.mark.each_catalog
def test_the_first_reindex_builds_and_publishes(
    settings: Settings, store: Store, engine: Engine
) -> None:
    add(store, range(5))
    report = reindex(settings, store, engine)
    assert (report.is_full, report.releases) == (True, 5)
    assert ids(engine, "fraud") == held(store)
    assert engine.builds() == [report.build]


@pytest.mark.each_catalog
def test_an_empty_catalog_makes_an_empty_index(
    settings: Settings, store: Store, engine: Engine
) -> None:
    assert reindex(settings, store, engine).releases == 0
    assert engine.health().is_live
    assert ids(engine, "") == []


@pytest.mark.each_catalog
def test_nothing_is_done_when_nothing_changed(
    settings: Settings, store: Store, engine: Engine
) -> None:
    add(store, range(5))
    first = reindex(settings, store, engine)
    add(store, range(5))  # seen again, unchanged
    before = sorted(path.name for path in (settings.index / first.build).iterdir())
    report = reindex(settings, store, engine)
    assert (report.is_full, report.releases, report.build) == (False, 0, first.build)
    assert "Nothing has changed" in report.sentence()
    assert sorted(path.name for path in (settings.index / first.build).iterdir()) == before


@pytest.mark.each_catalog
def test_only_what_changed_is_added(settings: Settings, store: Store, engine: Engine) -> None:
    add(store, range(10))
    first = reindex(settings, store, engine)
    add(store, range(8, 12), "torture")
    report = reindex(settings, store, engine)
    assert (report.is_full, report.releases, report.build) == (False, 4, first.build)
    assert len(ids(engine, "torture")) == 4
    assert len(ids(engine, "fraud")) == 8
    assert ids(engine, "") == held(store)
    assert reindex(settings, store, engine).releases == 0


@pytest.mark.each_catalog
def test_a_full_reindex_replaces_the_build(
    settings: Settings, store: Store, engine: Engine
) -> None:
    add(store, range(3))
    first = reindex(settings, store, engine)
    second = reindex(settings, store, engine, is_full=True)
    assert second.is_full
    assert engine.builds() == [second.build] != [first.build]
    assert ids(engine, "fraud") == held(store)


@pytest.mark.each_catalog
def test_progress_counts_up_to_the_total(settings: Settings, store: Store, engine: Engine) -> None:
    add(store, range(3))
    seen: list[tuple[int, int]] = []
    reindex(settings, store, engine, on_progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_an_index_of_another_format_is_refused_and_built_anew(
    settings: Settings, store: Store, engine: Engine
) -> None:
    add(store, range(3))
    build = reindex(settings, store, engine).build
    other = f"0-{build.partition('-')[2]}"
    (settings.index / build).rename(settings.index / other)
    (settings.index / f"LIVE-{FORMAT}").rename(settings.index / "LIVE")
    (settings.index / "LIVE").write_text(f"{other}\n")
    with pytest.raises(IndexUnusableError, match=r"an earlier release .* run `communique reindex"):
        ids(engine, "fraud")
    report = reindex(settings, store, engine)
    assert (report.is_full, report.releases) == (True, 3)
    assert engine.builds() == [other, report.build]
    assert ids(engine, "fraud") == held(store)


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda whole: b"",
    "torn": lambda whole: whole[: len(whole) // 2],
    "noise": lambda whole: bytes((7 * byte + 13) % 256 for byte in whole),
}


# Whoosh does not close a table of contents that it could not read.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("pattern", ["*/*.arrays", "*/*.toc", "*/REVISION", "LIVE-*"])
@pytest.mark.parametrize("defect", [*DAMAGE, "gone"])
def test_a_damaged_index_is_told_and_built_anew(
    settings: Settings, store: Store, engine: Engine, pattern: str, defect: str
) -> None:
    add(store, range(300))
    reindex(settings, store, engine)
    engine.close()
    (path,) = settings.index.glob(pattern)
    if defect == "gone":
        path.unlink()
    else:
        path.write_bytes(DAMAGE[defect](path.read_bytes()))
    if path.name != "REVISION":
        with pytest.raises(IndexUnusableError, match="run `communique reindex"):
            ids(engine, "fraud")
        assert "run `communique reindex" in (engine.health().problem or "")
    reindex(settings, store, engine)
    assert ids(engine, "fraud") == held(store)
    assert engine.health().is_live


def test_a_build_that_cannot_be_written_leaves_the_live_index_whole(
    settings: Settings, store: Store, engine: Engine
) -> None:
    add(store, range(3))
    build = reindex(settings, store, engine).build

    def fail(done: int, total: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(StoreError, match="cannot be written: No space left on device"):
        reindex(settings, store, engine, is_full=True, on_progress=fail)
    assert engine.builds() == [build]
    assert ids(engine, "fraud") == held(store)
    add(store, range(3, 5))
    with pytest.raises(StoreError, match="cannot be written: No space left on device"):
        reindex(settings, store, engine, on_progress=fail)
    assert len(ids(engine, "fraud")) == 3
    assert reindex(settings, store, engine).releases == 2
    assert ids(engine, "fraud") == held(store)


def test_a_publish_that_the_disk_refuses_is_told_and_drops_nothing(
    settings: Settings, engine: Engine
) -> None:
    build = engine.build([], 1, lambda done: None)
    (settings.index / f"LIVE-{FORMAT}").mkdir()

    with pytest.raises(StoreError, match="cannot be written"):
        engine.publish(build)

    assert build in engine.builds()


class _Forgetful(WhooshEngine):
    """Loses the last release of what it builds, as a defect would."""

    def build(self, documents: Iterable[Document], revision: int, on_progress: OnProgress) -> str:
        return super().build(list(documents)[:-1], revision, on_progress)


def test_a_build_that_fails_its_check_is_not_published(
    settings: Settings, store: Store, engine: Engine
) -> None:
    add(store, range(3))
    build = reindex(settings, store, engine).build
    forgetful = _Forgetful(settings.index)
    with pytest.raises(IndexUnusableError, match="holds 2 of 3 releases; it was not published"):
        reindex(settings, store, forgetful, is_full=True)
    forgetful.close()
    assert engine.builds() == [build]
    assert ids(engine, "fraud") == held(store)


@pytest.mark.each_catalog
def test_releases_that_a_crawl_adds_meanwhile_do_not_fail_the_check(
    settings: Settings, store: Store, engine: Engine
) -> None:
    add(store, range(3))

    class _Overtaken(WhooshEngine):
        def build(
            self, documents: Iterable[Document], revision: int, on_progress: OnProgress
        ) -> str:
            name = super().build(documents, revision, on_progress)
            add(store, range(3, 6))
            return name

    with closing(_Overtaken(settings.index)) as overtaken:
        assert reindex(settings, store, overtaken, is_full=True).releases == 3
    assert reindex(settings, store, engine).releases == 3
    assert ids(engine, "") == held(store)


def test_a_second_reindex_ends_at_once_with_status_75(
    settings: Settings, store: Store, engine: Engine
) -> None:
    add(store, range(3))
    with FileLock(settings.data / "reindex.lock"):
        done = run(settings, "reindex")
        assert done.returncode == 75
        assert done.stderr.startswith("Error: Another reindex is running")
        assert not settings.index.exists()
    assert run(settings, "reindex").returncode == 0
    assert ids(engine, "fraud") == held(store)


def test_the_lock_is_let_go_after_an_error(
    settings: Settings, store: Store, engine: Engine
) -> None:
    add(store, range(3))

    def fail(done: int, total: int) -> None:
        raise LockedError("any error")

    with pytest.raises(LockedError):
        reindex(settings, store, engine, on_progress=fail)
    assert reindex(settings, store, engine).releases == 3


# A reindex that stops after some documents, says so by a file, and waits to be killed.
STALLING = """
import os, sys, time
from pathlib import Path
from corpus import Settings, Store
from indexer import open_engine, reindex

settings = Settings(data=Path(sys.argv[1]), catalog=os.environ.get("COMMUNIQUE_CATALOG", ""))

def stall(done, total):
    if done == int(sys.argv[3]):
        Path(sys.argv[4]).touch()
        time.sleep(600)

is_full = sys.argv[2] == "full"
reindex(settings, Store(settings), open_engine(settings), is_full=is_full, on_progress=stall)
"""


def killed_reindex(settings: Settings, kind: str, after: int, flag: Path) -> None:
    """Run a reindex in a process of its own, and kill it when it has taken some documents."""
    process = subprocess.Popen(
        [sys.executable, "-c", STALLING, str(settings.data), kind, str(after), str(flag)],
        cwd=ROOT,
        env=environ(settings),
    )
    try:
        wait_for(flag.exists, process)
    finally:
        process.kill()
    assert process.wait(DEADLINE_S) == -signal.SIGKILL


@pytest.mark.parametrize("again", ["full", "added"])
def test_a_full_reindex_that_is_killed_leaves_the_live_index_whole(
    settings: Settings, store: Store, engine: Engine, tmp_path: Path, again: str
) -> None:
    add(store, range(50))
    build = reindex(settings, store, engine).build
    before = ids(engine, "fraud")
    add(store, range(50, 60))
    killed_reindex(settings, "full", 30, tmp_path / "flag")
    assert len(engine.builds()) == 2
    assert engine.health().build == build
    assert ids(engine, "fraud") == before
    with closing(open_engine(settings)) as fresh:
        assert ids(fresh, "fraud") == before
    report = reindex(settings, store, engine, is_full=again == "full")
    assert report.releases == (60 if again == "full" else 10)
    assert ids(engine, "fraud") == held(store)
    assert engine.builds() == [report.build]


def test_a_first_reindex_that_is_killed_is_begun_again(
    settings: Settings, store: Store, engine: Engine, tmp_path: Path
) -> None:
    add(store, range(50))
    killed_reindex(settings, "added", 30, tmp_path / "flag")
    with pytest.raises(IndexUnusableError, match="no index"):
        ids(engine, "fraud")
    report = reindex(settings, store, engine)
    assert (report.is_full, report.releases) == (True, 50)
    assert engine.builds() == [report.build]


@pytest.mark.each_catalog
def test_an_update_that_is_killed_leaves_the_live_index_whole(
    settings: Settings, store: Store, engine: Engine, tmp_path: Path
) -> None:
    add(store, range(50))
    reindex(settings, store, engine)
    before = ids(engine, "fraud")
    add(store, range(40, 70), "torture")
    killed_reindex(settings, "added", 20, tmp_path / "flag")
    assert ids(engine, "fraud") == before
    assert ids(engine, "torture") == []
    with closing(open_engine(settings)) as fresh:
        assert ids(fresh, "fraud") == before
    report = reindex(settings, store, engine)
    assert (report.is_full, report.releases) == (False, 30)
    assert ids(engine, "") == held(store)
    assert len(ids(engine, "torture")) == 30
    assert len(ids(engine, "fraud")) == 40


@pytest.mark.each_catalog
def test_a_kill_between_update_and_its_revision_repeats_the_update(
    settings: Settings, store: Store, engine: Engine
) -> None:
    add(store, range(5))
    build = reindex(settings, store, engine).build
    old = (settings.index / build / "REVISION").read_text()
    add(store, range(3, 8), "torture")
    reindex(settings, store, engine)
    (settings.index / build / "REVISION").write_text(old)
    assert reindex(settings, store, engine).releases == 5
    assert ids(engine, "") == held(store)


@pytest.mark.parametrize("kind", ["full", "added"])
def test_searches_during_reindexes_always_answer_in_full(
    settings: Settings, store: Store, engine: Engine, kind: str
) -> None:
    add(store, range(40))
    reindex(settings, store, engine)
    failures: list[object] = []
    is_over = threading.Event()
    answers = 0

    def search() -> None:
        nonlocal answers
        while not is_over.is_set():
            try:
                results = reader.search(Query(parse('"more"').tree, size=50))
            except Exception as error:  # noqa: BLE001 (whatever it is, it fails the test)
                failures.append(error)
                return
            answers += 1
            if results.total < 40 or len(results.hits) != min(50, results.total):
                failures.append(results.total)

    with closing(open_engine(settings)) as reader:
        threads = [threading.Thread(target=search) for _ in range(2)]
        for thread in threads:
            thread.start()
        for number in range(5):
            add(store, range(40 + number, 42 + number), "torture")
            reindex(settings, store, engine, is_full=kind == "full")
        is_over.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert answers > 0


@pytest.mark.each_catalog
def test_two_engines_over_one_folder_agree_after_a_crawl(
    settings: Settings, store: Store, engine: Engine
) -> None:
    crawl_sample("sample_doj", settings, store)
    reindex(settings, store, engine)
    other = open_engine(replace(settings, contact="another"))
    crawl_sample("sample_gpo", settings, store)
    assert reindex(settings, store, engine).releases == store.count() - len(ids_of(store))
    assert ids(other, "") == ids(engine, "") == held(store)
    other.close()


def ids_of(store: Store) -> list[str]:
    return [release.id for release in store.releases("sample_doj")]
