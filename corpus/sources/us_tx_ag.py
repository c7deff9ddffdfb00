"""Attorney General of Texas: Drupal 10."""

import re
from datetime import date

from bs4.element import Tag

from corpus.reading.dates import read_date
from corpus.reading.page import Page, next_page, one, some, target
from corpus.reading.paragraphs import paragraphs, text
from corpus.reading.source import Link, Listing, Route, Source
from corpus.release import Draft
from corpus.sources._drupal import NEXT, alternates
from corpus.sources._parts import canonical, dateline, linked_files, linked_releases

HOST = "www.texasattorneygeneral.gov"
RELEASE_PATH = re.compile(r"/news/releases/[^/]+")


def links(page: Page) -> Listing:
    """The headlines of a listing with their dates, and the older page."""
    main = one(page.soup(), "#main-content", page.url)
    headlines = some(main, "h4 > a[href]", page.url)
    return Listing(
        [_link(headline, page) for headline in headlines], next=next_page(main, NEXT, page)
    )


def release(page: Page) -> Draft:
    """A release: a line of date and kind, the headline, and the text in an element of its own."""
    soup = page.soup()
    head = one(soup, "#main", page.url)
    published, kind = _day_and_kind(one(head, ".meta", page.url), page)
    parts = some(soup, "#main-content > .main-content-wysiwyg-container", page.url)
    body = [paragraph for part in parts for paragraph in paragraphs(part)]
    return Draft(
        title=text(one(head, "h1", page.url)),
        published=published,
        body=body,
        language="en",
        place=dateline(body),
        kind=kind,
        attachments=list(dict.fromkeys(f for part in parts for f in linked_files(part, page))),
        alternates=alternates(soup, "en", page),
        links=[
            *dict.fromkeys(r for part in parts for r in linked_releases(part, page, RELEASE_PATH))
        ],
    )


def _day_and_kind(meta: Tag, page: Page) -> tuple[date, str | None]:
    """ "February 11, 2026 | Press Release"."""
    day, *rest = (part.strip() for part in text(meta).split("|"))
    return read_date(day, "en", page.url), rest[0] if rest and rest[0] else None


def _link(headline: Tag, page: Page) -> Link:
    meta = headline.find_next("p", class_="meta")
    return Link(target(headline, page), _day_and_kind(meta, page)[0] if meta else None)


SOURCE = Source(
    title="Attorney General of Texas",
    country="US",
    languages=("en",),
    routes=(Route("pages", (HOST,), f"https://{HOST}/news/press_releases", links, release),),
    canonical=canonical,
    version=4,
)
