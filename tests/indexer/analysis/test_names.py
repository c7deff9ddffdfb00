"""Names across scripts: one key for the spellings and forms of a name.

`tables/names.tsv` holds invented names in two halves: one that the rules were made on, and one that
was held out until they were done.
"""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.analysis.names import key

TABLE = Path(__file__).parents[2] / "tables" / "names.tsv"
LETTERS = st.sampled_from("АбВгҚқӘәҢңІіЁёЙйьъжшщцюя AaBbCcHhJjSsTtXxYyZz'’-_.1 ŞşıİǵÑüýʹ\u0301\n")
TEXTS = st.text(LETTERS, max_size=60)


def table(half: str) -> list[tuple[str, str, str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    return [(verdict, one, other) for part, verdict, one, other in rows if part == half]


def meet(one: str, other: str) -> bool:
    return key(one) is not None and key(one) == key(other)


@pytest.mark.parametrize("half", ["develop", "held out"])
def test_spellings_of_a_name_meet_and_near_misses_stay_apart(half: str) -> None:
    rows = table(half)
    same = [(one, other) for verdict, one, other in rows if verdict == "same"]
    different = [(one, other) for verdict, one, other in rows if verdict == "different"]
    assert len(same) >= 150
    assert len(different) >= 40
    missed = [pair for pair in same if not meet(*pair)]
    mistaken = [pair for pair in different if meet(*pair)]
    assert len(missed) <= 0.05 * len(same), missed
    assert len(mistaken) <= 0.02 * len(different), mistaken


@pytest.mark.parametrize("half", ["develop", "held out"])
def test_no_two_names_of_the_table_meet_by_chance(half: str) -> None:
    groups: dict[str, set[str]] = {}
    for verdict, one, other in table(half):
        for word in (one, other):
            groups.setdefault(word, {word})
        if verdict != "different":
            whole = groups[one] | groups[other]
            groups.update(dict.fromkeys(whole, whole))
    pairs = [pair for pair in combinations(groups, 2) if pair[1] not in groups[pair[0]]]
    assert len(pairs) > 40_000
    assert [pair for pair in pairs if meet(*pair)] == []


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Kozhasharov", "kojawarov"),
        ("ҚОЖАШАРОВ", "kojawarov"),
        ("қожашаровтың", "kojawarov"),
        ("Щегольцовой", "wcegolxov"),
        ("«Harper»-дің", "harper"),
        ("Nur-Serik", "nurserik"),
        ("Kim", "kim"),
        ("Ли", None),
        ("U", None),
        ("", None),
        ("26-812", None),
        ("B2B", None),
        ("---", None),
        ("ьъь", None),
        ("x" * 41, None),
    ],
)
def test_a_key_is_the_romanised_base_form_or_none(word: str, expected: str | None) -> None:
    assert key(word) == expected


@given(TEXTS | st.text(max_size=30))
@example("ŝčʹ")
def test_keys_are_short_plain_and_blind_to_case(word: str) -> None:
    found = key(word)
    assert found is None or re.fullmatch(r"[a-z]{3,}", found)
    if word.upper().casefold() == word.casefold():
        assert key(word.upper()) == found or len(word.upper()) != len(word)


@pytest.mark.parametrize("acronyms", ["SECs", "PECs", "DOJs", "ATMs"])
def test_acronyms_in_the_plural_are_no_names(acronyms: str) -> None:
    assert key(acronyms) is None
    assert key(acronyms.capitalize()) is not None
