"""The first crawl of an office publishes in batches, and ends as one that does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bench.faults import crawl_command, holdings, run_state, start
from corpus import Settings, Store
from corpus.crawling.crawl import crawl
from corpus.database import tables
from corpus.evidence.verify import verify_archive, verify_catalog
from corpus.review.publishing import accept
from corpus.review.report import CrawlReport
from corpus.review.staging import Staging
from indexer.export.formats import release_json
from tests.faulty_site import FaultySite, first, status, torn
from tests.newsroom import TOPICS, Newsroom, sample_newsroom

OFFICE, HOST = "sample_doj", "www.justice.example"
RELEASES, SIZE = 26, 5
# What differs between two crawls of the same pages.
TIMES = {"first_seen", "last_seen", "fetched_at", "warc_file", "warc_offset"}


@pytest.fixture
def room() -> Newsroom:
    made = sample_newsroom()
    made.publish(*made.written)
    return made


@pytest.fixture
def site(room: Newsroom) -> Iterator[FaultySite]:
    with FaultySite() as opened:
        opened.pages = room.pages()
        yield opened


def run(settings: Settings, store: Store, site: FaultySite, **options: Any) -> CrawlReport:
    given: dict[str, Any] = {"mirrors": {HOST: site.url}, "delay_s": 0, "route": "pages"}
    return crawl(OFFICE, settings, store, **given, **options)


def exported(store: Store) -> list[Any]:
    """Every release in the order of the export, without what differs between two crawls."""
    return [_without_times(release_json(each)) for each in store.releases()]


def _without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_times(each) for name, each in value.items() if name not in TIMES}
    return [_without_times(each) for each in value] if isinstance(value, list) else value


def known(settings: Settings, store: Store) -> dict[str, Any]:
    """What catalog and archive have, the ledger and the runs included."""
    with store.reading() as connection:
        runs = connection.execute(select(tables.run.c["route", "state", "is_walk"])).all()
        events = connection.execute(select(tables.event.c["release", "kind", "version"])).all()
    told = {"runs": [*map(tuple, runs)], "ledger": [*map(tuple, events)]}
    return holdings(settings) | told | {"export": exported(store)}


def told(report: CrawlReport) -> dict[str, Any]:
    own = {"published_early", "seconds", "resumed"}
    return {name: each for name, each in report.as_json().items() if name not in own}


def troubles() -> list[Any]:
    """Pages that never come, come torn, or come late, among those of every batch."""
    paths = [*sample_newsroom().written]
    return [
        (f"{paths[3]}$", status(404)),
        (f"{paths[7]}$", status(500)),
        (f"{paths[11]}$", torn),
        (f"{paths[17]}$", first(1, status(503, Retry_After="0"))),
        (f"{paths[23]}$", status(410)),
    ]


@pytest.mark.each_catalog
def test_a_crawl_in_batches_ends_as_one_that_publishes_at_its_end(
    settings: Settings, store: Store, room: Newsroom, tmp_path: Path
) -> None:
    settings = replace(settings, retries=1)
    small = replace(settings, batch_releases=SIZE)
    at_once = Settings(data=tmp_path / "at-once", revisits="0", walk_days=0, retries=1)
    with closing(Store(at_once)) as other, FaultySite() as site:
        site.pages, site.faults = room.pages(), troubles()
        batched = run(small, store, site)
        site.faults = troubles()
        whole = run(at_once, other, site)
        assert (batched.published_early, whole.published_early) == (20, 0)
        assert told(batched) == told(whole)
        assert known(small, store) == known(at_once, other)
        # What follows is compared with the whole crawl, and is not published in batches.
        site.faults = []
        room.retitle(room.listed[5], "Title, Amended")
        room.remove(room.listed[9], 404)
        site.pages = room.pages()
        again, expected = run(small, store, site), run(at_once, other, site)
        assert told(again) == told(expected)
        assert (again.quarantined, again.new, again.changed, again.vanished) == (None, 4, 1, 1)
        assert again.published_early == 0
        assert exported(store) == exported(other)


@pytest.mark.slow
@pytest.mark.each_catalog
def test_a_crawl_in_batches_that_is_killed_among_faults_ends_the_same(
    settings: Settings,
    store: Store,
    room: Newsroom,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COMMUNIQUE_BATCH_RELEASES", str(SIZE))
    monkeypatch.setenv("COMMUNIQUE_RETRIES", "1")
    settings = replace(settings, retries=1, batch_releases=SIZE)
    at_once = Settings(data=tmp_path / "at-once", revisits="0", walk_days=0, retries=1)
    asked = count(1)
    with closing(Store(at_once)) as other, FaultySite() as site:
        site.pages, site.faults = room.pages(), troubles()
        with start(settings, crawl_command(OFFICE, HOST, site.url, "pages")) as process:
            site.watch = lambda path: process.kill() if next(asked) == 22 else None
            process.wait()
        site.watch = lambda path: None
        assert (run_state(settings), store.count()) == ("open", 2 * SIZE)
        resumed = run(settings, store, site)
        site.faults = troubles()
        whole = run(at_once, other, site)
        assert (resumed.published_early, whole.published_early) == (20, 0)
        assert known(settings, store) == known(at_once, other)


def test_releases_are_published_while_the_first_crawl_continues(
    settings: Settings, store: Store, site: FaultySite
) -> None:
    settings = replace(settings, batch_releases=SIZE)
    published: list[int] = []
    problems: list[Any] = []

    def watch(path: str) -> None:
        published.append(store.count())
        if len(published) == 15:
            problems.extend([*verify_archive(settings), *verify_catalog(settings, store)])

    site.watch = watch
    report = run(settings, store, site)
    assert [*dict.fromkeys(published)] == [0, 5, 10, 15, 20, 25]
    assert problems == []
    assert (report.published_early, store.count()) == (25, RELEASES)
    assert store.ledger() == []
    with store.reading() as connection:
        assert connection.execute(select(tables.staged)).all() == []


def test_a_later_crawl_publishes_at_its_end(
    settings: Settings, store: Store, room: Newsroom, site: FaultySite
) -> None:
    settings = replace(settings, batch_releases=SIZE)
    later = [room.listed.pop(0) for _ in range(20)]
    site.pages = room.pages()
    run(settings, store, site)
    room.publish(*later)
    site.pages = room.pages()
    published: list[int] = []
    site.watch = lambda path: published.append(store.count())
    report = run(settings, store, site)
    assert {*published} == {6}
    assert (report.new, report.published_early, store.count()) == (20, 0, RELEASES)


def test_a_crawl_after_one_with_a_limit_is_a_first_one(
    settings: Settings, store: Store, site: FaultySite
) -> None:
    settings = replace(settings, batch_releases=SIZE)
    assert run(settings, store, site, limit=3).new == 3
    report = run(settings, store, site)
    assert (report.new, report.published_early, store.count()) == (23, 20, RELEASES)
    assert not Staging(store, OFFICE, "pages", datetime.now(UTC), 7).is_first


def test_a_batch_that_fails_its_checks_quarantines_the_rest(
    settings: Settings, store: Store, room: Newsroom, site: FaultySite
) -> None:
    settings = replace(settings, batch_releases=SIZE)
    broken = room.listed[6:20]
    site.faults = [(f"({'|'.join(broken)})$", status(200))]
    # Pages without a release count for the rule `refusals`: 14 of 26.
    report = run(settings, store, site)
    assert report.quarantined
    assert "(refusals)" in report.quarantined
    assert (report.published_early, store.count()) == (5, 5)
    assert "5 releases had been published before; the rest" in " ".join(report.sentences())
    before = exported(store)
    accept(store, OFFICE, settings.gone_visits)
    assert store.count() == RELEASES - len(broken)
    assert exported(store)[:5] == before


def test_a_batch_that_failed_is_published_once_the_crawl_passes_again(
    settings: Settings, store: Store, room: Newsroom, site: FaultySite
) -> None:
    settings = replace(settings, batch_releases=1)
    site.faults = [(f"({'|'.join(room.listed[:10])})$", status(200))]
    published: list[int] = []
    site.watch = lambda path: published.append(store.count())
    report = run(settings, store, site)
    assert report.quarantined is None
    assert [*dict.fromkeys(published)] == [0, *range(10, 16)]
    assert store.count() == 16


def test_a_first_crawl_is_not_compared_with_what_it_has_published(
    settings: Settings, store: Store, room: Newsroom, site: FaultySite
) -> None:
    """Older releases often lack what newer ones state."""
    for path in room.listed[:20]:
        room.tag(path, "Fraud")
    for path in room.listed[20:]:
        for field in room.written[path].select(TOPICS):
            field.decompose()
    site.pages = room.pages()
    report = run(replace(settings, batch_releases=20), store, site)
    assert (report.quarantined, report.published_early, store.count()) == (None, 20, RELEASES)


@pytest.mark.slow
def test_what_was_published_stays_where_the_crawl_is_not_resumed(
    settings: Settings, site: FaultySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMUNIQUE_BATCH_RELEASES", str(SIZE))
    asked = count(1)
    command = crawl_command(OFFICE, HOST, site.url, "pages")
    with start(settings, command) as process:
        site.watch = lambda path: process.kill() if next(asked) == 15 else None
        process.wait()
    site.watch = lambda path: None
    with closing(Store(settings)) as store:
        before = exported(store)
        assert len(before) == 2 * SIZE
        with store.writing() as connection:
            started_at = connection.scalars(select(tables.run.c.started_at)).one()
            long_ago = {"started_at": started_at - timedelta(days=4)}
            connection.execute(update(tables.run), long_ago)
        report = run(replace(settings, revisits="36500", batch_releases=SIZE), store, site)
        assert (report.new, report.not_due, report.resumed) == (16, 10, 0)
        assert (report.published_early, store.count()) == (15, RELEASES)
        assert exported(store)[:10] == before
