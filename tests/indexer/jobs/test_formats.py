"""Two releases of the program whose indexes have different formats, over one data folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from corpus import Settings, Store
from corpus.errors import IndexFormatError, SmallerError
from indexer import Engine, Query, open_engine, reindex
from indexer.engine.document import FORMAT
from tests.engines import ENGINES, placed
from tests.indexer.jobs.test_lineage import add, lose

Release = Callable[[int], None]


@pytest.fixture(params=ENGINES)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    return placed(request, Settings(data=tmp_path / "data"))


@pytest.fixture
def page(settings: Settings) -> Iterator[Engine]:
    """The engine of a page that is never restarted."""
    with closing(open_engine(settings)) as opened:
        yield opened
        for build in opened.builds():
            opened.drop(build)


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """The engine of commands."""
    with closing(open_engine(settings)) as opened:
        yield opened


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> Release:
    """Go on as the release of another format."""
    return lambda number: monkeypatch.setattr("indexer.engine.interface.FORMAT", number)


def held(engine: Engine) -> int:
    return len([*engine.scan(Query())])


def test_a_page_reads_the_index_of_its_own_format_until_the_reindex_after_the_next(
    settings: Settings, store: Store, page: Engine, engine: Engine, release: Release
) -> None:
    add(store, range(3))
    first = reindex(settings, store, engine).build
    assert held(page) == 3

    add(store, range(3, 4))
    release(FORMAT + 1)
    with pytest.raises(IndexFormatError, match=r"earlier release .* run `communique reindex`"):
        held(engine)
    second = reindex(settings, store, engine).build
    assert (held(engine), engine.builds()) == (4, [first, second])

    release(FORMAT)
    assert held(page) == 3
    assert (page.health().build, page.health().noted_releases) == (first, 3)

    release(FORMAT + 1)
    add(store, range(4, 5))
    assert reindex(settings, store, engine).build == second
    assert (held(engine), engine.builds()) == (5, [second])

    release(FORMAT)
    with pytest.raises(IndexFormatError, match=r"newer release .* restart it") as raised:
        held(page)
    assert "reindex" not in str(raised.value)
    assert page.health().problem == str(raised.value)


def test_what_an_earlier_release_writes_leaves_the_index_of_a_newer_one(
    settings: Settings, store: Store, page: Engine, engine: Engine, release: Release
) -> None:
    release(FORMAT + 1)
    add(store, range(3))
    newer = reindex(settings, store, engine).build
    release(FORMAT)
    own = reindex(settings, store, engine).build
    add(store, range(3, 4))
    assert reindex(settings, store, engine).build == own
    own = reindex(settings, store, engine, is_full=True).build
    assert (held(engine), engine.builds()) == (4, [newer, own])
    release(FORMAT + 1)
    assert (held(page), page.health().build) == (3, newer)


def test_a_new_format_is_no_leave_to_lose_releases(
    settings: Settings, store: Store, page: Engine, engine: Engine, release: Release
) -> None:
    add(store, range(10))
    build = reindex(settings, store, engine).build
    lose(store, 5)
    release(FORMAT + 1)
    with pytest.raises(SmallerError, match="has 5 of the 10 releases"):
        reindex(settings, store, engine)
    assert engine.builds() == [build]
