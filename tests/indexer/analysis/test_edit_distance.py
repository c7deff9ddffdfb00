"""Edit distances, beside a plainer way to the same numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.edit_distance import distance, distances

ANY = st.text(st.characters(exclude_categories=()), max_size=12)
NEAR = st.text("aаә\u0301", max_size=8)
WORD = st.one_of(ANY, NEAR)


def plain(one: str, other: str, most: int) -> int:
    """Row by row."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row = row, [i]
        for j, b in enumerate(other, 1):
            row.append(min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b)))
    return min(row[-1], most + 1)


@given(WORD, WORD, st.integers(0, 9))
def test_distances_are_those_of_a_plain_table(one: str, other: str, most: int) -> None:
    assert distance(one, other, most) == plain(one, other, most)


@given(WORD, st.lists(WORD), st.integers(0, 9))
def test_many_distances_are_those_of_each(one: str, others: list[str], most: int) -> None:
    found = distances(one, others, most)
    assert found.dtype == np.uint8
    assert found.tolist() == [plain(one, other, most) for other in others]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("court", "court", 0), ("court", "curt", 1), ("court", "cuort", 2), ("court", "crt", 2)],
)
def test_distance_counts_letters_that_differ(one: str, other: str, expected: int) -> None:
    assert distance(one, other, 2) == distance(other, one, 2) == expected


def test_distance_stops_counting_beyond_its_most() -> None:
    assert distance("court", "prosecutor", 2) == 3
    assert distance("", "abc", 1) == 2
