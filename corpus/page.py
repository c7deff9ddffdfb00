"""Strict reading of saved pages: every helper raises PageError when in doubt, none guesses."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape
from html.entities import html5
from typing import Any
from urllib.parse import urljoin

import dateparser
from bs4 import BeautifulSoup
from bs4.dammit import EncodingDetector
from bs4.element import NavigableString, PageElement, PreformattedString, Tag
from bs4.filter import SoupStrainer

from corpus.errors import PageError

HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
SECTIONS = ["address", "article", "aside", "details", "footer", "header", "main", "nav", "section"]
LISTS = ["dd", "dl", "dt", "li", "menu", "ol", "ul"]
TABLES = ["caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"]
TEXTS = ["blockquote", "center", "div", "figcaption", "figure", "hr", "p", "pre", "summary"]
BLOCKS = [*HEADINGS, *SECTIONS, *LISTS, *TABLES, *TEXTS, "fieldset", "legend"]
CONTROLS = ["button", "form", "select"]
UNREAD = [*CONTROLS, "iframe", "noscript", "object", "script", "style", "svg", "template"]
# Soft hyphens, zero-width spaces and joiners, byte order marks: unseen, and they cut words apart.
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
# A character reference that is left after parsing: it was encoded twice ("R&amp;amp;D").
REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
SPACE = re.compile(r"[^\S\n]+")
BLANK_LINE = re.compile(r"\n\s*\n")
WORD = re.compile(r"\w")


@dataclass(frozen=True)
class Page:
    """A response as its reader gets it: its URL at the office, the body, content encodings undone.

    `language` is what was asked for by Accept-Language, where a route does.
    """

    url: str
    body: bytes
    language: str | None = None

    def html(self) -> str:
        """The body as text, in the encoding that it declares (UTF-8 where it declares none).

        Raises PageError.
        """
        encoding = (
            EncodingDetector.find_declared_encoding(self.body[:4096], is_html=True) or "utf-8"
        )
        if self.body.startswith(b"\xef\xbb\xbf"):
            encoding = "utf-8-sig"
        try:
            return self.body.decode(encoding)
        except (UnicodeDecodeError, LookupError) as error:
            raise PageError(
                f"{self.url} is not in the encoding that it declares ({encoding}): {error}."
            ) from error

    def soup(self, only: SoupStrainer | None = None) -> BeautifulSoup:
        """The parsed page, or just the elements that `only` lets through: several times faster."""
        return BeautifulSoup(self.html(), "lxml", parse_only=only)

    def json(self) -> Any:
        """The body as JSON. Raises PageError."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise PageError(f"{self.url} should be JSON and is not: {error}.") from error


def fragment(html: str) -> Tag:
    """A piece of HTML, such as an interface's body field, as an element to read."""
    return BeautifulSoup(f"<div>{html}</div>", "lxml")


def some(tag: Tag, selector: str, where: str) -> list[Tag]:
    """All matches; PageError when there are none. `where` names the page in the error."""
    found = list(tag.select(selector))
    if not found:
        raise PageError(f"{where}: nothing matches {selector!r}; the layout may have changed.")
    return found


def one(tag: Tag, selector: str, where: str) -> Tag:
    """The only match; PageError when there is none or more than one."""
    found = some(tag, selector, where)
    if len(found) > 1:
        raise PageError(
            f"{where}: {selector!r} matches {len(found)} times instead of once;"
            " the layout may have changed."
        )
    return found[0]


def at_most_one(tag: Tag, selector: str, where: str) -> Tag | None:
    """The only match or None; PageError when there are several."""
    return one(tag, selector, where) if tag.select_one(selector) else None


def attribute(tag: Tag, name: str, where: str) -> str:
    """An attribute's text; PageError when it is missing or empty."""
    value = tag.get(name)
    if not isinstance(value, str) or not value.strip():
        raise PageError(f"{where}: <{tag.name}> has no {name!r}; the layout may have changed.")
    return value.strip()


def target(link: Tag, page: Page) -> str:
    """Where a link leads, absolute; PageError when it leads nowhere."""
    href = attribute(link, "href", page.url)
    try:
        return urljoin(page.url, href)
    except ValueError as error:
        raise PageError(f"{page.url}: {href!r} is no address: {error}.") from error


