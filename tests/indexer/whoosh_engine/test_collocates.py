"""Collocates against a plain count over all texts, and the measures against their formulas."""

from __future__ import annotations

from collections import Counter
from math import log, log2
from typing import get_args

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from corpus import Settings
from indexer.analysis.analyzer import STEM, Token
from indexer.engine.results import Collocates, Filters, Measure, Query
from indexer.linguistics.association_measures import (
    Counts,
    log_dice,
    log_likelihood,
    mutual_information,
)
from indexer.query.parser import parse
from indexer.whoosh_engine import WhooshEngine
from tests.indexer.whoosh_engine.test_merging import made
from tests.indexer.whoosh_engine.test_plain_reader import Judged, judged
from tests.indexer.whoosh_engine.test_trees import Vocabulary, nothing, trees, typed, typed_alone

OFTEN = settings(max_examples=100, deadline=None)
MEASURES = st.sampled_from(get_args(Measure))
EVERY = 1_000_000


@pytest.fixture(scope="module")
def index(sample_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    return judged(sample_settings, tmp_path_factory.mktemp("collocates"))


@pytest.fixture(scope="module")
def vocabulary(index: Judged) -> Vocabulary:
    return Vocabulary([*index.corpus.documents.values()])


def shape(token: Token, *, is_stem: bool) -> str:
    return token.stem.removeprefix(STEM) if is_stem else token.written


def value(measure: Measure, a: int, f: int, nodes: int, near: int, tokens: int) -> float:
    """A measure by its published formula, over single numbers."""
    if measure == "log_dice":
        return 14 + log2(2 * a / (nodes + f))
    expected = near * f / tokens
    if measure == "mutual_information":
        return log2(a / expected)
    b, elsewhere = f - a, (tokens - near) * f / tokens
    return 2 * (a * log(a / expected) + (b * log(b / elsewhere) if b else 0))


def assert_collocates(
    index: Judged, query: Query, window: int, measure: Measure, least: int, *, is_stem: bool
) -> Collocates:
    """All words must be those of a plain count, with the same numbers, in the order of values."""
    texts = index.corpus.texts
    spans = index.corpus.spans(query.tree, [*index.engine.scan(query)])
    inside = {(id_, at) for id_, first, last in spans for at in range(first, last + 1)}
    near = {
        (id_, at)
        for id_, first, last in spans
        for at in range(max(0, first - window), min(len(texts[id_]), last + window + 1))
    }
    observed = Counter(shape(texts[id_][at], is_stem=is_stem) for id_, at in near - inside)
    every = Counter(shape(token, is_stem=is_stem) for text in texts.values() for token in text)
    sizes = len(spans), observed.total(), every.total()
    expected = {word: f * (sizes[1] / sizes[2]) for word, f in every.items()}

    found = index.engine.collocates(query, window, measure, least, EVERY, is_stem=is_stem)

    assert (found.mentions, found.window_tokens, found.corpus_tokens) == sizes
    assert {each.word: each.observed for each in found.collocates} == {
        word: a for word, a in observed.items() if a >= least and a >= expected[word]
    }
    for each in found.collocates:
        assert each.frequency == every[each.word]
        assert each.expected == pytest.approx(expected[each.word])
        right = value(measure, each.observed, each.frequency, *sizes)
        assert each.score == pytest.approx(right, rel=1e-6, abs=1e-6)
    ranked = [(-each.score, -each.observed, each.word) for each in found.collocates]
    assert ranked == sorted(ranked)
    return found


@OFTEN
@given(data=st.data())
def test_counts_of_random_trees(data: st.DataObject, index: Judged, vocabulary: Vocabulary) -> None:
    node = data.draw(trees(vocabulary, has_negated=True))
    filters = data.draw(st.sampled_from([Filters(), Filters(language=("ru", "kk"))]))
    window, least = data.draw(st.integers(0, 12)), data.draw(st.integers(1, 5))
    measure, is_stem = data.draw(MEASURES), data.draw(st.booleans())
    assert_collocates(index, Query(node, filters), window, measure, least, is_stem=is_stem)


@OFTEN
@given(data=st.data(), window=st.integers(1, 8), measure=MEASURES, is_stem=st.booleans())
def test_counts_of_what_people_type(
    data: st.DataObject,
    window: int,
    measure: Measure,
    is_stem: bool,
    index: Judged,
    vocabulary: Vocabulary,
) -> None:
    node = typed_alone(parse(data.draw(typed(vocabulary))).tree)
    assume(node is not None)
    assert_collocates(index, Query(node), window, measure, 1, is_stem=is_stem)


@OFTEN
@given(
    words=st.lists(st.sampled_from("abcd"), min_size=1, max_size=3),
    slop=st.integers(1, 6),
    more=st.sampled_from(["", " OR b", " OR c*"]),
    window=st.integers(1, 50),
)
def test_counts_where_everything_overlaps(
    words: list[str], slop: int, more: str, window: int, index: Judged
) -> None:
    node = parse(f'"{" ".join(words)}"~{slop}{more}', ("en",)).tree
    assert_collocates(index, Query(node), window, "log_likelihood", 1, is_stem=False)


def test_only_the_most_are_given_and_equal_ones_stand_by_their_letters(index: Judged) -> None:
    query = Query(parse("court").tree)
    every = index.engine.collocates(query, 5, "log_dice", 1, EVERY).collocates
    assert len(every) > 20
    assert index.engine.collocates(query, 5, "log_dice", 1, 7).collocates == every[:7]
    assert index.engine.collocates(query, 5, "log_dice", 1, 0).collocates == ()


def test_a_token_between_two_occurrences_counts_once(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    engine = WhooshEngine(tmp_path_factory.mktemp("once"), 64)
    documents = [made("a", "x fine y fine z"), made("b", "y y y y q q q q q")]
    engine.publish(engine.build(documents, 1, nothing))
    found = engine.collocates(Query(parse("fine").tree), 2, "mutual_information", 1)
    # y stands there once, where 5 * 3 / 14 are expected: that is no attraction.
    assert [(each.word, each.observed, each.frequency) for each in found.collocates] == [
        ("x", 1, 1),
        ("z", 1, 1),
    ]
    assert (found.mentions, found.window_tokens, found.corpus_tokens) == (2, 3, 14)
    engine.update([made("b", "q q q q q q q q q")], (), 2, nothing)
    found = engine.collocates(Query(parse("fine").tree), 2, "mutual_information", 1)
    assert [(each.word, each.observed, each.frequency) for each in found.collocates] == [
        ("x", 1, 1),
        ("y", 1, 1),
        ("z", 1, 1),
    ]
    engine.close()


def test_a_window_ends_with_the_release(tmp_path_factory: pytest.TempPathFactory) -> None:
    engine = WhooshEngine(tmp_path_factory.mktemp("ends"), 64)
    documents = [made("a", "before"), made("b", "fine"), made("c", "after"), made("d", "other")]
    engine.publish(engine.build(documents, 1, nothing))
    found = engine.collocates(Query(parse("fine").tree), 5, "log_likelihood", 1)
    assert (found.collocates, found.mentions, found.window_tokens, found.corpus_tokens) == (
        (),
        1,
        0,
        4,
    )
    engine.close()


def test_stems_gather_the_forms_of_a_word(tmp_path_factory: pytest.TempPathFactory) -> None:
    engine = WhooshEngine(tmp_path_factory.mktemp("stems"), 64)
    texts = ["paid fines paying fine pays", "the rest of the text is about the weather"]
    engine.publish(engine.build([made(f"{n}", each) for n, each in enumerate(texts)], 1, nothing))
    found = engine.collocates(Query(parse('"fine"').tree), 1, "log_dice", 1, is_stem=True)
    assert [(each.word, each.observed, each.frequency) for each in found.collocates] == [
        ("pay", 2, 2)
    ]
    engine.close()


def test_nothing_matched_has_no_collocates(index: Judged) -> None:
    for asked in ("", "zzzz", "title:court", "NOT court"):
        found = index.engine.collocates(Query(parse(asked).tree))
        assert (found.collocates, found.mentions, found.window_tokens) == ((), 0, 0)
        assert found.corpus_tokens == sum(map(len, index.corpus.texts.values()))


def counts(observed: int, frequency: int, nodes: int, near: int, tokens: int) -> Counts:
    return Counts(np.array([observed]), np.array([frequency]), nodes, near, tokens)


@pytest.mark.parametrize(
    ("together", "one", "other", "expected"),
    [(8, 389, 230, 8.726204), (300, 300, 300, 14.0), (3, 3000, 3000, 4.034216)],
)
def test_log_dice_of_known_figures(together: int, one: int, other: int, expected: float) -> None:
    assert log_dice(together, one, other) == pytest.approx(expected, abs=1e-6)


def test_log_likelihood_of_two_corpora_of_one_size() -> None:
    # 30 and 10 of 1,000 tokens each: 2 (30 ln(30 / 20) + 10 ln(10 / 20)).
    found = log_likelihood(counts(30, 40, 1, 1000, 2000))[0]
    assert found == pytest.approx(10.464963, abs=1e-6)
    assert log_likelihood(counts(30, 60, 1, 1000, 2000))[0] == pytest.approx(0)


def test_mutual_information_doubles_with_one_more() -> None:
    assert mutual_information(counts(20, 40, 1, 500, 2000))[0] == pytest.approx(1.0)
    assert mutual_information(counts(40, 40, 1, 500, 2000))[0] == pytest.approx(2.0)
