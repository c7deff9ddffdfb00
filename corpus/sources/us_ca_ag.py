"""Attorney General of California (oag.ca.gov): Drupal 7."""

from __future__ import annotations

from urllib.parse import urljoin

from bs4.element import Tag

from corpus.page import Page, at_most_one, attribute, one, paragraphs, read_date, some, text
from corpus.release import Draft
from corpus.source import Link, Listing, Route, Source
from corpus.sources._agencies import dateline
from corpus.sources._attachments import linked_files
from corpus.sources._drupal import next_page
from corpus.sources._languages import written_in
from corpus.sources.us_doj import canonical

BODY = ".field-name-body > .field-items > .field-item"
# The day as it is shown. The time in the head is when the page was made, at times the day before.
DAY = ".field-name-field-release-date .date-display-single"


def links(page: Page) -> Listing:
    """The headlines of a listing with their dates, and the older page."""
    view = one(page.soup(), ".view-in-the-news", page.url)
    rows = some(view, ".view-content > .views-row", page.url)
    return Listing(
        [_link(row, page) for row in rows], next=next_page(view, "ul.pager .pager-next a", page)
    )


def release(page: Page) -> Draft:
    """A release. Contact and end mark are fields of their own, beside the body."""
    soup = page.soup()
    node = one(soup, ".node-press-release", page.url)
    body = paragraphs(one(node, BODY, page.url))
    return Draft(
        title=text(one(soup, "h1.page-header", page.url)),
        published=read_date(text(one(node, DAY, page.url)), "en", page.url),
        body=body,
        language=written_in(body),
        place=dateline(body),
        attachments=linked_files(node, page),
    )


def _link(row: Tag, page: Page) -> Link:
    headline = one(row, ".views-field-title a", page.url)
    day = at_most_one(row, ".date-display-single", page.url)
    return Link(
        urljoin(page.url, attribute(headline, "href", page.url)),
        read_date(text(day), "en", page.url) if day else None,
    )


SOURCE = Source(
    title="Attorney General of California",
    country="US",
    languages=("en", "es"),
    routes=(Route("pages", ("oag.ca.gov",), "https://oag.ca.gov/media/news", links, release),),
    canonical=canonical,
)