def next_page(tag: Tag, selector: str, page: Page) -> str | None:
    """Where a pager's "next" leads, absolute; None on the last page, which has none."""
    link = at_most_one(tag, selector, page.url)
    return target(link, page) if link else None


def clean(text: str) -> str:
    """One line of text: composed (NFC), without invisible characters, white space folded."""
    return " ".join(_decoded(text).split())


def _decoded(text: str) -> str:
    """What was meant: composed, invisible characters and doubled encodings undone."""
    while (once := REFERENCE.sub(_character, text)) != text:
        text = once
    return unicodedata.normalize("NFC", text).translate(INVISIBLE)


def _character(reference: re.Match[str]) -> str:
    """What a reference stands for; one that has no meaning as a whole stays as it is."""
    whole = reference[0]
    return unescape(whole) if whole[1] == "#" or whole[1:] in html5 else whole


def text(tag: Tag) -> str:
    """All the text of an element as one line."""
    return clean(tag.get_text())


def paragraphs(tag: Tag) -> list[str]:
    """The text of an element as a reader sees it, a string a paragraph; nothing lost or doubled.

    Block elements and empty lines (two <br>) end a paragraph; a single <br> stays as a newline in
    it. A table's row is one paragraph, its cells parted by " | ", unless a cell holds several.
    Paragraphs without a letter or digit ("###", "* * *"), a printer's marks, are dropped.
    """
    return [p for p in _paragraphs(tag) if WORD.search(p)]


def _paragraphs(tag: Tag) -> Iterator[str]:
    line: list[str] = []
    for child in tag.children:
        if isinstance(child, Tag) and (child.name in BLOCKS or child.find(BLOCKS)):
            if child.name in UNREAD:
                continue
            yield from _flushed(line)
            yield from _row(child) if child.name == "tr" else _paragraphs(child)
        else:
            line.extend(_inline(child))
    yield from _flushed(line)


def _inline(node: PageElement) -> Iterator[str]:
    if isinstance(node, Tag):
        if node.name == "br":
            yield "\n"
        elif node.name not in UNREAD:
            for child in node.children:
                yield from _inline(child)
    # Not text: comments, declarations, processing instructions.
    elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
        yield node.replace("\n", " ")


def _row(tr: Tag) -> list[str]:
    # Each child counts as a cell: broken rows have text outside theirs, which browsers show.
    cells = [
        paragraphs(cell)
        if isinstance(cell, Tag) and cell.name not in UNREAD
        else [p for p in _flushed(list(_inline(cell))) if WORD.search(p)]
        for cell in tr.children
    ]
    if any(len(cell) > 1 for cell in cells):
        return [p for cell in cells for p in cell]
    return [" | ".join(p for cell in cells for p in cell)]


def _flushed(line: list[str]) -> Iterator[str]:
    """The paragraphs of the inline text gathered so far; empties it."""
    whole = _decoded("".join(line))
    line.clear()
    for paragraph in BLANK_LINE.split(whole):
        lines = (SPACE.sub(" ", each).strip() for each in paragraph.split("\n"))
        if joined := "\n".join(each for each in lines if each):
            yield joined


def read_date(words: str, language: str, where: str) -> date:
    """A whole date in words, such as "27 April 2018"; PageError without day, month and year."""
    settings: dict[str, Any] = {"STRICT_PARSING": True, "RETURN_AS_TIMEZONE_AWARE": False}
    found: datetime | None = dateparser.parse(words, languages=[language], settings=settings)
    if found is None:
        raise PageError(f"{where}: {words!r} is no date in {language!r} with day, month and year.")
    return found.date()


def read_slashed_date(words: str, where: str) -> date:
    """A date as Americans write it in figures, month first ("2/11/2026"); PageError when none."""
    try:
        return datetime.strptime(words, "%m/%d/%Y").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        raise PageError(f"{where}: {words!r} is no date of the form month/day/year.") from None


def read_iso_date(stamp: str, where: str) -> date:
    """The day of an ISO 8601 stamp as its own offset has it; PageError when it is none."""
    try:
        return date.fromisoformat(stamp[:10])
    except ValueError:
        raise PageError(f"{where}: {stamp!r} is no ISO 8601 date.") from None
