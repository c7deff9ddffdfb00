"""The second tier of both engines, beside a plain evaluation word by word."""

from __future__ import annotations

from datetime import date
from math import log
from typing import Any

import pytest

from indexer import Engine, Filters, Hit, Query, parse
from indexer.assist.spelling import did_you_mean
from indexer.engine.results import Order, Position
from indexer.query.tree import Node
from tests.indexer.engine.test_contract import fill, made

QUESTIONS = (
    "who was sentenced for torture in the prison",
    "fraud scheme convicted doctor",
    "пытки прокурор суд приговор",
    "officials bribed to award contracts",
    "court jury",
    "fruad conviction",
    "trial in 2024 of the defendants",
)
EVERY = 100


def asked(typed: str, **more: Any) -> Query:
    """A query for both tiers."""
    parsed = parse(typed)
    return Query(parsed.tree, **{"some": parsed.some, "size": EVERY, **more})


def scores(engine: Engine, node: Node) -> dict[str, float]:
    """The releases that match a part of a query, and its score for each."""
    return {hit.id: hit.score for hit in engine.search(Query(node, size=EVERY)).hits}


def evaluated(engine: Engine, typed: str) -> dict[str, float]:
    """The second tier of a question whose words are all known, by its definition."""
    some = parse(typed).some
    assert some
    releases = engine.total(Query())
    found = [scores(engine, word.node) for word in some.words]
    weights = [log(releases / (len(each) + 1)) + 1 if each else 0.0 for each in found]
    within = scores(engine, some.within) if some.within else None
    ids = set[str]().union(*found) - set(engine.scan(asked(typed)))
    if within is not None:
        ids &= {*within}
    return {
        id_: sum(each.get(id_, 0.0) for each in found)
        * (sum(w for w, each in zip(weights, found, strict=True) if id_ in each) / sum(weights))
        ** 3
        for id_ in ids
    }


def second(hits: tuple[Hit, ...]) -> list[Hit]:
    return [hit for hit in hits if hit.tier == "some"]


@pytest.mark.parametrize("typed", [each for each in QUESTIONS if "fruad" not in each])
def test_the_order_is_that_of_the_definition(engine: Engine, typed: str) -> None:
    expected = evaluated(engine, typed)
    results = engine.search(asked(typed))
    found = second(results.hits)
    assert results.total_some == len(expected) == len(found)
    for hit in found:
        assert hit.score == pytest.approx(expected[hit.id], rel=1e-3)
    ranked = [expected[hit.id] for hit in found]
    assert ranked == pytest.approx(sorted(ranked, reverse=True), rel=1e-3)


def test_the_questions_have_second_tiers(engine: Engine) -> None:
    assert all(engine.search(asked(typed)).total_some for typed in QUESTIONS)


@pytest.mark.parametrize("typed", QUESTIONS)
def test_the_first_tier_is_what_it_is_alone(engine: Engine, typed: str) -> None:
    both, alone = engine.search(asked(typed)), engine.search(asked(typed, some=None))
    first = tuple(hit for hit in both.hits if hit.tier == "all")
    assert (first, both.total) == (alone.hits, alone.total)
    assert (both.facets, both.timeline) == (alone.facets, alone.timeline)
    assert not alone.total_some


@pytest.mark.parametrize("typed", QUESTIONS)
def test_each_hit_names_the_words_that_it_lacks(engine: Engine, typed: str) -> None:
    some = parse(typed).some
    assert some
    held = {word.typed: scores(engine, word.node) for word in some.words}
    results = engine.search(asked(typed))
    respelled = dict(results.respelled)
    for hit in second(results.hits):
        lacked = [word for word, ids in held.items() if hit.id not in ids and word not in respelled]
        assert [*hit.missing] == [word for word in hit.missing if word in held]
        assert {*lacked} <= {*hit.missing} <= {*lacked, *respelled}


@pytest.mark.parametrize("size", [1, 3, 10])
@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
@pytest.mark.parametrize("is_folded", [False, True])
def test_pages_run_through_both_tiers(
    engine: Engine, sort: Order, size: int, is_folded: bool
) -> None:
    typed = "fraud scheme convicted"
    whole = engine.search(asked(typed, sort=sort, is_folded=is_folded))
    shown = whole.total - whole.folded + whole.total_some - whole.folded_some
    assert len(whole.hits) == shown
    pages: list[str] = []
    for start in range(0, shown + size, size):
        query = asked(typed, sort=sort, start=start, size=size, is_folded=is_folded)
        pages += [hit.id for hit in engine.search(query).hits]
    assert pages == [hit.id for hit in whole.hits]


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("sort", ["newest", "oldest", "id"])
def test_positions_run_through_both_tiers(engine: Engine, sort: Order, size: int) -> None:
    typed = "fraud scheme convicted"
    whole = engine.search(asked(typed, sort=sort))
    assert whole.total
    walked: list[str] = []
    after: Position | None = None
    while True:
        results = engine.search(asked(typed, sort=sort, size=size, after=after))
        walked += [hit.id for hit in results.hits]
        if (after := results.more_after) is None:
            break
    assert walked == [hit.id for hit in whole.hits]


