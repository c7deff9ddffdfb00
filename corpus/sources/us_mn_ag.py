"""Attorney General of Minnesota (www.ag.state.mn.us): .asp pages made by hand.

The listing is a script file for each year, pr2018.js and so on: `var pr2018 = [{date: '...',
file: '2018/10/16_Name.asp', title: '...', lede: '...'}, ...];`.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from urllib.parse import urlsplit

from bs4.element import Tag

from corpus.errors import PageError
from corpus.reading.address import resolve
from corpus.reading.dates import read_date
from corpus.reading.html_tree import HEADINGS
from corpus.reading.page import Page, one, target
from corpus.reading.paragraphs import clean, paragraphs, text
from corpus.reading.source import Link, Listing, Route, Source
from corpus.release import Alternate, Draft
from corpus.sources._parts import canonical, linked_files, linked_releases

HOST = "www.ag.state.mn.us"
RELEASE_PATH = re.compile(r"/Office/Communications/\d{4}/\d{2}/[^/]+\.asp")
FIRST_YEAR = 2018
YEAR = re.compile(r"/pr(\d{4})\.js$")
# A script's comments, strings in either quotes, names, and all else sign by sign.
TOKEN = re.compile(
    r"//[^\n]*|/\*.*?\*/|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^\W\d]\w*|\S", re.DOTALL
)
DAY = r"(?P<day>[^\W\d_]{3,9}\.? ?\d{1,2},? ?\d{4})"
# "January 8, 2024 (SAINT PAUL) — ...", "December 17, 2020, 12:34 PM [SAINT PAUL] — ...".
DATELINE = re.compile(rf"{DAY}(?:, [\d:]+ ?[AP]M)?,? ?(?:[(\[](?P<place>[^()\[\]]+)[)\]]|$)")
URL_DAY = re.compile(r"/(\d{4})/(\d{2})/(\d{2})[^/]*$")
# Stands above the headline of pages until 2020.
LABEL = re.compile(r"press release", re.IGNORECASE)
UPDATES = re.compile(r"updates?\W*", re.IGNORECASE)
TRANSLATION = re.compile(r"\ben español\b", re.IGNORECASE)


def listing_url(year: int) -> str:
    """The listing of a year."""
    return f"https://{HOST}/Office/Communications/js/pr{year}.js"


def newer_listings(today: date) -> list[str]:
    """The listings after the first one; the last year's own appears with its first release."""
    return [listing_url(year) for year in range(today.year, FIRST_YEAR, -1)]


def links(page: Page) -> Listing:
    """The files that a year's script lists, and the year before. Some are PDF files."""
    year = YEAR.search(urlsplit(page.url).path)
    tokens = [t for t in TOKEN.findall(page.html()) if not t.startswith(("//", "/*"))]
    if not year or tokens[:1] not in (["var"], ["let"], ["const"]) or tokens[2:4] != ["=", "["]:
        raise PageError(f"{page.url} is no script with a list of releases.")
    following = listing_url(int(year[1]) - 1) if int(year[1]) > FIRST_YEAR else None
    return Listing(list(_links(tokens, page)), next=following)


def release(page: Page) -> Draft:
    """A release. Apart from a few elements, #content contains only the text."""
    soup = page.soup()
    content = one(soup, "#content", page.url)
    title = one(content, "h1", page.url).extract()
    for line in content.select("p"):
        if LABEL.fullmatch(text(line)):
            line.decompose()
    alternates = list(_taken_translations(content, page))
    _drop_updates(content)
    body = paragraphs(content)
    opening = next(filter(None, map(DATELINE.match, body)), None)
    return Draft(
        title=text(title),
        published=_published(page, text(soup.title) if soup.title else "", opening),
        body=body,
        language="en",
        place=_place(opening),
        attachments=linked_files(content, page),
        links=linked_releases(content, page, RELEASE_PATH),
        alternates=alternates,
    )


def _links(tokens: list[str], page: Page) -> Iterator[Link]:
    """Read the script's entries: `date` comes before `file`; some have only a month."""
    published: date | None = None
    for name, colon, value in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if colon != ":" or value[0] not in "'\"":
            continue
        words = clean(re.sub(r"\\(.)", r"\1", value[1:-1]))
        if name == "date":
            published = _day(words, page)
        elif name == "file":
            yield Link(resolve(words, resolve("..", page.url)), published)
            published = None


def _taken_translations(content: Tag, page: Page) -> Iterator[Alternate]:
    """Remove lines that only link to the same text in Spanish, and yield the links."""
    for link in content.select("p a[href]"):
        line = link.find_parent("p")
        if line and TRANSLATION.search(text(link)) and text(line) == text(link):
            yield Alternate(target(link, page), "es")
            line.decompose()


def _drop_updates(content: Tag) -> None:
    """Remove the headlines of later releases, which follow a rule and the heading "Update"."""
    for rule in content.select("hr"):
        heading = rule.find_next_sibling()
        if not heading or heading.name not in HEADINGS or not UPDATES.fullmatch(text(heading)):
            continue
        for headline in heading.find_next_siblings():
            if not headline.select_one('a[href*=".asp" i]'):
                break
            headline.decompose()
        heading.decompose()


def _place(opening: re.Match[str] | None) -> str | None:
    """ "CITY" is the office's form, left unfilled."""
    place = opening["place"] if opening else None
    return None if place in (None, "CITY") else clean(place)


def _published(page: Page, window: str, opening: re.Match[str] | None) -> date:
    """The date that two of three agree on: the address, the window's title, the dateline.

    Each of them is wrong at times: titles are left over from the page that was copied, datelines
    tell when a text was written or have last year's number. The address is right most often.
    """
    titled = re.search(DAY, window)
    days = [
        _url_day(page.url),
        _day(titled["day"], page) if titled else None,
        _day(opening["day"], page) if opening else None,
    ]
    known = [day for day in days if day]
    if not known:
        raise PageError(f"{page.url}: neither address, title nor dateline has a date.")
    return next((day for day in known if known.count(day) > 1), known[0])


def _url_day(url: str) -> date | None:
    match = URL_DAY.search(urlsplit(url).path)
    with suppress(ValueError):
        return date(*map(int, match.groups())) if match else None
    return None


def _day(words: str, page: Page) -> date | None:
    with suppress(PageError):
        return read_date(words, "en", page.url)
    return None


SOURCE = Source(
    title="Attorney General of Minnesota",
    country="US",
    languages=("en",),
    routes=(
        Route("pages", (HOST,), listing_url(FIRST_YEAR), links, release, newer=newer_listings),
    ),
    canonical=canonical,
    version=4,
)
