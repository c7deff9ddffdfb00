"""Extracts the text of an element: clean paragraphs, each with its shape on the page."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.entities import html5

from bs4.element import Tag

from corpus.reading.html_tree import HEADINGS
from corpus.reading.visible_text import is_hidden, visible_pieces
from corpus.release import Paragraph

# Soft hyphens, zero-width spaces and joiners, byte order marks: invisible, and they split words.
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
# Invalid characters, which JSON can contain and databases refuse; shown as browsers show them.
BROKEN = dict.fromkeys((0, *range(0xD800, 0xE000)), "\ufffd")
# Control characters are removed; those of C1 are read as windows-1252, as HTML does in references
# (&#146;).
CONTROL_CHARACTERS = dict.fromkeys([*range(1, 9), *range(14, 28), 127])
MISTAKEN = {c: bytes([c]).decode("cp1252", "replace") for c in range(0x80, 0xA0)}
UNWANTED = INVISIBLE | BROKEN | CONTROL_CHARACTERS | MISTAKEN
# A character reference left after parsing, because it was encoded repeatedly ("R&amp;amp;D"); all
# encodings of its ampersand are undone at once.
REFERENCE = re.compile(
    r"&(?:(?:amp|AMP|#0*38|#[xX]0*26);)*"
    r"(?P<name>#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)
# References can also be encoded as references ("&#38;#97;mp;"); three rounds suffice.
ROUNDS = 3
# More combining marks on a letter than any language has. Sorting them takes quadratic time, so the
# standard's divider is put between them (UAX #15, Stream-Safe Text).
MARKS = re.compile(r"[^\w\s!-~]{31,}")
MOST_MARKS, DIVIDER = 30, "\u034f"
SPACE = re.compile(r"[^\S\n]+")
BLANK_LINE = re.compile(r"\n\s*\n")
LETTER = re.compile(r"[\w\ufffd]")  # or one that could not be decoded
# The number of columns of a cell; browsers allow at most a thousand.
SPAN = re.compile(r"[1-9]\d{0,2}")
# The shape inside a table without row spans, whose rows tell the columns of their cells.
GRID = "grid"


def clean(text: str) -> str:
    """One line of text: composed (NFC), without invisible characters, white space collapsed."""
    return " ".join(_decode_references(text).split())


def _decode_references(text: str) -> str:
    """Text with repeated encodings undone, composed, without invisible characters."""
    for _ in range(ROUNDS):
        once = REFERENCE.sub(_character, text)
        if once == text:
            break
        text = once
    return unicodedata.normalize("NFC", MARKS.sub(_divide_marks, text)).translate(UNWANTED)


def _character(reference: re.Match[str]) -> str:
    """The character of a reference; an unknown reference stays as it is."""
    whole = f"&{reference['name']};"
    return unescape(whole) if whole[1] == "#" or whole[1:] in html5 else whole


def _divide_marks(run: re.Match[str]) -> str:
    if not any(map(unicodedata.combining, run[0])):
        return run[0]  # a line of dashes, say
    pieces = (run[0][at : at + MOST_MARKS] for at in range(0, len(run[0]), MOST_MARKS))
    return DIVIDER.join(pieces)


def text(tag: Tag) -> str:
    """The visible text of an element as one line."""
    return clean("".join(piece if isinstance(piece, str) else " " for piece in visible_pieces(tag)))


def paragraphs(tag: Tag) -> list[str]:
    """The visible text of an element, one string per paragraph, nothing lost or repeated.

    Block elements and empty lines (two <br>) end a paragraph; a single <br> stays as a newline in
    it. A table's row is one paragraph, its cells separated by " | ", unless a cell has several.
    Paragraphs without a letter or digit ("###", "* * *") are dropped. Each is a Paragraph, which
    knows its shape.
    """
    builder = _ParagraphBuilder(tag)
    for piece in visible_pieces(tag):
        if isinstance(piece, str):
            builder.line.append(piece)
        else:
            builder.cross_edge(*piece)
    builder.end_line()
    return [*builder.paragraphs]


@dataclass(slots=True)
class _OpenBlock:
    """An open block: the shape of its own text, and where its paragraphs begin.

    `numbers` are those of a list's items. `cells` are the starts of a row's cells; None stands for
    text outside its cells, which browsers show.
    """

    name: str
    shape: str
    first: int
    numbers: Iterator[str]
    cells: list[tuple[Tag | None, int]] = field(default_factory=list)


class _ParagraphBuilder:
    """The paragraphs so far, the text since then, and the open blocks."""

    def __init__(self, root: Tag) -> None:
        self.root = root
        self.line: list[str] = []
        self.paragraphs: list[Paragraph] = []
        self.blocks: list[_OpenBlock] = []
        self.rowspan_tables: set[int] | None = None
        self._open(root, "", "")

    def cross_edge(self, tag: Tag, is_start: bool) -> None:
        """Enter or leave a block."""
        self.end_line()
        if is_start:
            self._begin(tag)
        else:
            self._end(self.blocks.pop(), self.blocks[-1])

    def end_line(self) -> None:
        """Add the text since the last edge as paragraphs of the open block."""
        if self.line:
            shape = self.blocks[-1].shape
            self.paragraphs += _make_paragraphs("".join(self.line), "" if shape == GRID else shape)
            self.line.clear()

    def _begin(self, tag: Tag) -> None:
        outer = self.blocks[-1]
        if outer.name == "tr":  # in a row, every element counts as a cell
            outer.cells.append((tag, len(self.paragraphs)))
            self._open(tag, "", "")
        elif tag.name == "tr":
            self._open(tag, "tr", "")
            self.blocks[-1].cells.append((None, len(self.paragraphs)))
        elif tag.name == "li":
            self._open(tag, f"item {next(outer.numbers, '')}".strip(), "more")
        else:
            self._open(tag, "", self._shape(tag, outer.shape))

    def _open(self, tag: Tag, name: str, shape: str) -> None:
        numbers = _item_numbers(tag) if tag.name == "ol" else iter(())
        self.blocks.append(_OpenBlock(name, shape, len(self.paragraphs), numbers))

    def _shape(self, tag: Tag, outer: str) -> str:
        """The shape of a block's own text."""
        if tag.name in HEADINGS:
            return "heading"
        if tag.name == "table":
            if self.rowspan_tables is None:
                self.rowspan_tables = _tables_with_rowspans(self.root)
            return "" if id(tag) in self.rowspan_tables else GRID
        return "quote" if tag.name == "blockquote" else outer

    def _end(self, block: _OpenBlock, outer: _OpenBlock) -> None:
        if block.name == "tr":
            self._end_row(block, is_grid=outer.shape == GRID)
        elif block.name and len(self.paragraphs) > block.first:
            # An item's first paragraph begins it, the others continue it.
            first = self.paragraphs[block.first]
            if first.shape == block.shape:
                self.paragraphs[block.first] = Paragraph(first, block.name)
        if outer.name == "tr":
            outer.cells.append((None, len(self.paragraphs)))

    def _end_row(self, row: _OpenBlock, *, is_grid: bool) -> None:
        """Join the texts of a row's cells, unless a cell has several."""
        ends = [*(start for _, start in row.cells[1:]), len(self.paragraphs)]
        if any(end - start > 1 for (_, start), end in zip(row.cells, ends, strict=True)):
            return
        cells = [
            (tag, self.paragraphs[start:end])
            for (tag, start), end in zip(row.cells, ends, strict=True)
            if tag or end > start
        ]
        if whole := self.paragraphs[row.first :]:
            shape = _row_shape(cells) if is_grid else ""
            self.paragraphs[row.first :] = [Paragraph(" | ".join(whole), shape)]


