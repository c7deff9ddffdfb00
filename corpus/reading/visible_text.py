"""Extracts what a browser shows of an element: its text in order, and the edges of its blocks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from corpus.reading.html_tree import HEADINGS, is_break

SECTIONS = ["address", "article", "aside", "details", "footer", "header", "main", "nav", "section"]
LISTS = ["dd", "dl", "dt", "li", "menu", "ol", "ul"]
TABLES = ["caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"]
PREFORMATTED = ["listing", "plaintext", "pre", "xmp"]
TEXT_BLOCKS = ["blockquote", "center", "dir", "div", "figcaption", "figure", "hr", "p", "summary"]
BLOCKS = [*HEADINGS, *SECTIONS, *LISTS, *TABLES, *TEXT_BLOCKS, *PREFORMATTED, "fieldset", "legend"]
FORM_CONTROLS = ["button", "datalist", "form", "select", "textarea"]
# Their contents are for browsers that cannot play or draw them.
FALLBACKS = ["audio", "canvas", "iframe", "meter", "noembed", "noframes", "noscript", "object"]
UNREAD = [*FORM_CONTROLS, *FALLBACKS, "progress", "script", "style", "svg", "template", "video"]
IS_BLOCK, IS_UNREAD = frozenset(BLOCKS), frozenset(UNREAD)

STYLE = re.compile(r"(?:^|;)\s*(display|visibility|white-space)\s*:\s*([\w-]+)", re.IGNORECASE)
# A footnote's mark: "2", "[2]", "*", "2, 3"; not "th", "er", "bis", "®".
_SIGN = r"(?:\d{1,3}|[*†‡§¶#]+|\[\w{1,3}\])"
FOOTNOTE_MARK = re.compile(rf"\s*[(\[]?{_SIGN}(?:[\s,;–-]+{_SIGN})*[)\]]?\s*")
SEPARATOR = re.compile(r"[\s,;]+")
FRACTION = re.compile(r"\s*[/⁄]")
UNIT = re.compile(r"(?:\d\s*(?:m|ft|yd|in|mi|м)|\b(?:\d*(?:[ckm]m|[скм]м)|CO))$")
# "ст. 205<sup>1</sup>", "Article 144<sup>1</sup>": articles that were inserted later.
ARTICLE = re.compile(
    r"\b(?:ст(?:\.|ат)|[чп]\.|част|пункт|art(?:\.|icle))[^;:!?]{0,60}(?<!\d)\d{1,3}$", re.IGNORECASE
)
ARTICLE_BEHIND = re.compile(r"\s?-?\s?ба[бп]", re.IGNORECASE)  # Kazakh: "205<sup>1</sup>-бап"
REMEMBERED = 80  # characters before a mark
MOST_OF_MARK = 12  # elements and texts
QUOTES = (("“", "”"), ("‘", "’"))
VISIBILITY = {"visible": True, "hidden": False, "collapse": False}
LINES_KEPT = dict.fromkeys(["pre", "pre-wrap", "pre-line", "break-spaces"], True)
LINES_KEPT |= {"normal": False, "nowrap": False}

Edge = tuple[Tag, bool]


@dataclass(slots=True)
class _Element:
    """An open element: its remaining nodes, and how its text is shown."""

    nodes: Iterator[PageElement]
    begin: str | Edge = ""
    end: str | Edge = ""
    is_visible: bool = True
    is_preformatted: bool = False
    quotes: int = 0


def visible_pieces(root: Tag) -> Iterator[str | Edge]:
    """The pieces of text that an element shows, each <br> as a newline; and the start (True) and
    end of each block in it. An empty line ends a paragraph, too.

    The element itself is read even if it is hidden.
    """
    line: list[str] = []  # since the last edge
    is_preformatted = bool(root.find_parent(PREFORMATTED))
    first = _element_within(root, _Element(iter(()), is_preformatted=is_preformatted))
    around = [replace(first, begin="", end="", is_visible=True)]
    while around:
        node = next(around[-1].nodes, None)
        if node is None:
            piece = around.pop().end
        elif not isinstance(node, Tag):
            piece = _text(node, around[-1])
        elif (words := _replacement(node, around[-1], line)) is not None:
            piece = words
        else:
            around.append(_element_within(node, around[-1]))
            piece = around[-1].begin
        if isinstance(piece, tuple):
            line.clear()
        elif piece:
            line.append(piece)
        if piece:
            yield piece


def is_hidden(tag: Tag) -> bool:
    """Whether an element itself is hidden."""
    is_closed = tag.name == "dialog" and "open" not in tag.attrs
    return is_closed or "hidden" in tag.attrs or _own_style(tag).get("display") == "none"


def _text(node: PageElement, outer: _Element) -> str:
    """The text of a node; none for comments, declarations and processing instructions."""
    if isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
        words = str(node) if outer.is_preformatted else node.replace("\n", " ")
        return words if outer.is_visible else ""
    return "\n\n" if is_break(node) else ""


def _replacement(tag: Tag, outer: _Element, line: list[str]) -> str | None:
    """The text shown in place of an element that is not read; None where it is read."""
    if tag.name == "br":
        return "\n" if outer.is_visible else ""
    if tag.name in IS_UNREAD or is_hidden(tag):
        return ""
    return _without_mark(tag, line) if tag.name == "sup" else None


def _element_within(tag: Tag, outer: _Element) -> _Element:
    """An element within another, by its name and style."""
    style, inner = _own_style(tag), replace(outer, nodes=iter(tag.contents), begin="", end="")
    if tag.name in IS_BLOCK:
        inner.begin, inner.end = (tag, True), (tag, False)
    inner.is_visible = VISIBILITY.get(style.get("visibility", ""), outer.is_visible)
    is_preformatted = outer.is_preformatted or tag.name in PREFORMATTED
    inner.is_preformatted = LINES_KEPT.get(style.get("white-space", ""), is_preformatted)
    if tag.name == "q" and inner.is_visible:
        inner.begin, inner.end = QUOTES[outer.quotes % 2]
        inner.quotes += 1
    return inner


def _own_style(tag: Tag) -> dict[str, str]:
    """The properties in an element's own style that affect its text."""
    stated = tag.attrs.get("style")
    return {k.lower(): v.lower() for k, v in STYLE.findall(str(stated))} if stated else {}


