"""Boilerplate: both engines beside an index of the same releases without it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from corpus import Settings
from indexer import Engine, Filters, Query, Results, open_engine, parse
from indexer.engine.document import Document
from indexer.engine.results import Order
from indexer.highlight.word_test import word_test
from indexer.linguistics.boilerplate import LEAST_RELEASES, LEAST_WORDS
from indexer.query import tree
from tests.engines import ENGINES, placed
from tests.indexer.engine.test_contract import fill, ignore, made
from tests.indexer.whoosh_engine.test_trees import Vocabulary, trees

TASK_FORCE = "The Task Force was set up to combat mortgage fraud and other financial crimes."
PRESUMED = "An indictment is merely an accusation, and the bank is presumed innocent."
RARE = "The tax division of the office prosecutes the case in the federal court."
SHORT = "Judges were not amused."
WORDS = (
    *("mortgage", "fraud", "bank", "tax", "court", "guilty"),
    *("judge", "money", "loan", "agent", "victim", "scheme"),
)
# A word as long as any in boilerplate, which no query asks for.
BLANK = "zzz"
QUERIES = (
    *("mortgage", "fraud", '"mortgage fraud"', "mortgage bank", "mortgage OR tax"),
    *("bank NOT mortgage", "fraud NEAR/3 mortgage", "mortg*", "m?rtgage", "mortgaje~"),
    *('"combat fraud"~4', "title:fraud", "financial crimes", "force", "mortgage office:far"),
    *("(mortgage OR bank) NEAR/9 (fraud OR innocent)", '"fraud and financial"~4', "judges"),
    *("money", "who committed mortgage fraud against the bank", "fraud -money", "innocent"),
)


def releases() -> list[Document]:
    """Two offices with sentences that 25, 20 and 19 releases of one have, and few of the other."""
    chance, found = random.Random(7), []
    for key in range(45):
        own = " ".join(chance.choices(WORDS, k=4)).capitalize() + "."
        body = [own]
        office, at = ("sample_doj", key) if key < 30 else ("far", key - 30)
        most = 1 if office == "sample_doj" else 0.4
        if at < 25 * most:
            body.append(TASK_FORCE)
        if 7 <= at < 27 * most:
            body[-1] += f" {PRESUMED}"
        if at < 19 * most:
            body.append(RARE)
        body.append(SHORT)
        title = f"Release {key} on {chance.choice(WORDS)}"
        day = date(2020 + key % 3, 1 + key % 12, 1)
        facts = {"topics": ("Fraud",), "components": ("Tax Division",), "place": "Washington"}
        found.append(made(key, "", day, office=office, body=tuple(body), title=title, **facts))
    return found


def blanked(document: Document, *boilerplate: str) -> Document:
    """A release whose boilerplate says nothing."""
    body = document.body
    for each in boilerplate:
        blank = " ".join([BLANK] * len(each.split()))
        body = tuple(text.replace(each, f"{blank}.") for text in body)
    return replace(document, body=body)


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return releases()


@pytest.fixture(scope="module")
def vocabulary(documents: list[Document]) -> Vocabulary:
    return Vocabulary(documents)


@pytest.fixture(scope="module")
def outside(
    documents: list[Document], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """An index of the same releases without boilerplate."""
    opened = open_engine(Settings(data=tmp_path_factory.mktemp("outside")))
    own = [each for each in documents if each.office == "sample_doj"]
    far = [each for each in documents if each.office != "sample_doj"]
    fill(opened, *(blanked(each, TASK_FORCE, PRESUMED) for each in own), *far)
    yield opened
    opened.close()


@pytest.fixture(scope="module", params=ENGINES)
def engine(
    request: pytest.FixtureRequest,
    documents: list[Document],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Engine]:
    opened = open_engine(placed(request, Settings(data=tmp_path_factory.mktemp("whole"))))
    fill(opened, *documents)
    yield opened
    opened.drop(opened.builds()[0])
    opened.close()


def asked(typed: str, **more: Any) -> Query:
    parsed = parse(typed)
    return Query(parsed.tree, **{"size": 100, "some": parsed.some, **more})


def ids(results: Results, tier: str = "all", *, only_boilerplate: bool | None = None) -> list[str]:
    """The hits of a tier, or those in boilerplate alone, or the others."""
    return [
        hit.id
        for hit in results.hits
        if hit.tier == tier and only_boilerplate in (None, hit.only_boilerplate)
    ]


def test_the_offices_have_what_the_tests_are_about(documents: list[Document]) -> None:
    own = [each.body_text for each in documents if each.office == "sample_doj"]
    counts = [sum(each in text for text in own) for each in (TASK_FORCE, PRESUMED, RARE, SHORT)]
    assert counts == [25, LEAST_RELEASES, LEAST_RELEASES - 1, 30]
    assert len(SHORT.split()) < LEAST_WORDS


@pytest.mark.parametrize("typed", QUERIES)
def test_matches_in_boilerplate_alone_are_those_that_vanish_without_it(
    engine: Engine, outside: Engine, typed: str
) -> None:
    query = asked(typed)
    results, without = engine.search(query), {*outside.scan(query)}
    every = {*engine.scan(replace(query, has_boilerplate=True))}
    assert {*ids(results)} == every
    assert {*ids(results, only_boilerplate=True)} == every - without
    assert [*engine.scan(query)] == ids(results, only_boilerplate=False)
    assert results.total == len(every)
    assert results.boilerplate_total == len(every - without)


@settings(max_examples=100, deadline=None, suppress_health_check=[*HealthCheck])
@given(data=st.data())
def test_so_they_are_for_random_trees(
    data: st.DataObject, engine: Engine, outside: Engine, vocabulary: Vocabulary
) -> None:
    node = data.draw(trees(vocabulary, has_negated=True))
    tests = [word_test(leaf, is_stem=False) for leaf in tree.parts_of(tree.leaves(node))]
    assume(not any(test and test(BLANK, BLANK, BLANK) for test in tests))
    query = Query(node, size=100)
    results, without = engine.search(query), {*outside.scan(query)}
    usual = engine.search(replace(query, has_boilerplate=True))
    assert {*ids(results, only_boilerplate=True)} == {*ids(usual)} - without
    if not results.boilerplate_total:
        assert results == usual


def test_the_queries_find_boilerplate(engine: Engine) -> None:
    found = [engine.search(asked(typed)).boilerplate_total for typed in QUERIES]
    assert sum(map(bool, found)) > len(QUERIES) / 2
    assert found[QUERIES.index("bank NOT mortgage")]


@pytest.mark.parametrize("typed", QUERIES)
def test_they_rank_below_the_others_and_change_nothing_else(engine: Engine, typed: str) -> None:
    results = engine.search(asked(typed))
    usual = engine.search(asked(typed, has_boilerplate=True))
    below = {hit.id for hit in results.hits if hit.only_boilerplate}
    for tier in ("all", "some"):
        above = [id_ for id_ in ids(usual, tier) if id_ not in below]
        assert ids(results, tier) == above + [id_ for id_ in ids(usual, tier) if id_ in below]
    scores = [hit.score for hit in results.hits if hit.tier == "all"]
    assert scores == sorted(scores, reverse=True)
    assert not usual.boilerplate_total
    assert not any(hit.only_boilerplate for hit in usual.hits)
    if not below:
        assert results.hits == usual.hits
    if not results.boilerplate_total:
        assert replace(results, hits=()) == replace(usual, hits=())


@pytest.mark.parametrize("sort", ["newest", "oldest", "id"])
def test_other_orders_stay_as_they_are(engine: Engine, sort: Order) -> None:
    query = asked("mortgage", sort=sort)
    hits = engine.search(query).hits
    assert [hit.id for hit in hits] == [*engine.scan(replace(query, has_boilerplate=True))]
    assert [hit.id for hit in hits if not hit.only_boilerplate] == [*engine.scan(query)]


@pytest.mark.parametrize("typed", QUERIES)
@pytest.mark.parametrize("filters", [Filters(), Filters(year=("2021",)), Filters(office=("far",))])
def test_facets_and_timeline_leave_them_out(
    engine: Engine, outside: Engine, typed: str, filters: Filters
) -> None:
    query = asked(typed, filters=filters)
    results = engine.search(query)
    every = engine.search(replace(query, has_boilerplate=True))
    # Without boilerplate, a query with NOT matches releases that it does not match with it.
    matching = engine.scan(replace(query, filters=Filters(), has_boilerplate=True))
    either = tree.Or(tuple(tree.Term("id", id_) for id_ in matching))
    counted = outside.search(replace(query, tree=tree.And((query.tree or tree.Every(), either))))
    assert (results.facets, results.timeline) == (counted.facets, counted.timeline)
    assert results.total - results.boilerplate_total == counted.total
    assert results.total == every.total == sum(count for _, count in every.timeline)


@pytest.mark.parametrize("size", [3, 7])
def test_pages_continue_one_another(engine: Engine, size: int) -> None:
    whole = engine.search(asked("mortgage fraud"))
    pages = [
        engine.search(asked("mortgage fraud", size=size, start=at)) for at in range(0, 45, size)
    ]
    assert [hit for page in pages for hit in page.hits] == [*whole.hits]


@pytest.mark.parametrize("typed", ["mortgage", '"mortgage fraud"', "fraud NEAR/3 mortgage"])
def test_trends_and_collocates_leave_them_out(engine: Engine, outside: Engine, typed: str) -> None:
    query = asked(typed)
    own, plain = engine.frequencies(query, "year"), outside.frequencies(query, "year")
    assert own.boilerplate_total == engine.search(query).boilerplate_total > 0
    assert own.periods == plain.periods
    whole = replace(query, has_boilerplate=True)
    every = engine.frequencies(whole, "year")
    assert every.boilerplate_total == 0
    assert sum(each.releases for _, each in every.periods) == engine.total(query)
    near, all_near = engine.collocates(query, least=1), engine.collocates(whole, least=1)
    assert near.mentions == outside.collocates(query, least=1).mentions
    assert near.boilerplate_mentions == all_near.mentions - near.mentions > 0
    assert all_near.boilerplate_mentions == 0
    lines, all_lines = engine.occurrences(query), engine.occurrences(whole)
    assert lines.total == near.mentions == len([*engine.scan_occurrences(query)])
    assert lines.boilerplate_mentions == near.boilerplate_mentions
    assert all_lines.total == all_near.mentions == len([*engine.scan_occurrences(whole)])
    assert all_lines.boilerplate_mentions == 0


def test_boilerplate_makes_no_release_similar(empty: Engine) -> None:
    deed = "Quorvex deeds of orchards were forged by notaries."
    shared = [
        made(key, f"{TASK_FORCE} Wholly x{key} y{key}.", title=f"T{key}") for key in range(25)
    ]
    own = made(30, f"{TASK_FORCE} {deed}", title="Notary")
    alike = [made(key, f"{deed} Also z{key}.", title=f"U{key}") for key in (40, 41)]
    fill(empty, own, *shared, *alike)
    similar = {hit.id for hit in empty.more_like_this(own.id, 44)}
    every = {hit.id for hit in empty.more_like_this(own.id, 44, has_boilerplate=True)}
    assert similar == {each.id for each in alike}
    assert every > similar


def test_documents_of_a_generator_get_the_same_marks(
    empty: Engine, engine: Engine, documents: list[Document]
) -> None:
    empty.publish(empty.build((each for each in documents), 1, ignore))
    assert marks(empty) == marks(engine)
    changed = [made(90 + key, f"{RARE} {key}") for key in range(LEAST_RELEASES)]
    empty.update((each for each in changed), (id_ for id_ in [documents[0].id]), 2, ignore)
    assert empty.search(asked("prosecutes")).boilerplate_total
    assert empty.exists([documents[0].id]) == [False]


def marks(engine: Engine) -> list[Any]:
    """All that an index tells of boilerplate."""
    found: list[Any] = []
    for typed in ("mortgage", "accusation", "prosecutes", '"tax division"', "task force"):
        results = engine.search(asked(typed, sort="id"))
        found += [[(hit.id, hit.only_boilerplate) for hit in results.hits], results.facets]
        found.append(replace(engine.collocates(asked(typed), least=1), build=""))
    return found


@pytest.fixture
def anew(tmp_path: Path) -> Iterator[Engine]:
    """Another embedded engine."""
    opened = open_engine(Settings(data=tmp_path / "anew"))
    yield opened
    opened.close()


def test_an_update_gives_the_marks_of_a_rebuild(
    empty: Engine, anew: Engine, documents: list[Document]
) -> None:
    live = {each.id: each for each in documents}
    fill(empty, *documents)
    own = [each for each in documents if each.office == "sample_doj"]
    rare = replace(own[25], body=(*own[25].body, RARE))  # its 20th release
    presumed = replace(own[10], body=own[10].body[:1])  # leaves 19, and takes from the other two
    updates: list[tuple[list[Document], list[str]]] = [
        ([rare], []),
        ([presumed], []),
        ([own[10]], []),
        ([], [rare.id]),
        ([replace(each, title="Anew") for each in own[:4]], [own[20].id, own[21].id]),
        ([made(99, f"Once more. {RARE} {PRESUMED}")], []),
    ]
    seen = [marks(empty)]
    for number, (changed, removed) in enumerate(updates, 2):
        empty.update(changed, removed, number, ignore)
        live |= {each.id: each for each in changed}
        live = {id_: each for id_, each in live.items() if id_ not in removed}
        fill(anew, *live.values())
        assert marks(empty) == marks(anew)
        seen.append(marks(empty))
    assert all(one != other for one, other in pairwise(seen))


def test_a_withheld_release_counts_for_no_sentence(tmp_path: Path) -> None:
    """What was kept for queries about the whole generation is not taken for the rest of it."""
    hidden: set[str] = set()
    engine = open_engine(Settings(data=tmp_path), lambda: hidden)
    fill(engine, *(made(key, TASK_FORCE) for key in range(LEAST_RELEASES)))
    assert engine.search(asked("mortgage")).boilerplate_total == LEAST_RELEASES
    hidden.add(made(0, "").id)
    assert engine.search(asked("mortgage")).boilerplate_total == 0
    hidden.clear()
    assert engine.search(asked("mortgage")).boilerplate_total == LEAST_RELEASES
    engine.close()


def test_versions_of_one_release_count_once(empty: Engine) -> None:
    fill(empty, *(made(key, TASK_FORCE) for key in range(LEAST_RELEASES - 1)))
    for revision in (2, 3, 4):
        empty.update([made(0, f"{TASK_FORCE} {TASK_FORCE} {revision}")], [], revision, ignore)
        assert not empty.search(asked("mortgage")).boilerplate_total
    empty.update([made(50, TASK_FORCE)], [], 5, ignore)
    assert empty.search(asked("mortgage")).boilerplate_total == LEAST_RELEASES
