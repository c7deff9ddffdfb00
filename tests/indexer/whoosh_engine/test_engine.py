"""An index whose files are taken away, replaced or damaged while it is read."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice
from pathlib import Path

import pytest

from corpus.errors import IndexUnusableError
from indexer.engine.document import FORMAT
from indexer.engine.results import Query
from indexer.whoosh_engine import WhooshEngine
from indexer.whoosh_engine.engine import REVISION
from indexer.whoosh_engine.searcher import SnapshotSearcher
from tests.indexer.whoosh_engine.test_merging import made
from tests.indexer.whoosh_engine.test_trees import nothing

LIVE = f"LIVE-{FORMAT}"
SNAPSHOT = "indexer.whoosh_engine.engine.SnapshotSearcher"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[WhooshEngine]:
    """An index of one release, that nobody has read yet."""
    opened = WhooshEngine(tmp_path, 64)
    opened.publish(opened.build([made("a", "word")], 1, nothing))
    yield opened
    opened.close()


def replacing(engine: WhooshEngine, numbers: Iterable[int]) -> Callable[[Path], SnapshotSearcher]:
    """Opens a build; for each number another is published right before."""
    coming = iter(numbers)

    def opened(path: Path) -> SnapshotSearcher:
        for number in islice(coming, 1):
            fresh = path.with_name(f"{FORMAT}-20200101T{number:012d}")
            path.rename(fresh)
            (engine.folder / LIVE).write_text(fresh.name)
        return SnapshotSearcher(path)

    return opened


@pytest.mark.parametrize("times", [1, 2])
def test_an_index_replaced_while_it_is_opened_is_opened_again(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    monkeypatch.setattr(SNAPSHOT, replacing(engine, range(times)))
    assert [*engine.scan(Query())] == ["a"]


def test_an_index_replaced_again_and_again_is_an_error_in_the_end(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SNAPSHOT, replacing(engine, count()))
    with pytest.raises(IndexUnusableError, match="changes while it is read"):
        engine.search(Query())
    health = engine.health()
    assert not health.is_live
    assert "changes while it is read" in (health.problem or "")


def test_health_is_told_of_one_build_where_another_is_published_meanwhile(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = WhooshEngine(engine.folder, 64)
    builds = iter([publisher.build([made("a", "word"), made("b", "word")], 2, nothing)])

    def overtaken(path: Path) -> SnapshotSearcher:
        snapshot = SnapshotSearcher(path)
        for build in builds:
            publisher.publish(build)
        return snapshot

    monkeypatch.setattr(SNAPSHOT, overtaken)
    health = engine.health()
    assert (health.is_live, health.releases, health.revision) == (True, 2, 2)
    assert health.build == publisher.search(Query()).build
    publisher.close()


def test_an_index_whose_folder_is_gone_is_an_error_with_a_sentence(engine: WhooshEngine) -> None:
    shutil.rmtree(engine.folder / engine.builds()[0])
    for read in (lambda: engine.total(Query()), engine.size_bytes, lambda: engine.search(Query())):
        with pytest.raises(IndexUnusableError, match=r"cannot be read .* run `communique reindex"):
            read()
    assert "run `communique reindex" in (engine.health().problem or "")


def put(text: str) -> Callable[[Path], None]:
    return lambda path: path.write_text(text)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


# Whoosh does not close a table of contents that it could not read.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("pattern", ["*/*.arrays", "*/*.toc", f"*/{REVISION}", LIVE])
@pytest.mark.parametrize(
    "damage",
    [Path.unlink, folder, loop, *map(put, ["", "1 2", "1 2 3", "-", "\0", f"{FORMAT}-\0"])],
)
def test_health_tells_of_damage_of_any_kind_and_never_raises(
    engine: WhooshEngine, pattern: str, damage: Callable[[Path], None]
) -> None:
    (path,) = engine.folder.glob(pattern)
    damage(path)
    health = engine.health()
    assert (health.is_live, health.releases) == (False, 0)
    assert "run `communique reindex" in (health.problem or "")
