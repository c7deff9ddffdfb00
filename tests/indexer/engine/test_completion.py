"""Completions of both engines: phrases that occur, titles, values, and no misprints."""

from __future__ import annotations

from dataclasses import replace

import pytest

from indexer import Engine, Filters, Query, parse
from indexer.assist.completion import Completion, completions
from indexer.linguistics.suggestions import RARER
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


def test_the_last_part_of_a_compound_is_completed(empty: Engine) -> None:
    fill(empty, *(made(n, "A pre-trial hearing.") for n in range(3)), made(9, "trick"))
    assert completions("pre-tr", empty, "en")[0].query == "pre-trial"
    assert completions("body:pre‑tri", empty, "en")[0].query == "body:pre‑trial"
    assert completions("lang:pre-tr", empty, "en") == []
    assert completions("hearing -tr", empty, "en") == []


def test_initials_decide_what_follows(empty: Engine) -> None:
    often = (made(n, "attempt") for n in range(10, 15))
    fill(empty, *(made(n, "The U.S. Attorney spoke.") for n in range(2)), *often)
    assert completions("u.s. att", empty, "en")[0].query == "u.s. attorney"


def test_a_name_with_an_ampersand_is_completed(empty: Engine) -> None:
    often = (made(n, "johnson and jointly") for n in range(10, 15))
    fill(empty, *(made(n, "Johnson & Johnson sued.") for n in range(2)), *often)
    assert completions("johnson & jo", empty, "en")[0].query == "johnson & johnson"


def test_a_whole_word_is_offered_itself_and_with_the_next_one(empty: Engine) -> None:
    fill(empty, made(1, "covid relief"), made(2, "covid"), made(3, "relief covidien"))
    assert [(each.query, each.total) for each in completions("covid", empty, "en")] == [
        ("covid", 2),
        ("covidien", 1),
        ("covid relief", 1),
    ]
    assert completions("COVID", empty, "en")[0].query == "COVID"


def test_a_function_word_leads_to_the_next_one_and_is_none(empty: Engine) -> None:
    fill(
        empty,
        *(made(n, "a conspiracy to commit fraud from 2012") for n in range(3)),
        made(9, "conspiracy to defraud, conspiracy together"),
        made(10, "fraud from people of the department"),
    )
    assert [each.query for each in completions("conspiracy to", empty, "en")] == [
        "conspiracy to commit",
        "conspiracy to defraud",
        "conspiracy together",
    ]
    assert [each.query for each in completions("fraud from", empty, "en")] == ["fraud from people"]
    assert completions("fraud fro", empty, "en") == []
    assert completions('"fraud fro', empty, "en")[0].query == '"fraud from"'


def test_misprints_are_no_completions(empty: Engine) -> None:
    often = 6 * RARER
    rare = ("sessionss", "sessionsasked", "jeffsessions", "sessions02142012a", "asked02142012")
    fill(
        empty,
        *(made(n, "jeff sessions asked") for n in range(often)),
        *(made(often + n, f"jeff {word}") for n, word in enumerate(rare)),
        *(made(often + n, "jeffasked") for n in range(10, 16)),
    )
    assert empty.autocomplete("se", 5, ("jeff",)) == ["sessions"]
    assert empty.autocomplete("se", 5) == ["sessions"]
    assert empty.autocomplete("jeff", 5) == ["jeff"]
    assert empty.autocomplete("asked0", 5) == []
    assert [each.query for each in completions("jeff se", empty, "en")] == ["jeff sessions"]


def test_totals_are_those_of_searches(engine: Engine) -> None:
    typed = ("court", "u.s. attorney", '"civil rights"', "tortur* -police", "прокурор", "court~")
    queries = [Query(parse(each).tree) for each in typed]
    queries.append(replace(queries[0], filters=Filters(year=("2018",), language=("en",))))
    queries.append(Query())
    totals = engine.totals(queries)
    assert totals == [engine.search(query).total for query in queries]
    assert totals == [engine.total(query) for query in queries]


def test_values_of_a_facet_are_those_of_all_releases(engine: Engine) -> None:
    for facet in engine.search(Query()).facets:
        assert engine.facet_values(facet.name) == facet.counts
