"""A run on a site without an end ends at its budget, tells it, and is gone on with by the next."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from corpus import Settings, Store
from corpus.crawling import budget, due
from corpus.crawling.crawl import crawl
from corpus.database import tables
from corpus.review.report import CrawlReport
from corpus.review.staging import Staging
from indexer import open_engine
from indexer.jobs.status import status_of, status_sentences
from tests.faulty_site import FaultySite, Page, after, status
from tests.newsroom import LISTING, sample_newsroom, sample_pages

HOST = "www.justice.example"
RELEASES, PER_PAGE = 26, 8
Crawl = Callable[..., CrawlReport]


class EndlessSite(FaultySite):
    """Its listing goes on as `next_number` tells; each page names other releases, if `is_new`."""

    def __init__(self) -> None:
        super().__init__()
        self.pages = sample_pages()
        self.asked: list[str] = []
        self.watch = self.asked.append
        self.next_number: Callable[[int], int | None] = lambda number: number + 1
        self.is_new, self.are_there = True, True

    def page(self, path: str) -> Page:
        if path.startswith("/news"):
            found = re.search(r"[?&]page=(\d+)", path)
            return self.listing(int(found[1]) if found else 0)
        plain = re.sub(r"-\d+$", "", path)
        return super().page(plain) if plain == path or self.are_there else 404

    def listing(self, number: int) -> Page:
        page = self.pages[LISTING]
        assert isinstance(page, bytes)
        if self.is_new:
            page = re.sub(rb'href="(/opa/pr/[^"]*)"', rb'href="\1-%d"' % number, page)
        following = self.next_number(number)
        if following is None:
            return page.replace(b"pager__item--next", b"")
        return page.replace(b"&amp;page=1", b"&amp;page=%d" % following)

    def listings(self) -> int:
        return sum(path.startswith("/news") for path in self.asked)


@pytest.fixture
def site() -> Iterator[EndlessSite]:
    with EndlessSite() as opened:
        yield opened


@pytest.fixture
def small() -> Iterator[FaultySite]:
    """Four pages of a listing, and their releases."""
    with FaultySite() as opened:
        opened.pages = sample_pages()
        yield opened


@pytest.fixture
def run(settings: Settings, store: Store) -> Crawl:
    def crawl_site(site: FaultySite, limit: int | None = None, **most: Any) -> CrawlReport:
        made = replace(settings, revisits="36500", walk_days=7, **most)
        given: dict[str, Any] = {"mirrors": {HOST: site.url}, "delay_s": 0, "route": "pages"}
        given["limit"] = limit
        return crawl("sample_doj", made, store, **given)

    return crawl_site


def whole_walks(store: Store) -> int:
    with store.writing() as connection:
        return sum(connection.scalars(select(tables.run.c.is_walk)))


@pytest.mark.each_catalog
def test_a_listing_beyond_the_budget_is_walked_by_several_runs(
    run: Crawl, small: FaultySite, store: Store, settings: Settings
) -> None:
    asked: list[str] = []
    small.watch = asked.append
    held, told = [], []
    for _ in range(3):
        report = run(small, run_listings=2)
        assert (report.error, report.ended_early, report.quarantined) == (None, None, None)
        held.append(store.count())
        told.append(report.cut_short)
    words = "after 2 listing pages (COMMUNIQUE_RUN_LISTINGS), to be continued by the next run"
    assert told == [words, words, None]
    assert held == [16, 24, 26], "the first page again, and where the last crawl stood"
    releases = [path for path in asked if path.startswith("/opa/pr/")]
    assert len(releases) == len(set(releases)) == RELEASES
    assert whole_walks(store) == 0
    # Which leaves a whole walk to be done, and that is none either.
    report = run(small, run_listings=2)
    assert (report.cut_short, report.new, whole_walks(store)) == (words, 0, 0)
    assert f"stopped early as requested, {words}" in " ".join(report.sentences())
    lines = status_sentences(status_of(store, open_engine(settings)))
    assert f"  stopped early as requested, {words}" in lines
    walks = []
    for _ in range(2):
        assert run(small, run_listings=4).cut_short is None
        walks.append(whole_walks(store))
    assert walks == [0, 1], "what was left first, then from the first page to the last"


@pytest.mark.each_catalog
def test_what_is_new_meanwhile_comes_before_what_was_left(
    run: Crawl, small: FaultySite, store: Store
) -> None:
    room = sample_newsroom()
    first, *others = room.written
    room.publish(*others)
    small.pages = room.pages()
    run(small, run_listings=2)
    room.publish(first)
    small.pages = room.pages()
    assert run(small, run_listings=3).new == 1 + 7, "one of the third page was on the second before"
    assert run(small, run_listings=3).cut_short is None
    assert store.count() == RELEASES


@pytest.mark.each_catalog
@pytest.mark.parametrize("how", ["limit", "error"])
def test_a_run_that_ends_before_its_time_keeps_the_place_of_what_was_left(
    run: Crawl, small: FaultySite, store: Store, how: str
) -> None:
    left = run(small, run_listings=2).rest
    assert left
    if how == "limit":
        cut = run(small, limit=1)
        assert cut.cut_short
    else:
        small.faults = [("", after(1, status(500)))]
        cut = run(small, retries=0)
        assert cut.error
        small.faults = []
    assert set(left) <= {tuple(each) for each in cut.rest}
    assert run(small).cut_short is None
    assert store.count() == RELEASES


@pytest.mark.each_catalog
def test_requests_beyond_the_budget_are_left_to_the_next_run(
    run: Crawl, small: FaultySite, store: Store
) -> None:
    asked: list[str] = []
    small.watch = asked.append
    held = []
    for _ in range(20):
        report = run(small, run_requests=6)
        assert (report.error, report.quarantined) == (None, None)
        assert report.fetched + report.unchanged <= 6
        held.append(store.count())
        if not report.cut_short:
            break
        assert report.cut_short.startswith("after 6 requests (COMMUNIQUE_RUN_REQUESTS)")
    assert held[-1] == RELEASES
    assert held == sorted(held)
    releases = [path for path in asked if path.startswith("/opa/pr/")]
    assert len(releases) == RELEASES


def test_hours_beyond_the_budget_are_left_to_the_next_run(
    run: Crawl, small: FaultySite, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock:
        """An hour goes by at each look."""

        hours = count()

        def monotonic(self) -> float:
            return 3600.0 * next(self.hours)

    with monkeypatch.context() as patch:
        patch.setattr(budget, "time", Clock())
        report = run(small, run_hours=6.5)
    assert report.error is None
    assert report.cut_short
    assert report.cut_short.startswith("after 6.5 h (COMMUNIQUE_RUN_HOURS)")
    assert 0 < store.count() < PER_PAGE
    assert run(small).cut_short is None
    assert store.count() == RELEASES


def test_a_budget_that_is_spent_before_anything_is_seen_is_no_failure(
    run: Crawl, small: FaultySite, store: Store
) -> None:
    run(small)
    report = run(small, run_hours=0.0)
    assert (report.error, report.quarantined) == (None, None)
    assert report.cut_short
    assert store.count() == RELEASES


def test_a_listing_without_an_end_ends(run: Crawl, site: EndlessSite, store: Store) -> None:
    report = run(site, run_listings=5)
    assert report.error is None
    assert report.cut_short
    assert (site.listings(), store.count()) == (5, 5 * PER_PAGE)
    assert run(site, run_listings=5).new == 4 * PER_PAGE
    assert whole_walks(store) == 0


@pytest.mark.each_catalog
def test_a_listing_of_what_is_not_there_ends(
    run: Crawl, site: EndlessSite, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 2 * PER_PAGE + 1
    monkeypatch.setattr("corpus.crawling.circuit_breaker.MOST_MISSING", most)
    site.are_there = False
    report = run(site)
    assert report.error
    assert f"{most} links in a row point to missing pages" in report.error
    assert sum(path.startswith("/opa/") for path in site.asked) == most
    assert site.listings() == -(-most // PER_PAGE)
    site.asked.clear()
    again = run(site)
    assert again.error
    assert sum(path.startswith("/opa/") for path in site.asked) == most
    assert site.listings() == -(-2 * most // PER_PAGE), "it passed over those of before"
    site.are_there = True
    assert run(site, run_listings=6).new > 0


def test_links_to_nowhere_among_others_end_nothing(
    run: Crawl, site: EndlessSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.crawling.circuit_breaker.MOST_MISSING", PER_PAGE)
    gone = next(path for path in site.pages if path.startswith("/opa/pr/"))
    site.faults = [(f"^{gone}-", status(404))]
    site.next_number = lambda number: number + 1 if number < 9 else None
    report = run(site)
    assert report.error is None
    assert report.new == 10 * PER_PAGE - len(report.missing)


@pytest.mark.parametrize("back", [1, 2])
def test_a_pager_that_leads_back_is_no_whole_walk(
    run: Crawl, site: EndlessSite, store: Store, back: int
) -> None:
    site.next_number = lambda number: number + 1 if number < 3 else back
    report = run(site)
    assert report.error is None
    assert report.ended_early
    assert "the pager links back to this page" in report.ended_early
    assert (site.listings(), store.count(), whole_walks(store)) == (4, 4 * PER_PAGE, 0)


def test_a_pager_whose_last_page_follows_itself_is_walked_to_its_end(
    run: Crawl, site: EndlessSite, store: Store
) -> None:
    site.next_number = lambda number: min(3, number + 1)
    report = run(site)
    assert (report.error, report.ended_early) == (None, None)
    assert (site.listings(), store.count(), whole_walks(store)) == (4, 4 * PER_PAGE, 1)


def test_a_pager_that_goes_on_with_the_same_releases_ends(
    run: Crawl, site: EndlessSite, store: Store
) -> None:
    site.is_new = False
    assert run(site).error is None
    assert (site.listings(), store.count(), whole_walks(store)) == (2, PER_PAGE, 0)


def test_a_pager_that_leads_elsewhere_each_time_it_is_asked_ends(
    run: Crawl, site: EndlessSite, store: Store
) -> None:
    others = count(100)
    site.next_number, site.is_new = lambda number: next(others), False
    assert run(site).error is None
    assert site.listings() == 2
    site.is_new = True
    report = run(site, run_listings=4)
    assert report.cut_short
    assert site.listings() == 2 + 4


# Crawl-delay


@pytest.mark.parametrize("stated", ["86400", "61", "60.5", "99999999999999999999"])
def test_an_office_that_asks_for_a_longer_delay_than_is_waited_for_is_not_crawled(
    run: Crawl, site: EndlessSite, store: Store, stated: str
) -> None:
    robots = f"User-agent: *\nCrawl-delay: {stated}\n"
    site.pages = {**site.pages, "/robots.txt": robots.encode()}
    report = run(site, run_requests=2)
    assert report.error
    assert report.error.startswith(f"https://{HOST}/news")
    assert "asks for " in report.error
    assert "more than COMMUNIQUE_CRAWL_DELAY_S (60 s), so nothing is fetched there" in report.error
    assert site.asked == ["/robots.txt"]
    assert store.runs()["sample_doj"][1]["error"] == report.error


@pytest.mark.parametrize("stated", ["0.1", "-5", "0", "soon", "nan"])
def test_other_delays_are_kept(run: Crawl, site: EndlessSite, stated: str) -> None:
    robots = f"User-agent: *\nCrawl-delay: {stated}\n"
    site.pages = {**site.pages, "/robots.txt": robots.encode()}
    report = run(site, run_requests=2, crawl_delay_s=0.1)
    assert (report.error, report.new) == (None, 1)


# What a listing may name


@pytest.mark.each_catalog
def test_a_listing_may_name_more_than_a_statement_takes(settings: Settings, store: Store) -> None:
    from datetime import UTC, datetime

    most = 70_000 if settings.catalog else 300_000
    ids = [f"sample_doj-{number:016x}" for number in range(most)]
    staging = Staging(store, "sample_doj", "pages", datetime.now(UTC), 7)
    assert staging.staged_ids(ids) == set()
    with store.writing() as connection:
        assert due.revisit_states(connection, ids) == {}
        assert due.dead_links(connection, "sample_doj", ids) == {}
