"""The generic reader, for an office without readers of its own: it finds links by their addresses,
text by trafilatura and dates by htmldate, and checks them against what else the page states.

In doubt, a page is refused (title, text, language) or its date unknown, never guessed.
"""

import logging
import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from itertools import combinations
from urllib.parse import parse_qsl, unquote, urlencode, urlunsplit

from bs4 import BeautifulSoup
from bs4.element import Tag

from corpus.errors import PageError
from corpus.reading.address import (
    host,
    is_address,
    is_tracking,
    normalize,
    resolve,
    split,
    without_tracking,
)
from corpus.reading.page import Page, fragment, target
from corpus.reading.paragraphs import clean, paragraphs, text
from corpus.reading.source import Link, Listing, Route
from corpus.release import Draft

# Separators between a title and the site's name in <title>: "Two charged | Office of Examplia".
SEPARATOR = re.compile(r"\s+[|–—\-·•:»«]+\s+|\s*[|»«]\s*")
TITLES = ["h1", "h2", "h3"]
OLDER = "a[rel~=next], link[rel~=next]"
# For part of every day, a time in UTC has another date than the office's own clock.
UTC_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]00:?00)")
LAST_DAY = "2199-12-31"
NO_PAGE = "<html><head><title>-</title></head><body><p>-</p></body></html>"

for _name in ("trafilatura", "htmldate"):  # the error of a page says what matters
    logging.getLogger(_name).setLevel(logging.CRITICAL)


def route(
    start: str,
    releases: str,
    *,
    older: str = OLDER,
    language: str | None = None,
    hosts: tuple[str, ...] = (),
) -> Route:
    """A route that this file's functions read.

    `releases`: a regular expression that matches the whole path (with its query, if any) of
    releases and of no other pages, without tracking parameters, escaped or not. `older`: a selector
    for the link to a listing's next page. `language`: of pages that do not state theirs. `hosts`:
    further hosts of releases, beside the listing's.
    """
    start = resolve(start)
    all_hosts = tuple(map(host, (split(start).netloc, *hosts)))
    return Route(
        "pages",
        all_hosts,
        start,
        partial(_links, re.compile(releases), older, all_hosts),
        partial(_release, language),
        is_release=partial(_is_release, re.compile(releases)),
    )


def canonical(url: str) -> str:
    """The canonical address: by https, without final slash and tracking parameters."""
    parts = split(normalize(url))
    pairs = [pair for pair in parse_qsl(parts.query) if not is_tracking(pair[0])]
    path = parts.path.rstrip("/")
    return urlunsplit(("https", parts.netloc, path, urlencode(sorted(pairs)), ""))


def _links(pattern: re.Pattern[str], older: str, hosts: tuple[str, ...], page: Page) -> Listing:
    soup = page.soup()
    urls = [without_tracking(target(a, page)) for a in soup.select("a[href]")]
    release_urls = [url for url in urls if split(url).netloc in hosts and _matches(pattern, url)]
    if not release_urls:
        raise PageError(
            f"{page.url}: no link to a path like {pattern.pattern!r}; the layout may have changed."
        )
    following = {target(a, page) for a in soup.select(older) if a.get("href")}
    if len(following) > 1:
        raise PageError(
            f"{page.url}: {older!r} matches links to {len(following)} pages instead of one."
        )
    # An invalid address may be a release's: `check_address` reports it.
    broken = [url for url in urls if not is_address(url)]
    links = [Link(url) for url in dict.fromkeys([*release_urls, *broken])]
    return Listing(links, next=next(iter(following), None))


