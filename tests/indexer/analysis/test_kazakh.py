"""Kazakh words: forms of one word share a stem, different words do not."""

from __future__ import annotations

import lzma
import tarfile
import time
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.analysis.analyzer import words
from indexer.analysis.kazakh import LONGEST, stem
from indexer.analysis.kazakh_endings import (
    BACK,
    FRONT,
    NASAL,
    VOICELESS,
    VOWEL,
    endings,
    spell_ending,
)

TABLES = Path(__file__).parents[2] / "tables"
KAZNERD = Path(__file__).parents[4] / "shared" / "data" / "kaznerd.tar.xz"
LETTERS = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя'0z"


def forms(name: str) -> list[tuple[str, str]]:
    lines = (TABLES / name).read_text(encoding="utf-8").splitlines()[1:]
    return [(word, form) for word, form in (line.split("\t") for line in lines)]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("кітабы", "кітап"),
        ("тарағы", "тарақ"),
        ("жүрегі", "жүрек"),
        ("халқы", "халық"),
        ("нұрланның", "нұрлан"),
        ("қылмысы", "қылмыс"),
        ("прокуратурасының", "прокуратура"),
        ("министрлердің", "министр"),
        ("барғандардың", "бар"),
        ("айтпайды", "айт"),
        ("оқиды", "оқы"),
        ("қояды", "қой"),
        ("туристер", "турист"),
    ],
)
def test_endings_go_and_what_they_changed_is_mended(form: str, expected: str) -> None:
    assert stem(form) == expected


NAMES = (
    "қайрат болат нұрлан сұлтан қазақстан айдар ержан алмас асқар тұрсынбай адам қалам бала алма "
    "тау су хабар орган теңіз басшы тергеуші заңсыз министрлік"
)


@pytest.mark.parametrize("word", NAMES.split())
def test_names_and_short_words_keep_what_only_looks_like_an_ending(word: str) -> None:
    assert stem(word) == word


@pytest.mark.parametrize(
    ("ending", "harmony", "sound", "expected"),
    [
        ("LAр", BACK, VOICELESS, "тар"),
        ("LAр", FRONT, VOWEL, "лер"),
        ("NYң", BACK, NASAL, "ның"),
        ("(Y)мYзDA", FRONT, VOICELESS, "імізде"),
        ("(с)Y", BACK, VOWEL, "сы"),
        ("{a}мYн", BACK, VOWEL, "ймын"),
    ],
)
def test_an_ending_is_spelled_after_its_stem(
    ending: str, harmony: int, sound: int, expected: str
) -> None:
    assert spell_ending(ending, harmony, sound) == expected


def test_no_ending_is_longer_than_what_is_looked_up() -> None:
    assert max(map(len, endings())) <= LONGEST


@pytest.mark.parametrize("name", ["kazakh_forms.tsv", "kazakh_held_out.tsv"])
def test_forms_of_a_word_meet_and_different_words_do_not(name: str) -> None:
    table = forms(name)
    assert len(table) >= 300
    met = sum(stem(word) == stem(form) for word, form in table)
    assert met / len(table) >= 0.95
    stems: dict[str, set[str]] = {}
    for word, form in table:
        stems.setdefault(word, set()).add(stem(form))
    pairs = list(combinations(stems, 2))
    collided = [(one, other) for one, other in pairs if stems[one] & stems[other]]
    # Stricter than two pairs in a hundred: two words in a hundred.
    assert len({word for pair in collided for word in pair}) / len(stems) <= 0.02


def test_of_words_that_all_but_look_like_forms_of_each_other_few_meet() -> None:
    pairs = forms("kazakh_apart.tsv")
    met = [(one, other) for one, other in pairs if stem(one) == stem(other)]
    # A verb and a noun in one spelling, and a suspect, that is suspicion with -ті.
    assert met == [("қыз", "қызу"), ("жер", "жеру"), ("күдік", "күдікті")]
    assert len(pairs) >= 70


@example("ыъу")
@given(st.text(LETTERS, min_size=1, max_size=24))
def test_any_word_has_a_stem_no_longer_than_itself_and_a_letter(word: str) -> None:
    assert 0 < len(stem(word)) <= len(word) + 1


def test_the_vocabulary_of_real_news_shrinks_by_a_third_and_fast() -> None:
    if not KAZNERD.exists():
        pytest.skip("KazNERD is not beside the repository")
    with lzma.open(KAZNERD) as raw, tarfile.open(fileobj=raw) as archive:
        texts = [archive.extractfile(each) for each in archive if each.isfile()]
        lines = [line.decode().split(" ")[0] for text in texts if text for line in text]
    vocabulary = {word for line in lines for word in words(line)}
    assert len(vocabulary) > 20_000
    stem("бала")
    began = time.perf_counter()
    stems = {stem(word) for word in vocabulary}
    spent_us = (time.perf_counter() - began) / len(vocabulary) * 1e6
    assert len(stems) <= 0.7 * len(vocabulary)
    assert spent_us < 100  # some 8 where nothing else runs
