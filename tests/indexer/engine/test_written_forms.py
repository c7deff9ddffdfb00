"""One thing in several written forms, in both engines. All texts are invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from corpus import Settings
from indexer import Engine, Query, Results, open_engine, parse
from indexer.assist.other_forms import other_forms
from indexer.engine.document import Document
from indexer.query.written_forms import Attested
from tests.engines import ENGINES, placed

TEXTS = {
    "joined": "The pretrial hearing about healthcare began.",
    "too": "Another pretrial note about healthcare.",
    "hyphenated": "A pre-trial hearing about health-care fraud.",
    "again": "The Pre-Trial order; health-care fraud.",
    "spaced": "Before any pre trial motion, health care fraud was charged.",
    "apart": "A trial came after the pre payment; care for the health of all.",
    "initials": "U.S. Attorney Dorn thanked the F.B.I. for it.",
    "more": "The U.S. Attorney and the F.B.I. spoke.",
    "capitals": "US Attorney Karst and the FBI spoke.",
    "pronoun": "Tell us of any attorney. He cannot forbid it.",
    "bid": "They met for bid rigging, for-bid or not; for-bid it is.",
    "commas": "A fine of $1,000,000 was paid.",
    "plain": "A fine of 1000000 was paid.",
    "blanks": "Штраф в 1 000 000 тенге.",
    "dea": "The Drug Enforcement Administration (DEA) found it.",
    "dea2": "Agents of the Drug Enforcement Administration (DEA).",
    "short": "The DEA alone.",
    "once": "The Federal Office of Dogs (FOD).",
    "steven": "Mr. Steven Korb met Usama Dahl.",
    "stephen": "Mr. Stephen Korb met Osama Dahl. Stephens left.",
    "steven2": "Steven met Usama, and Stephan.",
    "stephen2": "Stephen met Osama.",
    "catherine": "Ms. Catherine Obst met Mr. Florez, who had a Brasil in Syria.",
    "katherine": "Ms. Katherine Obst joined FLORES in Brazil; Sara and Juan came in June.",
    "katherine2": "Ms. Katherine Orlo left FLORES in Brazil, then Syria, in June.",
    "marten": "Mr. Marten Obst and Mr. Martin Orlo met.",
    "martin": "Mr. Martin Orlo left.",
    **{f"bird{number}": "They kept martins." for number in range(7)},
}


def made(name: str, text: str) -> Document:
    """A document of an invented text."""
    language = "ru" if name == "blanks" else "en"
    day = date(2016, 3, 1)
    return Document(
        name,
        "us_doj",
        "us",
        language,
        day,
        "https://a.example/",
        "Notice",
        (text,),
        (),
        (),
        None,
        None,
    )


@pytest.fixture(scope="module", params=ENGINES)
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """An engine with the texts, some of them in an update."""
    opened = open_engine(placed(request, Settings(data=tmp_path_factory.mktemp("forms"))))
    documents = [made(name, text) for name, text in TEXTS.items()]
    opened.publish(
        opened.build([*documents[4:], made("gone", "A trum-pet.")], 1, lambda done: None)
    )
    changed = replace(documents[5], body=(TEXTS["apart"],))
    opened.update([*documents[:4], changed], ["gone"], 2, lambda done: None)
    yield opened
    for build in opened.builds():
        opened.drop(build)
    opened.close()


def asked(engine: Engine, typed: str, *, is_literal: bool = False) -> Results:
    """The answer to a query, with its second tier."""
    parsed = parse(typed, is_literal=is_literal, attested=engine.attested)
    return engine.search(Query(parsed.tree, size=50, some=parsed.some, is_explained=True))


def found(engine: Engine, typed: str, *, is_literal: bool = False) -> list[str]:
    """The names of what matches all of a query, sorted."""
    hits = asked(engine, typed, is_literal=is_literal).hits
    return sorted(hit.id for hit in hits if hit.tier == "all")


def test_what_texts_attest(engine: Engine) -> None:
    words = ["pretrial", "healthcare", "us", "fbi", "dea", "fod", "forbid", "trumpet", "nothing"]
    attested = engine.attested([*words, "drug enforcement administration"])
    assert attested == {
        "pretrial": Attested(2, {"pre trial": 2}),
        "healthcare": Attested(2, {"health care": 2}),
        "us": Attested(2, {"u s": 2}),
        "fbi": Attested(1, {"f b i": 2}),
        "dea": Attested(3, {}, {"Drug Enforcement Administration": 2}),
        "drug enforcement administration": Attested(0, {}, {"DEA": 2}),
        "fod": Attested(1),
        "forbid": Attested(1),
        "trumpet": Attested(),
        "nothing": Attested(),
    }
    assert engine.attested([]) == {}


def test_of_many_forms_those_of_most_releases_are_kept(empty: Engine) -> None:
    rare = ". ".join(f"Alpha{number} Bravo Charlie (ABC)" for number in range(120))
    common = "Zero. Azulu Bravo Charlie (ABC)."
    texts = {"one": rare, "two": f"{rare}. {common}", "three": common}
    documents = [made(name, text) for name, text in texts.items()]
    empty.publish(empty.build([*documents, made("four", common)], 1, lambda done: None))
    forms = empty.attested(["abc"])["abc"].abbreviations
    assert next(iter(forms.items())) == ("Azulu Bravo Charlie", 3)


def test_any_number_of_words_can_be_looked_up(engine: Engine) -> None:
    words = [f"word{number}" for number in range(700)]
    found = engine.attested([*words, "pretrial", "a.b*[c"])
    assert found["pretrial"].forms == {"pre trial": 2}
    assert len(found) == 702


@pytest.mark.parametrize(
    ("typed", "names", "literally"),
    [
        ("pretrial", "joined too hyphenated again spaced", "joined too"),
        ("pre-trial", "joined too hyphenated again spaced", "hyphenated again spaced"),
        ("pre trial", "joined too hyphenated again spaced apart", "hyphenated again spaced apart"),
        ("pretrial hearing", "joined hyphenated", "joined"),
        ("healthcare fraud", "hyphenated again spaced", ""),
        ("health care fraud", "hyphenated again spaced", "hyphenated again spaced"),
        ("health care began", "joined", ""),
        ("title:pretrial", "", ""),
        ("fraud NOT pretrial", "", "hyphenated again spaced"),
        ("(pretrial OR motion) NEAR/3 hearing", "joined hyphenated", "joined"),
        ('"pretrial"', "joined too", "joined too"),
        ('"health care fraud"', "hyphenated again spaced", "hyphenated again spaced"),
        ("US Attorney", "initials more capitals pronoun", "capitals pronoun"),
        ("U.S. Attorney", "initials more capitals", "initials more"),
        ("us attorney", "capitals pronoun", "capitals pronoun"),
        ("FBI", "initials more capitals", "capitals"),
        ("F.B.I.", "initials more capitals", "initials more"),
        ("forbid", "pronoun", "pronoun"),
        ("for bid", "bid", "bid"),
        ("1,000,000", "commas plain blanks", "commas blanks"),
        ("1000000", "commas plain blanks", "plain"),
        ("1 000 000", "commas plain blanks", "commas blanks"),
        ("1.000.000", "commas plain blanks", "commas blanks"),
    ],
)
def test_other_forms_are_found(engine: Engine, typed: str, names: str, literally: str) -> None:
    assert found(engine, typed) == sorted(names.split())
    assert found(engine, typed, is_literal=True) == sorted(literally.split())


def test_totals_and_missing_words_count_other_forms(engine: Engine) -> None:
    results = asked(engine, "pretrial motion")
    assert (results.total, results.total_some) == (1, 4)
    assert {hit.id: hit.missing for hit in results.hits} == {
        "spaced": (),
        **dict.fromkeys(("joined", "too", "hyphenated", "again"), ("motion",)),
    }


def test_the_interpretation_counts_each_form(engine: Engine) -> None:
    explanation = asked(engine, "pretrial").explanation
    assert explanation is not None
    assert (explanation.label, explanation.count) == ("any of", 5)
    assert [(part.label, part.count) for part in explanation.parts] == [
        ("all forms of “pretrial”", 2),
        ("the phrase “pre trial”", 3),
    ]


def test_mentions_and_marks_are_those_of_all_forms(engine: Engine) -> None:
    query = Query(parse("pretrial", attested=engine.attested).tree)
    keywords = {line.keyword for line in engine.occurrences(query).mentions}
    assert keywords == {"pretrial", "pre-trial", "Pre-Trial", "pre trial"}
    hits = engine.search(query).hits
    assert all(any(is_in for p in hit.passages for _, is_in in p.parts) for hit in hits)


def offered(engine: Engine, typed: str) -> list[tuple[str, str, str, int]]:
    """The forms that are offered, each with as many releases as its query finds."""
    query = Query(parse(typed, attested=engine.attested).tree)
    groups = other_forms(typed, query, engine)
    for group in groups:
        for _, number, words in group.forms:
            either = parse(words, attested=engine.attested)
            assert not either.warnings
            assert number == engine.total(Query(either.tree)) >= engine.total(query)
    return [(g.kind, g.typed, form, number) for g in groups for form, number, _ in g.forms]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ('"health care fraud"', []),
        ('"pretrial hearing"', [("written", "pretrial hearing", "pre trial hearing", 2)]),
        ('"pre-trial hearing" about', [("written", "pre-trial hearing", "pretrial hearing", 2)]),
        ('"U.S. Attorney"', [("written", "U.S. Attorney", "US Attorney", 3)]),
        ('"US Attorney"', [("written", "US Attorney", "U.S. Attorney", 3)]),
        ("“1,000,000”", [("written", "1,000,000", "1000000", 3)]),
        ("pretrial", []),
        ("DEA agents", [("long", "DEA", "Drug Enforcement Administration", 1)]),
        ("dea", [("long", "dea", "Drug Enforcement Administration", 3)]),
        (
            "drug enforcement administration agents",
            [("short", "drug enforcement administration", "DEA", 1)],
        ),
        (
            '"drug enforcement administration"',
            [("short", "drug enforcement administration", "DEA", 3)],
        ),
        ("FOD", []),
        ("Steven", [("sound", "Steven", "Stephen", 4)]),
        ("stephen Korb", [("sound", "stephen", "Steven", 2)]),
        ("Usama", [("sound", "Usama", "Osama", 4)]),
        ("Stefan", [("sound", "Stefan", "Stephen", 3), ("sound", "Stefan", "Steven", 2)]),
        ("title:Steven Steven* Steven~ -Steven", []),
        ("fine", []),
        # Behind a negation, and of a word that is typed twice.
        ('fine NOT "pretrial hearing"', []),
        ('fine -"pretrial hearing" !Steven', []),
        ("fine NOT Steven", []),
        ("DEA agents dea", [("long", "DEA", "Drug Enforcement Administration", 1)]),
        ("Catherine", []),  # the index of names finds Katherine
        ("Florez", []),  # the other is an abbreviation
        ("Brasil", []),  # the other is a country
        ("Marten", []),  # the other finds birds
        ("Juan Sara", []),
    ],
)
def test_forms_are_offered(
    engine: Engine, typed: str, expected: list[tuple[str, str, str, int]]
) -> None:
    assert offered(engine, typed) == expected


def test_withheld_releases_attest_nothing(engine: Engine) -> None:
    withheld, engine.withheld = engine.withheld, lambda: frozenset({"dea", "again", "stephen"})
    try:
        assert not engine.attested(["dea"])["dea"].abbreviations
        assert found(engine, "pretrial") == ["joined", "too"]
        assert offered(engine, "Steven") == []
        engine.withheld = lambda: frozenset({"dea", "dea2", "stephen2"})
        assert offered(engine, "DEA") == offered(engine, "Steven") == []
        assert offered(engine, '"drug enforcement administration"') == []
    finally:
        engine.withheld = withheld
