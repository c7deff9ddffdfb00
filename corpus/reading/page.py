"""Strict helpers to read a page: they raise PageError when in doubt and never guess."""

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
from corpus.reading.charset import REPLACEMENT, DecodedText, decode
from corpus.reading.html_tree import parse

Value = TypeVar("Value")
SURROGATE = re.compile("[\ud800-\udfff]")  # lone surrogates, which JSON can contain and HTML cannot
FIGURES = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True)
class Page:
    """A response as a reader gets it: its URL at the office, and its decoded body.

    `language` is the one requested by Accept-Language, where a route does so. `content_type` is the
    server's, which may name the encoding.
    """

    url: str
    body: bytes
    language: str | None = None
    content_type: str = ""

    @cached_property
    def decoded(self) -> DecodedText:
        """The body decoded by the encoding that server or page declares."""
        return decode(self.body, self.content_type)

    def html(self) -> str:
        """The body as text; U+FFFD replaces what could not be decoded."""
        return self.decoded.text

    def undecodable(self) -> str | None:
        """A sentence on what could not be decoded, if anything."""
        decoded = self.decoded
        if not decoded.undecodable:
            return None
        return (
            f"U+FFFD replaces bytes that are not valid {decoded.encoding}"
            f" (places: {decoded.undecodable:,})."
        )

    def soup(self, only: SoupStrainer | None = None) -> BeautifulSoup:
        """The parsed page, or, several times faster, only the elements that `only` selects."""
        return parse(self.html(), only)

    @cached_property
    def base(self) -> str:
        """The base of relative links: the page's URL, or its <base href>. Raises PageError."""
        if "<base" not in self.html().lower():
            return self.url
        stated = self.soup(SoupStrainer("base", href=True)).find("base")
        base = resolve(str(stated["href"]), self.url) if isinstance(stated, Tag) else self.url
        return self.url if check_address(base) else base

    def json(self) -> Any:
        """The body as JSON. Raises PageError."""
        try:
            return json.loads(self.html(), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise PageError(f"{self.url} should be JSON, but cannot be parsed: {error}.") from error


def _refuse_constant(word: str) -> None:
    """Refuse NaN and Infinity, which Python accepts and JSON does not have."""
    raise ValueError(f"{word} is not a JSON value")


def member(item: Any, name: str, kind: type[Value], where: str) -> Value:
    """A member of an interface's object; PageError where it is missing or of another type."""
    value = item.get(name) if isinstance(item, dict) else None
    if type(value) is not kind:  # isinstance would accept True as a number
        raise PageError(
            f"{where}: {name!r} should be a {kind.__name__}, but is a {type(value).__name__};"
            " the interface may have changed."
        )
    return value


def number(value: Any, where: str) -> int:
    """A whole number, which may be given as a string; PageError where it is not one."""
    if type(value) is int or (isinstance(value, str) and FIGURES.fullmatch(value)):
        return int(value)
    raise PageError(f"{where}: {value!r:.100} is not a whole number.")


def item_bytes(item: Any) -> bytes:
    """An item of an interface's response, as bytes that can be reproduced from the response."""
    words = json.dumps(item, ensure_ascii=False, sort_keys=True)
    return words.encode(errors="surrogatepass")  # JSON can contain lone surrogates


def fragment(html: str) -> Tag:
    """Parse a piece of HTML, such as an interface's body field, into an element."""
    return parse(f"<div>{SURROGATE.sub(REPLACEMENT, html)}</div>")


def some(tag: Tag, selector: str, where: str) -> list[Tag]:
    """All matches; PageError where there are none. `where` names the page in the error."""
    matches = list(tag.select(selector))
    if not matches:
        raise PageError(f"{where}: nothing matches {selector!r}; the layout may have changed.")
    return matches


def one(tag: Tag, selector: str, where: str) -> Tag:
    """The only match; PageError when there is none or more than one."""
    matches = some(tag, selector, where)
    if len(matches) > 1:
        raise PageError(
            f"{where}: {selector!r} matches {len(matches)} times instead of once;"
            " the layout may have changed."
        )
    return matches[0]


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
    """A link's address as a browser reads it: absolute, without a fragment. An invalid address
    stays as it is, for `check_address` to refuse. Raises PageError where there is no link.
    """
    href = link.get("href")
    if not isinstance(href, str):
        raise PageError(f"{page.url}: <{link.name}> has no 'href'; the layout may have changed.")
    return resolve(with_query_in(page.decoded.encoding, href), page.base)


def next_page(tag: Tag, selector: str, page: Page) -> str | None:
    """The address of a pager's "next" link, absolute; None on the last page, which has none."""
    link = at_most_one(tag, selector, page.url)
    return target(link, page) if link else None
