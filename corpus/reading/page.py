"""Strict reading of saved pages: every helper raises PageError when in doubt, none guesses."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from bs4 import BeautifulSoup
from bs4.element import Tag
from bs4.filter import SoupStrainer

from corpus.errors import PageError
from corpus.reading.address import check_address, resolve, with_query_in
from corpus.reading.charset import REPLACEMENT, Decoded, decode
from corpus.reading.html_tree import parse

Value = TypeVar("Value")
SURROGATE = re.compile("[\ud800-\udfff]")  # JSON can hold half of a pair, HTML cannot
FIGURES = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True)
class Page:
    """A response as its reader gets it: its URL at the office, the body, content encodings undone.

    `language` is what was asked for by Accept-Language, where a route does. `content_type` is the
    server's own, which may name the encoding.
    """

    url: str
    body: bytes
    language: str | None = None
    content_type: str = ""

    @cached_property
    def decoded(self) -> Decoded:
        """The body as text, in the encoding that server or page declares."""
        return decode(self.body, self.content_type)

    def html(self) -> str:
        """The body as text; U+FFFD stands for what could not be decoded."""
        return self.decoded.text

    def undecodable(self) -> str | None:
        """A sentence on what could not be decoded, if anything."""
        found = self.decoded
        if not found.undecodable:
            return None
        return (
            f"U+FFFD stands for what is not {found.encoding} in it (places: {found.undecodable:,})."
        )

    def soup(self, only: SoupStrainer | None = None) -> BeautifulSoup:
        """The parsed page, or just the elements that `only` lets through: several times faster."""
        return parse(self.html(), only)

    @cached_property
    def base(self) -> str:
        """What relative links start from: the page's own URL, unless its <base href> says another.

        Raises PageError.
        """
        if "<base" not in self.html().lower():
            return self.url
        stated = self.soup(SoupStrainer("base", href=True)).find("base")
        base = resolve(str(stated["href"]), self.url) if isinstance(stated, Tag) else self.url
        return self.url if check_address(base) else base

    def json(self) -> Any:
        """The body as JSON. Raises PageError."""
        try:
            return json.loads(self.html(), parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise PageError(f"{self.url} should be JSON and is not: {error}.") from error


def _refuse(word: str) -> None:
    """NaN and Infinity, which Python takes and JSON does not have."""
    raise ValueError(f"{word} is no value")


def member(item: Any, name: str, kind: type[Value], where: str) -> Value:
    """A member of an object of an interface's answer, of the type that it should have; PageError
    when it is another, or not there.
    """
    value = item.get(name) if isinstance(item, dict) else None
    if type(value) is not kind:  # True counts as a number elsewhere
        raise PageError(
            f"{where}: {name!r} should be a {kind.__name__}, and is a {type(value).__name__};"
            " the interface may have changed."
        )
    return value


def number(value: Any, where: str) -> int:
    """A whole number, which interfaces give as one or in figures; PageError when it is none."""
    if type(value) is int or (isinstance(value, str) and FIGURES.fullmatch(value)):
        return int(value)
    raise PageError(f"{where}: {value!r:.100} is no whole number.")


def item_bytes(item: Any) -> bytes:
    """An item of an interface's answer, as bytes that can be cut out of the answer again."""
    words = json.dumps(item, ensure_ascii=False, sort_keys=True)
    return words.encode(errors="surrogatepass")  # JSON can hold half of a pair


def fragment(html: str) -> Tag:
    """A piece of HTML, such as an interface's body field, as an element to read."""
    return parse(f"<div>{SURROGATE.sub(REPLACEMENT, html)}</div>")


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
    """A link's address as a browser reads it: absolute, without a fragment. What is no address
    stays as it is, for `judge` to refuse. Raises PageError where there is no link.
    """
    href = link.get("href")
    if not isinstance(href, str):
        raise PageError(f"{page.url}: <{link.name}> has no 'href'; the layout may have changed.")
    return resolve(with_query_in(page.decoded.encoding, href), page.base)


def next_page(tag: Tag, selector: str, page: Page) -> str | None:
    """Where a pager's "next" leads, absolute; None on the last page, which has none."""
    link = at_most_one(tag, selector, page.url)
    return target(link, page) if link else None
