"""A text and its shapes -> blocks: what belongs together, where marks are, and what is cut."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corpus import Release, Store
from indexer.highlight.highlighter import Highlighter
from indexer.query.parser import parse
from webui.view.release_text import SHOWN_CHARS, Block, arrange

NOTHING = Highlighter(None)


@pytest.fixture
def release(sample_store: Store) -> Release:
    return next(sample_store.releases("sample_doj"))


def shown(release: Release, *lines: tuple[str, str]) -> list[Block]:
    body, shapes = zip(*lines, strict=True)
    return arrange(replace(release, body=body, shapes=shapes), NOTHING).blocks


def words(pieces: tuple[tuple[str, int], ...]) -> str:
    return "".join(each for each, _ in pieces)


def test_items_in_a_row_are_one_list_and_keep_their_numbers(release: Release) -> None:
    blocks = shown(
        release,
        ("A", "item 1"), ("goes on", "more"), ("B", "item 2"), ("C", "item"), ("D", "item 3 a"),
        ("E", ""), ("F", "more"),
    )  # fmt: skip

    assert [each.kind for each in blocks] == ["numbers", "bullets", "numbers", "plain", "plain"]
    assert [item.number for item in blocks[0].items] == [1, 2]
    assert [line.number for line in blocks[0].items[0].lines] == [1, 2]
    assert (blocks[2].letters, blocks[2].items[0].number) == ("a", 3)


def test_rows_stand_in_their_columns(release: Release) -> None:
    [table] = shown(
        release, ("Who | Age | Term", "head 1 2 3"), ("A | 9 years", "row 1 3"), ("Sum", "row 2")
    )

    assert table.kind == "table"
    assert [[words(cell) for cell in line.cells] for line in table.lines] == [
        ["Who", "Age", "Term"],
        ["A", "", "9 years"],
        ["", "Sum", ""],
    ]
    assert [line.is_head for line in table.lines] == [True, False, False]


@pytest.mark.parametrize(
    "lines",
    [
        [("Two | parts", "row 1")],  # a sign of the text, not of the table
        [("Laid out", "row 1"), ("by a table", "row 2")],
        [("A | B", "")],
    ],
)
def test_what_is_no_table_stays_plain(release: Release, lines: list[tuple[str, str]]) -> None:
    blocks = shown(release, *lines)

    assert [each.kind for each in blocks] == ["plain"] * len(lines)
    assert [words(each.lines[0].pieces) for each in blocks] == [each for each, _ in lines]


def test_without_shapes_all_is_plain(release: Release) -> None:
    bare = replace(release, body=("A | B", "C"), shapes=())

    assert [each.kind for each in arrange(bare, NOTHING).blocks] == ["plain", "plain"]


def test_marks_are_numbered_through_cells_and_items(release: Release) -> None:
    text = replace(
        release, body=("fraud and fraud", "fraud | no fraud"), shapes=("item", "row 1 2")
    )

    found = arrange(text, Highlighter(parse("fraud", ()).tree))

    first, second = found.blocks
    pieces = [*first.items[0].lines[0].pieces, *(p for cell in second.lines[0].cells for p in cell)]
    assert [piece.match for piece in pieces if piece.match] == [1, 2, 3, 4]
    assert found.match_count == 4


def test_of_a_text_beyond_measure_the_beginning_is_shown(release: Release) -> None:
    long = replace(release, body=("One.", "x" * (SHOWN_CHARS + 100), "Last."), shapes=())

    found = arrange(long, NOTHING)

    assert found.left_out_chars == 4 + 100 + 5
    assert len(found.blocks) == 2


def test_a_cell_said_to_stand_far_out_makes_no_wide_table(release: Release) -> None:
    [table] = shown(release, ("A | B", "row 1 900"))

    assert len(table.lines[0].cells) == 2
