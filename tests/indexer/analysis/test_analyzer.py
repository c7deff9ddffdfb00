"""Words: how they are folded, where they stand, and what stems they have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.analyzer import fold, query_stems, stem, tokens, words

TEXTS = st.text(
    st.sampled_from("aZzé'’‘ёЁйЙқҚіІаeс 1-.,!?検हिَ\n\u0301ßİſ") | st.characters(), max_size=80
)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Fraud", "fraud"),
        ("FRAUD", "fraud"),
        ("Straße", "strasse"),
        ("Márquez", "marquez"),
        ("Ma\u0301rquez", "marquez"),
        ("naïve", "naive"),
        ("𝘼rson", "arson"),
        ("don’t", "don't"),
        ("donʼt", "don't"),
        ("Ёлка", "елка"),
        ("Е\u0308лка", "елка"),
        ("Йод", "йод"),
        ("И\u0306од", "йод"),
        ("за\u0301мок", "замок"),
        ("Қазақстан", "қазақстан"),
        ("ӘҒҚҢӨҰҮҺІ", "әғқңөұүһі"),
        ("don‘t", "don't"),
        # Points and accents go, signs of vowels stay.
        ("النِّيَابَةُ", "النيابة"),
        ("النـــيابة", "النيابة"),
        ("שָׁלוֹם", "שלום"),
        ("हिन्दी", "हिन्दी"),
        ("が", "が"),
        # Letters of another script that look alike.
        ("fr\u0430ud", "fraud"),
        ("K\u0410\u0417\u0410\u0425\u0421\u0422AH", "казахстан"),
        ("б\u0069л\u0069м", "білім"),
        ("c\u0443\u0434", "суд"),
        ("\u0430brupt", "abrupt"),
        ("бbв", "бbв"),
    ],
)
def test_a_word_folds_without_case_accents_and_the_dots_of_yo(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@pytest.mark.parametrize(
    ("one", "other"), [("қ", "к"), ("ү", "у"), ("ұ", "у"), ("ө", "о"), ("і", "и"), ("й", "и")]
)
def test_letters_of_kazakh_and_russian_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It wasn't O'Brien.", ["it", "wasn't", "o'brien"]),
        ("well-known U.S. §1983", ["well", "known", "u", "s", "1983"]),
        ("snake_case and 26-812", ["snake", "case", "and", "26", "812"]),
        ("«Ёлка»—дом", ["елка", "дом"]),
        ("Ма\u0301ма", ["мама"]),
        ("'quoted' words'", ["quoted", "words"]),
        ("O‘Brien said ‘no’", ["o'brien", "said", "no"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("قالت النِّيَابَةُ", ["قالت", "النيابة"]),
        ("検察庁ABC", ["検", "察", "庁", "abc"]),
        ("สวัสดี", ["ส", "วั", "ส", "ดี"]),
        ("1\ufe0f\u20e3 x", ["1", "x"]),
        ("", []),
        ("... !?", []),
    ],
)
def test_words_end_at_all_but_letters_digits_and_inner_apostrophes(
    text: str, expected: list[str]
) -> None:
    assert words(text) == expected


@given(TEXTS, st.sampled_from(["en", "ru", "kk", "xx"]))
def test_offsets_lead_back_to_the_words(text: str, language: str) -> None:
    found = list(tokens(text, language))
    assert [token.position for token in found] == list(range(len(found)))
    assert [fold(text[token.start : token.end]) for token in found] == [t.written for t in found]
    assert [token.stem for token in found] == [stem(t.written, language) for t in found]
    assert words(text) == [token.written for token in found]


@given(TEXTS)
def test_words_stand_in_order_and_do_not_overlap(text: str) -> None:
    ends = [0, *(edge for token in tokens(text, "en") for edge in (token.start, token.end))]
    assert ends == sorted(ends)


@given(st.text(max_size=20))
def test_folding_a_folded_word_changes_nothing(word: str) -> None:
    assert fold(fold(word)) == fold(word)


@given(TEXTS)
def test_no_word_folds_to_nothing_or_to_several(text: str) -> None:
    assert all(word and len(word.split()) == 1 for word in words(text))


@pytest.mark.parametrize(
    ("language", "forms", "others"),
    [
        ("en", ["convict", "convicts", "convicted", "convicting"], ["conviviality", "victim"]),
        ("ru", ["пытка", "пытки", "пытками"], ["попытка"]),
        ("ru", ["прокурор", "прокурора", "прокурорами"], ["прокуратура"]),
        ("de", ["anklage", "anklagen"], ["kläger"]),
        ("kk", ["сотталды"], ["сот"]),
    ],
)
def test_forms_share_a_stem(language: str, forms: list[str], others: list[str]) -> None:
    assert len({stem(form, language) for form in forms}) == 1
    assert stem(forms[0], language) not in {stem(fold(other), language) for other in others}


def test_a_word_in_another_script_keeps_to_its_own_rules() -> None:
    assert stem("charges", "ru") == stem("charges", "en")
    assert stem("charges", "kk") == stem("charges", "en")
    assert stem("прокурора", "en") == "/прокурора"
    assert stem("прокурора", "kk") == "/прокурора"


def test_a_language_without_a_stemmer_keeps_words_as_written() -> None:
    assert stem("charges", "xx") == "/charges"


@given(st.text(max_size=20), st.sampled_from(["en", "ru", "kk"]))
def test_no_stem_is_mistaken_for_a_word(word: str, language: str) -> None:
    assert words(stem(fold(word), language)) != [stem(fold(word), language)]


@pytest.mark.parametrize(
    ("word", "languages", "expected"),
    [
        ("charges", (), ["/charg"]),
        ("charges", ("de",), ["/charg"]),
        ("прокурора", (), ["/прокурор", "/прокурора"]),
        ("прокурора", ("ru",), ["/прокурор"]),
        ("қаулы", (), ["/қаулы"]),
        ("дом", (), ["/дом"]),
        ("النيابة", (), ["/نياب", "/النيابة"]),
    ],
)
def test_a_queried_word_stands_for_the_stems_of_its_script(
    word: str, languages: tuple[str, ...], expected: list[str]
) -> None:
    assert query_stems(word, languages) == expected
