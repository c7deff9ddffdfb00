"""A crawl says how far it is and estimates the time left, and `status` shows the same figures."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from click.testing import CliRunner

from communique import console
from communique.main import main
from corpus import Settings, Store
from corpus.crawling import crawl_run
from corpus.crawling.crawl import crawl
from corpus.crawling.sample_site import SampleSite
from corpus.review.progress import Progress
from corpus.review.report import CrawlReport
from indexer import open_engine
from indexer.jobs.status import Status, status_of, status_sentences
from tests.faulty_site import FaultySite
from tests.newsroom import sample_pages

OFFICE, HOST = "sample_doj", "www.justice.example"
RELEASES = 26


@pytest.fixture
def site() -> Iterator[FaultySite]:
    """Four listing pages, of eight releases each, the last one of two."""
    with FaultySite() as opened:
        opened.pages = sample_pages()
        yield opened


def run(
    settings: Settings, store: Store, url: str, route: str = "pages", **options: Any
) -> list[Progress]:
    """The progress of a crawl at each of its steps."""
    steps: list[Progress] = []

    def on_progress(report: CrawlReport) -> None:
        assert report.progress
        steps.append(report.progress)

    given: dict[str, Any] = {"mirrors": {HOST: url}, "delay_s": 0, "on_progress": on_progress}
    report = crawl(OFFICE, settings, store, route=route, **given, **options)
    assert (report.error, report.progress) == (None, None)
    return steps


def test_a_first_crawl_knows_the_least_time_until_it_has_read_the_listing(
    settings: Settings, store: Store, site: FaultySite
) -> None:
    start, first, *_, last = steps = run(settings, store, site.url)
    assert (start.requests, start.queued, start.left_s) == (0, 1, None)
    assert (first.requests, first.listings, first.queued) == (1, 1, 8 + 1)
    assert (last.requests, last.releases, last.queued, last.left_s) == (33, RELEASES, 0, 0)
    assert [each.is_least for each in steps] == [each.listings < 4 for each in steps]
    assert "9 queued" in first.sentence()
    assert "; at least " in first.sentence()
    assert last.sentence().endswith("; about 0 s left")


def test_a_listing_that_states_its_size_gives_an_estimate_at_once(
    settings: Settings, store: Store
) -> None:
    with SampleSite(OFFICE) as site:
        _, first, *_ = run(settings, store, site.url, "interface")
    assert (first.is_least, first.left_s is None) == (False, False)


def test_a_walk_is_measured_by_the_walk_before(
    settings: Settings, store: Store, site: FaultySite
) -> None:
    run(settings, store, site.url)
    _, _, *steps = run(settings, store, site.url)
    assert not any(each.is_least for each in steps)


def test_a_limit_of_releases_is_what_is_left(
    settings: Settings, store: Store, site: FaultySite
) -> None:
    *_, before_last, last = run(settings, store, site.url, limit=5)
    assert (before_last.releases, before_last.is_least) == (4, False)
    assert (last.releases, last.left_s) == (5, 0)


def test_status_shows_the_progress_of_a_running_crawl(
    settings: Settings, store: Store, site: FaultySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawl_run, "SAVE_EVERY_S", 0.0)
    seen: list[Status] = []

    def on_progress(report: CrawlReport) -> None:
        if report.releases == 3 and not seen:
            with closing(open_engine(settings)) as engine:
                seen.append(status_of(store, engine))

    given: dict[str, Any] = {"mirrors": {HOST: site.url}, "delay_s": 0, "route": "pages"}
    crawl(OFFICE, settings, store, on_progress=on_progress, **given)
    [during] = seen
    office = during.offices[OFFICE]
    assert office.progress
    assert (office.progress.releases, office.progress.requests) == (2, 3)
    assert any(office.progress.sentence() in line for line in status_sentences(during))
    told = json.loads(during.as_json())
    assert told["offices"][OFFICE]["progress"]["queued"] == 7
    with closing(open_engine(settings)) as engine:
        after = status_of(store, engine).offices[OFFICE]
    assert (after.crawling_since, after.progress) == (None, None)


def test_a_log_has_a_line_of_progress_now_and_then(
    settings: Settings,
    site: FaultySite,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(console, "WORDS_EVERY_S", 0.0)
    words = ["crawl", OFFICE, "--route", "pages", "--delay", "0", "--mirror", f"{HOST}={site.url}"]
    env = {"COMMUNIQUE_DATA": str(settings.data)}
    with caplog.at_level(logging.INFO):
        assert CliRunner().invoke(main, words, env=env).exit_code == 0
    lines = [line for line in caplog.messages if line.startswith(f"{OFFICE}: 3 releases, 4 pages")]
    assert len(lines) == 1
    assert "6 queued" in lines[0]
