"""What is compiled, against plain Python: words as numbers, needles, sentences, set operations."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis.analyzer import WORD, fold
from indexer.analysis.sentences import best_sentences
from indexer.analysis.tokenizer import WordNumbers
from indexer.highlight.term_scanner import TermScanner
from indexer.query import parser
from indexer.query.proximity import near_spans
from indexer.whoosh_engine.columns.kernels import best, find_places
from indexer.whoosh_engine.search.scored_docs import ScoredDocs, intersection, union
from tests.indexer.whoosh_engine.test_plain_reader import near, without_longer

OFTEN = settings(max_examples=300, deadline=None)
# Letters of three scripts, marks, all apostrophes, an astral letter and an emoji, blanks.
LETTERS = (
    "abIé\u0301ЁйқßǅΣ'’‘ʼ`´-_.!? \n\u00a07\U0001d49c\U0001f600検が\u3099ส\u0e31हि\u064b\U00020000"
)
ASCENDING = st.lists(st.integers(0, 60), unique=True, max_size=40).map(sorted)
SCORE = st.sampled_from([-1.0, 0.0, 0.5, 1.0, 2.0])


@OFTEN
@given(texts=st.lists(st.text(alphabet=LETTERS, max_size=30), max_size=6))
def test_words_are_those_of_the_pattern_and_numbered_once(texts: list[str]) -> None:
    numbers = WordNumbers()
    known: dict[str, int] = {}
    for text in texts:
        found = WORD.findall(text)
        expected = [known.setdefault(word, len(known)) for word in found]
        assert numbers.numbers(text).tolist() == expected
        assert [numbers.word(number) for number in expected] == found


def test_numbers_hold_when_their_tables_grow() -> None:
    numbers = WordNumbers()
    words = [f"word{n:x}" for n in range(60_000)]
    for start in range(0, len(words), 997):
        numbers.numbers(" ".join(words[start : start + 997]))
    assert numbers.count == len(words)
    assert numbers.numbers(" ".join(words)).tolist() == [*range(len(words))]


@OFTEN
@given(
    text=st.text(alphabet="abAÁЁеқ'’‘.- ", max_size=40),
    words=st.sets(st.text(alphabet="abеқ'", min_size=1, max_size=3), max_size=4),
    prefixes=st.sets(st.text(alphabet="abеқ", min_size=1, max_size=2), max_size=2),
)
def test_needles_are_found_as_words_are_read(
    text: str, words: set[str], prefixes: set[str]
) -> None:
    expected = [
        list(found.span())
        for found in WORD.finditer(text)
        if fold(found[0]) in words or fold(found[0]).startswith(tuple(prefixes))
    ]
    found = TermScanner(words, prefixes).find(text)
    if found is None:  # accents stay inside Cyrillic words, scripts in a word: judged one by one
        assert {*"abAÁ"} & {*text}
        assert {*"Ёеқ"} & {*text}
    else:
        assert found.tolist() == expected


def test_texts_whose_letters_fold_together_are_left_to_the_slower_reader() -> None:
    assert TermScanner(["a"], []).find("a\u0301 b") is None
    assert TermScanner(["a"], []).find("a \U0001f600") is None
    assert TermScanner([], []).find("a") is not None


def sentences(text: str) -> list[list[int]]:
    """Where they begin and end."""
    found, _ = best_sentences(text, np.zeros((0, 2), np.int32), 0, 0)
    return found.tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He was fined. He left.", ["He was fined.", "He left."]),
        ("He met Mr. Ash. Then he left.", ["He met Mr. Ash.", "Then he left."]),
        ("J. Ash of Halden Corp. Then left.", ["J. Ash of Halden Corp. Then left."]),
        ("He said “no.” She left!", ["He said “no.”", "She left!"]),
        ("He paid $1.5 million. 20 others paid.", ["He paid $1.5 million.", "20 others paid."]),
        ("It was e.g. small. “No,” he said.", ["It was e.g. small.", "“No,” he said."]),
        ("First\n\n  second line \nthird", ["First", "second line", "third"]),
        ("Осуждён по ст. 190. Суд решил.", ["Осуждён по ст. 190.", "Суд решил."]),
        ("What?! Nothing… So", ["What?!", "Nothing…", "So"]),
        ("", []),
        (" \n ", []),
        ("...", ["..."]),
    ],
)
def test_a_text_falls_into_sentences(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


@OFTEN
@given(text=st.text(alphabet='aB1.!?…"”)(“ \n\U0001f600', max_size=60))
def test_sentences_hold_all_of_a_text_but_white_space(text: str) -> None:
    found = sentences(text)
    assert "".join(re.sub(r"\s", "", text[start:end]) for start, end in found) == re.sub(
        r"\s", "", text
    )
    for start, end in found:
        assert text[start:end] == text[start:end].strip()
        assert "\n" not in text[start:end]


@st.composite
def lists(draw: st.DrawFn) -> ScoredDocs:
    """Documents with scores."""
    documents = draw(ASCENDING)
    scores = draw(st.lists(SCORE, min_size=len(documents), max_size=len(documents)))
    return ScoredDocs(np.array(documents, np.int32), np.array(scores, np.float32))


def as_dictionary(found: ScoredDocs) -> dict[int, float]:
    """Documents with scores."""
    return dict(zip(found.documents.tolist(), found.scores.tolist(), strict=True))


@OFTEN
@given(found=st.lists(lists(), max_size=5), size=st.sampled_from([61, 5000]))
def test_unions_and_intersections_are_those_of_dictionaries(
    found: list[ScoredDocs], size: int
) -> None:
    room = np.zeros(size, np.float32), np.full(size, 77, np.int32)
    each = [as_dictionary(one) for one in found]
    every = sorted(set().union(*each))
    joined = union(found, room)
    assert joined.documents.tolist() == every
    assert as_dictionary(joined) == {d: sum(one.get(d, 0.0) for one in each) for d in every}
    assert not room[0].any()
    common = [d for d in every if all(d in one for one in each)]
    shared = intersection(found, room)
    assert as_dictionary(shared) == {d: sum(one[d] for one in each) for d in common}


@OFTEN
@given(documents=ASCENDING, others=ASCENDING, size=st.sampled_from([61, 2000]))
def test_places_are_told_whatever_stood_in_the_table(
    documents: list[int], others: list[int], size: int
) -> None:
    table = np.arange(size, dtype=np.int32) % 7
    found = find_places(np.array(documents, np.int32), np.array(others, np.int32), table)
    assert found.tolist() == [others.index(d) if d in others else -1 for d in documents]


@OFTEN
@given(found=lists(), most=st.integers(1, 50), seed=st.randoms(use_true_random=False))
def test_the_best_are_those_of_sorting(found: ScoredDocs, most: int, seed: object) -> None:
    ranks = list(range(61))
    seed.shuffle(ranks)  # type: ignore[attr-defined]
    places = best(found.documents, found.scores, np.array(ranks, np.int32), most)
    expected = sorted(
        range(len(found)), key=lambda at: (-found.scores[at], ranks[found.documents[at]])
    )
    assert places.tolist() == expected[:most]


SPANS = st.sets(st.tuples(st.integers(0, 30), st.integers(0, 2)), max_size=12)
Ends = set[tuple[int, int]]


def as_ends(spans: Ends) -> tuple[np.ndarray, np.ndarray]:
    """Spans as the kernels take them."""
    ordered = sorted(spans)
    return tuple(np.array([pair[at] for pair in ordered], np.uint32) for at in (0, 1))  # type: ignore[return-value]


@OFTEN
@given(
    before=SPANS,
    after=SPANS,
    starts=st.sets(st.integers(1, 30)),
    slop=st.integers(1, 9),
    is_ordered=st.booleans(),
)
def test_spans_are_joined_where_they_are_near_enough_in_a_paragraph(
    before: Ends, after: Ends, starts: set[int], slop: int, is_ordered: bool
) -> None:
    borders = sorted({0, 40, *starts})

    def within(spans: Ends) -> Ends:
        """Of those in one paragraph that hold no other one."""
        whole = {(first, first + more) for first, more in spans}
        whole = {(a, b) for a, b in whole if not any(a < each <= b for each in borders)}
        return {*without_longer(whole)}

    one, other = within(before), within(after)
    every = {*near(one, other, slop, is_ordered=is_ordered)}
    expected = {ends for ends in every if not any(ends[0] < each <= ends[1] for each in borders)}
    found = near_spans(as_ends(one), as_ends(other), np.array(borders), slop, is_ordered)
    assert {*zip(*(each.tolist() for each in found), strict=True)} == expected


SIGNS = """fraud court of AND or OR NOT -tax ( ) " title: a* суд қала x~ y^2 [a TO b] Fraud e-mail
18 date:2017 _a"""
TYPED = st.lists(st.sampled_from(SIGNS.split()), max_size=8)


@OFTEN
@given(parts=TYPED, joint=st.sampled_from([" ", "  ", "\t"]))
def test_plain_words_are_read_as_without_their_short_cut(parts: list[str], joint: str) -> None:
    plain = parser._parser.__wrapped__()
    plain.plugins = [each for each in plain.plugins if not isinstance(each, parser.PlainWords)]
    typed = joint.join(parts)

    def tree_of(made: parser.QueryParser) -> str:
        try:
            return repr(made.parse(typed, normalize=False))
        except parser.PARSER_ERRORS as error:
            return type(error).__name__

    assert tree_of(parser._parser()) == tree_of(plain)
