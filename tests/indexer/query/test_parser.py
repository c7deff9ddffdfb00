"""The query language: what each construct means, and that no input is an error."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.query import tree
from indexer.query.dates import read_day
from indexer.query.parser import parse
from indexer.query.tree import VariantTerm, is_asked
from tests.indexer.whoosh_engine.test_trees import typed_alone

FRAUD, COURT = (
    "title_stem:/fraud^2.0 OR body_stem:/fraud",
    "title_stem:/court^2.0 OR body_stem:/court",
)
GANG = "title_stem:/gang^2.0 OR body_stem:/gang"


def days(first: str, last: str) -> str:
    """A range of days as the tree shows it; the days themselves as ordinals."""
    start, end = (date.fromisoformat(each).isoformat() if each else "" for each in (first, last))
    return f"date:[{start} TO {end}]"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("fraud", f"({FRAUD})"),
        ("FRAUD", f"({FRAUD})"),
        ("frauds court", f"(({FRAUD}) AND ({COURT}))"),
        ("fraud AND court", f"(({FRAUD}) AND ({COURT}))"),
        ("fraud OR court", f"(({FRAUD}) OR ({COURT}))"),
        ("fraud NOT court", f"(({FRAUD}) AND NOT ({COURT}))"),
        ("fraud AND NOT court", f"(({FRAUD}) AND NOT ({COURT}))"),
        ("fraud -court", f"(({FRAUD}) AND NOT ({COURT}))"),
        ("fraud - court", f"(({FRAUD}) AND ({COURT}))"),
        ("fraud ANDNOT court", f"(({FRAUD}) ANDNOT ({COURT}))"),
        ("fraud ANDMAYBE court", f"(({FRAUD}) ANDMAYBE ({COURT}))"),
        ("NOT fraud", f"(* ANDNOT ({FRAUD}))"),
        ("-fraud -court", f"(* ANDNOT (({FRAUD}) OR ({COURT})))"),
        ("NOT NOT fraud", f"({FRAUD})"),
        ("gang OR -fraud", f"(({GANG}) OR (* ANDNOT ({FRAUD})))"),
        ("-(fraud court)", f"(* ANDNOT (({FRAUD}) AND ({COURT})))"),
        ('-"the court"', '(* ANDNOT (title:"the court" OR body:"the court"))'),
        ("(fraud OR gang) court", f"((({FRAUD}) OR ({GANG})) AND ({COURT}))"),
        ('"frauds"', "(title:frauds^2.0 OR body:frauds)"),
        ('"The Courts"', '(title:"the courts" OR body:"the courts")'),
        ("“The Courts”", '(title:"the courts" OR body:"the courts")'),
        ("«Ёлки дом»", '(title:"елки дом" OR body:"елки дом")'),
        ('"a OR b"', '(title:"a or b" OR body:"a or b")'),
        ("tax/fraud", '(title_stem:"/tax /fraud" OR body_stem:"/tax /fraud")'),
        (
            "well-known",
            '((title_stem:"/well /known" OR body_stem:"/well /known") OR'
            " (title_stem:/wellknown^2.0 OR body_stem:/wellknown))",
        ),
        ("tort*", "(title:tort* OR body:tort*)"),
        ("w?rd", "(title:w?rd OR body:w?rd)"),
        ("*ment", "(title:*ment OR body:*ment)"),
        ("fuzy~", "(title:fuzy~ OR body:fuzy~)"),
        ("fuzy~2", "(title:fuzy~2 OR body:fuzy~2)"),
        ("*", "*"),
        ("fraud^3", "(title_stem:/fraud^6.0 OR body_stem:/fraud^3.0)"),
        ("title:frauds", "title_stem:/fraud^2.0"),
        ("TITLE:frauds", "title_stem:/fraud^2.0"),
        ("body:frauds", "body_stem:/fraud"),
        ("text:frauds", f"({FRAUD})"),
        ('title:"frauds"', "title:frauds^2.0"),
        ("title:(fraud court)", "(title_stem:/fraud^2.0 AND title_stem:/court^2.0)"),
        ("office:US_DOJ", "office:us_doj"),
        ("office:(us_doj OR kz_gpo)", "(office:us_doj OR office:kz_gpo)"),
        ("lang:kk", "language:kk"),
        ("language:kk", "language:kk"),
        ("country:KZ", "country:kz"),
        ("number:18-1609", "number:18-1609"),
        ("topic:Opioids", "topic:opioids"),
        ('topic:"Drug Trafficking"', 'topic:"drug trafficking"'),
        ("topic:drug*", "topic:drug*"),
        ("component:Tax", "component:tax"),
        ("place:Halden", "place:halden"),
        ("date:2017", days("2017-01-01", "2017-12-31")),
        ("year:2017", days("2017-01-01", "2017-12-31")),
        ("date:2016-02", days("2016-02-01", "2016-02-29")),
        ("date:2017-03-05", days("2017-03-05", "2017-03-05")),
        ("date:2017..2018", days("2017-01-01", "2018-12-31")),
        ("date:2017-03..2017-04-05", days("2017-03-01", "2017-04-05")),
        ("date:2017..", days("2017-01-01", "")),
        ("date:..2018", days("", "2018-12-31")),
        ("date:[2017 TO 2018]", days("2017-01-01", "2018-12-31")),
        ("title:[a TO c]", "title:[a TO c]"),
        ("қаулы", "(title_stem:/қаулы^2.0 OR body_stem:/қаулы)"),
    ],
)
def test_a_construct_means_this_tree_and_needs_no_note(typed: str, expected: str) -> None:
    reading = parse(typed)
    assert str(typed_alone(reading.tree)) == expected
    assert reading.warnings == ()


def keys(typed: str, languages: tuple[str, ...] = (), **more: bool) -> set[str]:
    """The keys that a query's words are looked for by, too."""
    node = parse(typed, languages, **more).tree  # type: ignore[arg-type]
    return {str(leaf) for leaf in tree.leaves(node) if isinstance(leaf, VariantTerm)}


