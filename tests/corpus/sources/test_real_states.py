"""Attorneys general of states: every saved page is read as labelled, and nothing but its text.

Expectations come from the replica's own labels at test time.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from corpus import Settings, Store, office
from corpus.crawling.crawl import crawl
from corpus.reading.page import Page, fragment, one
from corpus.reading.paragraphs import INVISIBLE, clean, text
from corpus.reading.source import Listing
from corpus.release import Draft
from corpus.sources.us_mn_ag import listing_url
from tests.corpus.sources.test_real_pages import letters, lines


@dataclass(frozen=True)
class Site:
    """What is known of an office's template and of its newest listing.

    `field` holds the text and, at some, headline and date; `states` are facts that every release
    has besides, `some` those that one saved release at least has.
    """

    field: str
    older: str | None
    listed: int
    states: frozenset[str] = frozenset({"place"})
    some: frozenset[str] = frozenset()


FILES = frozenset({"attachments"})
SITES = {
    "us_ca_ag": Site(".field-name-body", "/media/news?page=1", 30, some=FILES),
    "us_mn_ag": Site(
        "#content", urlsplit(listing_url(2024)).path, 85, frozenset(), FILES | {"alternates"}
    ),
    "us_ny_ag": Site("article.node", "/press-releases?page=1", 25, some=FILES),
    "us_oh_ag": Site(".newsbody", "/Media/News-Releases?page=2", 10, some=FILES),
    "us_or_ag": Site(
        "article.single-article",
        "/media/news-media-releases/oregon-doj-news/?sf_paged=2",
        5,
        # The one saved release has no dateline.
        frozenset({"topics"}),
    ),
    "us_pa_ag": Site(
        ".content-area > #content",
        "/taking-action/page/2/",
        30,
        frozenset({"place", "topics", "kind"}),
    ),
    "us_tx_ag": Site(
        "#main-content", "/news/press_releases?page=1", 10, frozenset({"kind"}), FILES
    ),
    "us_va_ag": Site(".com-content-article__body", None, 10),
}
FACTS = ("place", "topics", "kind", "attachments", "alternates")
# In some fields, but not of the text: headline, date, and Minnesota's label.
BESIDE = "h1, h3:has(time)"
LABEL = "Press Release"
FURNITURE = re.compile(
    r"share|print|email|(posted in|topic:|media contact|for media|-30-).*",
    re.IGNORECASE | re.DOTALL,
)
# Labels come from listings: some of Minnesota's have a headline of their own there.
OTHER_HEADLINES = 2
ENTITY = re.compile(r"&(#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+\d*);")


@pytest.fixture(params=SITES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def root(name: str, replica: Any) -> Path:
    path: Path = replica.unpack(host(name))
    return path


def host(name: str) -> str:
    return office(name).route(None).hosts[0]


def day(label: dict[str, Any]) -> date | None:
    return date.fromisoformat(label["date"]) if label["date"] else None


@cache
def read(name: str, root: Path) -> list[tuple[dict[str, Any], Page, Draft]]:
    """Every labelled page of an office: its label, the page, and what is read from it."""
    route = office(name).route(None)
    found = []
    for label in lines(root / "labels.jsonl"):
        page = Page(label["url"], (root / label["file"]).read_bytes())
        found.append((label, page, route.release(page)))
    assert found
    return found


def test_every_labelled_page_has_the_title_and_the_date_of_its_label(name: str, root: Path) -> None:
    others = 0
    for label, page, draft in read(name, root):
        assert draft.published == day(label), page.url
        assert bool(draft.published) == office(name).gives_dates
        # A listing's titles are HTML.
        expected = text(fragment(label["title"]))
        if name != "us_mn_ag":
            assert draft.title == expected
        elif letters(draft.title) != letters(expected):
            others += 1
            assert letters(expected) not in letters(html.unescape(page.html())), page.url
    assert others <= OTHER_HEADLINES


def test_no_paragraph_is_shared_by_many_releases(name: str, root: Path) -> None:
    drafts = [draft for _, _, draft in read(name, root)]
    shared = Counter(paragraph for draft in drafts for paragraph in set(draft.body))
    assert max(shared.values()) <= max(1, len(drafts) // 20), shared.most_common(3)


def test_no_body_holds_a_paragraph_of_the_page_around_it(name: str, root: Path) -> None:
    for _, page, draft in read(name, root):
        soup = page.soup()
        one(soup, SITES[name].field, page.url).decompose()
        around = {clean(words) for words in soup.stripped_strings}
        assert len(around) > 20, page.url
        assert not around & set(draft.body), page.url
        for paragraph in draft.body:
            assert not FURNITURE.fullmatch(paragraph), paragraph
        assert letters(draft.body[0]) != letters(draft.title), page.url


def test_no_record_holds_an_invisible_character_or_an_entity(name: str, root: Path) -> None:
    for _, page, draft in read(name, root):
        for words in [draft.title, *draft.body, draft.place or "", draft.kind or ""]:
            assert not set(map(ord, words)) & INVISIBLE.keys(), page.url
            assert not ENTITY.search(words), page.url


def test_no_body_loses_doubles_or_gains_a_letter_of_its_text(name: str, root: Path) -> None:
    whole = 0
    for label, page, draft in read(name, root):
        field = one(page.soup(), SITES[name].field, page.url)
        for tag in [*field.select(BESIDE), *(p for p in field("p") if text(p) == LABEL)]:
            tag.decompose()
        shown, kept = letters(clean(field.get_text())), letters("".join(draft.body))
        assert Counter(kept) <= Counter(shown), page.url
        before, found, after = shown.partition(kept)
        if name == "us_va_ag":
            # The letterhead and the headline, which may not be set as the title is.
            assert before.startswith("CommonwealthofVirginiaOfficeoftheAttorneyGeneral")
            assert before.casefold().endswith(letters(label["title"]).casefold())
            before = ""
        elif name == "us_oh_ag":
            assert draft.signature
            after = after.removesuffix(f"{letters(draft.signature)}30")
        whole += (before, found, after) == ("", kept, "")
    # Some of Minnesota's have a link to a translation, or headlines of later releases.
    assert whole >= (0.97 if name == "us_mn_ag" else 1) * len(read(name, root))


def test_what_pages_state_besides_is_read(name: str, root: Path) -> None:
    drafts, site = [draft for _, _, draft in read(name, root)], SITES[name]
    for fact in FACTS:
        having = sum(bool(getattr(draft, fact)) for draft in drafts)
        if name == "us_mn_ag" and fact == "place":
            assert having >= 0.97 * len(drafts)
        else:
            assert (having == len(drafts)) == (fact in site.states), fact
            assert (having > 0) == (fact in site.states | site.some), fact
    own = host(name).removeprefix("www.")
    files = [file for draft in drafts for file in draft.attachments]
    assert all(urlsplit(file.url).netloc.removeprefix("www.") == own for file in files)
    assert len({file.url for file in files}) >= 1 or "attachments" not in site.some


def test_listings_name_their_releases_newest_first_and_the_older_page(
    name: str, root: Path
) -> None:
    route, site = office(name).route(None), SITES[name]
    labels = {label["url"]: label for label in lines(root / "labels.jsonl")}
    saved = [each for each in lines(root / "routes.jsonl") if each["file"].startswith("listing/")]
    listed: set[str] = set()
    listings: dict[str, Listing] = {}
    for each in saved:
        page = Page(f"https://{host(name)}{each['path']}", (root / each["file"]).read_bytes())
        listings[page.url] = listing = route.links(page)
        urls = [link.url for link in listing.links]
        listed.update(urls)
        assert len(set(urls)) == len(urls) > 0
        if name == "us_mn_ag":
            assert sum(link.published is None for link in listing.links) <= 1
            continue
        days = [link.published for link in listing.links if link.published]
        assert len(days) == (len(urls) if office(name).gives_dates else 0)
        assert days == sorted(days, reverse=True)
        for link in listing.links:
            assert link.url not in labels or link.published == day(labels[link.url])
    # Minnesota's start at the oldest year.
    newest = listings[max(listings) if name == "us_mn_ag" else route.start]
    parts = urlsplit(newest.next or "")
    assert labels.keys() & listed
    assert len(newest.links) == site.listed
    assert (parts._replace(scheme="", netloc="").geturl() or None) == site.older
    last = [url for url, listing in listings.items() if listing.next is None]
    assert last == ([route.start] if name in ("us_mn_ag", "us_va_ag") else [])


def test_a_crawl_keeps_what_answers_and_counts_what_does_not(
    name: str, replica: Any, settings: Settings, store: Store
) -> None:
    with replica.Replica(host(name)) as opened:
        options: dict[str, Any] = {"mirrors": {host(name): opened.url}, "delay_s": 0}
        report = crawl(name, settings, store, **options)
        labels = {label["url"]: day(label) for label in opened.labels()}
        asked = {f"https://{host(name)}{entry['path']}" for entry in opened.log}
        few = min(report.new, 30)
        again = crawl(name, settings, store, limit=few, **options)
    assert (report.error, report.refused, report.failed) == (None, [], [])
    canonical = office(name).canonical
    expected = {canonical(url): labels[url] for url in labels.keys() & asked}
    assert expected
    assert {each.url: each.published for each in store.releases()} == expected
    gone = [url for url in report.missing if url not in (report.ended_early or "")]
    assert report.new + len(gone) == report.listed
    assert (again.new, again.changed, again.same) == (0, 0, few)
    if name == "us_mn_ag":
        years = [int(file.stem[2:]) for file in (opened.root / "listing").iterdir()]
        newer = range(datetime.now(UTC).year, max(years), -1)
        assert (report.absent, report.listings) == ([*map(listing_url, newer)], len(years))
        assert report.ended_early is None
        assert report.listed / 5 < len(gone) < report.listed / 3
    else:
        assert report.listed == SITES[name].listed
        assert bool(report.ended_early) == bool(SITES[name].older)
