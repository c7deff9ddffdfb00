"""Both engines: over the sample offices, and with nothing in them yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus import Settings, Store
from indexer import Engine, open_engine, reindex
from tests.engines import ENGINES, placed


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, sample_settings: Settings) -> Iterator[Engine]:
    """An engine over the sample offices; read only."""
    settings = placed(request, sample_settings)
    opened = open_engine(settings)
    store = Store(settings)
    if not opened.health().is_live:
        reindex(settings, store, opened, is_full=True)
    store.close()
    yield opened
    opened.close()


@pytest.fixture(params=ENGINES)
def empty_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Where an engine has nothing in it yet."""
    return placed(request, Settings(data=tmp_path))


@pytest.fixture
def empty(empty_settings: Settings) -> Iterator[Engine]:
    """An engine with nothing in it yet."""
    opened = open_engine(empty_settings)
    yield opened
    for build in opened.builds():
        opened.drop(build)
    opened.close()