def _matches(pattern: re.Pattern[str], url: str) -> bool:
    parts = split(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return bool(pattern.fullmatch(path) or pattern.fullmatch(unquote(path)))


def _is_release(pattern: re.Pattern[str], url: str) -> bool:
    """Whether an address, canonical or not, is a release's."""
    parts = split(without_tracking(url))
    bare = parts.path.rstrip("/")
    spelled = (urlunsplit(parts._replace(path=path)) for path in (bare, f"{bare}/"))
    return any(_matches(pattern, each) for each in spelled)


def _release(language: str | None, page: Page) -> Draft:
    from trafilatura import extract  # slow to import, and other commands do not need it

    soup = page.soup()
    # Not the original page: trafilatura's parser loses the second of two <html> elements.
    # Without favor_recall it drops lists in a text; an extra line of a menu does less harm.
    main = extract(
        _whole(soup.body),
        url=page.url,
        output_format="html",
        include_comments=False,
        favor_recall=True,
    )
    title = _title(soup, page.url)
    body = [each for each in paragraphs(fragment(main or "")) if each != title]
    if not body:
        raise PageError(f"{page.url}: no text of a release was found.")
    return Draft(
        title=title,
        language=_language(soup, language, page.url),
        published=_published(soup, page.url),
        body=body,
    )


def _title(soup: BeautifulSoup, where: str) -> str:
    """The title: a text on the page that og:title or <title> states, perhaps with other parts.

    Where these match no heading, the only h1.
    """
    headings = [tag for tag in soup.find_all(TITLES) if not _leads_home(tag)]
    # The spelling of a heading is preferred to that of a breadcrumb or a caption.
    elements = [*(tag for tag in soup.select("body :not(title)") if not tag.find(True)), *headings]
    shown = {_key(words): words for tag in elements if (words := text(tag))}
    wholes = [clean(str(tag.get("content"))) for tag in soup.select('[property="og:title"]')]
    wholes += [text(soup.title)] if soup.title else []
    for whole in wholes:
        if title := shown.get(_key(whole)):
            return title
    parts = {_key(part) for whole in wholes for part in _parts(whole)} - {_key(_site_name(soup))}
    tops = [text(tag) for tag in headings if tag.name == "h1"]
    named = [words for tag in headings if _key(words := text(tag)) in parts]
    # The site's name can be a heading too; the title comes first.
    keys = [_key(whole) for whole in wholes]
    first = [h1 for h1 in tops if h1 in named and any(k.startswith(_key(h1)) for k in keys)]
    for choice in (named, first if named else tops):
        if len(set(choice)) == 1 and choice[0]:
            return choice[0]
    raise PageError(
        f"{where}: which heading is the title is unclear; <title> does not match one of them."
    )


def _leads_home(heading: Tag) -> bool:
    """Whether a heading is the site's name in its banner."""
    links = [*heading.select("a[href]"), *heading.find_parents("a", href=True)]
    return any(split(str(link["href"])).path in ("", "/") for link in links)


def _site_name(soup: BeautifulSoup) -> str:
    stated = soup.select_one('[property="og:site_name"]')
    return str(stated.get("content")) if stated else ""


def _key(words: str) -> str:
    """Letters and digits only: <title> and heading may differ in quotation marks and capitals."""
    return "".join(c for c in clean(words).casefold() if c.isalnum())


def _parts(whole: str) -> Iterator[str]:
    """Every sequence of a text's parts between separators: "a | b" gives "a", "b", "a | b"."""
    cuts = [match.span() for match in SEPARATOR.finditer(whole)]
    edges = [(0, 0), *cuts, (len(whole), len(whole))]
    for (_, start), (end, _) in combinations(edges, 2):
        if _key(part := whole[start:end]):
            yield part


def _published(soup: BeautifulSoup, url: str) -> date | None:
    """The date that address, body and head state; None where they differ, or only the head has one.

    Modifies the soup. The head may state when a system saved the page, so it only confirms.
    """
    scripts = [script.extract() for script in soup.find_all(["script", "style"])]
    stated = [str(each) for each in scripts if each.get("type") == "application/ld+json"]
    stated += [str(meta) for meta in soup.select("head > meta, head > title")]
    head = f"<html><head>{' '.join(stated)}</head><body><p>-</p></body></html>"
    shown = _whole(soup.body)
    days = [
        _find_day(NO_PAGE, url),
        _find_day(shown),
        _find_day(shown, is_first=False),
        _find_day(head),
    ]
    agreed = {day for day in days if day}
    return agreed.pop() if len(agreed) == 1 and any(days[:-1]) else None


def _whole(body: Tag | None) -> str:
    return f"<html>{body or '<body></body>'}</html>"


def _find_day(html: str, url: str | None = None, *, is_first: bool = True) -> date | None:
    """Find a date by htmldate, without its extensive search and without the current date."""
    from htmldate import find_date

    stated = find_date(
        UTC_STAMP.sub("", html),
        extensive_search=False,
        original_date=is_first,
        url=url,
        max_date=LAST_DAY,
    )
    return date.fromisoformat(stated) if stated else None


def _language(soup: BeautifulSoup, otherwise: str | None, where: str) -> str:
    """The declared language of the page, without a country ("en-GB" is "en")."""
    declared = soup.html.get("lang") or soup.html.get("xml:lang") if soup.html else None
    language = re.split("[-_]", str(declared or "").strip().lower())[0] or otherwise
    if not language:
        raise PageError(f"{where}: the page declares no language; give the route one.")
    return language
