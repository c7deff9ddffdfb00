"""Subtitles in both engines: searched as part of the text, above its first paragraph."""

from __future__ import annotations

from indexer import Engine, Query, parse
from indexer.engine.document import text_of
from tests.indexer.engine.test_contract import fill, made, numbers

PILOT = made(1, "He hid oil.", body=("He hid oil.", "He paid duty."), subtitle="Pilot to Pay Duty")


def test_words_of_a_subtitle_are_found_and_shown(empty: Engine) -> None:
    fill(empty, PILOT, made(2, "He hid oil. He paid duty."))
    assert numbers(empty, '"pilot to pay"') == [1]
    assert numbers(empty, "body:pilot paid") == [1]
    assert numbers(empty, "title:pilot") == []
    assert numbers(empty, '"duty he hid"') == [], "it is a paragraph of its own"
    [hit] = empty.search(Query(parse("pilot").tree)).hits
    assert [part for each in hit.passages for part in each.parts if part[1]] == [("Pilot", True)]


def test_mentions_in_a_subtitle_leave_the_paragraphs_their_numbers(empty: Engine) -> None:
    fill(empty, PILOT)
    found = empty.occurrences(Query(parse('"duty" OR "oil"').tree))
    assert [(each.paragraph, each.offset, each.keyword) for each in found.mentions] == [
        (-1, 13, "Duty"),
        (0, 7, "oil"),
        (1, 8, "duty"),
    ]
    assert found.mentions[0].left == "Pilot to Pay "


def test_a_release_without_a_subtitle_has_the_text_of_its_paragraphs() -> None:
    assert text_of(made(2, "One.", body=("One.", "Two."), subtitle="")) == "One.\n\nTwo."