def _without_mark(sup: Tag, line: list[str]) -> str | None:
    """The replacement of a <sup> that marks a footnote; None where it is read as text ("16th").

    After the number of an article, the mark is part of it.
    """
    mark, before, behind = _mark_text(sup).strip(), _tail(line), sup.next_sibling
    is_mark = FOOTNOTE_MARK.fullmatch(mark) or _is_note(sup, mark) or _is_between_marks(sup, mark)
    if not before.strip() or not is_mark:
        return None
    follows = str(behind) if isinstance(behind, NavigableString) else ""
    if FRACTION.match(follows):
        return f" {mark}" if before[-1].isdigit() else mark
    if mark.isdecimal() and ARTICLE.search(before):
        return f".{mark}"
    if mark.isdecimal() and before[-1].isdigit() and ARTICLE_BEHIND.match(follows):
        return f"-{mark}"
    return None if mark in ("2", "3") and UNIT.search(before) else ""


def _mark_text(sup: Tag) -> str:
    """The text of an element with little content, like a mark; else none."""
    words, nodes = "", sup.contents[: MOST_OF_MARK + 1]
    for _ in range(MOST_OF_MARK):
        if not nodes:
            return words
        node = nodes.pop(0)
        if isinstance(node, Tag):
            nodes[:0] = node.contents[: MOST_OF_MARK + 1]
        else:
            words += str(node)
    return ""


def _is_note(sup: Tag, mark: str) -> bool:
    """Whether it is a letter that links to a note."""
    links = [each for each in sup.contents[:2] if isinstance(each, Tag) and each.name == "a"]
    return len(mark) == 1 and any(str(each.get("href", "")).startswith("#") for each in links)


def _is_between_marks(sup: Tag, mark: str) -> bool:
    """Whether it separates two marks; another raised comma belongs to the sentence."""
    beside = (sup.previous_sibling, sup.next_sibling)
    is_parted = all(isinstance(each, Tag) and each.name == "sup" for each in beside)
    return bool(SEPARATOR.fullmatch(mark)) and is_parted


def _tail(line: list[str]) -> str:
    """The end of the line so far."""
    tail = ""
    for piece in reversed(line):
        tail = piece + tail
        if len(tail) > REMEMBERED or "\n" in piece:
            break
    return tail[-REMEMBERED:].rpartition("\n")[2]
