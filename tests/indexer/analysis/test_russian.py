"""Russian words: forms of one word share a stem, though vowels come and go."""

from __future__ import annotations

from pathlib import Path

import pytest
import Stemmer
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.analyzer import fold
from indexer.analysis.russian import stem

TABLES = Path(__file__).parents[2] / "tables"
SNOWBALL = Stemmer.Stemmer("russian")


def pairs(name: str) -> list[tuple[str, str]]:
    lines = (TABLES / name).read_text(encoding="utf-8").splitlines()[1:]
    return [(fold(one), fold(other)) for one, other in (line.split("\t") for line in lines)]


# The second has many of the words that change most.
@pytest.mark.parametrize(
    ("name", "least"), [("russian_pairs.tsv", 200), ("russian_held_out.tsv", 100)]
)
def test_forms_meet_and_more_than_snowball_alone_brings_together(name: str, least: int) -> None:
    table = pairs(name)
    assert len(table) >= least
    met = sum(stem(one) == stem(other) for one, other in table)
    alone = sum(SNOWBALL.stemWord(one) == SNOWBALL.stemWord(other) for one, other in table)
    assert met / len(table) >= 0.97 > alone / len(table)


APART = """
суд судно | прокурор прокуратура | пытка попытка пытаться | дело деятель | право правда
закон законник | взятка взнос | срок сорок | мера мэр
наказание наказать указание | задержание задержать | хищение похищение | область облако
год город | день деньги | сын сон | отец отчёт | замок замочек | осёл осётр
"""


def test_different_words_stay_apart() -> None:
    for group in APART.replace("\n", "|").split("|"):
        stems = [stem(fold(word)) for word in group.split()]
        assert len(set(stems)) == len(stems), group


def test_a_surname_has_its_endings_taken_off() -> None:
    forms = ["кожашаров", "кожашарова", "кожашарову", "кожашаровым", "кожашарове"]
    assert len({SNOWBALL.stemWord(form) for form in forms}) == len({stem(form) for form in forms})


@given(st.text("абвгдежзийклмнопрстуфхцчшщъыьэюяіқә", min_size=1, max_size=16))
def test_what_is_in_no_dictionary_has_a_stem_of_its_own_letters(word: str) -> None:
    assert stem(word)
    unknown = word + "щъ"
    assert stem(unknown) == SNOWBALL.stemWord(unknown)
