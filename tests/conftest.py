"""Fixtures: the smallest real thing that has what a test needs.

Only the network is replaced: by the sample sites that come with the program (always there), and by
the replica of real sites beside the checkout (tests that need it skip where it is absent).
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus import Settings, Store, office
from corpus.crawl import crawl
from corpus.sample_site import SampleSite
from indexer import Engine, open_engine, reindex

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Every release is due and every listing walked to its end, whenever a test crawls."""
    return Settings(data=tmp_path / "data", contact="tests", revisits="0", walk_days=0)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = Store(settings)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def replica() -> Any:
    """The module that serves saved real sites on loopback."""
    path = SHARED / "replica" / "replica.py"
    if not path.exists():
        pytest.skip("needs the replica of real sites in ../shared")
    spec = importlib.util.spec_from_file_location("replica", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def crawl_sample(name: str, settings: Settings, store: Store) -> None:
    """Crawl a sample office by all its routes."""
    with SampleSite(name) as site:
        for route in office(name).routes:
            mirrors = {host: site.url for each in office(name).routes for host in each.hosts}
            report = crawl(name, settings, store, route=route.name, mirrors=mirrors, delay_s=0)
            assert report.error is None


@pytest.fixture(scope="session")
def sample_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data folder with both sample offices crawled and indexed; read only."""
    made = Settings(data=tmp_path_factory.mktemp("sample"), contact="tests")
    store = Store(made)
    for name in ("sample_doj", "sample_gpo"):
        crawl_sample(name, made, store)
    engine = open_engine(made)
    reindex(made, store, engine, is_full=True)
    engine.close()
    store.close()
    return made


@pytest.fixture
def sample_store(sample_settings: Settings) -> Iterator[Store]:
    opened = Store(sample_settings)
    yield opened
    opened.close()


@pytest.fixture
def sample_engine(sample_settings: Settings) -> Iterator[Engine]:
    opened = open_engine(sample_settings)
    yield opened
    opened.close()


@pytest.fixture
def copy_settings(sample_settings: Settings, tmp_path: Path) -> Settings:
    """A copy of the crawled sample offices, to change or spoil."""
    shutil.copytree(sample_settings.data, tmp_path / "copy")
    return Settings(data=tmp_path / "copy", contact="tests")


@pytest.fixture
def copy_store(copy_settings: Settings) -> Iterator[Store]:
    opened = Store(copy_settings)
    yield opened
    opened.close()
