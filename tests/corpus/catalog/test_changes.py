"""What becomes of releases over time: changed, gone, back; when they are looked at again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from corpus import Release, Settings, Store, office, offices
from corpus.crawling.crawl import crawl
from corpus.crawling.schedule import RevisitState, Schedule, read_schedule
from corpus.database import tables
from corpus.errors import SettingsError
from corpus.release import release_id
from corpus.review.report import CrawlReport

HOST = "www.justice.gov"
FEW = 6
Crawl = Callable[..., CrawlReport]


@pytest.fixture
def run(settings: Settings, store: Store, site: Any) -> Crawl:
    def crawl_replica(
        route: str = "pages", made: Settings = settings, **options: Any
    ) -> CrawlReport:
        given = {"mirrors": {HOST: site.url}, "delay_s": 0} | options
        return crawl("us_doj", made, store, route=route, **given)

    return crawl_replica


def path_of(release: Release) -> str:
    return release.url.removeprefix(f"https://{HOST}")


def exactly(path: str) -> str:
    return f"^{re.escape(path)}$"


def only(site: Any, path: str, do: str, **more: Any) -> None:
    site.rules = [{"match": exactly(path), "do": do, **more}]


def kinds(store: Store, id_: str) -> list[str]:
    return [entry.kind for entry in store.history(id_)]


# gone and back


@pytest.mark.each_catalog
@pytest.mark.parametrize("fault", [{"do": "gone"}, {"do": "status", "status": 404}])
def test_a_release_is_gone_after_three_visits_since_the_first_and_then_back(
    run: Crawl, site: Any, store: Store, fault: dict[str, Any]
) -> None:
    run(limit=FEW)
    release = next(store.releases())
    only(site, path_of(release), **fault)
    for visit in range(1, 4):
        began = datetime.now(UTC)
        report = run(limit=FEW - 1)
        assert report.vanished == (visit == 1)
        if visit == 1:
            first = began, datetime.now(UTC)
        found = store.get(release.id)
        assert found
        assert bool(found.gone_since) == (visit == 3)
    assert found.gone_since
    assert first[0] <= found.gone_since <= first[1]
    assert found.last_seen == release.last_seen
    site.rules = []
    run(limit=FEW)
    found = store.get(release.id)
    assert found
    assert found.gone_since is None
    assert kinds(store, release.id) == ["new", "gone", "back"]
    assert [entry.kind for entry in store.ledger()] == ["back", "gone"]
    assert found.version == 1


@pytest.mark.parametrize(
    "fault",
    [{"do": "status", "status": 503}, {"do": "challenge"}, {"do": "login"}, {"do": "reset"}],
    ids=lambda fault: fault["do"],
)
def test_a_page_that_only_cannot_be_had_is_never_gone(
    run: Crawl, settings: Settings, site: Any, store: Store, fault: dict[str, Any]
) -> None:
    run(limit=FEW)
    release = next(store.releases())
    only(site, path_of(release), **fault)
    for _ in range(3):
        run(limit=FEW - 1, made=replace(settings, gone_visits=1, retries=0))
    found = store.get(release.id)
    assert found
    assert found.gone_since is None
    assert kinds(store, release.id) == ["new"]


def test_a_visit_that_finds_it_breaks_the_row_of_misses(
    run: Crawl, site: Any, store: Store
) -> None:
    run(limit=FEW)
    release = next(store.releases())
    for is_missing in (True, True, False, True, True):
        site.rules = []
        if is_missing:
            only(site, path_of(release), "gone")
        run(limit=FEW - is_missing)
    found = store.get(release.id)
    assert found
    assert found.gone_since is None


@pytest.mark.each_catalog
def test_on_an_interface_missing_from_whole_walks_is_gone_and_from_others_is_not(
    run: Crawl, small: Any, store: Store
) -> None:
    assert run("interface").new == 60
    release = list(store.releases())[55]
    only(small, path_of(release), "gone")
    run("interface", limit=50)
    run("interface", since=date(2030, 1, 1))
    for visit in range(1, 4):
        assert run("interface").vanished == (visit == 1)
        found = store.get(release.id)
        assert found
        assert bool(found.gone_since) == (visit == 3)
    small.rules = []
    run("interface")
    assert kinds(store, release.id) == ["new", "gone", "back"]


def test_a_walk_that_broke_off_makes_nothing_gone(run: Crawl, small: Any, store: Store) -> None:
    run("interface")
    small.rules = [{"match": "&page=1&", "do": "status", "status": 404}]
    reports = [run("interface") for _ in range(3)]
    assert all(report.ended_early and not report.vanished for report in reports)
    assert store.ledger() == []


# changes


@pytest.mark.each_catalog
def test_the_ledger_tells_changes_newest_first_in_pages(
    run: Crawl, site: Any, store: Store
) -> None:
    run(limit=FEW)
    edited = [each for each in store.releases() if each.title.isascii()][:3]
    for release in edited:
        only(site, path_of(release), "replace", old=release.title, new="Title, Amended")
        run(limit=FEW)
        site.rules = []
    # Each edit was undone by the next run: a change of its own.
    kept = [(entry.id, entry.version) for entry in store.ledger()]
    assert kept[-1] == (edited[0].id, 2)
    assert Counter(id_ for id_, _ in kept)[edited[0].id] == 2
    first = store.ledger(size=2)
    rest = store.ledger(before=first[-1].number)
    assert [(entry.id, entry.version) for entry in first + rest] == kept
    assert {entry.title for entry in store.ledger() if entry.version == 2} == {"Title, Amended"}
    assert store.ledger(office="kz_gpo") == store.ledger(kind="gone") == []
    assert [entry.version for entry in store.history(edited[0].id)] == [1, 2, 3]


@pytest.mark.each_catalog
@pytest.mark.parametrize("route", ["pages", "interface"])
def test_a_better_reader_replaces_what_was_derived_and_makes_no_version(
    run: Crawl, store: Store, monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    run(route, limit=FEW)
    worse = next(store.releases())
    with store.writing() as connection:  # as a reader of before had read it
        connection.execute(
            update(tables.version).where(tables.version.c.release == worse.id),
            {"body": ["Menu", *worse.body], "topics": ["Lost"]},
        )
    better = replace(office("us_doj"), version=office("us_doj").version + 1)
    monkeypatch.setitem(offices(), "us_doj", better)
    report = run(route, limit=FEW)
    assert (report.new, report.changed, report.same) == (0, 0, FEW)
    found = store.get(worse.id)
    assert found
    assert (found.version, found.body, found.topics) == (1, worse.body, worse.topics)
    assert found.provenance == replace(worse.provenance, reader_version=better.version)
    assert store.ledger() == []
    [coverage] = store.coverage()
    assert coverage.reader_versions == {f"us_doj/{route} {better.version}": FEW}


def test_boilerplate_that_changes_makes_no_version(run: Crawl, site: Any, store: Store) -> None:
    run(limit=FEW)
    site.rules = [{"match": "^/opa/", "do": "replace", "old": "</head>", "new": "<meta></head>"}]
    report = run(limit=FEW)
    assert report.fetched >= FEW
    assert (report.new, report.changed, report.same) == (0, 0, FEW)
    assert store.ledger() == []


# revisits

DAY = timedelta(days=1)
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
EVERY = read_schedule("14:1 90:7 730:60 180")


@pytest.mark.parametrize(
    ("age", "every"), [(0, 1), (14, 1), (15, 7), (90, 7), (91, 60), (9e3, 180)]
)
def test_recent_releases_are_visited_often_and_old_ones_rarely(age: float, every: float) -> None:
    assert EVERY.every_days(age) == every


def test_visits_of_old_releases_are_spread_over_the_days() -> None:
    ids = [release_id("us_doj", f"https://a.example/{n}") for n in range(3600)]
    old = RevisitState(date(2010, 1, 1), NOON)
    per_day = Counter(
        next(n for n in range(1, 200) if EVERY.is_due(id_, old, NOON + n * DAY)) for id_ in ids
    )
    assert max(per_day) <= 180
    assert len(per_day) > 170
    assert max(per_day.values()) < 60


def test_a_release_that_was_missing_is_due_at_once() -> None:
    id_ = release_id("us_doj", "https://a.example/1")
    assert EVERY.is_due(id_, RevisitState(date(2010, 1, 1), NOON, is_in_doubt=True), NOON)
    assert not EVERY.is_due(id_, RevisitState(date(2010, 1, 1), NOON), NOON)


@pytest.mark.parametrize("words", ["", "often", "14:1", "90:7 14:1 180", "14:-1 180", "1:2:3 4"])
def test_a_schedule_that_cannot_be_read_is_an_error(words: str) -> None:
    with pytest.raises(SettingsError, match="COMMUNIQUE_REVISITS"):
        read_schedule(words)


@pytest.mark.each_catalog
def test_what_is_not_due_is_not_asked_for_and_a_walk_stops_at_what_is_known(
    run: Crawl, settings: Settings, site: Any, store: Store
) -> None:
    calm = replace(settings, revisits="180", walk_days=7)
    first = run("interface", made=calm, since=date(2018, 4, 12))
    assert first.new
    walk = run(made=calm, limit=first.new + 3)  # cut short: the next one walks on
    site.log.clear()
    again = run(made=replace(calm, walk_days=0), limit=1)
    assert again.not_due > 0
    asked = [e["path"] for e in site.log if e["path"].startswith("/opa/pr/")]
    known = {path_of(each) for each in store.releases()}
    assert len(asked) <= 1 + len(walk.missing)
    assert known


@pytest.mark.each_catalog
def test_releases_that_left_the_listing_are_still_visited(
    run: Crawl, site: Any, store: Store, settings: Settings
) -> None:
    run(limit=60)
    old = list(store.releases())[-1]
    assert old
    site.log.clear()
    # The listing ends after its first page now.
    site.rules = [
        {"match": "^/news", "do": "redesign", "old_class": "pager__item--next", "new_class": "x"}
    ]
    run()
    assert {path_of(each) for each in store.releases()} <= {e["path"] for e in site.log}


@pytest.mark.each_catalog
def test_an_address_that_is_not_there_is_not_asked_for_at_every_run(
    run: Crawl, settings: Settings, site: Any
) -> None:
    calm = replace(settings, revisits="180")
    path = str(site.labels()[0]["url"].removeprefix(f"https://{HOST}"))
    only(site, path, "gone")
    run(made=calm, limit=FEW)
    site.log.clear()
    report = run(made=calm, limit=FEW + 1)
    assert report.not_due >= FEW + 1
    assert path not in {e["path"] for e in site.log}


@pytest.mark.each_catalog
def test_coverage_tells_months_and_gaps(run: Crawl, store: Store) -> None:
    run(limit=FEW)
    ids = [each.id for each in store.releases()]
    days = [date(2018, 1, 5), date(2018, 1, 6), date(2018, 4, 1), None, date(2018, 4, 2)]
    with store.writing() as connection:
        for id_, day in zip(ids, [*days, date(2017, 12, 31)], strict=True):
            where = tables.version.c.release == id_
            connection.execute(update(tables.version).where(where), {"published": day})
    [coverage] = store.coverage()
    assert coverage.months == {"2017-12": 1, "2018-01": 2, "2018-04": 2}
    assert coverage.gaps == ("2018-02", "2018-03")
    assert (coverage.undated, coverage.gone) == (1, 0)


def test_schedules_compare_by_value() -> None:
    assert read_schedule("7") == Schedule(((float("inf"), 7.0),))
