"""Kazakh words typed with Russian letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.analyzer import fold
from indexer.query.variants import russian_letters


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Қылмыс", "кылмыс"),
        ("ӘКІМ", "аким"),
        ("Өңір", "онир"),
        ("Ғұлама", "гулама"),
        ("үкім", "уким"),
        ("Ұлттық", "улттык"),
        ("жиһан", "жихан"),
        ("қорытынды", "қорытынды"),
    ],
)
def test_a_word_is_found_as_it_is_typed_without_kazakh_letters(written: str, typed: str) -> None:
    assert russian_letters(fold(written)) == russian_letters(fold(typed))


@pytest.mark.parametrize("pair", ["әа", "қк", "ңн", "ғг", "ұу", "үу", "һх", "өо", "іи"])
def test_each_kazakh_letter_is_one_with_its_neighbor_in_both_cases(pair: str) -> None:
    kazakh, russian = pair
    assert russian_letters(kazakh) == russian_letters(russian) == russian
    assert russian_letters(fold(kazakh.upper())) == russian


@pytest.mark.parametrize("pair", ["йи", "ыи", "шщ", "ье"])
def test_other_letters_stay_apart(pair: str) -> None:
    assert russian_letters(pair[0]) != russian_letters(pair[1])


@given(st.text(max_size=30))
def test_folding_again_changes_nothing_and_no_letter_is_lost(word: str) -> None:
    once = russian_letters(word)
    assert russian_letters(once) == once
    assert len(once) == len(word)
