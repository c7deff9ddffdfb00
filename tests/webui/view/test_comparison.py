"""What differs between two versions: exact whatever the texts, and readable where they are."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webui.view.comparison import (
    PARAGRAPHS_AROUND,
    Piece,
    Pieces,
    compare_paragraphs,
    compare_words,
    stretches,
)

WORDS = st.sampled_from(["guilty", "of", "торг", "1,000", "fraud", "O’Brien", "—", "\u0301", "\n"])
TEXT = st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=20)
TEXTS = st.lists(TEXT, max_size=8)


def side(pieces: Pieces, without: str) -> str:
    return "".join(words for kind, words in pieces if kind != without)


def sides(paragraphs: list[Pieces]) -> tuple[list[str], list[str]]:
    """Both texts, put together again."""
    old = [side(each, "added") for each in paragraphs if [p for p in each if p.kind != "added"]]
    new = [side(each, "removed") for each in paragraphs if [p for p in each if p.kind != "removed"]]
    return old, new


@given(TEXT, TEXT)
def test_both_texts_can_be_put_together_again(old: str, new: str) -> None:
    pieces = compare_words(old, new)
    assert (side(pieces, "added"), side(pieces, "removed")) == (old, new)
    assert old != new or all(kind == "same" for kind, _ in pieces)
    kinds = [kind for kind, _ in pieces]
    assert all(one != two for one, two in pairwise(kinds))


@given(TEXTS.map(lambda texts: [t for t in texts if t]), st.data())
def test_every_paragraph_of_both_stands_in_its_order(old: list[str], data: st.DataObject) -> None:
    edit = st.sampled_from(old) if old else TEXT
    new = [t for t in data.draw(st.lists(edit | TEXT, max_size=8)) if t]
    assert sides(compare_paragraphs(old, new)) == (old, new)


def test_words_are_told_apart_and_not_letters() -> None:
    assert compare_words("He got 10,000 days.", "He got 12,000 days, twice.") == (
        Piece("same", "He got "),
        Piece("removed", "10,000"),
        Piece("added", "12,000"),
        Piece("same", " days"),
        Piece("added", ", twice"),
        Piece("same", "."),
    )


def test_edits_that_only_a_space_parts_are_one() -> None:
    assert compare_words("for grave torture now", "for slight mistreatment now") == (
        Piece("same", "for "),
        Piece("removed", "grave torture"),
        Piece("added", "slight mistreatment"),
        Piece("same", " now"),
    )


def test_an_edited_paragraph_is_compared_with_itself_and_not_with_its_neighbor() -> None:
    old = ["The jury convicted him of fraud.", "He will appeal to the court of Halden."]
    new = ["A statement follows.", "The jury acquitted him of fraud.", old[1] + " It sits in May."]
    first, second, third = compare_paragraphs(old, new)
    assert first == (Piece("added", "A statement follows."),)
    assert second[1:3] == (Piece("removed", "convicted"), Piece("added", "acquitted"))
    assert third == (Piece("same", old[1]), Piece("added", " It sits in May."))


@pytest.mark.parametrize("edited", [0, 5, 11])
def test_stretches_far_from_an_edit_are_folded(edited: int) -> None:
    paragraphs: list[Pieces] = [(Piece("same", str(number)),) for number in range(12)]
    paragraphs[edited] = (Piece("added", "new"),)
    found = stretches(paragraphs)
    assert [each for stretch in found for each in stretch.paragraphs] == paragraphs
    [shown] = [stretch for stretch in found if not stretch.is_folded]
    assert len(shown.paragraphs) == 1 + PARAGRAPHS_AROUND * (2 if 0 < edited < 11 else 1)
    [folded] = stretches([(Piece("same", "a"),)] * 3)
    assert folded.is_folded


def test_texts_with_nothing_in_common_do_not_take_long() -> None:
    old = [" ".join(f"{n}{k}" for k in range(3000)) for n in "ab"] + ["one"] * 300
    new = [" ".join(f"{n}{k}" for k in range(3000)) for n in "cd"] + ["two"] * 300
    clock = time.perf_counter()
    paragraphs = compare_paragraphs(old, new)
    assert time.perf_counter() - clock < 5
    assert sides(paragraphs) == (old, new)
    long, part = " ".join(old[:2]), old[0][100:]
    assert compare_words(long, f"x {long}") == (Piece("added", "x "), Piece("same", long))
    longer = compare_words(f"{part} {long}", f"{part} {new[0]} {long}")
    assert longer[1] == Piece("added", f"{new[0]} ")
