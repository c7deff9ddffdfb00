"""Highlights: what a query marks, and the passages that show it."""

from __future__ import annotations

import re
from itertools import accumulate, pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from indexer.analysis.analyzer import WORD
from indexer.highlight.highlighter import Highlighter
from indexer.highlight.passage import Passage
from indexer.highlight.snippets import MOST_CHARS, highlight, passages
from indexer.query.parser import parse

TEXT = "The courts convicted him. Convictions of a court clerk; the Court was told of frauds."


def shown(typed: str, text: str, language: str = "en", name: str = "body") -> list[str]:
    """What a query marks in a text."""
    spans = Highlighter(parse(typed).tree).spans(text, name, language)
    return [words for words, is_marked in highlight(text, spans).parts if is_marked]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("court", ["courts", "court", "Court"]),
        ('"court"', ["court", "Court"]),
        ("convict", ["convicted", "Convictions"]),
        ("fraud", ["frauds"]),
        ('"the court"', ["the Court"]),
        ('"convictions clerk"', []),
        ('"convictions clerk"~4', ["Convictions", "clerk"]),
        ('"clerk convictions"~4', []),
        ("convict*", ["convicted", "Convictions"]),
        ("c?urt", ["court", "Court"]),
        ("cuort~2", ["court", "Court"]),
        ("claw~", []),
        ("clark~", ["clerk"]),
        ("HIM clerk", ["him", "clerk"]),
        ("him clerk", ["clerk"]),
        ("court-clerk", ["court clerk"]),
        ("clerk NEAR/1 court", ["court clerk"]),
        ("clerk NEAR/2 court", ["court clerk", "Court"]),
        ('"court cl*"', ["court clerk"]),
        ("[told TO was]", ["was told"]),
        ("him OR clerk", ["him", "clerk"]),
        ("him ANDMAYBE clerk", ["him", "clerk"]),
        ("HIM NOT clerk", ["him"]),
        ("him ANDNOT clerk", ["him"]),
        ("HIM -(clerk OR told)", ["him"]),
        ("NOT clerk", []),
        ("title:clerk", []),
        ("body:clerk", ["clerk"]),
        ("office:court date:2017", []),
        ("*", []),
    ],
)
def test_a_query_marks_what_it_matches(typed: str, expected: list[str]) -> None:
    assert shown(typed, TEXT) == expected


def test_a_title_is_marked_by_words_meant_for_titles() -> None:
    assert shown("title:clerk", "A clerk", name="title") == ["clerk"]
    assert shown("body:clerk", "A clerk", name="title") == []
    assert shown("clerk", "A clerk", name="title") == ["clerk"]


def test_forms_are_those_of_the_releases_own_language() -> None:
    assert shown("пытки", "Пытка и пытками; попытка", "ru") == ["Пытка", "пытками"]
    assert shown("пытки", "Пытка и пытками; пытки", "kk") == ["пытки"]
    assert shown("елка", "Ёлка", "ru") == ["Ёлка"]
    assert shown("marquez", "José Márquez", "en") == ["Márquez"]


def test_nothing_asked_for_shows_the_opening() -> None:
    (opening,) = passages("First sentence here. " * 20, ())
    assert opening.text.startswith("First sentence here.")
    assert not any(is_marked for _, is_marked in opening.parts)


def test_an_empty_text_has_no_passage() -> None:
    assert passages("", ()) == ()
    assert passages(" \n ", ()) == ()


def test_the_sentences_with_most_different_words_are_shown_in_the_texts_order() -> None:
    text = "\n".join(
        ["one fraud here", "fraud court", "no such thing", "court", "fraud court clerk"]
    )
    spans = Highlighter(parse("fraud court clerk").tree).spans(text, "body", "en")
    assert [each.text for each in passages(text, spans, most=2)] == [
        "fraud court",
        "fraud court clerk",
    ]


def test_a_long_sentence_is_cut_around_its_first_mark() -> None:
    text = "padding " * 100 + "fraud " + "padding " * 100
    spans = Highlighter(parse("fraud").tree).spans(text, "body", "en")
    (found,) = passages(text, spans)
    assert found.truncated_start
    assert found.truncated_end
    assert len(found.text) <= MOST_CHARS
    assert ("fraud", True) in found.parts


WORDS = [
    "fraud",
    "frauds",
    "court",
    "the",
    "Court",
    "don't",
    "é",
    "пытки",
    "26-812",
    "U.S.",
    "x" * 60,
]
TEXTS = st.lists(
    st.sampled_from(
        [*WORDS, "padding " * 30, ". The", ".\n", "\n\n", "! ", '."', "(", ",", "—", " "]
    ),
    max_size=40,
).flatmap(lambda parts: st.sampled_from([" ", ""]).map(lambda space: space.join(parts)))
QUERIES = st.lists(
    st.sampled_from(
        ["fraud", '"the court"', '"court fraud"~4', "cour*", "fr?ud", "cuort~", "пытки", "title:x"]
    ),
    min_size=1,
    max_size=3,
).flatmap(lambda parts: st.sampled_from([" ", " OR ", " -"]).map(lambda joint: joint.join(parts)))


@settings(max_examples=400, deadline=None)
@given(TEXTS, QUERIES)
def test_passages_are_pieces_of_the_text_with_whole_marks(text: str, typed: str) -> None:
    spans = Highlighter(parse(typed).tree).spans(text, "body", "en")
    found = passages(text, spans)
    assert bool(found) == bool(text.strip())
    whole = {(a, b) for a, _ in spans for _, b in spans}
    for passage in found:
        assert any(is_marked for _, is_marked in passage.parts) == bool(spans)
        places = [each.start() for each in re.finditer(f"(?={re.escape(passage.text)})", text)]
        assert any(marks_of(passage, start) <= whole for start in places)


def marks_of(passage: Passage, start: int) -> set[tuple[int, int]]:
    """Where the marks of a passage stand in a text that has it at `start`."""
    edges = list(accumulate((len(words) for words, _ in passage.parts), initial=start))
    spans = pairwise(edges)
    return {span for span, (_, is_marked) in zip(spans, passage.parts, strict=True) if is_marked}


@settings(max_examples=300, deadline=None)
@given(TEXTS, QUERIES)
def test_no_passage_cuts_a_word_in_text_with_spaces(text: str, typed: str) -> None:
    assume(all(len(run) <= 60 for run in text.split()))
    spans = Highlighter(parse(typed).tree).spans(text, "body", "en")
    whole = {match[0] for match in WORD.finditer(text)}
    for passage in passages(text, spans):
        assert {match[0] for match in WORD.finditer(passage.text)} <= whole


@settings(max_examples=300, deadline=None)
@given(TEXTS, QUERIES)
def test_marks_stand_in_order_on_whole_words(text: str, typed: str) -> None:
    spans = Highlighter(parse(typed).tree).spans(text, "body", "en")
    edges = [edge for mark in spans for edge in mark]
    assert edges == sorted(edges)
    words = {match.span() for match in WORD.finditer(text)}
    assert set(spans) <= words


@settings(max_examples=200, deadline=None)
@given(TEXTS, QUERIES)
def test_the_parts_of_a_marked_text_are_the_text(text: str, typed: str) -> None:
    spans = Highlighter(parse(typed).tree).spans(text, "body", "en")
    assert highlight(text, spans).text == text
