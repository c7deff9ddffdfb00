"""What texts attest of written forms, and which forms a typed word has."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from indexer.query.abbreviations import explained_abbreviations
from indexer.query.parser import parse
from indexer.query.sounds import near_sounds, sound_key
from indexer.query.tree import Term, leaves
from indexer.query.written_forms import (
    Attested,
    attested_terms,
    phrase_forms,
    remembered,
    words_to_look_up,
)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("A pre-trial hearing.", ["pretrial=pre trial"]),
        ("“Co-Conspirators,” he said; (anti\u2010trust)", ["coconspirators=co conspirators"]),
        ("The U.S. Attorney and the F.B.I.", ["us=u s", "fbi=f b i"]),
        ("в г.Астане, в С.-Петербурге и бизнес-план", ["бизнесплан=бизнес план"]),
        # Not always one thing: with a function word, of three parts, or none at all.
        ("an on-line, by-law state-of-the-art - no.5 justice.gov 16-123 9-11 A.", []),
        (
            "The Drug Enforcement Administration (DEA) came.",
            [
                "dea:Drug Enforcement Administration",
                "drug enforcement administration:DEA",
            ],
        ),
    ],
)
def test_a_text_attests(text: str, terms: list[str]) -> None:
    found = attested_terms(text)
    assert {*terms} <= {*found}
    assert len(found) == len(terms) + ("trust" in text)


def test_signs_without_end_are_read_once() -> None:
    """A pattern that looks for signs at the end tries each of them: 20 billion steps."""
    signs = "!" * 200_000
    assert attested_terms(f"{signs}pre-trial{signs}") == ["pretrial=pre trial"]
    assert attested_terms(f"a-b{signs}c F.B.I.") == ["fbi=f b i"]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("the Federal Bureau of Investigation (FBI)", [("FBI", "Federal Bureau of Investigation")]),
        ("of the Department of Justice (“DOJ”)", [("DOJ", "Department of Justice")]),
        (
            "Bureau of Alcohol, Tobacco, Firearms and Explosives (ATF)",
            [("ATF", "Alcohol, Tobacco, Firearms and Explosives")],
        ),
        ("the Office of Special Counsel (OSC)", [("OSC", "Office of Special Counsel")]),
        ("Health and\nHuman Services (HHS)", []),
        ("two Special Agents in Charge (SACs)", [("SAC", "Special Agents in Charge")]),
        ("Комитет национальной безопасности (КНБ)", [("КНБ", "Комитет национальной безопасности")]),
        ("Drug Enforcement. Big Administration (DEA)", []),
        ("the man (who fled), a fund (FUND), the court (NDGA)", []),
        (
            f"{'x' * 200} Drug Enforcement Administration (DEA)",
            [("DEA", "Drug Enforcement Administration")],
        ),
        (f"Drug {'y' * 95} Administration (DA)", []),
    ],
)
def test_abbreviations_are_explained_by_initials(text: str, pairs: list[tuple[str, str]]) -> None:
    assert [*explained_abbreviations(text)] == pairs


ATTESTED = {
    "pretrial": Attested(5, {"pre trial": 3}),
    "healthcare": Attested(7, {"health care": 2}),
    "us": Attested(9, {"u s": 8}),
    "fbi": Attested(0, {"f b i": 2}),
    "ed": Attested(9, {"e d": 3}),
    "co": Attested(900, {"c o": 2}),
    "dc": Attested(9, {"d c": 70}),
    "forbid": Attested(4),
    "coconspirator": Attested(1),
    "human": Attested(900),
    "trafficking": Attested(500),
    "humantrafficking": Attested(4, {"human trafficking": 20}),
}


def forms(typed: str, *, is_literal: bool = False) -> list[tuple[object, object]]:
    """What a query says of other forms."""
    parsed = parse(
        typed,
        is_literal=is_literal,
        attested=lambda words: {word: ATTESTED.get(word, Attested()) for word in words},
    )
    values = [each.values for each in parsed.readings]  # type: ignore[attr-defined]
    return [(each["typed"], each["form"]) for each in values if "form" in each]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        # Joined, hyphenated, spaced.
        ("pretrial", [("pretrial", "pre trial")]),
        ("Pretrial release", [("Pretrial", "pre trial")]),
        ("pre-trial", [("pre-trial", "pretrial")]),
        ("pre\u2011trial,", [("pre\u2011trial,", "pretrial")]),
        ("pre trial hearing", [("pre trial", "pretrial")]),
        ("title:pre-trial", [("pre-trial", "pretrial")]),
        ("health care fraud", [("health care", "healthcare")]),
        ("healthcare fraud", [("healthcare", "health care")]),
        ("co-conspirator", [("co-conspirator", "coconspirator")]),
        # Nothing that texts do not attest: no other word, none at all.
        ("for bid", []),
        ("forbid", []),
        ("tax-fraud", []),
        ("trial pre", []),
        ("human trafficking", []),
        ("pre NOT trial", []),
        ('"pre trial" "pretrial"', []),
        ("16-123 2017-03-01 A-1 on-line", []),
        # Initials; never the pronoun.
        ("US Attorney", [("US", "U.S.")]),
        ("us attorney", []),
        ("Ed", []),
        ("ED", [("ED", "E.D.")]),
        ("C.O.", []),
        ("D.C.", [("D.C.", "dc")]),
        ("U.S. Attorney", [("U.S. Attorney", "US Attorney")]),
        ("U.S.", []),
        ("fbi", [("fbi", "F.B.I.")]),
        ("F.B.I.", []),
        # Numbers.
        ("1,000,000", [("1,000,000", "1000000")]),
        ("1000000", [("1000000", "1,000,000")]),
        ("1 000 000 тенге", [("1,000,000", "1000000")]),
        ("5 000", [("5,000", "5000")]),
        ("1.000.000", [("1.000.000", "1000000")]),
        ("$1,500.50", [("$1,500.50", "1500.50")]),
        ("1500.5", [("1500.5", "1,500.5")]),
        ("2017", []),
        # As likely a year, a fraction.
        ("2,017", []),
        ("$2,015", []),
        ("2.500", []),
        ("2,500", [("2,500", "2500")]),
        ("18 100", []),
        ("1,00 0,125 007", []),
        # Cited.
        ("section 1343", []),
        ("18 U.S.C. §§ 1341, 1343(a) and 1349 in 5000 cases", [("5000", "5,000")]),
        ("Form 1040 No. 1789", []),
        ("статья 1343", []),
        ("“section 1343” 1343", []),
    ],
)
def test_other_forms_are_searched_and_told(typed: str, expected: list[tuple[str, str]]) -> None:
    assert forms(typed) == expected
    assert forms(typed, is_literal=True) == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("fraud NOT pretrial", ["“pretrial” was also excluded as “pre trial”."]),
        ("fraud -(pre trial)", ["“pre trial” was also excluded as “pretrial”."]),
        ("Pretrial pretrial", ["“Pretrial” was also searched as “pre trial”."]),
        ("pretrial NEAR/3 hearing", ["“pretrial” was also searched as “pre trial”."]),
        (
            "pretrial OR (fraud ANDNOT PRETRIAL)",
            [
                "“pretrial” was also searched as “pre trial”.",
                "“PRETRIAL” was also excluded as “pre trial”.",
            ],
        ),
    ],
)
def test_each_form_is_told_once_and_as_what_it_did(typed: str, told: list[str]) -> None:
    assert [*parse(typed, attested=lambda words: ATTESTED).readings] == told


@pytest.mark.parametrize("typed", ["pre-trial", "U.S. Attorney", "1,000,000", "health care fraud"])
def test_without_other_forms_a_query_is_as_it_was(typed: str) -> None:
    literal, nothing = parse(typed, is_literal=True), parse(typed, attested=lambda words: {})
    assert {*leaves(literal.tree)} <= {*leaves(nothing.tree)}
    assert literal.readings == ()


def test_a_corpus_is_asked_for_each_word_once() -> None:
    asked: list[str] = []

    def look_up(words: Collection[str]) -> Mapping[str, Attested]:
        asked.extend(words)
        return {word: ATTESTED[word] for word in words if word in ATTESTED}

    memory = remembered(look_up)
    for typed in ("pretrial release", "pretrial", "release FBI", "FBI"):
        of_memory, anew = (parse(typed, attested=each).tree for each in (memory, look_up))
        assert of_memory == anew
        del asked[:]
        parse(typed, attested=memory)
        assert asked == []


def test_a_long_query_looks_up_a_bounded_number_of_words() -> None:
    letters = "abcdefghijklmnopqrstuv"
    for between in (" ", ' "x" '):
        typed = between.join(f"{one}{other}-b" for one in letters for other in letters)
        assert 70 < len(words_to_look_up(typed)) <= 120


def test_forms_of_neighbors_that_repeat_are_searched_once() -> None:
    once, often = (
        leaves(parse(typed, attested=lambda words: ATTESTED).tree)
        for typed in ("pre trial", "pre trial " * 100)
    )
    assert len(often) == 100 * len(once)


def test_without_a_corpus_signs_alone_tell_forms() -> None:
    assert Term("body_stem", "/pretrial") in leaves(parse("pre-trial").tree)
    assert Term("body_stem", "/pretrial") not in leaves(parse("pre trial").tree)


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("health care fraud", ["healthcare fraud"]),
        ("healthcare fraud", ["health care fraud"]),
        ("the pre-trial hearing", ["the pretrial hearing"]),
        ("U.S. Attorney", ["US Attorney"]),
        ("US Attorney", ["U.S. Attorney"]),
        ("tell us", []),
        ("in it", []),
        ("of 1,000,000 people", ["of 1000000 people"]),
        ("section 1343 of 5000", ["section 1343 of 5,000"]),
    ],
)
def test_a_phrase_has_other_forms(phrase: str, expected: list[str]) -> None:
    assert phrase_forms(phrase, ATTESTED) == expected


@pytest.mark.parametrize(
    "names",
    [
        "Osama Usama",
        "Hezbollah Hizballah Hizbullah",
        "Steven Stephen Stefan",
        "Mohammed Muhammad Mohamed",
        "Qaddafi Gaddafi Kadafi",
        "Catherine Katherine",
        "George Jorge",
        "Yousef Yusuf",
        "Mustafa Mostafa",
        "Gonzalez Gonzales",
        "Rashid Rashed",
        "Terry Teri",
    ],
)
def test_usual_romanizations_sound_alike(names: str) -> None:
    first, *others = names.lower().split()
    assert {sound_key(each) for each in others} == {sound_key(first)}
    assert [*near_sounds(first, dict.fromkeys(others, 2))] == sorted(others)


@pytest.mark.parametrize(
    ("counts", "is_near"),
    [
        ({"gonzalez": 105, "gonzlez": 8}, True),
        ({"gary": 198, "garay": 3}, False),
        ({"gonzalez": 9, "gonzlez": 8}, False),
    ],
)
def test_a_lost_letter_is_rarer_than_the_name(counts: dict[str, int], is_near: bool) -> None:
    whole, lost = counts
    assert (lost in near_sounds(whole, counts)) is is_near
    assert (whole in near_sounds(lost, counts)) is is_near


@pytest.mark.parametrize(
    "names",
    [
        "Osama Obama",
        "Steven Sven",
        "Miller Mills",
        "Omar Emery",
        "Juan June",
        "Sara Syria",
        "Barry Berry",
        "Maria Marie",
        "Jones Jonas",
        "Shelton Sheldon",
        "Paul Palo",
        "Rahman Raman",
        "Khan Kahn",
        "Zong Song",
    ],
)
def test_other_names_do_not(names: str) -> None:
    first, other = names.lower().split()
    alike = {other: 2} if sound_key(other) == sound_key(first) else {}
    assert not near_sounds(first, alike)


@pytest.mark.parametrize("word", ["", "Bo", "Иван", "O'Brien", "R2D2", "Aeio"])
def test_short_words_and_other_letters_have_no_sound(word: str) -> None:
    assert sound_key(word) is None