def test_a_bare_word_is_a_name_in_any_script_and_kazakh_as_typed_without_its_letters() -> None:
    assert keys("Court") == {"title:names(kourt)", "body:names(kourt)"}
    assert keys("title:court") == {"title:names(kourt)"}
    name = {"title:names(kilmis)", "body:names(kilmis)"}
    loose = {f"{field}:loose(кылмыс)" for field in ("title", "body", "title_stem", "body_stem")}
    assert keys("қылмыс") == keys("кылмыс") == name | loose
    assert keys("кылмыс", ("ru",)) == name


@pytest.mark.parametrize("typed", ['"court"', "-court", "gang* NOT court", "office:court", "co?rt"])
def test_what_is_quoted_negated_or_no_word_of_the_text_has_no_keys(typed: str) -> None:
    assert keys(typed) == set()


def test_with_its_own_script_alone_a_word_keeps_the_forms_of_a_name() -> None:
    for found in (
        parse("Кожашаров", match_scripts=False),
        parse("Кожашаров script:exact"),
        parse("SCRIPT:Exact Кожашаров"),
    ):
        leaves = [leaf for leaf in tree.leaves(found.tree) if isinstance(leaf, VariantTerm)]
        assert [str(leaf) for leaf in leaves] == ["title:names(kojawarov)", "body:names(kojawarov)"]
        assert all(leaf.is_exact for leaf in leaves)
    assert parse("Кожашаров script:any").tree == parse("Кожашаров").tree
    assert parse("Кожашаров script:latin").tree == parse("Кожашаров").tree
    assert "script: accepts exact or any" in parse("Кожашаров script:latin").warnings[0]
    assert parse('"script:exact"').tree != parse("").tree


def test_words_near_each_other_are_a_phrase_with_slop() -> None:
    found = parse('"fraud court"~5').tree
    assert isinstance(found, tree.Or)
    assert [part.slop for part in found.parts] == [5, 5]


def test_a_title_counts_double() -> None:
    found = parse('"fraud court"').tree
    assert isinstance(found, tree.Or)
    assert [(part.field, part.boost) for part in found.parts] == [
        ("title", 2),
        ("body", 1),
    ]


def test_a_bare_cyrillic_word_is_read_in_russian_and_in_kazakh() -> None:
    assert parse("пытки").tree == parse("пытки", ("ru", "kk")).tree
    assert (
        str(typed_alone(parse("пытки", ("ru",)).tree))
        == "(title_stem:/пытк^2.0 OR body_stem:/пытк)"
    )


