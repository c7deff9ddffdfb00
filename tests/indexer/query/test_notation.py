"""What people type in their own way, and the same in the query language."""

from __future__ import annotations

import pytest

from corpus.release import release_id
from indexer.query import tree
from indexer.query.parser import parse


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        # A question mark at the end of a word is punctuation.
        ("What is human trafficking?", "What is human trafficking"),
        ("guilty?", "guilty"),
        ("(Who is guilty?)", "(Who is guilty)"),
        ("trafficking??", "trafficking"),
        ("what fraud ?", "what fraud"),
        ("Кто виновен?", "Кто виновен"),
        ("ما هذا؟", "ما هذا"),
        ("fraud？ tax", "fraud tax"),
        ("guilty?!", "guilty"),
        # Operators of other systems.
        ("fraud || bribery", "fraud OR bribery"),
        ("fraud||bribery", "fraud OR bribery"),
        ("fraud | bribery", "fraud OR bribery"),
        ("Man Sentenced for Fraud | OPA | Justice", "Man Sentenced for Fraud OPA Justice"),
        ("(fraud || bribery) trial", "(fraud OR bribery) trial"),
        ("fraud && tax", "fraud AND tax"),
        ("+fraud +tax", "fraud AND tax"),
        ('"tax fraud" +bank', '"tax fraud" AND bank'),
        ("fraud !tax", "fraud NOT tax"),
        ("!(tax fraud) bank", "NOT (tax fraud) bank"),
        ('fraud !"tax return"', 'fraud NOT "tax return"'),
        ("fraud –tax", "fraud NOT tax"),
        ("fraud −tax", "fraud NOT tax"),
        ("fraud ‐tax", "fraud NOT tax"),
        ("fraud – tax", "fraud tax"),
        ("fraud!", "fraud"),
        ('"tax fraud"~0', '"tax fraud"'),
        ('bank "tax fraud"~0 wire', 'bank "tax fraud" wire'),
        ("«tax fraud»~0", '"tax fraud"'),
        ("fraud~0", "fraud"),
        # Proximity.
        ("fraud w/5 tax", "fraud NEAR/5 tax"),
        ("fraud W/5 tax", "fraud NEAR/5 tax"),
        ("fraud near/5 tax", "fraud NEAR/5 tax"),
        ("fraud within/5 tax", "fraud NEAR/5 tax"),
        ("fraud /5 tax", "fraud NEAR/5 tax"),
        ("fraud NEAR5 tax", "fraud NEAR/5 tax"),
        ("fraud ADJ5 tax", "fraud NEAR/5 tax"),
        ("fraud AROUND(5) tax", "fraud NEAR/5 tax"),
        ("fraud w/p tax", "fraud /p tax"),
        ("fraud pre/3 tax", "fraud PRE/3 tax"),
        ("bank fraud NEAR/5 tax", "bank (fraud NEAR/5 tax)"),
        ("bank OR fraud NEAR/5 tax", "bank OR (fraud NEAR/5 tax)"),
        ("-fraud NEAR/5 tax", "NOT (fraud NEAR/5 tax)"),
        ("a NEAR/2 b NEAR/3 c", "(a NEAR/2 b) NEAR/3 c"),
        ('"co-conspir*"', "co-conspir*"),
        ("co-conspir*,", "co-conspir*"),
        ("U.S.*", '"U.S."'),
        ("'fraud*'", "fraud*"),
        # A field and a space.
        ("title: fraud", "title:fraud"),
        ("office: us_doj", "office:us_doj"),
        ('title: "tax fraud"', 'title:"tax fraud"'),
        ("Title:  fraud", "title:fraud"),
        ("statute: 18 U.S.C. § 1343", 'statute:"18 U.S.C. § 1343"'),
        # Signs behind a pattern.
        ("fraud*, tax", "fraud* tax"),
        ("fraud*.", "fraud*"),
        ("(fraud*;)", "(fraud*)"),
        ("fruad~.", "fruad~"),
        # The beginning of a date.
        ("date:201*", "date:2010..2019"),
        ("year:20*", "date:2000..2099"),
        ("date:2017*", "date:2017"),
        ("date:2017-0*", "date:2017-01..2017-09"),
        ("date:2017-1*", "date:2017-10..2017-12"),
        ("date:2017-03*", "date:2017-03"),
        ("date:2017-03-*", "date:2017-03"),
        # Invisible characters.
        ("pro\u00adsecutor", "prosecutor"),
        ("pre\u200btrial", "pretrial"),
        ("\ufefffraud\u2060", "fraud"),
        ("title\u200c:fra\u200dud", "title:fraud"),
        # The number of a release.
        ("#16-123", "16-123"),
        ("(16-123)", "16-123"),
        ("16-123, 17-5.", "16-123 17-5"),
        # The spellings of a docket.
        ("1:17-cr-00123-JSR-ABC", "docket:17-cr-123"),
        ("2:17-CR-00123", "17-cr-0123"),
        ("docket:2:17-CR-00123", "17-cr-0123"),
        ("17-cr-123-XY2", "17-cr-123"),
    ],
)
def test_what_is_typed_is_the_same_as(typed: str, same: str) -> None:
    assert parse(typed).tree == parse(same).tree
    assert parse(typed).warnings == ()


@pytest.mark.parametrize(
    "typed",
    ["wom?n", "?ourt", "c??rt", "co?rt*", "2017-03-01", "number:16-123", '"16-123"', "A16-123"],
)
def test_signs_inside_words_and_values_of_fields_stay(typed: str) -> None:
    assert not tree.values_asked(parse(typed).tree, "number") or typed.startswith("number")
    assert ("?" in typed) == ("?" in str(parse(typed).tree))


@pytest.mark.parametrize("typed", ["date:20*7", "date:2017-2*", "date:201?", "date:2017~"])
def test_a_pattern_of_no_days_is_told(typed: str) -> None:
    assert "isn’t a date" in parse(f"fraud {typed}").warnings[0]


def test_a_number_asks_for_the_release_first_and_for_texts_that_hold_it() -> None:
    first, *phrases = tree.leaves(parse("16-123").tree)
    assert first == tree.Term("number", "16-123", boost=100)
    assert all(isinstance(each, tree.Phrase) for each in phrases)


ADDRESS = "https://www.justice.gov/opa/pr/halden-baker-sentenced"


@pytest.mark.parametrize(
    "typed",
    [
        ADDRESS,
        f"{ADDRESS}.",
        f"({ADDRESS})",
        ADDRESS.removeprefix("https://"),
        f"{ADDRESS}?utm_source=mail",
        f"url:{ADDRESS}",
        ADDRESS.replace("https", "HTTPS"),
    ],
)
def test_an_address_asks_for_the_release_at_it(typed: str) -> None:
    found = parse(typed)
    assert tree.values_asked(found.tree, "id") == [release_id("us_doj", ADDRESS)]
    assert found.warnings == ()


def test_of_a_docket_zeros_division_and_initials_are_left_out() -> None:
    phrases = {leaf.words for leaf in tree.leaves(parse("3:09-cv-0071-AB").tree)}  # type: ignore[union-attr]
    assert phrases == {("09", "cv", number) for number in ("71", "071", "0071", "00071", "000071")}
