"""Attorney General of Pennsylvania: WordPress (theme OAG-21); releases are "items"."""

import re

from bs4.element import Tag

from corpus.reading.dates import read_date, read_slashed_date
from corpus.reading.page import Page, next_page, one, some, target
from corpus.reading.paragraphs import paragraphs, text
from corpus.reading.source import Link, Listing, Route, Source
from corpus.release import Draft
from corpus.sources._parts import canonical, dateline, linked_files, linked_releases

HOST = "www.attorneygeneral.gov"
RELEASE_PATH = re.compile(r"/taking-action/[^/]+")


def links(page: Page) -> Listing:
    """The table of all items, newest first, and the older page."""
    content = one(page.soup(), ".content-area > #content", page.url)
    rows = some(content, "table.stories tr:has(> td.title)", page.url)
    return Listing(
        [_link(row, page) for row in rows], next=next_page(content, ".page-links a.next", page)
    )


def release(page: Page) -> Draft:
    """An item; its category ("GUILTY PLEA") is only in the breadcrumb."""
    soup = page.soup()
    heading = one(soup, ".news-heading-wrapper", page.url)
    content = one(soup, ".content-area > #content", page.url)
    categories = [text(each) for each in heading.select(".breadcrumb a.ta_cats")]
    body = paragraphs(content)
    return Draft(
        title=text(one(heading, "h1", page.url)),
        published=read_date(text(one(heading, ".meta > span", page.url)), "en", page.url),
        body=body,
        language="en",
        place=dateline(body),
        topics=[text(each) for each in heading.select(".meta a.tag")],
        kind=categories[-1] if categories else None,
        attachments=linked_files(content, page),
        links=linked_releases(content, page, RELEASE_PATH),
    )


def _link(row: Tag, page: Page) -> Link:
    day = text(one(row, "td.date strong.date", page.url))
    link = one(row, "td.title a", page.url)
    return Link(target(link, page), read_slashed_date(day, page.url))


SOURCE = Source(
    title="Attorney General of Pennsylvania",
    country="US",
    languages=("en",),
    routes=(Route("pages", (HOST,), f"https://{HOST}/taking-action/", links, release),),
    canonical=canonical,
    version=4,
)
