"""Attorney General of New York (ag.ny.gov): Drupal 10, fields without class names."""

import re

from corpus.reading.dates import read_date
from corpus.reading.page import Page, next_page, one
from corpus.reading.paragraphs import paragraphs, text
from corpus.reading.source import Listing, Route, Source
from corpus.release import Draft
from corpus.sources._drupal import NEXT, alternates, dated_links
from corpus.sources._parts import (
    canonical,
    dateline,
    english_or_spanish,
    linked_files,
    linked_releases,
)

RELEASE_PATH = re.compile(r"/press-release/\d{4}/[^/]+")


def links(page: Page) -> Listing:
    """The headlines of a listing with their dates, and the older page."""
    view = one(page.soup(), ".view-press-releases", page.url)
    return Listing(dated_links(view, "time", page), next=next_page(view, NEXT, page))


def release(page: Page) -> Draft:
    """A release: headline and subheading, then the date in a heading, then the text."""
    soup = page.soup()
    node = one(soup, "main article.node", page.url)
    head = one(node, ".tw-title", page.url)
    title = one(head, "h1", page.url).extract()
    content = one(node, ".node-content", page.url)
    # The text, in a part of its own, may have headings too.
    day = one(content, ":scope > div > h3:has(time)", page.url).extract()
    body = paragraphs(content)
    language = english_or_spanish(body)
    return Draft(
        title=text(title),
        published=read_date(text(one(day, "time", page.url)), "en", page.url),
        body=[*paragraphs(head), *body],
        language=language,
        place=dateline(body),
        attachments=linked_files(content, page),
        links=linked_releases(content, page, RELEASE_PATH),
        alternates=alternates(soup, language, page),
    )


SOURCE = Source(
    title="Attorney General of New York",
    country="US",
    languages=("en", "es"),
    routes=(Route("pages", ("ag.ny.gov",), "https://ag.ny.gov/press-releases", links, release),),
    canonical=canonical,
    version=4,
)
