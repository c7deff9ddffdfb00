"""A crawl that is killed, whenever that is, and run again ends as one that nothing disturbed."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from random import Random

import pytest

from bench.faults import crawl_command, crawl_whole, holdings, run_state, start
from corpus import Settings, Store
from tests.faulty_site import FaultySite
from tests.newsroom import sample_newsroom
from tests.stalling import Stalling

pytestmark = [pytest.mark.each_catalog, pytest.mark.slow]

# Releases in a batch: all of them are published at the end, or some before.
BATCHES = ["100", "4"]
# The first request is for robots.txt; there are 31 with the releases and their listing.
REQUESTS = [1, Random(271).randrange(2, 31)]


@pytest.fixture(scope="module")
def site() -> Iterator[FaultySite]:
    room = sample_newsroom()
    room.publish(*room.written)
    with FaultySite() as opened:
        opened.pages = room.pages()
        yield opened


@pytest.fixture(scope="module")
def command(site: FaultySite) -> list[str]:
    return crawl_command("sample_doj", "www.justice.example", site.url, "pages")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, command: list[str]) -> dict[str, object]:
    settings = Settings(data=tmp_path_factory.mktemp("whole"))
    crawl_whole(settings, command)
    found = holdings(settings)
    assert len(found["release"]) == len(found["version"]) == 26
    assert (found["problems"], found["unpublished"]) == ([], 0)
    return found


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("number", REQUESTS)
def test_a_crawl_killed_at_some_request_ends_like_one_that_was_not(
    site: FaultySite,
    command: list[str],
    undisturbed: dict[str, object],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    batch: str,
) -> None:
    monkeypatch.setenv("COMMUNIQUE_BATCH_RELEASES", batch)
    asked = count(1)
    with start(settings, command) as process:
        site.watch = lambda path: process.kill() if next(asked) == number else None
        assert process.wait() == -signal.SIGKILL
    site.watch = lambda path: None
    assert run_state(settings) == "open"
    crawl_whole(settings, command)
    assert holdings(settings) == undisturbed


def test_a_crawl_killed_while_it_publishes_ends_like_one_that_was_not(
    command: list[str], undisturbed: dict[str, object], settings: Settings
) -> None:
    words = command[command.index("crawl") :]
    with Stalling(settings, "corpus.review.publishing:record_observation", 9, *words) as publishing:
        publishing.process.kill()
    assert run_state(settings) == "accepted"
    crawl_whole(settings, command)
    assert holdings(settings) == undisturbed


def test_a_crawl_killed_while_it_publishes_a_batch_ends_like_one_that_was_not(
    command: list[str],
    undisturbed: dict[str, object],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COMMUNIQUE_BATCH_RELEASES", "6")
    words = command[command.index("crawl") :]
    with Stalling(settings, "corpus.review.publishing:record_observation", 9, *words) as publishing:
        publishing.process.kill()
    assert run_state(settings) == "open"
    with closing(Store(settings)) as store:
        assert store.count() == 6, "the first batch, and nothing of the second"
    crawl_whole(settings, command)
    assert holdings(settings) == undisturbed
