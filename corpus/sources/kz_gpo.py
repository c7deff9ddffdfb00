"""General Prosecutor's Office of the Republic of Kazakhstan.

`interface`: gov.kz, where the office publishes now, in Kazakh, Russian and English: a JSON list,
bodies as HTML, the language chosen by Accept-Language. It has no public description: every field
is checked as it is read.
`pages`: prokuror.gov.kz, the Drupal 7 site it had before.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from bs4.element import Tag
from bs4.filter import SoupStrainer

from corpus.errors import PageError
from corpus.page import (
    Page,
    attribute,
    clean,
    fragment,
    one,
    paragraphs,
    read_date,
    read_iso_date,
    text,
)
from corpus.release import Alternate, Draft
from corpus.source import Link, Listing, Route, Source
from corpus.sources._drupal import next_page

PROJECT = "prokuror"
LANGUAGES = ("kk", "ru", "en")
MAIN = SoupStrainer("div", id="main")
# "Astana, April 27, 2018. Today ..."; "Астана, 2018 жылғы 27 сәуір. ...";
# "Astana. November 6, 2017 The head ..."
DATELINE = re.compile(
    r"(?P<place>[^\W\d][^.,:;!?\d]{1,40}?)[.,]\s+(?=[^.:;!?]{0,24}\b(?:19|20)\d\d\b)"
)
SIGNATURE = re.compile(
    r"press[ -]?service|press office|пресс-служб|баспас[өо]з қызмет|^прокуратура \S+", re.IGNORECASE
)
SIGNATURE_LENGTH = 160
# prokuror.gov.kz puts the language in the first folder of the path.
SECTIONS = {"kaz": "kk", "rus": "ru", "eng": "en"}


def canonical(url: str) -> str:
    """Scheme and host in one spelling; of a query only `lang` selects a text, on gov.kz alone."""
    parts = urlsplit(url)
    host = parts.netloc.lower().removeprefix("www.")
    lang = [(name, value) for name, value in parse_qsl(parts.query) if name == "lang"]
    path = parts.path.rstrip("/")
    if "/press/news/details/" in path:
        return urlunsplit(("https", f"www.{host}", path, urlencode(lang), ""))
    return urlunsplit(("http", host, path, "", ""))


def interface_links(page: Page) -> Listing:
    """A page of the content interface; it gives no total, so the walk ends at an empty one."""
    items = page.json()
    if not isinstance(items, list):
        raise PageError(
            f"{page.url}: the content interface should answer with a list,"
            f" not {type(items).__name__}."
        )
    return Listing(
        next=_following(page.url) if items else None,
        drafts=[interface_draft(item, page) for item in items],
    )


def interface_release(page: Page) -> Draft:
    """One item of the content interface, as it was cut out of its answer."""
    return interface_draft(page.json(), page)


def interface_draft(item: dict[str, Any], page: Page) -> Draft:
    """An item, in the language asked for; the signature is taken off the end of the body."""
    try:
        language, project = item["lang"], item["project"]
        if language not in LANGUAGES or page.language not in (None, language):
            raise PageError(
                f"{page.url}: item {item['id']} is in {language!r},"
                f" asked for was {page.language!r}."
            )
        press = f"https://{urlsplit(page.url).netloc}/memleket/entities/{quote(project)}/press"
        body, signature = parted(paragraphs(fragment(item["body"])))
        return Draft(
            url=f"{press}/news/details/{int(item['id'])}?lang={language}",
            title=clean(item["title"]),
            published=read_iso_date(item["created_date"], page.url),
            body=body,
            language=language,
            place=dateline(body),
            signature=signature,
            topics=[clean(tag["name"] if isinstance(tag, dict) else tag) for tag in item["tags"]],
            part=json.dumps(item, ensure_ascii=False, sort_keys=True).encode(),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PageError(
            f"{page.url}: an item of the content interface is not of the known shape: {error!r}."
        ) from error


def page_links(page: Page) -> Listing:
    """A listing of prokuror.gov.kz; its last page alone may hold no releases."""
    main = one(page.soup(MAIN), "#main .view-news", page.url)
    rows = main.select(".view-content > .views-row")
    following = next_page(main, "ul.pager .pager-next a", page)
    if following and not rows:
        raise PageError(
            f"{page.url}: no release, though the pager goes on; the layout may have changed."
        )
    return Listing([_link(row, page) for row in rows], next=following)


def page_release(page: Page) -> Draft:
    """A release of prokuror.gov.kz. Print and PDF links (Russian everywhere) follow the date."""
    soup = page.soup()
    node = one(soup, "#main .node-news", page.url)
    language = _language(page)
    day = text(one(node, ".field-name-field-date .date-display-single", page.url))
    body, signature = parted(
        paragraphs(one(node, ".field-name-body > .field-items > .field-item", page.url))
    )
    return Draft(
        title=text(one(soup, "#main h1#page-title", page.url)),
        published=read_date(day, language, page.url),
        body=body,
        language=language,
        place=dateline(body),
        signature=signature,
        alternates=[
            Alternate(
                urljoin(page.url, attribute(link, "href", page.url)),
                attribute(link, "xml:lang", page.url),
            )
            for link in soup.select(".language-switcher-locale-url a.language-link:not(.active)")
        ],
    )


def dateline(body: list[str]) -> str | None:
    """The place that the first paragraph opens with, where a date follows it."""
    found = DATELINE.match(body[0]) if body else None
    return found["place"].strip() if found else None


def parted(body: list[str]) -> tuple[list[str], str | None]:
    """The body without the press service's signature, where it ends in one, and the signature."""
    if len(body) > 1 and len(body[-1]) <= SIGNATURE_LENGTH and SIGNATURE.search(body[-1]):
        return body[:-1], body[-1]
    return body, None


def _language(page: Page) -> str:
    section = urlsplit(page.url).path.split("/")[1]
    if section not in SECTIONS:
        raise PageError(
            f"{page.url}: its path starts with none of {', '.join(SECTIONS)},"
            " so the language is unknown."
        )
    return SECTIONS[section]


def _link(row: Tag, page: Page) -> Link:
    return Link(
        urljoin(page.url, attribute(one(row, ".views-field-title a", page.url), "href", page.url))
    )


def _following(url: str) -> str:
    parts = urlsplit(url)
    pairs = dict(parse_qsl(parts.query))
    pairs["page"] = str(int(pairs["page"]) + 1)
    return urlunsplit(parts._replace(query=urlencode(pairs, safe=":")))


def routes(interface_host: str, pages_host: str, project: str = PROJECT) -> tuple[Route, ...]:
    """Both routes, on any hosts (the sample office's); regional offices have their own project."""
    interface = f"https://{interface_host}/api/v1/public/content-manager/news"
    query = f"sort-by=created_date:DESC&projects=eq:{project}&page=1&size=50"
    return (
        Route(
            "interface",
            (interface_host,),
            f"{interface}?{query}",
            interface_links,
            interface_release,
            LANGUAGES,
        ),
        Route("pages", (pages_host,), f"http://{pages_host}/eng/news", page_links, page_release),
    )


SOURCE = Source(
    title="General Prosecutor's Office of Kazakhstan",
    country="KZ",
    languages=LANGUAGES,
    routes=routes("www.gov.kz", "prokuror.gov.kz"),
    canonical=canonical,
)
