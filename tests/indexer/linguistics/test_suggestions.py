"""Which word a misspelled one stands for."""

from __future__ import annotations

import pytest

from indexer.analysis.edit_distance import slips
from indexer.linguistics.suggestions import likeliest, most_edits

# In how many releases each word is.
COUNTS = {
    "fraud": 5_000,
    "fuad": 2,
    "trail": 30,
    "trial": 3_000,
    "heroin": 900,
    "heron": 4,
    "court": 4_000,
    "count": 3_900,
    "prosecutor": 3_000,
    "prosecuted": 2_000,
    "albany": 300,
    "bank": 5_000,
    "salto": 2,
}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("fruad", "fraud"),  # a swap is one slip
        ("trila", "trial"),
        ("heorin", "heroin"),
        ("fraaud", "fraud"),
        ("fued", None),  # with another letter, a short word is near to many
        ("baku", None),
        ("caunt", None),
        ("cuont", "count"),
        ("almaty", None),  # two slips in few letters
        ("faude", None),
        ("herron", "heron"),
        ("saltoo", None),  # a word of two releases may itself be a slip
        ("prusecuter", "prosecutor"),
        ("cout", "court"),
        ("prosecuter", "prosecutor"),
        ("xylophonist", None),
    ],
)
def test_the_likeliest_word_weighs_slips_by_frequency(typed: str, expected: str | None) -> None:
    most = most_edits(typed)
    far = slips(typed, [*COUNTS], most).tolist()
    near = [(word, edits, COUNTS[word]) for word, edits in zip(COUNTS, far, strict=True)]
    likely = (each for each in near if each[1] <= most)
    assert (
        likeliest(typed, likely, lambda some: {each: COUNTS.get(each, 0) for each in some})
        == expected
    )