@pytest.mark.parametrize("operator", ["ANDNOT", "ANDMAYBE"])
def test_a_chain_of_operators_is_read_and_a_longer_one_as_its_words(operator: str) -> None:
    chain, longer = (parse(f" {operator} ".join(["fraud"] * parts)) for parts in (41, 42))
    assert str(typed_alone(chain.tree)).count(operator) == 40
    assert chain.warnings == ()
    assert longer.tree == parse(" ".join(["fraud"] * 42)).tree
    assert longer.warnings == (
        "The query could not be interpreted as written; its words were searched instead.",
    )


@pytest.mark.parametrize(
    ("typed", "expected", "note"),
    [
        ('"open fraud', "open fraud", "Unmatched quotation mark"),
        ("fraud)", "fraud", "Unbalanced parentheses ignored"),
        ("((fraud)", "fraud", "Unbalanced parentheses ignored"),
        (")fraud(", "fraud", "Unbalanced parentheses ignored"),
        ("(" * 60 + "fraud" + ")" * 60, "fraud", "Unbalanced parentheses ignored"),
        ("fraud~9", "fraud~2", "Words can differ by at most 2 letters; ~9"),
        ("colour:red", "colour red", "Unknown field “colour”"),
        ("ftp://x.b", "ftp x b", "Unknown field “ftp”"),
        ("https://x.b", '"x b"', "“https://x.b” is on no collected office’s website"),
        ("docket:17", '"17"', "“17” isn’t a docket number"),
        ("colour:re*", "re*", "Unknown field “colour”"),
        ("fraud AND", "fraud", "“AND” has nothing to combine"),
        ("OR fraud", "fraud", "“OR” has nothing to combine"),
        ("fraud date:soon", "fraud", "“soon” isn’t a date"),
        ("fraud date:2017-13", "fraud", "“2017-13” isn’t a date"),
        ("date:0000 fraud", "fraud", "“0000” isn’t a date"),
    ],
)
def test_what_cannot_be_read_is_repaired_and_told(typed: str, expected: str, note: str) -> None:
    reading = parse(typed)
    assert reading.tree == parse(expected).tree
    assert len(reading.warnings) == 1
    assert note in reading.warnings[0]


@pytest.mark.parametrize(
    "typed", ["AND", "NOT", "AND OR NOT", "- NOT", "(AND)", '!!! "..."', "~", "title:*"]
)
def test_a_query_without_a_word_asks_for_nothing_and_says_so(typed: str) -> None:
    reading = parse(typed)
    assert reading.tree is None
    assert "no words" in reading.warnings[-1]


@pytest.mark.parametrize("typed", ["", "   ", "\x00"])
def test_an_empty_query_asks_for_nothing_and_needs_no_note(typed: str) -> None:
    assert parse(typed).tree is None
    assert parse(typed).warnings == ()


@pytest.mark.parametrize("word", ["and", "or", "not", "And", "Or", "Not"])
def test_an_operator_in_small_letters_is_a_word_and_the_reader_is_told(word: str) -> None:
    reading = parse(f"fraud {word} court")
    assert reading.tree == parse("fraud court").tree
    (note,) = reading.warnings
    assert note.startswith(f"“{word}” is not an operator. Write AND, OR, NOT")


@pytest.mark.parametrize("typed", ['"search and seizure"', "and justice", "fraud or", "brand orb"])
def test_a_small_operator_in_quotes_or_at_an_end_needs_no_note(typed: str) -> None:
    assert parse(typed).warnings == ()


@pytest.mark.parametrize("typed", ["date:2018..2017", "date:[2018-02 TO 2018-01]"])
def test_a_range_of_dates_that_ends_before_it_begins_is_told_to_be_empty(typed: str) -> None:
    (note,) = parse(f"fraud {typed}").warnings
    assert "is empty: it ends before it starts" in note


def test_a_query_that_is_too_long_is_cut_and_told() -> None:
    reading = parse("fraud " * 1700, limit_chars=12)
    assert reading.tree == parse("fraud fraud").tree
    assert reading.warnings == ("Only the first 12 characters of the query were read.",)


