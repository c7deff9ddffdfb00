"""The text of an element as a reader sees it: clean paragraphs, each with its shape on the page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import unescape
from html.entities import html5

from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from corpus.release import Paragraph

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
# No characters, though JSON can say them; shown as browsers show them, for no database keeps them.
BROKEN = dict.fromkeys((0, *range(0xD800, 0xE000)), "\ufffd")
UNWANTED = INVISIBLE | BROKEN
# A character reference that is left after parsing: it was encoded twice ("R&amp;amp;D").
REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
SPACE = re.compile(r"[^\S\n]+")
BLANK_LINE = re.compile(r"\n\s*\n")
WORD = re.compile(r"\w")
# In how many columns a cell stands; browsers take no more than a thousand.
SPAN = re.compile(r"[1-9]\d{0,2}")
# Inside of a table whose cells stand in the columns that their rows give them.
GRID = "grid"


def clean(text: str) -> str:
    """One line of text: composed (NFC), without invisible characters, white space folded."""
    return " ".join(_decoded(text).split())


def _decoded(text: str) -> str:
    """What was meant: composed, invisible characters and doubled encodings undone."""
    while (once := REFERENCE.sub(_character, text)) != text:
        text = once
    return unicodedata.normalize("NFC", text).translate(UNWANTED)


def _character(reference: re.Match[str]) -> str:
    """What a reference stands for; one that has no meaning as a whole stays as it is."""
    whole = reference[0]
    return unescape(whole) if whole[1] == "#" or whole[1:] in html5 else whole


def paragraphs(tag: Tag) -> list[str]:
    """The text of an element as a reader sees it, a string a paragraph; nothing lost or doubled.

    Block elements and empty lines (two <br>) end a paragraph; a single <br> stays as a newline in
    it. A table's row is one paragraph, its cells parted by " | ", unless a cell holds several.
    Paragraphs without a letter or digit ("###", "* * *"), a printer's marks, are dropped. Each is
    a Paragraph, which knows its shape.
    """
    return [*_read(tag, "")]


def _read(tag: Tag, shape: str) -> list[Paragraph]:
    return [p for p in _paragraphs(tag, shape) if WORD.search(p)]


def _paragraphs(tag: Tag, shape: str) -> Iterator[Paragraph]:
    line: list[str] = []
    numbers = _numbers(tag) if tag.name == "ol" else iter(())
    for child in tag.children:
        if not (isinstance(child, Tag) and (child.name in BLOCKS or child.find(BLOCKS))):
            line.extend(_inline(child))
        elif child.name not in UNREAD:
            yield from _shaped(line, shape)
            if child.name == "tr":
                yield from _row(child, is_grid=shape == GRID)
            elif child.name == "li":
                yield from _item(child, f"item {next(numbers, '')}".strip())
            else:
                yield from _paragraphs(child, _shape(child, shape))
    yield from _shaped(line, shape)


def _shape(block: Tag, outer: str) -> str:
    """The shape of what stands in a block itself."""
    if block.name in HEADINGS:
        return "heading"
    if block.name == "table":
        # A cell over several rows moves the cells of the next ones, which do not say so.
        return "" if block.find(rowspan=lambda n: n not in (None, "1")) else GRID
    return "quote" if block.name == "blockquote" else outer


def _item(li: Tag, shape: str) -> Iterator[Paragraph]:
    """An item's first paragraph begins it, the others go on with it."""
    for number, paragraph in enumerate(_read(li, "more")):
        is_first = number == 0 and paragraph.shape == "more"
        yield Paragraph(paragraph, shape) if is_first else paragraph


def _numbers(ol: Tag) -> Iterator[str]:
    """What each item's number is, and the letters of its kind ("2", "3 a")."""
    items = [each for each in ol.children if isinstance(each, Tag) and each.name == "li"]
    is_reversed = ol.get("reversed") is not None
    number = _whole(ol, "start", len(items) if is_reversed else 1)
    kind = ol.get("type")
    for item in items:
        number = _whole(item, "value", number)
        yield f"{number} {kind}" if kind in ("a", "A", "i", "I") else f"{number}"
        number += -1 if is_reversed else 1


def _whole(tag: Tag, name: str, otherwise: int) -> int:
    found = re.fullmatch(r"\s*(-?\d{1,6})\s*", str(tag.get(name, "")))
    return int(found[1]) if found else otherwise


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


def _row(tr: Tag, *, is_grid: bool) -> list[Paragraph]:
    # Each child counts as a cell: broken rows have text outside theirs, which browsers show.
    cells = [
        _read(cell, "")
        if isinstance(cell, Tag) and cell.name not in UNREAD
        else [p for p in _shaped(list(_inline(cell)), "") if WORD.search(p)]
        for cell in tr.children
    ]
    if any(len(cell) > 1 for cell in cells):
        return [p for cell in cells for p in cell]
    shape = _columns(tr, cells) if is_grid else ""
    return [Paragraph(" | ".join(p for cell in cells for p in cell), shape)]


def _columns(tr: Tag, cells: list[list[Paragraph]]) -> str:
    """The columns in which a row's texts stand, since empty cells leave none; "" in broken rows."""
    columns, column, kinds = [], 1, set()
    for cell, texts in zip(tr.children, cells, strict=True):
        if isinstance(cell, Tag) and cell.name in ("td", "th"):
            columns += [str(column)] * len(texts)
            kinds |= {cell.name} if texts else set()
            span = SPAN.fullmatch(str(cell.get("colspan", "")).strip())
            column += int(span[0]) if span else 1
        elif texts:
            return ""
    return " ".join(["head" if kinds == {"th"} else "row", *columns])


def _shaped(line: list[str], shape: str) -> Iterator[Paragraph]:
    """The paragraphs of the inline text gathered so far; empties it."""
    whole = _decoded("".join(line))
    line.clear()
    for paragraph in BLANK_LINE.split(whole):
        lines = (SPACE.sub(" ", each).strip() for each in paragraph.split("\n"))
        if joined := "\n".join(each for each in lines if each):
            yield Paragraph(joined, "" if shape == GRID else shape)
