"""Parses HTML into a BeautifulSoup tree, with repairs where lxml differs from browsers."""

import re

from bs4 import BeautifulSoup
from bs4.element import Comment, PageElement
from bs4.filter import SoupStrainer

from corpus.errors import PageError

# A tree of this many elements takes a gigabyte; the largest page of an office has some thousands.
MOST_ELEMENTS = 1_000_000
# Marks a stray </p>, of which a browser makes an empty paragraph; a comment affects nothing else.
BREAK = "a paragraph ends here"
TAG_NAME = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9]*)")
# Comments and elements without markup stay as they are.
TAG = re.compile(
    r"<(?:!--.*?(?:-->|\Z)|(script|style|textarea|title|xmp)\b.*?(?:</\1|\Z)"
    r"|(?P<name>/?[a-zA-Z][a-zA-Z0-9]*)[^>]*>?)",
    re.IGNORECASE | re.DOTALL,
)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# A start or end tag of one of these closes an open paragraph.
ENDS_P = {
    *HEADINGS,
    *("address", "article", "aside", "blockquote", "button", "caption", "center", "dd", "details"),
    *("dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form"),
    *("header", "hgroup", "hr", "li", "listing", "main", "menu", "nav", "object", "ol"),
    *("plaintext", "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th"),
    *("thead", "tr", "ul"),
}


def parse(html: str, only: SoupStrainer | None = None) -> BeautifulSoup:
    """Parse a page, or only the elements that `only` selects. Raises PageError."""
    number = html.count("<") - html.count("</")
    if number > MOST_ELEMENTS:
        raise PageError(
            f"It has {number:,} elements, more than any page of an office.", "too_large"
        )
    return BeautifulSoup(repair_end_tags(html), "lxml", parse_only=only)


def is_break(node: PageElement) -> bool:
    """Whether a paragraph ends here though no element ends."""
    return isinstance(node, Comment) and node == BREAK


def repair_end_tags(html: str) -> str:
    """Rewrite end tags that lxml drops (</p>, </br>, </h3>) as browsers do: WHATWG, 13.2.6.4.7."""
    tags = _EndTags()
    if not any(tags.meaning(name) for name in TAG_NAME.findall(html)):  # as on nearly all pages
        return html
    tags = _EndTags()
    return TAG.sub(lambda match: (match["name"] and tags.meaning(match["name"])) or match[0], html)


class _EndTags:
    """Recognizes stray end tags by what is open."""

    def __init__(self) -> None:
        self.is_in_p, self.heading = False, ""

    def meaning(self, tag: str) -> str | None:
        """The replacement of a tag ("p", "/p"); None where it stays."""
        name = tag.lower()
        is_end = name[0] == "/"
        name = name.lstrip("/")
        if name == "p":
            was_in_p, self.is_in_p = self.is_in_p, not is_end
            return f"</p><!--{BREAK}-->" if is_end and not was_in_p else None
        if name == "br" and is_end:
            return "<br>"
        if name not in ENDS_P:
            return None
        self.is_in_p = False
        if name in HEADINGS:
            open_, self.heading = self.heading, "" if is_end else name
            return f"</{open_}>" if is_end and open_ not in ("", name) else None
        return None
