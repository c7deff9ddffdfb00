"""The text of an element as a reader sees it: clean paragraphs, each with its shape on the page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.entities import html5

from bs4.element import Tag

from corpus.reading.html_tree import HEADINGS
from corpus.reading.visible_text import is_hidden, shown
from corpus.release import Paragraph

# Soft hyphens, zero-width spaces and joiners, byte order marks: unseen, and they cut words apart.
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
# No characters, though JSON can say them; shown as browsers show them, for no database keeps them.
BROKEN = dict.fromkeys((0, *range(0xD800, 0xE000)), "\ufffd")
# Control characters are none of any text; those of C1 are what windows-1252 has in their places,
# as HTML takes them in references (&#146;).
CONTROL_CHARACTERS = dict.fromkeys([*range(1, 9), *range(14, 28), 127])
MISTAKEN = {c: bytes([c]).decode("cp1252", "replace") for c in range(0x80, 0xA0)}
UNWANTED = INVISIBLE | BROKEN | CONTROL_CHARACTERS | MISTAKEN
# A character reference that is left after parsing: it was encoded twice ("R&amp;amp;D"), or more
# often: all that stand for one ampersand are undone at once.
REFERENCE = re.compile(
    r"&(?:(?:amp|AMP|#0*38|#[xX]0*26);)*"
    r"(?P<name>#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)
# References can also be written in references ("&#38;#97;mp;"); nobody goes further than that.
ROUNDS = 3
# More marks upon a letter than any language has. Ordering them takes the square of their number,
# so the standard's divider stands between (UAX #15, Stream-Safe Text).
MARKS = re.compile(r"[^\w\s!-~]{31,}")
MOST_MARKS, DIVIDER = 30, "\u034f"
SPACE = re.compile(r"[^\S\n]+")
BLANK_LINE = re.compile(r"\n\s*\n")
LETTER = re.compile(r"[\w\ufffd]")  # a letter that could not be decoded is one
# In how many columns a cell stands; browsers take no more than a thousand.
SPAN = re.compile(r"[1-9]\d{0,2}")
# Inside of a table whose cells stand in the columns that their rows give them.
GRID = "grid"


def clean(text: str) -> str:
    """One line of text: composed (NFC), without invisible characters, white space folded."""
    return " ".join(_decoded(text).split())


def _decoded(text: str) -> str:
    """What was meant: composed, invisible characters and doubled encodings undone."""
    for _ in range(ROUNDS):
        once = REFERENCE.sub(_character, text)
        if once == text:
            break
        text = once
    return unicodedata.normalize("NFC", MARKS.sub(_divided, text)).translate(UNWANTED)


def _character(reference: re.Match[str]) -> str:
    """What a reference stands for; one that has no meaning as a whole stays as it is."""
    whole = f"&{reference['name']};"
    return unescape(whole) if whole[1] == "#" or whole[1:] in html5 else whole


def _divided(run: re.Match[str]) -> str:
    if not any(map(unicodedata.combining, run[0])):
        return run[0]  # a line of dashes, say
    pieces = (run[0][at : at + MOST_MARKS] for at in range(0, len(run[0]), MOST_MARKS))
    return DIVIDER.join(pieces)


def text(tag: Tag) -> str:
    """All that an element shows as one line."""
    return clean("".join(piece if isinstance(piece, str) else " " for piece in shown(tag)))


def paragraphs(tag: Tag) -> list[str]:
    """The text of an element as a reader sees it, a string a paragraph; nothing lost or doubled.

    Block elements and empty lines (two <br>) end a paragraph; a single <br> stays as a newline in
    it. A table's row is one paragraph, its cells parted by " | ", unless a cell holds several.
    Paragraphs without a letter or digit ("###", "* * *"), a printer's marks, are dropped. Each is
    a Paragraph, which knows its shape.
    """
    reading = _Reading(tag)
    for piece in shown(tag):
        if isinstance(piece, str):
            reading.line.append(piece)
        else:
            reading.turn(*piece)
    reading.end_line()
    return [*reading.found]


@dataclass(slots=True)
class _Block:
    """A block that is being read: the shape of its own text, and where its paragraphs begin.

    `numbers` are those of a list's items. `cells` of a row: where each begins; None stands for
    what is outside of its cells, which broken rows have and browsers show.
    """

    name: str
    shape: str
    first: int
    numbers: Iterator[str]
    cells: list[tuple[Tag | None, int]] = field(default_factory=list)


class _Reading:
    """The paragraphs found so far, the text since then, and the blocks that stand open."""

    def __init__(self, root: Tag) -> None:
        self.root = root
        self.line: list[str] = []
        self.found: list[Paragraph] = []
        self.blocks: list[_Block] = []
        self.spanned: set[int] | None = None
        self._open(root, "", "")

    def turn(self, tag: Tag, is_start: bool) -> None:
        """Go into a block, or out of it."""
        self.end_line()
        if is_start:
            self._begin(tag)
        else:
            self._end(self.blocks.pop(), self.blocks[-1])

    def end_line(self) -> None:
        """Take what was read since the last edge for paragraphs of the block that is open."""
        if self.line:
            shape = self.blocks[-1].shape
            self.found += _shaped("".join(self.line), "" if shape == GRID else shape)
            self.line.clear()

    def _begin(self, tag: Tag) -> None:
        outer = self.blocks[-1]
        if outer.name == "tr":  # in a row all that is no cell counts as one
            outer.cells.append((tag, len(self.found)))
            self._open(tag, "", "")
        elif tag.name == "tr":
            self._open(tag, "tr", "")
            self.blocks[-1].cells.append((None, len(self.found)))
        elif tag.name == "li":
            self._open(tag, f"item {next(outer.numbers, '')}".strip(), "more")
        else:
            self._open(tag, "", self._shape(tag, outer.shape))

    def _open(self, tag: Tag, name: str, shape: str) -> None:
        numbers = _numbers(tag) if tag.name == "ol" else iter(())
        self.blocks.append(_Block(name, shape, len(self.found), numbers))

    def _shape(self, tag: Tag, outer: str) -> str:
        """The shape of what stands in a block itself."""
        if tag.name in HEADINGS:
            return "heading"
        if tag.name == "table":
            if self.spanned is None:
                self.spanned = _spanned(self.root)
            return "" if id(tag) in self.spanned else GRID
        return "quote" if tag.name == "blockquote" else outer

    def _end(self, block: _Block, outer: _Block) -> None:
        if block.name == "tr":
            self._end_row(block, is_grid=outer.shape == GRID)
        elif block.name and len(self.found) > block.first:
            # An item's first paragraph begins it, the others go on with it.
            first = self.found[block.first]
            if first.shape == block.shape:
                self.found[block.first] = Paragraph(first, block.name)
        if outer.name == "tr":
            outer.cells.append((None, len(self.found)))

    def _end_row(self, row: _Block, *, is_grid: bool) -> None:
        """Put the texts of a row's cells side by side, unless a cell has several."""
        ends = [*(start for _, start in row.cells[1:]), len(self.found)]
        if any(end - start > 1 for (_, start), end in zip(row.cells, ends, strict=True)):
            return
        cells = [
            (tag, self.found[start:end])
            for (tag, start), end in zip(row.cells, ends, strict=True)
            if tag or end > start
        ]
        if whole := self.found[row.first :]:
            shape = _columns(cells) if is_grid else ""
            self.found[row.first :] = [Paragraph(" | ".join(whole), shape)]


def _spanned(root: Tag) -> set[int]:
    """The tables, by identity, in which a cell over several rows moves those of the next ones,
    which do not say so.
    """
    found: set[int] = set()
    for cell in root.find_all(rowspan=lambda n: n not in (None, "1")):
        for outer in cell.parents:
            if id(outer) in found or outer is root:
                break
            found.add(id(outer))
    return found


def _numbers(ol: Tag) -> Iterator[str]:
    """What each item's number is, and the letters of its kind ("2", "3 a")."""
    children = [each for each in ol.children if isinstance(each, Tag)]
    items = [each for each in children if each.name == "li" and not is_hidden(each)]
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


def _columns(cells: list[tuple[Tag | None, list[Paragraph]]]) -> str:
    """The columns in which a row's texts stand, since empty cells leave none; "" in broken rows."""
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


def _shaped(line: str, shape: str) -> Iterator[Paragraph]:
    """The paragraphs of a text between two edges."""
    for paragraph in BLANK_LINE.split(_decoded(line)):
        lines = (SPACE.sub(" ", each).strip() for each in paragraph.split("\n"))
        joined = "\n".join(each for each in lines if each)
        if LETTER.search(joined):
            yield Paragraph(joined, shape)
