"""Two crawls at once: of two offices they go side by side, of one office the second one is told."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Barrier, Event

import pytest

from bench.faults import holdings
from corpus import Settings, Store, office
from corpus.crawling.crawl import crawl
from corpus.crawling.sample_site import SampleSite
from corpus.errors import StoreError

pytestmark = [pytest.mark.each_catalog, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("sample_doj", "sample_gpo")
DEADLINE_S = 600.0
DELAY = ("--delay", "0")
# So many requests does the shorter of the two crawls make at least.
STEPS = 5


class WatchedSite(SampleSite):
    """A sample site that tells of each request before it answers."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.watch: Callable[[str], object] = lambda path: None

    def answer(self, path: str, language: str) -> tuple[bytes, str] | None:
        self.watch(path)
        return super().answer(path, language)


@pytest.fixture
def sites() -> Iterator[dict[str, WatchedSite]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(WatchedSite(name)) for name in NAMES}


def mirrors(sites: dict[str, WatchedSite], name: str) -> dict[str, str]:
    return dict.fromkeys(office(name).route("pages").hosts, sites[name].url)


def start(settings: Settings, sites: dict[str, WatchedSite], *names: str) -> subprocess.Popen[str]:
    pairs = [pair for name in names for pair in mirrors(sites, name).items()]
    given = [part for pair in pairs for part in ("--mirror", "=".join(pair))]
    return subprocess.Popen(
        [sys.executable, "-m", "communique", "crawl", *names, "--route", "pages", *DELAY, *given],
        cwd=ROOT,
        env=os.environ
        | {
            "COMMUNIQUE_DATA": str(settings.data),
            "COMMUNIQUE_CATALOG": settings.catalog,
            "COMMUNIQUE_TIMEOUT_S": str(DEADLINE_S),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(settings: Settings, sites: dict[str, WatchedSite], *names: str) -> tuple[int, str, str]:
    with start(settings, sites, *names) as process:
        out, said = process.communicate()
    return process.returncode, out, said


def test_two_offices_are_crawled_side_by_side(
    settings: Settings, sites: dict[str, WatchedSite], tmp_path: Path
) -> None:
    alone = Settings(data=tmp_path / "alone")
    with closing(Store(alone)) as store:
        for name in NAMES:
            given = mirrors(sites, name)
            crawl(name, alone, store, route="pages", mirrors=given, delay_s=0)
    # None of the first answers comes before the other crawl has asked for its own.
    both = Barrier(2)
    asked = dict.fromkeys(NAMES, 0)

    def keep_step(name: str) -> None:
        asked[name] += 1
        if asked[name] <= STEPS:
            both.wait(DEADLINE_S)

    for name, site in sites.items():
        site.watch = lambda path, name=name: keep_step(name)  # type: ignore[misc]
    with ExitStack() as stack:
        processes = [stack.enter_context(start(settings, sites, name)) for name in NAMES]
        said = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    assert min(asked.values()) >= STEPS
    assert holdings(settings) == holdings(alone)


@pytest.mark.sqlite
def test_a_second_crawl_of_an_office_is_told_and_the_other_offices_are_crawled(
    settings: Settings, sites: dict[str, WatchedSite]
) -> None:
    is_asked, may_answer = Event(), Event()

    def hold(path: str) -> None:
        is_asked.set()
        assert may_answer.wait(DEADLINE_S)

    sites["sample_doj"].watch = hold
    try:
        with start(settings, sites, "sample_doj") as first:
            assert is_asked.wait(DEADLINE_S)
            code, out, said = run(settings, sites, "sample_doj")
            assert (code, out) == (75, "")
            assert said.startswith("Error: Another crawl of sample_doj is running on ")
            code, out, said = run(settings, sites, *NAMES)
            assert (code, out.count("listed on")) == (0, 1)
            assert out.startswith("sample_gpo (")
            assert said.startswith("Skipped: Another crawl of sample_doj is running on ")
            with closing(Store(settings)) as store:
                assert {each.office for each in store.releases()} == {"sample_gpo"}
            may_answer.set()
            assert first.communicate()[0].startswith("sample_doj (")
        assert first.returncode == 0
    finally:
        may_answer.set()


@pytest.mark.sqlite
def test_of_two_programs_that_change_releases_one_waits_before_it_reads(
    settings: Settings, store: Store
) -> None:
    with closing(Store(settings)) as other:
        with other.writing() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=0")  # tell at once instead
        with (
            store.changing(),
            pytest.raises(StoreError, match="locked"),
            other.changing(),
        ):
            pytest.fail("it did not wait")
        with other.changing():
            pass
