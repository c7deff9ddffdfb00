"""The tables of terms: every line can be read, and is found by each of its names."""

from __future__ import annotations

from collections import Counter

import pytest

from indexer.analysis.analyzer import stem, words
from indexer.assist.term_tables import LANGUAGES, term_table

TABLES = ["offenses", "glossary"]


@pytest.mark.parametrize("name", TABLES)
def test_names_are_plain_words_that_stand_for_one_line_alone(name: str) -> None:
    table = term_table(name)
    named = [
        (language, each, entry)
        for entry in table.entries
        for language in LANGUAGES
        for each in entry.names[language]
    ]
    counts = Counter((language, *words(each)) for language, each, _ in named)
    assert [each for each, number in counts.items() if number > 1] == []
    for language, each, entry in named:
        for typed in (each, each.title(), f"“{each}”"):
            found = table.named(typed)
            assert found, typed
            if found.entry != entry:  # a word of two languages
                assert (found.language, language) == ("ru", "kk")
                assert entry.names["kk"] == found.entry.names["kk"]


@pytest.mark.parametrize("name", TABLES)
def test_every_line_has_a_source(name: str) -> None:
    assert [each for each in term_table(name).entries if not each.source] == []


def test_every_offense_has_a_name_and_statutes_of_its_own() -> None:
    offenses = term_table("offenses")
    assert all(each.statutes and any(each.names.values()) for each in offenses.entries)
    counts = Counter(key for each in offenses.entries for key in each.statutes)
    assert [key for key, number in counts.items() if number > 1] == []


def test_the_names_of_an_offense_differ_in_more_than_endings() -> None:
    for entry in term_table("offenses").entries:
        for language, names in entry.names.items():
            stems = {tuple(stem(word, language) for word in words(name)) for name in names}
            assert len(stems) == len(names), names


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("us/usc/18/1343", "wire fraud"),
        ("us/usc/18/924/c/1/A", "firearm in furtherance of a drug trafficking crime"),
        ("us/usc/18/1028A", "aggravated identity theft"),
        ("kz/cc/190/4", "fraud"),
        ("ru/cc/127.1", "human trafficking"),
        ("us/usc/18/924", None),
        ("kz/cpc/190", None),
    ],
)
def test_a_statute_leads_to_its_offense(key: str, name: str | None) -> None:
    entry = term_table("offenses").citing(key)
    assert (entry and entry.names["en"][0]) == name


@pytest.mark.parametrize(
    ("typed", "name", "language"),
    [
        ("Wire  Fraud", "wire fraud", "en"),
        ("мошенничества", "мошенничество", "ru"),
        ("алаяқтықпен", "алаяқтық", "kk"),
        ("отмыванию денег", "отмывание денег", "ru"),
        ("ақшаны жылыстату", "ақшаны жылыстату", "kk"),
        ("торговлей людьми", "торговля людьми", "ru"),
    ],
)
def test_a_name_is_found_in_any_form(typed: str, name: str, language: str) -> None:
    found = term_table("offenses").named(typed)
    assert found
    assert (found.text, found.language) == (name, language)


@pytest.mark.parametrize(
    "typed",
    ["", "wire", "wire fraud Miami", "wire NOT fraud", "title:fraud", "wire -fraud", "fraud*", "*"],
)
def test_other_queries_name_nothing(typed: str) -> None:
    assert term_table("offenses").named(typed) is None


def test_the_glossary_has_every_term_in_every_language() -> None:
    glossary = term_table("glossary")
    assert len(glossary.entries) >= 300
    assert [each for each in glossary.entries if not all(each.names.values())] == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("torture", ("torture", "", "")),
        ("пыткам", ("пытки", "", "")),
        ("money laundering", ("money laundering", "", "")),
        ("money laundering Astana", ("money laundering", "", " Astana")),
        ("Iran act of terrorism 2018", ("act of terrorism", "Iran ", " 2018")),
        ("Ермеков отмыванием денег", ("отмывание денег", "Ермеков ", "")),
        ("investigators", ("investigator", "", "")),
        ("accused", ("accused", "", "")),
        ("torture Astana", None),
        ("torture OR murder", None),
        ("", None),
        ("money laundering " * 20, None),
    ],
)
def test_a_term_stands_alone_or_has_several_words(
    typed: str, found: tuple[str, str, str] | None
) -> None:
    placed = term_table("glossary").within(typed)
    assert (placed and (placed[0].text, *placed[1:])) == found


@pytest.mark.parametrize(
    ("typed", "language", "name"),
    [
        ("attorney", "ru", "прокурор"),
        ("U.S. Attorney", "ru", "прокурор"),
        ("US attorneys", "kk", "прокурор"),
        ("defense attorney", "ru", "адвокат"),
        ("адвокаты", "en", "lawyer"),
        ("hijacking", "ru", "угон воздушного судна"),
        ("carjacking", "ru", "угон автомобиля"),
        ("угон", "en", "carjacking"),
        ("айдап әкету", "en", "carjacking"),
        ("arrested", "ru", "задержание"),
        ("арест", "en", "arrest"),
        ("organized crime group", "kk", "ұйымдасқан қылмыстық топ"),
        ("ОПГ", "en", "organized crime group"),
        ("қылмыстық топтың", "en", "criminal group"),
        ("gangs", "ru", "банда"),
        ("drug trafficking", "ru", "незаконный оборот наркотиков"),
        ("conspiracy", "kk", "сөз байласу"),
        ("lawsuit", "ru", "иск"),
        ("тюрьме", "en", "prison"),
        ("convictions", "ru", "обвинительный приговор"),
        ("судьи", "en", "judge"),
        ("суды", "en", "court"),
        ("мародерлік", "en", "looting"),
        ("restitution", "ru", "возмещение вреда"),
        ("domestic violence", "kk", "тұрмыстық зорлық-зомбылық"),
    ],
)
def test_a_term_is_translated_in_the_sense_of_the_field(
    typed: str, language: str, name: str
) -> None:
    found = term_table("glossary").named(typed)
    assert found
    assert found.entry.names[language][0] == name


# What a criminologist asks for first.
@pytest.mark.parametrize(
    "typed",
    [
        "money laundering",
        "bribery",
        "embezzlement",
        "human trafficking",
        "forced labor",
        "extradition",
        "amnesty",
        "plea agreement",
        "acquittal",
        "pardon",
        "confiscation",
        "forfeiture",
        "organized crime",
        "probation",
        "life imprisonment",
        "arson",
        "charges",
        "accessory",
        "corruption",
        "domestic violence",
    ],
)
def test_the_glossary_has_the_first_terms_of_the_field(typed: str) -> None:
    found = term_table("glossary").named(typed)
    assert found
    assert all(found.entry.names.values())
