"""Attorneys general of states: every saved page is read as labelled, and nothing but its text."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from corpus import Settings, Store, office
from corpus.crawl import crawl
from corpus.page import INVISIBLE, Page, clean, fragment, one, paragraphs, text
from corpus.release import Draft
from corpus.sources.us_mn_ag import HOST as MINNESOTA
from corpus.sources.us_mn_ag import listing_url

# Office -> the host its pages were saved from, and the element that holds text (and, at some,
# headline and date).
SITES = {
    "us_mn_ag": (MINNESOTA, "#content"),
    "us_ca_ag": ("oag.ca.gov", ".field-name-body"),
    "us_tx_ag": ("www.texasattorneygeneral.gov", "#main-content"),
    "us_ny_ag": ("ag.ny.gov", "article.node"),
}
FRAME = "header, nav, footer, form, aside, .breadcrumb, #headerWrap, #footer, #block-block-236"
# Labels come from listings: some have a headline of their own there.
OTHER_HEADLINES = 2
ENTITY = re.compile(r"&(#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+\d*);")


@pytest.fixture(params=SITES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def site(name: str, replica: Any) -> Path:
    root: Path = replica.unpack(SITES[name][0])
    return root


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@cache
def read(name: str, root: Path) -> list[tuple[dict[str, Any], Page, Draft]]:
    """Every labelled page of an office: its label, the page, and what is read from it."""
    route = office(name).route(None)
    pages = [
        (label, Page(label["url"], (root / label["file"]).read_bytes()))
        for label in lines(root / "labels.jsonl")
    ]
    return [(label, page, route.release(page)) for label, page in pages]


def letters(words: str) -> str:
    return "".join(c for c in words if c.isalnum())


def test_every_labelled_page_has_the_title_and_the_date_of_its_label(name: str, site: Path) -> None:
    others = 0
    for label, page, draft in read(name, site):
        assert draft.published == date.fromisoformat(label["date"]), page.url
        # A listing's titles are HTML.
        expected = letters(text(fragment(label["title"])))
        if letters(draft.title) != expected:
            others += 1
            assert expected not in letters(html.unescape(page.html())), page.url
    assert others <= OTHER_HEADLINES


def test_no_paragraph_is_shared_by_many_releases(name: str, site: Path) -> None:
    drafts = [draft for _, _, draft in read(name, site)]
    shared = Counter(paragraph for draft in drafts for paragraph in set(draft.body))
    assert max(shared.values()) <= max(1, len(drafts) // 20), shared.most_common(3)


def test_no_body_holds_a_paragraph_of_the_frame_around_it(name: str, site: Path) -> None:
    for _, page, draft in read(name, site):
        around = {p for tag in page.soup().select(FRAME) for p in paragraphs(tag)}
        assert around, page.url
        assert not around & set(draft.body), page.url
        assert letters(draft.title) != letters(draft.body[0]), page.url


def test_no_record_holds_an_invisible_character_or_an_entity(name: str, site: Path) -> None:
    for _, page, draft in read(name, site):
        for words in [draft.title, *draft.body, draft.place or "", draft.kind or ""]:
            assert not set(map(ord, words)) & INVISIBLE.keys(), page.url
            assert not ENTITY.search(words), page.url


def test_no_body_loses_or_doubles_a_letter_of_its_text(name: str, site: Path) -> None:
    whole = 0
    for _, page, draft in read(name, site):
        field = one(page.soup(), SITES[name][1], page.url)
        shown = Counter(letters(clean(field.get_text())))
        kept = Counter(letters("".join(draft.body)))
        assert kept <= shown, page.url
        heads = [text(tag) for tag in field.select("h1, h3:has(time)")]
        labels = [text(p) for p in field.select("h1 ~ p, p") if text(p) == "Press Release"]
        whole += shown - kept == Counter(letters("".join(heads + labels)))
    # The others have a link to a translation, or headlines of later releases.
    assert whole >= 0.97 * len(read(name, site))


def test_what_pages_state_besides_is_read(name: str, site: Path) -> None:
    drafts = [draft for _, _, draft in read(name, site)]
    placed = sum(draft.place is not None for draft in drafts)
    assert name == "us_tx_ag" or placed >= 0.97 * len(drafts)
    assert all(draft.kind for draft in drafts) == (name == "us_tx_ag")
    assert any(draft.attachments for draft in drafts)
    hosts = {urlsplit(file.url).netloc for draft in drafts for file in draft.attachments}
    assert {host.removeprefix("www.") for host in hosts} == {SITES[name][0].removeprefix("www.")}
    assert any(draft.alternates for draft in drafts) == (name == "us_mn_ag")


def test_listings_name_releases_with_their_dates_and_an_older_page(name: str, site: Path) -> None:
    route = office(name).route(None)
    saved = [each for each in lines(site / "routes.jsonl") if each["file"].startswith("listing/")]
    assert saved
    for each in saved:
        page = Page(f"https://{SITES[name][0]}{each['path']}", (site / each["file"]).read_bytes())
        listing = route.links(page)
        assert len({link.url for link in listing.links}) == len(listing.links) > 0
        assert sum(link.published is None for link in listing.links) <= (name == "us_mn_ag")
        assert (listing.next is None) == (page.url == listing_url(2018))


def test_a_crawl_keeps_what_answers_and_counts_what_does_not(
    name: str, replica: Any, settings: Settings, store: Store
) -> None:
    host = SITES[name][0]
    with replica.Replica(host) as opened:
        options: dict[str, Any] = {"mirrors": {host: opened.url}, "delay_s": 0}
        report = crawl(name, settings, store, **options)
        labelled = {label["url"] for label in opened.labels()}
        asked = {f"https://{host}{entry['path']}" for entry in opened.log}
        again = crawl(name, settings, store, **options)
    assert (report.error, report.refused, report.failed) == (None, [], [])
    assert {each.url for each in store.releases()} == labelled & asked
    gone = [url for url in report.missing if url not in (report.ended_early or "")]
    assert report.new + len(gone) == report.listed
    assert (again.new, again.changed, again.same) == (0, 0, report.new)
    if name == "us_mn_ag":
        years = [int(file.stem[2:]) for file in (opened.root / "listing").iterdir()]
        newer = range(datetime.now(UTC).year, max(years), -1)
        assert (report.absent, report.listings) == ([*map(listing_url, newer)], len(years))
        assert report.ended_early is None
        assert report.listed / 5 < len(gone) < report.listed / 3
