"""US Department of Justice, Office of Public Affairs.

`interface`: the News API (justice.gov/developer/api-documentation/api_v1): JSON, bodies as HTML,
dates as epoch seconds in strings, 50 releases a page at most.
`pages`: the Drupal 7 pages that stood at the same URLs until 2018, with their attachments.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from bs4.element import Tag
from bs4.filter import SoupStrainer

from corpus.errors import PageError
from corpus.reading.address import resolve
from corpus.reading.dates import read_iso_date
from corpus.reading.page import (
    Page,
    at_most_one,
    attribute,
    fragment,
    item_bytes,
    member,
    next_page,
    number,
    one,
    some,
    target,
)
from corpus.reading.paragraphs import clean, paragraphs, text
from corpus.reading.source import Link, Listing, Route, Source
from corpus.release import Attachment, Draft
from corpus.sources._drupal import field_items, field_texts
from corpus.sources._parts import canonical, linked_releases

HOST = "www.justice.gov"
WASHINGTON = ZoneInfo("America/New_York")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RELEASE = SoupStrainer("article")
# "/opa/pr/guilty-plea-1", some moved to "/archives/opa/..."; until 2013
# "/opa/pr/2012/March/12-ag-345.html". Other components have folders of their own.
RELEASE_PATH = re.compile(r"(?:/archives)?/[\w-]+/pr/(?:\d{4}/\w+/[\w-]+\.html|[\w-]+)")


def page_links(page: Page) -> Listing:
    """The rows of /news and the pager below them."""
    soup = page.soup()
    rows = some(soup, ".view-content .views-row .views-field-title", page.url)
    links = [Link(target(one(row, "a", page.url), page)) for row in rows]
    return Listing(links, next=next_page(soup, "ul.pager .pager__item--next a", page))


def page_release(page: Page) -> Draft:
    """A release page of the Drupal 7 site (theme Omega)."""
    node = one(page.soup(RELEASE), "article.node--press-release.node--full", page.url)
    day = one(node, ".field--name-field-pr-date .date-display-single", page.url)
    body = one(node, ".field--name-field-pr-body > .field__items > .field__item", page.url)
    subtitle = at_most_one(node, "#node-subtitle", page.url)
    return Draft(
        title=text(one(node, "h1#node-title", page.url)),
        published=read_iso_date(attribute(day, "content", page.url), page.url),
        body=paragraphs(body),
        language="en",
        number=_only(field_texts(node, "field-pr-number"), page.url),
        topics=field_texts(node, "field-pr-topic"),
        components=field_texts(node, "field-pr-component"),
        attachments=[_attachment(item, page) for item in field_items(node, "field-pr-attachment")],
        subtitle=text(subtitle) if subtitle else "",
        links=linked_releases(body, page, RELEASE_PATH),
    )


def interface_links(page: Page) -> Listing:
    """A page of the News API: releases, newest first, and the next page while there are more."""
    response = page.json()
    items = member(response, "results", list, page.url)
    resultset = member(member(response, "metadata", dict, page.url), "resultset", dict, page.url)
    # The size that the server states, not the requested one: it caps the size of a page.
    total, size, at = (number(resultset.get(n), page.url) for n in ("count", "pagesize", "page"))
    if len(items) != max(0, min(size, total - at * size)):
        raise PageError(
            f"{page.url}: {len(items)} releases,"
            f" where page {at} of {total} in all should have more or fewer."
        )
    is_last = (at + 1) * size >= total
    return Listing(
        next=None if is_last else _with_page(page.url, at + 1),
        drafts=[_draft(item, page) for item in items],
        total=total,
    )


def interface_release(page: Page) -> Draft:
    """One item of the News API, as it was cut out of its response."""
    return _draft(page.json(), page)


def _draft(item: Any, page: Page) -> Draft:
    words = {name: member(item, name, str, page.url) for name in ("url", "title", "body")}
    # Null where a release has none; a missing member would be another format.
    has_number = item.get("number", "") is not None
    stated = member(item, "number", str, page.url) if has_number else ""
    url, body = resolve(words["url"], page.url), fragment(words["body"])
    return Draft(
        url=url,
        title=clean(words["title"]),
        published=_day(item.get("date"), page),
        body=paragraphs(body),
        language="en",
        number=clean(stated) or None,
        topics=_names(item, "topic", page),
        components=_names(item, "component", page),
        links=linked_releases(body, page, RELEASE_PATH, url),
        part=item_bytes(item),
    )


def _names(item: Any, field: str, page: Page) -> list[str]:
    terms = member(item, field, list, page.url)
    return [clean(member(term, "name", str, page.url)) for term in terms]


def _day(stamp: Any, page: Page) -> date:
    """Epoch seconds of the day's first hour in Washington."""
    try:
        moment = EPOCH + timedelta(seconds=number(stamp, page.url))
        return moment.astimezone(WASHINGTON).date()
    except OverflowError as error:
        raise PageError(f"{page.url}: date {stamp!r:.100} is out of range.") from error


def _with_page(url: str, number: int) -> str:
    parts = urlsplit(url)
    query = [
        (name, str(number) if name == "page" else value) for name, value in parse_qsl(parts.query)
    ]
    return urlunsplit(parts._replace(query=urlencode(query)))


def _only(texts: list[str], where: str) -> str | None:
    if len(texts) > 1:
        raise PageError(f"{where}: {len(texts)} release numbers where one is expected.")
    return texts[0] if texts else None


def _attachment(item: Tag, page: Page) -> Attachment:
    link = one(item, "a", page.url)
    return Attachment(target(link, page), text(link))


def routes(host: str) -> tuple[Route, ...]:
    """Both routes on a host; the sample office has the same ones on its own."""
    interface = (
        f"https://{host}/api/v1/press_releases.json?pagesize=50&page=0&sort=date&direction=DESC"
    )
    pages = f"https://{host}/news?items_per_page=50&f[0]=type:press_release"
    return (
        # The interface has a member for attachments, but it is empty even where pages have some,
        # and none for subtitles.
        Route(
            "interface",
            (host,),
            interface,
            interface_links,
            interface_release,
            silent=frozenset({"attachments", "subtitle"}),
        ),
        Route("pages", (host,), pages, page_links, page_release),
    )


SOURCE = Source(
    title="US Department of Justice",
    country="US",
    languages=("en",),
    routes=routes(HOST),
    canonical=canonical,
    version=4,
)