def _tables_with_rowspans(root: Tag) -> set[int]:
    """The tables, by identity, in which a cell spans several rows and so shifts the cells below."""
    tables: set[int] = set()
    for cell in root.find_all(rowspan=lambda n: n not in (None, "1")):
        for outer in cell.parents:
            if id(outer) in tables or outer is root:
                break
            tables.add(id(outer))
    return tables


def _item_numbers(ol: Tag) -> Iterator[str]:
    """The number of each item, and its kind of numbering ("2", "3 a")."""
    children = [each for each in ol.children if isinstance(each, Tag)]
    items = [each for each in children if each.name == "li" and not is_hidden(each)]
    is_reversed = ol.get("reversed") is not None
    number = _int_attribute(ol, "start", len(items) if is_reversed else 1)
    kind = ol.get("type")
    for item in items:
        number = _int_attribute(item, "value", number)
        yield f"{number} {kind}" if kind in ("a", "A", "i", "I") else f"{number}"
        number += -1 if is_reversed else 1


def _int_attribute(tag: Tag, name: str, otherwise: int) -> int:
    match = re.fullmatch(r"\s*(-?\d{1,6})\s*", str(tag.get(name, "")))
    return int(match[1]) if match else otherwise


def _row_shape(cells: list[tuple[Tag | None, list[Paragraph]]]) -> str:
    """The columns of a row's texts, since empty cells have none; "" in invalid rows."""
    columns, column, kinds = [], 1, set()
    for cell, texts in cells:
        if cell and cell.name in ("td", "th"):
            columns += [str(column)] * len(texts)
            kinds |= {cell.name} if texts else set()
            span = SPAN.fullmatch(str(cell.get("colspan", "")).strip())
            column += int(span[0]) if span else 1
        elif texts:
            return ""
    return " ".join(["head" if kinds == {"th"} else "row", *columns])


def _make_paragraphs(line: str, shape: str) -> Iterator[Paragraph]:
    """Split the text between two edges into paragraphs."""
    for paragraph in BLANK_LINE.split(_decode_references(line)):
        lines = (SPACE.sub(" ", each).strip() for each in paragraph.split("\n"))
        joined = "\n".join(each for each in lines if each)
        if LETTER.search(joined):
            yield Paragraph(joined, shape)
