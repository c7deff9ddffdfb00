"""Attorney General of California (oag.ca.gov): Drupal 7."""

import re

from corpus.reading.dates import read_date
from corpus.reading.page import Page, next_page, one
from corpus.reading.paragraphs import paragraphs, text
from corpus.reading.source import Listing, Route, Source
from corpus.release import Draft
from corpus.sources._drupal import dated_links
from corpus.sources._parts import (
    canonical,
    dateline,
    english_or_spanish,
    linked_files,
    linked_releases,
)

BODY = ".field-name-body > .field-items > .field-item"
RELEASE_PATH = re.compile(r"/news/press-releases/[^/]+")
# The day as it is shown. The time in the head is when the page was made, at times the day before.
DAY = ".field-name-field-release-date .date-display-single"


def links(page: Page) -> Listing:
    """The headlines of a listing with their dates, and the older page."""
    view = one(page.soup(), ".view-in-the-news", page.url)
    return Listing(
        dated_links(view, ".date-display-single", page),
        next=next_page(view, "ul.pager .pager-next a", page),
    )


def release(page: Page) -> Draft:
    """A release. Contact and end mark are separate fields."""
    soup = page.soup()
    node = one(soup, ".node-press-release", page.url)
    body = paragraphs(one(node, BODY, page.url))
    return Draft(
        title=text(one(soup, "h1.page-header", page.url)),
        published=read_date(text(one(node, DAY, page.url)), "en", page.url),
        body=body,
        language=english_or_spanish(body),
        place=dateline(body),
        attachments=linked_files(node, page),
        links=linked_releases(node, page, RELEASE_PATH),
    )


SOURCE = Source(
    title="Attorney General of California",
    country="US",
    languages=("en", "es"),
    routes=(Route("pages", ("oag.ca.gov",), "https://oag.ca.gov/media/news", links, release),),
    canonical=canonical,
    version=4,
)
