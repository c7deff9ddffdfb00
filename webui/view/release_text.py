"""A release's paragraphs and their shapes -> blocks to show: lists, tables, headings, plain text.

Paragraphs without a shape are plain; of an extremely long text the beginning is shown.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Literal, NamedTuple

from corpus import Release
from corpus.fact import Fact
from indexer.highlight.highlighter import Highlighter, Span
from indexer.highlight.snippets import highlight

BlockKind = Literal["plain", "heading", "quote", "bullets", "numbers", "table"]
# Some 150 pages of print. The longest release known has a third of it.
SHOWN_CHARS = 300_000
PARTED = " | "


class TextPart(NamedTuple):
    """Words of a text, and which match of the query they are, from 1; 0 where they are none."""

    words: str
    match: int


TextParts = tuple[TextPart, ...]


@dataclass(frozen=True)
class Line:
    """A paragraph by its number in the release, from 1; of a table's row, its cells by columns."""

    number: int
    pieces: TextParts
    cells: tuple[TextParts, ...] = ()
    is_head: bool = False


@dataclass(frozen=True)
class ListItem:
    """An item of a list: its number where it has one, and its paragraphs."""

    lines: list[Line]
    number: int | None = None


@dataclass(frozen=True)
class Block:
    """Paragraphs that belong together; `letters` is how a list writes its numbers ("a", "I")."""

    kind: BlockKind
    lines: list[Line] = field(default_factory=list)
    items: list[ListItem] = field(default_factory=list)
    letters: str = ""


@dataclass(frozen=True)
class Text:
    """The text of a release in blocks, how many matches it has, and what is left out."""

    subtitle: TextParts
    blocks: list[Block]
    match_count: int
    left_out_chars: int = 0


def arrange(release: Release, highlighter: Highlighter, marked: Fact | None = None) -> Text:
    """The text as its page shows it, with the matches that `highlighter` finds and the words of a
    `marked` fact.
    """
    numbers, subtitle = count(1), release.subtitle or ""
    above = _pieces(subtitle, highlighter.spans(subtitle, "body", release.language), numbers)
    body = [*beginning(release.body)]
    shapes = release.shapes if len(release.shapes) == len(release.body) else ("",) * len(body)
    blocks: list[Block] = []
    rows: list[tuple[Line, list[int]]] = []
    for number, (words, shape) in enumerate(zip(body, shapes, strict=False), 1):
        spans: Sequence[Span] = highlighter.spans(words, "body", release.language)
        if marked and marked.paragraph == number:
            spans = [(marked.start, marked.end)]
        kind, *rest = shape.split() or [""]
        columns = [*map(int, rest)] if kind in ("row", "head") else []
        if columns and len(columns) == words.count(PARTED) + 1:
            cells = tuple(_cells(words, spans, numbers))
            if kind == "head" and rows and not rows[-1][0].is_head:
                blocks += _table(rows)  # another table begins
            rows.append((Line(number, (), cells, kind == "head"), columns))
            continue
        blocks += _table(rows)
        _add(blocks, kind, rest, Line(number, _pieces(words, spans, numbers)))
    blocks += _table(rows)
    left_out = sum(map(len, release.body)) - sum(map(len, body))
    return Text(above, blocks, next(numbers) - 1, left_out)


def beginning(body: Sequence[str]) -> Iterator[str]:
    """As much of a text as a page shows."""
    left = SHOWN_CHARS
    for paragraph in body:
        if left > 0:
            yield paragraph[:left]
        left -= len(paragraph)


def _add(blocks: list[Block], kind: str, rest: Sequence[str], line: Line) -> None:
    """Add a paragraph to the list that it continues, or as a block of its own."""
    last = blocks[-1] if blocks else Block("plain")
    if kind == "item":
        number, letters = (int(rest[0]) if rest else None), "".join(rest[1:])
        wanted: BlockKind = "bullets" if number is None else "numbers"
        if (last.kind, last.letters) != (wanted, letters):
            blocks.append(last := Block(wanted, letters=letters))
        last.items.append(ListItem([line], number))
    elif kind == "more" and last.items:
        last.items[-1].lines.append(line)
    elif kind == "heading":
        blocks.append(Block("heading", [line]))
    elif kind == "quote" and last.kind == "quote":
        last.lines.append(line)
    else:
        blocks.append(Block("quote" if kind == "quote" else "plain", [line]))


def _table(rows: list[tuple[Line, list[int]]]) -> Iterator[Block]:
    """The rows so far as a table, and empty them; plain text where no row has two cells."""
    width = max((columns[-1] for _, columns in rows), default=0)
    is_table = any(len(columns) > 1 for _, columns in rows)
    lines = [
        Line(line.number, (), tuple(_spread(line.cells, columns, width)), line.is_head)
        if is_table
        else Line(line.number, line.cells[0])
        for line, columns in rows
    ]
    rows.clear()
    if is_table:
        yield Block("table", lines)
    else:
        yield from (Block("plain", [line]) for line in lines)


def _spread(cells: Iterable[TextParts], columns: Sequence[int], width: int) -> Iterator[TextParts]:
    texts = dict(zip(columns, cells, strict=True))
    # A column number may be absurdly high: no table is as wide as that.
    used = sorted(texts) if width > len(texts) + 20 else range(1, width + 1)
    yield from (texts.get(column, ()) for column in used)


def _cells(words: str, spans: Sequence[Span], numbers: Iterator[int]) -> Iterator[TextParts]:
    start = 0
    for cell in words.split(PARTED):
        yield _pieces(words, spans, numbers, start, start + len(cell))
        start += len(cell) + len(PARTED)


def _pieces(
    words: str,
    spans: Sequence[Span],
    numbers: Iterator[int],
    start: int = 0,
    end: int | None = None,
) -> TextParts:
    return tuple(
        TextPart(part, next(numbers) if is_marked else 0)
        for part, is_marked in highlight(words, spans, start, end).parts
    )
