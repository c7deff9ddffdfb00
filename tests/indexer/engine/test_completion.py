"""Completions of both engines: phrases that occur, titles, values, and no misprints."""

from __future__ import annotations

import pytest

from indexer import Engine
from indexer.assist.completion import Completion, completions
from tests.indexer.engine.test_contract import fill, ignore, made


def filled(engine: Engine) -> Engine:
    """Words whose most frequent ones with a prefix are not those that follow."""
    texts = (
        "human trafficking ring",
        "human trafficking victim",
        "medicare fraud",
        "jeff sessions",
    )
    often = ("trial training", "from the section", "a trial of section from")
    documents = [made(at, text) for at, text in enumerate(texts)]
    documents += [made(10 + at, text) for at, text in enumerate(often * 4)]
    documents += [made(30, "human", body=("stop human", "trial trafficking"))]
    documents += [made(31, "trafficking of a human", title="Ring of Human Traffickers “Sunk”")]
    documents += [
        made(32, "traffickers", topics=("Human Trafficking",), statutes=("us/usc/18/1343",))
    ]
    fill(engine, *documents)
    return engine


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("human tr", "human trafficking"),
        ("stop human tr", "stop human trafficking"),
        ("medicare fr", "medicare fraud"),
        ("Jeff Se", "Jeff sessions"),
        ('"human tr', '"human trafficking"'),
        ("human NOT tr", "human NOT trial"),
    ],
)
def test_a_phrase_that_occurs_is_the_first_completion(
    empty: Engine, typed: str, first: str
) -> None:
    assert completions(typed, filled(empty), "en")[0].query == first


def test_no_completion_finds_nothing(empty: Engine) -> None:
    filled(empty)
    assert completions("medicare tr", empty, "en") == []
    assert completions("sections traf", empty, "en") == []


@pytest.mark.parametrize("begun", ["a" * 40 + "! bb", "a" * 2000 + " bb", "a " * 1000 + "bb"])
def test_no_text_before_the_last_word_stops_a_completion(empty: Engine, begun: str) -> None:
    fill(empty, made(1, "bridge"))
    assert completions(begun, empty, "en") == []


def test_words_follow_by_the_number_of_texts(empty: Engine) -> None:
    filled(empty)
    assert empty.autocomplete("tr", 5, ("human",)) == ["trafficking", "traffickers"]
    assert empty.autocomplete("tr", 1, ("human",)) == ["trafficking"]
    assert empty.autocomplete("vi", 5, ("human", "trafficking")) == ["victim"]
    assert empty.autocomplete("vi", 5, ("trafficking", "human")) == []
    empty.update([made(40, "human traffickers")], [made(0, "").id], 2, ignore)
    assert empty.autocomplete("tr", 5, ("human",)) == ["traffickers", "trafficking"]


def test_titles_and_values_are_completed_with_their_counts(empty: Engine) -> None:
    filled(empty)
    found = completions("human tr", empty, "en")
    assert found == [
        Completion("human trafficking", "human trafficking", 4, "words"),
        Completion('topic:"Human Trafficking"', "Human Trafficking", 1, "topic"),
    ]
    assert [each.label for each in completions("trial of sect", empty, "en")] == [
        "trial of section"
    ]
    assert completions("Ring of hum", empty, "en")[-1] == Completion(
        'title:"Ring of Human Traffickers Sunk"', "Ring of Human Traffickers “Sunk”", 1, "title"
    )
    statutes = completions("18 usc 13", empty, "en")
    assert [(each.label, each.total) for each in statutes] == [("18 U.S.C. § 1343", 1)]


def test_words_run_together_are_never_suggested(empty: Engine) -> None:
    fill(
        empty,
        *(made(number, "opioids prescription") for number in range(12)),
        made(20, "opioidsprescription opioid shipyard ship yard"),
        made(21, "opioidsprescription opioids ofprescription"),
        *(made(number, "of opioids") for number in range(30, 40)),
    )
    assert empty.autocomplete("opioid", 5) == ["opioids", "opioid"]
    assert empty.autocomplete("opioidsp", 5) == []
    assert empty.spell_suggest("opioidspresription") is None
    assert empty.autocomplete("ofpr", 5) == []
    assert empty.autocomplete("shipy", 5) == ["shipyard"]
