"""The generic reader: exact where a page settles what it says, unknown or refused where not."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import PageError
from corpus.evidence.exchanges import Exchange, ParsedPage, parse_exchange
from corpus.reading.page import Page
from corpus.reading.paragraphs import text
from corpus.reading.source import Link, Source
from corpus.sources._generic import canonical, route
from corpus.warc.record import Record

HOST = "www.prosecutor.example"
NOON = datetime(2024, 3, 12, 12, tzinfo=UTC)
START = f"https://{HOST}/news"
WAY = route(START, r"/news/\d{4}/[\w-]+/?")
URL = f"https://{HOST}/news/2024/clerk-charged"
TITLE = "Clerk Charged with “Selling” Permits"
TEXT = [
    "PORT MERRIN – A clerk of the harbour office was charged today with selling berthing permits.",
    "The indictment says that she took payments from four skippers over a period of three years.",
    "An indictment is an accusation; the defendant is presumed innocent until proven guilty.",
]
SITES = {
    "ag.ny.gov": r"/press-release/\d{4}/[\w-]+",
    "oag.ca.gov": r"/news/press-releases/[\w-]+",
    "prokuror.gov.kz": r"/eng/news/(press-releases/)?[\w-]+",
    "www.attorneygeneral.gov": r"/taking-action/[\w-]+/",
    "www.doj.state.or.us": r"/media-home/news-media-releases/[\w-]+/",
    "www.oag.state.va.us": r"/media-center/news-releases/\d+-[\w-]+",
    "www.ohioattorneygeneral.gov": r"/Media/News-Releases/\w+-\d{4}/[\w-]+",
    "www.texasattorneygeneral.gov": r"/news/releases/[\w-]+",
}
# Every so many releases of these; the listings of one are scripts, the other's have own tests.
LARGE = {"www.ag.state.mn.us": 4, "www.justice.gov": 97}


def page_of(
    head: str = "", top: str = f"<h1>{TITLE}</h1>", body: str = "", lang: str = ' lang="en-GB"'
) -> Page:
    told = "".join(f"<p>{each}</p>" for each in TEXT)
    whole = (
        f"<html{lang}><head><title>{TITLE} | Prosecutor of Examplia</title>{head}</head>"
        f"<body><nav><a href='/'>Prosecutor of Examplia</a></nav><main>{top}{body}{told}</main>"
        "<footer><p>Imprint. All rights reserved.</p></footer></body></html>"
    )
    return Page(URL, whole.encode())


def letters(words: str) -> str:
    return "".join(c for c in words if c.isalnum())


def test_a_release_is_read() -> None:
    draft = WAY.release(page_of(body="<p class='date'>12 March 2024</p>"))
    assert (draft.title, draft.published, draft.language) == (TITLE, date(2024, 3, 12), "en")
    assert draft.body[-3:] == TEXT
    assert TITLE not in draft.body


# titles


@pytest.mark.parametrize(
    "top",
    [
        f"<h1>News</h1><h2>{TITLE}</h2>",
        f"<h1><a href='/'>Prosecutor of Examplia</a></h1><h2>{TITLE}</h2>",
        f"<h2>Prosecutor of Examplia</h2><h1>{TITLE}</h1>",
        f"<h1>Examplia</h1><h1>News</h1><div class='head'>{TITLE}</div>",
        '<h1>CLERK CHARGED WITH "SELLING" PER\u00adMITS</h1>',
    ],
)
def test_the_title_is_what_the_page_shows_of_its_title_element(top: str) -> None:
    head = f"<meta property='og:title' content='{TITLE}'>"
    assert letters(WAY.release(page_of(head, top)).title.casefold()) == letters(TITLE.casefold())


def test_without_an_og_title_parts_of_the_title_element_count() -> None:
    for top in (
        f"<h1>News</h1><h2>{TITLE}</h2>",
        f"<h2>Prosecutor of Examplia</h2><h1>{TITLE}</h1>",
    ):
        assert WAY.release(page_of(top=top)).title == TITLE


@pytest.mark.parametrize(
    "top",
    [
        "<h1>News</h1><h1>Releases</h1>",
        f"<h1>Prosecutor of Examplia</h1><h2>{TITLE}</h2>",
        "",
    ],
)
def test_a_title_in_doubt_is_refused(top: str) -> None:
    with pytest.raises(PageError, match=f"{URL}: which heading is the title is unclear"):
        WAY.release(page_of(top=top))


# dates


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("", "<time datetime='2024-03-12T23:30:00+05:00'>12 March</time>", date(2024, 3, 12)),
        ("", "<span class='date'>March 12, 2024</span>", date(2024, 3, 12)),
        ("", "", None),
        # When a system saved it is not when the office dates it, and UTC has days of its own.
        ("<meta property='article:published_time' content='2024-03-12T09:00:00+05:00'>", "", None),
        ("", "<time datetime='2024-03-12T20:30:00Z'>Tuesday</time>", None),
        (
            "<meta property='article:published_time' content='2024-03-11T20:30:00Z'>",
            "<span class='date'>March 12, 2024</span>",
            date(2024, 3, 12),
        ),
        (
            "<meta property='article:published_time' content='2024-03-11T20:30:00-05:00'>",
            "<span class='date'>March 12, 2024</span>",
            None,
        ),
        (
            "",
            "<time datetime='2024-03-12'>12 March</time><time datetime='2024-05-01'>1 May</time>",
            None,
        ),
        ("", "<p>The fraud began on 4 July 2021 and ended on 3 May 2023.</p>", None),
    ],
)
def test_a_date_is_known_where_all_that_is_stated_agrees(
    head: str, body: str, expected: date | None
) -> None:
    assert WAY.release(page_of(head, body=body)).published == expected


def test_an_address_that_tells_another_day_leaves_the_date_unknown() -> None:
    shown = page_of(body="<span class='date'>March 12, 2024</span>")
    for day, expected in (("12", date(2024, 3, 12)), ("13", None)):
        url = f"https://{HOST}/2024/03/{day}/clerk-charged"
        assert WAY.release(Page(url, shown.body)).published == expected


# language, text


def test_a_language_that_no_page_declares_is_the_route_s_or_refused() -> None:
    kazakh = route(START, "/news/.*", language="kk")
    assert kazakh.release(page_of(lang="")).language == "kk"
    assert kazakh.release(page_of()).language == "en"
    with pytest.raises(PageError, match="declares no language; give the route one"):
        WAY.release(page_of(lang=""))


def test_a_list_amid_the_text_is_kept() -> None:
    items = [f"Count {n}: taking a payment from the skipper of a boat." for n in range(1, 4)]
    listed = "".join(f"<li>{each}</li>" for each in items)
    body = WAY.release(page_of(body=f"<p>{TEXT[0]}</p><ul>{listed}</ul>")).body
    start = body.index(items[0])
    assert body[start : start + 3] == items


def test_a_page_without_text_is_refused() -> None:
    with pytest.raises(PageError, match=f"^{URL}: "):
        WAY.release(Page(URL, b"<html lang='en'><body></body></html>"))


# listings


def listing(*links: str) -> Page:
    return Page(START, f"<html><body>{''.join(links)}</body></html>".encode())


def test_a_listing_s_links_are_those_of_the_pattern_each_once() -> None:
    found = WAY.links(
        listing(
            "<a href='/news/2024/one'>One</a>",
            "<a href='2024/two'>relative to the site's root</a>",
            "<a href='/news/2024/one#top'>One</a>",
            "<a href='/news/2024/three/'>Three</a>",
            "<a href='/news/2024/one/print'>Print</a>",
            "<a href='https://other.example/news/2024/four'>elsewhere</a>",
            "<a href='/news?page=1' rel='next nofollow'>Older</a>",
        )
    )
    assert found.links == [Link(f"{START}/2024/{name}") for name in ("one", "three/")]
    assert found.next == f"{START}?page=1"


def test_a_listing_s_older_page_can_be_found_by_a_selector() -> None:
    way = route(START, "/n/.*", older=".pager .older")
    page = listing(
        "<a href='/n/1'>1</a><p class='pager'><a class='older' href='?p=2'>older</a></p>"
    )
    assert way.links(page).next == f"{START}?p=2"
    assert way.links(listing("<a href='/n/1'>1</a>")).next is None


def test_a_listing_in_doubt_is_refused() -> None:
    with pytest.raises(PageError, match="no link to a path like"):
        WAY.links(listing("<a href='/about'>About</a>"))
    older = "<a rel='next' href='?page=1'>a</a><a rel='next' href='?page=2'>b</a>"
    with pytest.raises(PageError, match="matches links to 2 pages instead of one"):
        WAY.links(listing("<a href='/news/2024/one'>One</a>", older))


def test_a_canonical_url_drops_what_selects_nothing() -> None:
    shared = "http://WWW.prosecutor.example/news/1/?utm_source=x&id=2&fbclid=3#top"
    assert canonical(shared) == f"https://{HOST}/news/1?id=2"


# real pages


def labels_of(root: Path) -> list[dict[str, Any]]:
    lines = (root / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("site", [*SITES, *LARGE])
def test_real_releases_are_read_with_no_date_wrong(replica: Any, site: str) -> None:
    root = replica.unpack(site)
    way = route(f"https://{site}/", ".*", language="en")
    count: Counter[str] = Counter()
    for label in labels_of(root)[:: LARGE.get(site, 1)]:
        draft = way.release(Page(label["url"], (root / label["file"]).read_bytes()))
        day = date.fromisoformat(label["date"]) if label["date"] else None
        assert draft.published in (day, None), label["url"]
        same_title = letters(draft.title) == letters(label["title"])
        count.update({"all": 1, "titles": same_title, "dates": draft.published == day})
    assert count["titles"] >= 0.98 * count["all"]
    # One office shows its day in no way that is sure, another twice on different days; of a part of
    # a site's pages, a few more or fewer may have none.
    floor = {"www.ohioattorneygeneral.gov": 0.0, "oag.ca.gov": 0.9}.get(site, 0.98)
    floor -= 0.01 if site in LARGE else 0
    assert count["dates"] >= floor * count["all"]


@pytest.mark.parametrize("site", SITES)
def test_real_listings_name_the_labelled_releases(replica: Any, site: str) -> None:
    root = replica.unpack(site)
    routes = [json.loads(x) for x in (root / "routes.jsonl").read_text("utf-8").splitlines()]
    starts = [each for each in routes if each["file"] == "listing/0.html"]
    scheme = "http" if site == "prokuror.gov.kz" else "https"
    way = route(f"{scheme}://{site}{starts[0]['path']}", SITES[site])
    found = way.links(Page(way.start, (root / "listing" / "0.html").read_bytes()))
    linked = {canonical(link.url) for link in found.links}
    assert linked
    assert [u for e in labels_of(root) if (u := canonical(e["url"])) in linked], "none is labelled"


def test_real_texts_lose_no_paragraph_and_no_list(replica: Any) -> None:
    root = replica.unpack("oag.ca.gov")
    way = route("https://oag.ca.gov/", ".*")
    for label in labels_of(root):
        page = Page(label["url"], (root / label["file"]).read_bytes())
        body = letters("".join(way.release(page).body))
        for tag in page.soup().select(".field-name-body :is(p, li)"):
            assert letters(text(tag)) in body, (page.url, text(tag))


def test_an_archived_page_is_read_as_what_its_address_says() -> None:
    older = f"{START}?page=1"
    for url in (URL, f"{URL}/", f"{canonical(URL)}/"):
        assert WAY.is_release
        assert WAY.is_release(url)
        assert not WAY.is_release(older)
    related = f"<aside><a href='{HOST}/news/2023/a-skipper-sentenced'>More</a></aside>"
    source = Source("Examplia", "XX", ("en",), (WAY,), canonical)
    for url, is_listing in ((URL, False), (older, True)):
        body = page_of(body=related.replace("'www", "'https://www")).body
        record = Record(0, 1, "response", url, NOON, 200, {}, body)
        reading = parse_exchange(Exchange(record, url), source, 20)
        assert isinstance(reading, ParsedPage)
        assert reading.is_listing == is_listing