def test_filters_narrow_both_tiers(engine: Engine) -> None:
    typed = "fraud scheme convicted doctor"
    whole = engine.search(asked(typed))
    days = [hit.published for hit in whole.hits if hit.published]
    middle = sorted(days)[len(days) // 2]
    narrowed = engine.search(asked(typed, filters=Filters(since=middle)))
    kept = [hit.id for hit in whole.hits if hit.published and hit.published >= middle]
    assert [hit.id for hit in narrowed.hits] == kept
    assert 0 < narrowed.total_some < whole.total_some


def test_a_word_of_no_release_is_looked_for_by_its_likely_spelling(empty: Engine) -> None:
    fill(
        empty,
        *(made(number, "a fraud in the market") for number in range(3)),
        made(8, "the fuad of Aldania"),
        made(9, "nothing of the kind"),
    )
    results = empty.search(asked("fruad"))
    assert (results.total, results.total_some) == (0, 3)
    assert results.respelled == (("fruad", "fraud"),)
    assert {hit.missing for hit in results.hits} == {()}
    marked = {
        word for hit in results.hits for p in hit.passages for word, is_in in p.parts if is_in
    }
    assert marked == {"fraud"}


def test_a_word_like_no_other_is_missing_in_every_hit(empty: Engine) -> None:
    fill(empty, made(1, "the market"), made(2, "the court"))
    results = empty.search(asked("market xylophonist"))
    assert [hit.missing for hit in results.hits] == [("xylophonist",)]
    assert not empty.search(asked("xylophonist")).total_some


@pytest.mark.parametrize("name", ["Almaty", "almaty", "Salta", "Oban", "oban"])
def test_no_other_word_is_searched_for_instead_of_a_name(empty: Engine, name: str) -> None:
    words = "the salto of Oman in albany"
    fill(empty, *(made(number, f"{words}, market") for number in range(200)))
    results = empty.search(asked(f"market {name}"))
    assert results.respelled == ()
    assert {hit.missing for hit in results.hits} == {(name,)}


def test_did_you_mean_leaves_the_names_of_releases_alone(empty: Engine) -> None:
    fill(
        empty,
        *(made(number, "a fraud in Maryland") for number in range(250)),
        made(900, "Mr. Maryand came; one more fruad"),
    )

    def offered(typed: str) -> str | None:
        query = asked(typed)
        found = did_you_mean(typed, query, empty.search(query), empty)
        return found and found.query

    assert [offered(each) for each in ("Maryand", "fraud Maryand")] == [None, None]
    assert offered("fruad") == offered("fraaud") == "fraud"  # in a release, in none
    assert offered("Marylnad") == "maryland"  # in none
    assert offered("maryand") == "maryland"


def test_a_rare_word_outweighs_several_common_ones(empty: Engine) -> None:
    common = [made(number, "prison guard report") for number in range(20)]
    fill(empty, *common, made(99, "salmonella outbreak"))
    results = empty.search(asked("prison guard salmonella"))
    assert int(results.hits[0].id.rpartition("-")[2], 16) == 99
    assert results.hits[0].missing == ("prison", "guard")


def test_dates_in_words_hold_for_both_tiers(empty: Engine) -> None:
    fill(
        empty,
        made(1, "bank settlement", date(2012, 12, 3)),
        made(2, "bank", date(2012, 12, 31)),
        made(3, "bank settlement", date(2013, 1, 1)),
        made(4, "bank settlement"),
    )
    results = empty.search(asked("bank settlement December 2012"))
    found = [int(hit.id.rpartition("-")[2], 16) for hit in results.hits]
    assert (found, results.total, results.total_some) == ([1, 2], 1, 1)


def test_withheld_releases_are_in_neither_tier(engine: Engine) -> None:
    typed = "fraud scheme convicted"
    whole = engine.search(asked(typed))
    hidden = {second(whole.hits)[0].id, whole.hits[0].id}
    withheld, engine.withheld = engine.withheld, lambda: frozenset(hidden)
    try:
        results = engine.search(asked(typed))
    finally:
        engine.withheld = withheld
    assert not hidden & {hit.id for hit in results.hits}
    assert (results.total, results.total_some) == (whole.total - 1, whole.total_some - 1)
