"""Frequencies against a plain count of all texts, period by period."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Settings
from indexer.engine.periods import STEPS, Step, name
from indexer.engine.results import Filters, Frequency, Query
from indexer.query.parser import parse
from indexer.whoosh_engine import WhooshEngine
from tests.indexer.whoosh_engine.test_merging import made
from tests.indexer.whoosh_engine.test_plain_reader import Judged, judged
from tests.indexer.whoosh_engine.test_trees import Vocabulary, nothing, trees

FILTERS = st.sampled_from(
    [Filters(), Filters(language=("ru", "kk")), Filters(office=("sample_doj",), year=("2018",))]
)
UNDATED = "undated"


@pytest.fixture(scope="module")
def index(sample_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    return judged(sample_settings, tmp_path_factory.mktemp("frequencies"))


@pytest.fixture(scope="module")
def vocabulary(index: Judged) -> Vocabulary:
    return Vocabulary([*index.corpus.documents.values()])


def plain_name(day: date | None, step: Step) -> str:
    """A period by what the standard library knows of the day."""
    formats = {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "year": "%Y"}
    return f"{day:{formats[step]}}" if day else UNDATED


def counted(index: Judged, query: Query, step: Step) -> dict[str, tuple[int, int, int]]:
    """Releases, occurrences and words by the period's name, counted release by release."""
    found: dict[str, Counter[str]] = {}
    for id_ in index.engine.scan(query):
        period = found.setdefault(
            plain_name(index.corpus.documents[id_].published, step), Counter()
        )
        period["releases"] += 1
        period["mentions"] += len(index.corpus.spans(query.tree, [id_]))
        period["tokens"] += len(index.corpus.texts[id_])
    return {
        period: (each["releases"], each["mentions"], each["tokens"])
        for period, each in found.items()
    }


def assert_counted(index: Judged, query: Query, step: Step) -> None:
    found = index.engine.frequencies(query, step)
    assert [number for number, _ in found.periods] == sorted({n for n, _ in found.periods})
    shown = {name(step, number): each for number, each in found.periods}
    if found.undated.releases:
        shown[UNDATED] = found.undated
    plain = {period: Frequency(*each) for period, each in counted(index, query, step).items()}
    assert shown == plain


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_frequencies_of_random_trees(
    data: st.DataObject, index: Judged, vocabulary: Vocabulary
) -> None:
    node = data.draw(trees(vocabulary, has_negated=True))
    assert_counted(index, Query(node, data.draw(FILTERS)), data.draw(st.sampled_from(STEPS)))


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("asked", ["", "court", '"the court" OR суд*', "zzzz", "title:court"])
def test_frequencies_of_queries(index: Judged, asked: str, step: Step) -> None:
    assert_counted(index, Query(parse(asked).tree), step)


def test_without_a_tree_all_words_of_all_bodies_are_counted(index: Judged) -> None:
    found = index.engine.frequencies(Query(), "year")
    every = [found.undated, *(each for _, each in found.periods)]
    assert sum(each.releases for each in every) == len(index.corpus.documents)
    assert sum(each.tokens for each in every) == sum(map(len, index.corpus.texts.values()))
    assert found.undated.releases > 0


def test_an_update_is_counted(tmp_path_factory: pytest.TempPathFactory) -> None:
    engine = WhooshEngine(tmp_path_factory.mktemp("updated"), 64)
    asked = Query(parse("fine").tree)
    engine.publish(engine.build([], 1, nothing))
    assert engine.frequencies(asked, "month").periods == ()
    late, undated = (
        replace(made(id_, "no fine"), published=day)
        for id_, day in (("b", date(2021, 3, 5)), ("c", None))
    )
    engine.update([made("a", "fine fines"), late, undated], (), 2, nothing)
    found = engine.frequencies(asked, "month")
    assert found.periods == ((24240, Frequency(1, 2, 2)), (24254, Frequency(1, 1, 2)))
    assert found.undated == Frequency(1, 1, 2)
    engine.update([replace(late, published=date(1, 1, 1))], ["a"], 3, nothing)
    assert engine.frequencies(asked, "day").periods == ((1, Frequency(1, 1, 2)),)
    engine.close()
