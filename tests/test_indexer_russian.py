"""Russian words: forms of one word share a stem, though vowels come and go."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
import Stemmer
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import fold
from indexer.russian import IRREGULAR, stem

TABLES = Path(__file__).parent / "tables"
SNOWBALL = Stemmer.Stemmer("russian")


def pairs(name: str) -> list[tuple[str, str]]:
    lines = (TABLES / name).read_text(encoding="utf-8").splitlines()[1:]
    return [(fold(one), fold(other)) for one, other in (line.split("\t") for line in lines)]


# The second was written after the first was met, with many of the words that change most.
@pytest.mark.parametrize(
    ("name", "least", "share"),
    [("russian_pairs.tsv", 200, 0.97), ("russian_held_out.tsv", 100, 0.9)],
)
def test_forms_meet_and_more_than_snowball_alone_brings_together(
    name: str, least: int, share: float
) -> None:
    table = pairs(name)
    assert len(table) >= least
    met = sum(stem(one) == stem(other) for one, other in table)
    alone = sum(SNOWBALL.stemWord(one) == SNOWBALL.stemWord(other) for one, other in table)
    assert met / len(table) >= share > alone / len(table)


def test_different_words_of_the_table_stay_apart() -> None:
    words = sorted({one for one, _ in pairs("russian_pairs.tsv")})
    # Words that Snowball itself takes for one are not ours to part.
    met = [
        (one, other)
        for one, other in combinations(words, 2)
        if stem(one) == stem(other) and SNOWBALL.stemWord(one) != SNOWBALL.stemWord(other)
    ]
    # All of one root: a verb and the name of what it does.
    assert met == [
        ("вынесен", "вынести"),
        ("задержан", "задержание"),
        ("задержание", "задержать"),
        ("избитый", "избить"),
        ("наказание", "наказать"),
        ("расследование", "расследовать"),
    ]


@given(
    st.text("абвгдежзийклмнопрстуфхцчшщъыьэюя", min_size=1, max_size=16),
    st.sampled_from(["", "а", "ов", "ом", "ами", "ый", "ого"]),
)
def test_what_met_under_snowball_still_meets(word: str, ending: str) -> None:
    form = word + ending
    if SNOWBALL.stemWord(word) == SNOWBALL.stemWord(form) and IRREGULAR.keys().isdisjoint(
        (word, form)
    ):
        assert stem(word) == stem(form)
