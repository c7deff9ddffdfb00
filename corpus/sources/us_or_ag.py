"""Attorney General of Oregon, Department of Justice: WordPress, the theme OregonDOJ."""

import re

from bs4.element import Tag

from corpus.errors import PageError
from corpus.reading.dates import read_date
from corpus.reading.page import Page, next_page, one, some, target
from corpus.reading.paragraphs import paragraphs, text
from corpus.reading.source import Link, Listing, Route, Source
from corpus.release import Draft
from corpus.sources._parts import (
    canonical,
    dateline,
    english_or_spanish,
    linked_files,
    linked_releases,
)

HOST = "www.doj.state.or.us"
RELEASE_PATH = re.compile(r"/media-home/news-media-releases/[^/]+")
# "Posted in Lawsuits and Letters, Media Release on February 2, 2026"
POSTED = re.compile(r".*\bon (?P<day>\S+ \d{1,2}, \d{4})$")


def links(page: Page) -> Listing:
    """The results of the search form that lists all news, newest first, and the older page."""
    content = one(page.soup(), ".page-main-content", page.url)
    rows = some(content, ".search-filter-results .results-item", page.url)
    return Listing(
        [_link(row, page) for row in rows],
        next=next_page(content, ".pagination .nav-previous a", page),
    )


def release(page: Page) -> Draft:
    """A release. The date shown counts; the metadata's time is UTC and can be a day later."""
    content = one(page.soup(), ".single-main-content", page.url)
    intro = one(content, ".intro-text", page.url)
    article = one(content, "article.single-article", page.url)
    body = paragraphs(article)
    return Draft(
        title=text(one(content, "h1.page-main-title", page.url)),
        published=read_date(text(one(intro, ".date", page.url)), "en", page.url),
        body=body,
        language=english_or_spanish(body),
        place=dateline(body),
        topics=[text(each) for each in intro.select('a[rel~="tag"]')],
        attachments=linked_files(article, page),
        links=linked_releases(article, page, RELEASE_PATH),
    )


def _link(row: Tag, page: Page) -> Link:
    posted = text(one(row, ".posted-in", page.url))
    match = POSTED.match(posted)
    if not match:
        raise PageError(f"{page.url}: {posted!r} ends in no date; the layout may have changed.")
    link = one(row, "h3 > a", page.url)
    return Link(target(link, page), read_date(match["day"], "en", page.url))


SOURCE = Source(
    title="Attorney General of Oregon",
    country="US",
    languages=("en", "es"),
    routes=(
        Route(
            "pages",
            (HOST,),
            f"https://{HOST}/media/news-media-releases/oregon-doj-news/",
            links,
            release,
        ),
    ),
    canonical=canonical,
    version=4,
)
