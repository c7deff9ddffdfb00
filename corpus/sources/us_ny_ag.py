"""Attorney General of New York (ag.ny.gov): Drupal 10, fields without class names."""

from __future__ import annotations

from urllib.parse import urljoin

from bs4.element import Tag

from corpus.page import Page, at_most_one, attribute, one, paragraphs, read_date, some, text
from corpus.release import Draft
from corpus.source import Link, Listing, Route, Source
from corpus.sources._agencies import dateline
from corpus.sources._attachments import linked_files
from corpus.sources._drupal import next_page
from corpus.sources._drupal10 import NEXT, alternates
from corpus.sources._languages import written_in
from corpus.sources.us_doj import canonical


def links(page: Page) -> Listing:
    """The headlines of a listing with their dates, and the older page."""
    view = one(page.soup(), ".view-press-releases", page.url)
    rows = some(view, ".view-content > .views-row", page.url)
    return Listing([_link(row, page) for row in rows], next=next_page(view, NEXT, page))


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
    language = written_in(body)
    return Draft(
        title=text(title),
        published=read_date(text(one(day, "time", page.url)), "en", page.url),
        body=[*paragraphs(head), *body],
        language=language,
        place=dateline(body),
        attachments=linked_files(content, page),
        alternates=alternates(soup, language, page),
    )


def _link(row: Tag, page: Page) -> Link:
    headline = one(row, ".views-field-title a", page.url)
    day = at_most_one(row, "time", page.url)
    return Link(
        urljoin(page.url, attribute(headline, "href", page.url)),
        read_date(text(day), "en", page.url) if day else None,
    )


SOURCE = Source(
    title="Attorney General of New York",
    country="US",
    languages=("en", "es"),
    routes=(Route("pages", ("ag.ny.gov",), "https://ag.ny.gov/press-releases", links, release),),
    canonical=canonical,
)
