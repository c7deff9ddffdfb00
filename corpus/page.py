"""Strict reading of saved pages: every helper raises PageError when in doubt, none guesses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import dateparser
from bs4 import BeautifulSoup
from bs4.dammit import EncodingDetector
from bs4.element import Tag
from bs4.filter import SoupStrainer

from corpus.address import judge, resolve
from corpus.errors import PageError
from corpus.paragraphs import BLOCKS, HEADINGS, INVISIBLE, UNREAD, WORD, clean, paragraphs

__all__ = ["BLOCKS", "HEADINGS", "INVISIBLE", "UNREAD", "WORD", "clean", "paragraphs"]


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

    @cached_property
    def base(self) -> str:
        """What relative links start from: the page's own URL, unless its <base href> says another.

        Raises PageError.
        """
        if "<base" not in self.html().lower():
            return self.url
        stated = self.soup(SoupStrainer("base", href=True)).find("base")
        base = resolve(str(stated["href"]), self.url) if isinstance(stated, Tag) else self.url
        return self.url if judge(base) else base

    def json(self) -> Any:
        """The body as JSON. Raises PageError."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise PageError(f"{self.url} should be JSON and is not: {error}.") from error


def item_bytes(item: Any) -> bytes:
    """An item of an interface's answer, as bytes that can be cut out of the answer again."""
    words = json.dumps(item, ensure_ascii=False, sort_keys=True)
    return words.encode(errors="surrogatepass")  # JSON can hold half of a pair


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
    """Where a link leads, as a browser reads it: absolute, without a fragment. What is no address
    stays as it is, for the door (corpus.address) to refuse. PageError where there is no link.
    """
    href = link.get("href")
    if not isinstance(href, str):
        raise PageError(f"{page.url}: <{link.name}> has no 'href'; the layout may have changed.")
    return resolve(href, page.base)


def next_page(tag: Tag, selector: str, page: Page) -> str | None:
    """Where a pager's "next" leads, absolute; None on the last page, which has none."""
    link = at_most_one(tag, selector, page.url)
    return target(link, page) if link else None


def text(tag: Tag) -> str:
    """All the text of an element as one line."""
    return clean(tag.get_text())


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
