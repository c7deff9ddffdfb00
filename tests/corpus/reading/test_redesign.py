"""A redesign in the middle of a crawl: both layouts are read, and nothing counts as an edit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from typing import Any

import pytest

from corpus import Settings, Store, office
from corpus.crawling.crawl import crawl
from corpus.crawling.sample_site import SampleSite
from corpus.errors import PageError
from corpus.evidence.verify import verify_catalog
from corpus.reading.page import Page
from corpus.release import FACTS
from corpus.review.report import CrawlReport
from indexer import open_engine
from indexer.jobs.status import status_of, status_sentences

NAME = "invented_redesign"
HOST = "www.prosecutor.example"
NUMBERS = range(6)
OFFICE = '''"""An invented office that was redesigned; its new pages name no topics."""

from urllib.parse import urljoin

from corpus.reading.dates import read_date, read_iso_date
from corpus.reading.page import attribute, one, some
from corpus.reading.paragraphs import paragraphs, text
from corpus.reading.source import Layout, Layouts, Link, Listing, Route, Source
from corpus.release import Draft


def links(page):
    found = some(page.soup(), "li a", page.url)
    return Listing([Link(urljoin(page.url, attribute(a, "href", page.url))) for a in found])


def release_2024(page):
    main = one(page.soup(), "main.release", page.url)
    stamp = attribute(one(main, "time", page.url), "datetime", page.url)
    return Draft(
        title=text(one(main, "h1", page.url)),
        published=read_iso_date(stamp, page.url),
        body=paragraphs(one(main, ".text", page.url)),
        language="en",
    )


def release_2013(page):
    table = one(page.soup(), "table.pressrelease", page.url)
    return Draft(
        title=text(one(table, "td.headline", page.url)),
        published=read_date(text(one(table, "td.day", page.url)), "en", page.url),
        body=paragraphs(one(table, "td.body", page.url)),
        language="en",
        topics=[text(one(table, "td.topic", page.url))],
    )


RELEASE = Layouts(
    Layout("2024", "main.release", release_2024, frozenset({"topics"})),
    Layout("2013", "table.pressrelease", release_2013),
)
HOST = "www.prosecutor.example"
SOURCE = Source(
    title="An invented office",
    country="XX",
    languages=("en",),
    routes=(Route("pages", (HOST,), f"https://{HOST}/list", links, RELEASE),),
    canonical=lambda url: url,
)
'''
OLD = (
    "<table class='wide pressrelease'><tr><td class='headline'>Case {n} closed</td>"
    "<td class='day'>March {day}, 2024</td></tr><tr><td class='body'>"
    "<p>The court of Port Merrin closed case {n} today.</p></td>"
    "<td class='topic'>Fraud</td></tr></table>"
)
NEW = (
    "<main class='release wide'><h1>Case {n}\n closed</h1><time datetime='2024-03-{day}'></time>"
    "<div class='text'><div>The court of Port Merrin closed case {n} today.</div></div></main>"
)


class RedesignedSite(SampleSite):
    """Answers with old markup until it is told otherwise; `after` counts the pages until then."""

    def __init__(self) -> None:
        self.after: float = float("inf")
        self.edited: set[int] = set()
        self.numbers = NUMBERS
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    def answer(self, path: str, language: str) -> tuple[bytes, str] | None:
        if path == "/list":
            items = "".join(f"<li><a href='/release/{n}'>{n}</a></li>" for n in self.numbers)
            return f"<ul>{items}</ul>".encode(), "text/html"
        if not path.startswith("/release/"):
            return None
        number = int(path.removeprefix("/release/"))
        markup = OLD if self.after > 0 else NEW
        self.after -= 1
        page = f"<html><body>{markup.format(n=number, day=10 + number % 20)}</body></html>"
        if number in self.edited:
            page = page.replace("closed case", "reopened case")
        return page.encode(), "text/html"


@pytest.fixture
def site(add_office: Callable[[str, str], None]) -> Iterator[RedesignedSite]:
    """The site of an office that is there for this test alone."""
    add_office(NAME, OFFICE)
    with RedesignedSite() as opened:
        yield opened


@pytest.fixture
def run(site: RedesignedSite, settings: Settings, store: Store) -> Callable[[], CrawlReport]:
    mirrors = {HOST: site.url}

    def crawl_site() -> CrawlReport:
        report = crawl(NAME, settings, store, mirrors=mirrors, delay_s=0)
        assert (report.error, report.refused, report.failed) == (None, [], [])
        return report

    return crawl_site


def layouts_of(store: Store) -> list[str]:
    return [each.provenance.reader.rpartition("/")[2] for each in store.releases(NAME)]


def status(settings: Settings, store: Store) -> tuple[dict[str, Any], str]:
    engine = open_engine(settings)
    told = status_of(store, engine)
    engine.close()
    return told.offices[NAME].layouts, "\n".join(status_sentences(told))


def test_a_redesign_in_the_middle_of_a_crawl_loses_and_changes_nothing(
    site: RedesignedSite, run: Callable[[], CrawlReport], settings: Settings, store: Store
) -> None:
    site.after = 4
    first = run()
    assert (first.new, layouts_of(store)) == (6, ["2013"] * 4 + ["2024"] * 2)
    before = list(store.releases(NAME))
    second = run()  # now the four come in new markup, and two are not modified
    assert (second.changed, second.same, second.fetched) == (0, 6, 4)
    for release, old in zip(store.releases(NAME), before, strict=True):
        assert release.version == 1
        assert [getattr(release, name) for name in FACTS] == [getattr(old, name) for name in FACTS]
        assert release.provenance == old.provenance, "the evidence stays the first observation"
    assert [release.topics for release in before] == [("Fraud",)] * 4 + [()] * 2
    assert list(verify_catalog(settings, store)) == []
    numbers, sentences = status(settings, store)
    assert numbers == {"pages": {"2024": 2, "2013": 4, "": 0}}
    assert "versions by layout (pages): 2024 2, 2013 4" in sentences
    assert "any more" not in sentences


def test_an_edit_behind_a_redesign_is_still_a_version(
    site: RedesignedSite, run: Callable[[], CrawlReport], store: Store
) -> None:
    run()
    site.after, site.edited = 0, {3}
    assert (run().changed, run().changed) == (1, 0)
    (edited,) = [each for each in store.releases(NAME) if each.version == 2]
    readers = [each.provenance.reader for each in store.versions(edited.id)]
    assert readers == [f"{NAME}/pages/2013", f"{NAME}/pages/2024"]
    assert edited.topics == ("Fraud",), "the new layout tells of no topics, so they stay"


def test_a_layout_that_never_tells_of_topics_is_no_fault_of_its_run(
    site: RedesignedSite, run: Callable[[], CrawlReport]
) -> None:
    site.numbers = range(24)
    assert run().new == 24
    site.after = 0
    report = run()
    assert (report.quarantined, report.changed, report.same) == (None, 0, 24)


def test_topics_that_a_layout_never_tells_are_learned_from_one_that_does(
    site: RedesignedSite, run: Callable[[], CrawlReport], store: Store
) -> None:
    site.after = 0
    run()
    site.after = 6
    assert run().changed == 0
    assert {each.topics for each in store.releases(NAME)} == {("Fraud",)}


def test_status_tells_when_no_version_needs_an_old_layout(
    site: RedesignedSite, run: Callable[[], CrawlReport], settings: Settings, store: Store
) -> None:
    site.after = 0
    run()
    numbers, sentences = status(settings, store)
    assert numbers == {"pages": {"2024": 6, "2013": 0, "": 0}}
    assert "no stored version needs the reader of layout 2013 (pages) any more" in sentences


def test_a_page_of_no_known_layout_is_refused(site: RedesignedSite) -> None:
    (way,) = office(NAME).routes
    page = Page(f"https://{HOST}/release/1", b"<article>Case 1 closed</article>")
    with pytest.raises(
        PageError,
        match=r"has the mark of no known layout \(2024, 2013\); the layout may have changed\.$",
    ):
        way.release(page)


def test_an_error_of_the_layout_that_a_page_bears_is_not_hidden_by_another(
    site: RedesignedSite,
) -> None:
    (way,) = office(NAME).routes
    torn = f"{OLD.format(n=1, day=11)}<main class='release'></main>".encode()
    with pytest.raises(PageError, match="nothing matches 'time'"):
        way.release(Page(f"https://{HOST}/release/1", torn))
