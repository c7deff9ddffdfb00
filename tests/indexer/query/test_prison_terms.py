"""Prison terms as terms of the index, and as people ask for them."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.query import tree
from indexer.query.interpretation.prison_terms import BANDS, band, months, read, term
from indexer.query.parser import parse

MONTHS = st.one_of(
    st.integers(0, 5000).map(str), st.integers(0, 5000).map(lambda n: f"{n}.5"), st.just("life")
)


def length(value: str) -> float:
    return inf if value == "life" else float(value)


@given(MONTHS, MONTHS)
def test_terms_have_the_order_of_their_length(one: str, other: str) -> None:
    assert (term(one) < term(other)) == (length(one) < length(other))
    assert months(term(one)) == one


@given(MONTHS)
def test_a_band_contains_its_terms(value: str) -> None:
    first, _, last = band(value).partition("-")
    assert band(value) in BANDS
    if value != "life":
        assert float(first) <= float(value) < float(last or inf)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("60", tree.Term("prison", "00060")),
        ("=60", tree.Term("prison", "00060")),
        ("Life", tree.Term("prison", "life")),
        (">=60", tree.Range("prison", "00060", None)),
        (">12.5", tree.Range("prison", "00012.5", None, excludes_start=True)),
        ("<60", tree.Range("prison", None, "00060", excludes_end=True)),
        ("12..60", tree.Range("prison", "00012", "00060")),
        ("..60", tree.Range("prison", None, "00060")),
        ("..", None),
        ("five years", None),
        (">=", None),
    ],
)
def test_a_typed_term_is_a_length_or_a_range(typed: str, expected: tree.Node | None) -> None:
    assert read(typed, 1.0) == expected


def test_what_is_no_term_is_told() -> None:
    parsed = parse("prison:long fraud")
    assert "isn’t a prison term in months" in parsed.warnings[0]
    assert "prison" not in str(parsed.tree)
