"""General Prosecutor's Office of the Republic of Kazakhstan.

`interface`: gov.kz, where the office publishes now, in Kazakh, Russian and English.
`pages`: prokuror.gov.kz, the Drupal 7 site it had before.
"""

from urllib.parse import urlsplit, urlunsplit

from bs4.filter import SoupStrainer

from corpus.errors import PageError
from corpus.reading.address import normalize, split
from corpus.reading.dates import read_date
from corpus.reading.page import Page, attribute, next_page, one, target
from corpus.reading.paragraphs import paragraphs, text
from corpus.reading.source import Link, Listing, Route, Source
from corpus.release import Alternate, Draft
from corpus.sources import _govkz
from corpus.sources._govkz import LANGUAGES, dateline, split_signature

PROJECT = "prokuror"
MAIN = SoupStrainer("div", id="main")
# prokuror.gov.kz puts the language in the first folder of the path.
SECTIONS = {"kaz": "kk", "rus": "ru", "eng": "en"}


def canonical(url: str) -> str:
    """The canonical address; of a query, only `lang` selects a text, and only on gov.kz."""
    parts = split(normalize(url))
    if "/press/news/details/" in parts.path:
        return _govkz.canonical(url)
    host = parts.netloc.removeprefix("www.")
    return urlunsplit(("http", host, parts.path.rstrip("/"), "", ""))


def page_links(page: Page) -> Listing:
    """A listing of prokuror.gov.kz; only its last page may have no releases."""
    main = one(page.soup(MAIN), "#main .view-news", page.url)
    rows = main.select(".view-content > .views-row")
    following = next_page(main, "ul.pager .pager-next a", page)
    if following and not rows:
        raise PageError(
            f"{page.url}: no release, though the pager goes on; the layout may have changed."
        )
    links = [Link(target(one(row, ".views-field-title a", page.url), page)) for row in rows]
    return Listing(links, next=following)


def page_release(page: Page) -> Draft:
    """A release of prokuror.gov.kz. Print and PDF links (Russian everywhere) follow the date."""
    soup = page.soup()
    node = one(soup, "#main .node-news", page.url)
    language = _language(page)
    day = text(one(node, ".field-name-field-date .date-display-single", page.url))
    body, signature = split_signature(
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
            Alternate(target(link, page), attribute(link, "xml:lang", page.url))
            for link in soup.select(".language-switcher-locale-url a.language-link:not(.active)")
        ],
    )


def _language(page: Page) -> str:
    section = urlsplit(page.url).path.split("/")[1]
    if section not in SECTIONS:
        raise PageError(
            f"{page.url}: its path starts with none of {', '.join(SECTIONS)},"
            " so the language is unknown."
        )
    return SECTIONS[section]


def routes(interface_host: str, pages_host: str) -> tuple[Route, ...]:
    """Both routes, on any hosts (the sample office's)."""
    return (
        _govkz.interface(interface_host, PROJECT),
        Route("pages", (pages_host,), f"http://{pages_host}/eng/news", page_links, page_release),
    )


SOURCE = Source(
    title="General Prosecutor's Office of Kazakhstan",
    country="KZ",
    languages=LANGUAGES,
    routes=routes(_govkz.HOST, "prokuror.gov.kz"),
    canonical=canonical,
    version=3,
)