@pytest.mark.parametrize(
    "typed",
    [
        "x" * 10_000,
        "fraud " * 1666,
        "(" * 5000,
        ")" * 5000,
        "(" * 2500 + ")" * 2500,
        "(a " * 2500 + ")" * 2500,
        "NOT " * 2500,
        "-" * 5000,
        "NOT " * 500 + "a",
        "a OR " * 2000,
        "a ANDNOT " * 1000,
        "a ANDMAYBE " * 900,
        "a NEAR/3 " * 1100,
        "a* w/p co-b* " * 800,
        '"' * 9999,
        "*?" * 3000,
        "~" * 5000,
        "[a TO " * 1500,
        "a^" * 3000,
        "a:" * 3000,
        "a~99999999999999999999",
        "a^99999999999999999999999",
        '"a b"~99999999999999999999',
        "date:99999..99999",
        "date:[2018 TO",
        "\\" * 1000,
        "? | ! – " * 1000,
        "title: " * 1400,
        "16-123 17-cr-1 " * 600,
        "https://a.b/c " * 700,
        '"a"~0' * 2000,
        "a*.," * 2500,
    ],
    ids=lambda typed: typed[:12],
)
def test_no_size_of_query_is_an_error(typed: str) -> None:
    reading = parse(typed, limit_chars=10_000)
    assert reading.tree is not None or reading.warnings


PIECES = st.sampled_from(
    [
        *("AND", "OR", "NOT", "ANDNOT", "ANDMAYBE", "TO", "(", ")", '"', "“", "»"),
        *("*", "?", "~", "~2", "^", "^2", ":", "-", "+", "[", "]", "{", "}", "..", "\\", "/"),
        *("title:", "body:", "office:", "date:", "year:", "topic:", "number:", "lang:", "foo:"),
        *("NEAR/5", "PRE/3", "w/p", "/s", "AROUND(2)"),
        *("|", "!", "–", "16-123", "1:17-cr-12", "https://www.justice.gov/a", "docket:", "url:"),
        *("2017", "2017-02", "a", "fraud", "пытки", "қаулы", "é", "<", ">", "=", ",", "."),
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES | st.just(" "), max_size=25).map("".join))
def test_no_text_in_the_languages_own_characters_is_an_error(typed: str) -> None:
    reading = parse(typed)
    assert reading.tree is None or str(reading.tree)
    assert reading.tree is not None or reading.warnings or not typed.strip()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_no_text_at_all_is_an_error(typed: str) -> None:
    assert all(note.endswith(".") for note in parse(typed).warnings)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2016", date(2016, 1, 1), date(2016, 12, 31)),
        ("2016-2", date(2016, 2, 1), date(2016, 2, 29)),
        ("2016-02-03", date(2016, 2, 3), date(2016, 2, 3)),
        (" 2016 ", date(2016, 1, 1), date(2016, 12, 31)),
        ("2016-13", None, None),
        ("2015-02-29", None, None),
        ("0000", None, None),
        ("16", None, None),
        ("2016-01-01T00", None, None),
        ("", None, None),
    ],
)
def test_a_year_or_month_stands_for_its_first_or_last_day(
    typed: str, first: date | None, last: date | None
) -> None:
    assert read_day(typed, is_end=False) == first
    assert read_day(typed, is_end=True) == last


def test_everything_and_nothing_are_not_asked_for() -> None:
    assert not is_asked(parse("").tree)
    assert not is_asked(parse("*").tree)
    assert is_asked(parse("fraud").tree)
    assert is_asked(parse("-fraud").tree)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("who was sentenced for the bribe", "sentenced bribe"),
        ("fraud AND the tax", "fraud AND tax"),
        ("what is the fraud NOT tax", "fraud NOT tax"),
        ("кто был осужден за взятку", "осужден взятку"),
    ],
)
def test_function_words_are_not_required(typed: str, same: str) -> None:
    assert parse(typed).tree == parse(same).tree
    assert any("Not required" in each for each in parse(typed).readings)


@pytest.mark.parametrize("typed", ["what is it", "him NOT clerk", '"the" fraud', "IT fraud"])
def test_function_words_are_required_where_nothing_else_is_wanted(typed: str) -> None:
    assert parse(typed).tree == parse(typed, is_literal=True).tree
    assert not parse(typed).readings
