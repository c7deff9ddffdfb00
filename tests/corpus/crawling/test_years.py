"""A listing that is a page a year is walked from the newest year, whichever that is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from http.server import ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from corpus import Settings, Store, office
from corpus.crawling.crawl import crawl
from corpus.crawling.preview import preview_office
from corpus.crawling.sample_site import SampleSite
from corpus.errors import PageError
from corpus.reading.page import Page
from corpus.reading.reader import read_release
from corpus.release import Draft
from corpus.review.report import CrawlReport
from corpus.sources.us_mn_ag import FIRST_YEAR, HOST, listing_url, newer_listings

RELEASE = (
    b"<div id='content'><h1>Ferry stopped</h1>"
    b"<p>A judge stopped the ferry between the islands today.</p></div>"
)
THIS_YEAR = datetime.now(UTC).year
LAST_YEAR = THIS_YEAR - 1


class YearSite(SampleSite):
    """An office with a script of releases for each of some years, one release in each."""

    def __init__(self, years: list[int], empty: tuple[int, ...] = ()) -> None:
        self.pages = {path_of(year): script(year) for year in years}
        self.pages |= {path_of(year): b"var pr = [];" for year in empty}
        self.pages |= {f"/Office/Communications/{file(y)}": RELEASE for y in years}
        self.asked: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True

    def answer(self, path: str, language: str) -> tuple[bytes, str] | None:
        self.asked.append(path)
        return (self.pages[path], "text/html") if path in self.pages else None

    def years(self) -> list[int]:
        """The years whose listing was asked for, in order."""
        return [int(path[-7:-3]) for path in self.asked if path.endswith(".js")]


def path_of(year: int) -> str:
    return urlsplit(listing_url(year)).path


def file(year: int) -> str:
    return f"{year}/02/03_Release.asp"


def script(year: int) -> bytes:
    return f"var pr{year} = [{{date: 'February 3, {year}', file: '{file(year)}'}}];".encode()


def walk(
    site: YearSite, settings: Settings, store: Store, since: date | None = None
) -> CrawlReport:
    with site:
        mirrors = {HOST: site.url}
        return crawl("us_mn_ag", settings, store, mirrors=mirrors, delay_s=0, since=since)


def down(newest: int, oldest: int = FIRST_YEAR) -> list[int]:
    return list(range(newest, oldest - 1, -1))


@pytest.mark.parametrize("newest", [THIS_YEAR, LAST_YEAR, THIS_YEAR - 3])
def test_the_walk_begins_at_the_newest_year_there_is_and_ends_at_the_first(
    newest: int, settings: Settings, store: Store
) -> None:
    site = YearSite(down(newest))
    report = walk(site, settings, store)
    assert site.years() == down(THIS_YEAR)
    assert report.absent == [listing_url(year) for year in down(THIS_YEAR, newest + 1)]
    assert (report.error, report.ended_early, report.missing) == (None, None, [])
    assert report.new == report.listed == len(down(newest))


def test_a_year_without_a_release_yet_does_not_end_the_walk(
    settings: Settings, store: Store
) -> None:
    site = YearSite(down(LAST_YEAR), empty=(THIS_YEAR,))
    report = walk(site, settings, store)
    assert site.years() == down(THIS_YEAR)
    assert (report.error, report.absent, report.new) == (None, [], len(down(LAST_YEAR)))


def test_a_year_missing_in_the_middle_is_reported_and_older_ones_are_walked(
    settings: Settings, store: Store
) -> None:
    site = YearSite([year for year in down(THIS_YEAR) if year != LAST_YEAR])
    report = walk(site, settings, store)
    assert site.years() == down(THIS_YEAR)
    assert report.absent == []
    assert report.missing == [listing_url(LAST_YEAR)]
    assert listing_url(LAST_YEAR) in (report.ended_early or "")
    assert report.new == len(down(THIS_YEAR)) - 1


def test_listings_that_have_all_moved_away_are_an_error(settings: Settings, store: Store) -> None:
    report = walk(YearSite([]), settings, store)
    assert report.error
    assert listing_url(FIRST_YEAR) in report.error


def test_since_ends_the_walk_at_the_first_year_that_is_too_old(
    settings: Settings, store: Store
) -> None:
    site = YearSite(down(THIS_YEAR))
    report = walk(site, settings, store, since=date(THIS_YEAR, 1, 1))
    assert site.years() == [THIS_YEAR, LAST_YEAR]
    assert report.cut_short


@pytest.mark.parametrize("empty", [(), (THIS_YEAR,)])
def test_a_later_run_stops_at_the_newest_year_where_all_is_known(
    settings: Settings, store: Store, empty: tuple[int, ...]
) -> None:
    settings = replace(settings, walk_days=7)
    years = [year for year in down(THIS_YEAR) if year not in empty]
    assert walk(YearSite(years, empty), settings, store).new == len(years)
    site = YearSite(years, empty)
    assert walk(site, settings, store).error is None
    assert site.years() == [*empty, years[0]]


@pytest.mark.parametrize("empty", [(), (THIS_YEAR,)])
def test_a_check_looks_at_the_newest_year_that_has_releases(
    settings: Settings, empty: tuple[int, ...]
) -> None:
    with YearSite(down(LAST_YEAR), empty) as site:
        readings = preview_office("us_mn_ag", settings, mirrors={HOST: site.url}, delay_s=0)
    assert [(each.kind, each.refusal) for each in readings] == [
        ("listing", None),
        ("release", None),
    ]
    assert readings[0].url == listing_url(LAST_YEAR)
    assert site.years() == [THIS_YEAR, LAST_YEAR]


def test_newer_listings_follow_the_clock_without_an_end() -> None:
    assert newer_listings(date(FIRST_YEAR, 5, 1)) == []
    assert newer_listings(date(2121, 1, 1))[0].endswith("/pr2121.js")
    assert newer_listings(date(2121, 1, 1))[-1] == listing_url(FIRST_YEAR + 1)


@pytest.mark.parametrize("body", [b"<!doctype html><p>Not found</p>", b"", b"var pr2019 = 7;"])
def test_a_page_that_is_no_script_of_releases_is_refused(body: bytes) -> None:
    with pytest.raises(PageError, match=r"pr2019\.js is no script with a list of releases"):
        office("us_mn_ag").route(None).links(Page(listing_url(2019), body))


def test_a_release_without_any_date_and_one_that_is_a_pdf_file_are_refused() -> None:
    def read(page: Page) -> Draft:
        return read_release(office("us_mn_ag").route(None), page, 20)

    with pytest.raises(PageError, match="neither address, title nor dateline has a date"):
        read(Page(f"https://{HOST}/a.asp", b"<div id='content'><h1>T</h1><p>Text</p></div>"))
    with pytest.raises(PageError, match="It is a PDF file"):
        read(Page(f"https://{HOST}/a.pdf", b"%PDF-1.7 \xff"))
