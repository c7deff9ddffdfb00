"""The executor's answers on arrays, against Whoosh's own matchers asked for every match."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from whoosh import query as tree

from corpus import Settings
from corpus.errors import TooCostlyError
from indexer import parse
from indexer.deadline import Deadline
from indexer.engine.document import Document
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.index.writer import SegmentWriter
from indexer.whoosh_engine.search.execute import Executor
from tests.indexer.whoosh_engine.test_trees import (
    TEXTS,
    Vocabulary,
    nothing,
    sample_documents,
    trees,
    typed,
    typed_alone,
)

OFTEN = settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def documents(sample_settings: Settings) -> list[Document]:
    return sample_documents(sample_settings)


@pytest.fixture(scope="module")
def snapshot(documents: list[Document], tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """An index that was updated twice: three segments, replaced and removed documents in two."""
    folder = tmp_path_factory.mktemp("execute") / "index"
    writer = SegmentWriter(folder, 64)
    third = len(documents) // 3
    writer.create(documents[: third * 2], nothing)
    changed = [
        replace(each, title=f"{each.title} again", body=each.body[::-1]) for each in documents[:9]
    ]
    writer.update([*changed, *documents[third * 2 :]], [documents[12].id], nothing)
    again = [replace(each, body=(*each.body, each.title)) for each in documents[5:9]]
    writer.update([*again, *documents[20:24]], [documents[13].id, documents[-1].id], nothing)
    return Snapshot(folder)


@pytest.fixture(scope="module")
def vocabulary(documents: list[Document]) -> Vocabulary:
    return Vocabulary(documents)


def judged(snapshot: Snapshot, node: tree.Query) -> dict[int, float]:
    """The answer of Whoosh's matchers."""
    found = Executor(snapshot)._by_whoosh(node)
    assert (np.diff(found.documents) > 0).all()
    return dict(zip(found.documents.tolist(), found.scores.tolist(), strict=True))


def plain(snapshot: Snapshot, node: tree.Query) -> dict[int, float]:
    """Leaves by Whoosh's matchers, joined by plain dictionaries.

    Whoosh's own joints cannot judge negation: AndNotMatcher lets a first document pass that both
    parts hold, InverseMatcher deleted ones, and a Not adds 1 to the score of an And. Nor can they
    judge AndMaybe inside an And: its matcher's second part stays behind when the first skips.
    """
    if isinstance(node, tree.And | tree.Or):
        wanted = [plain(snapshot, n) for n in node.subqueries if not isinstance(n, tree.Not)]
        unwanted = [plain(snapshot, n.query) for n in node.subqueries if isinstance(n, tree.Not)]
        ids = [set(each) for each in wanted]
        kept = set.intersection(*ids) if isinstance(node, tree.And) else set.union(*ids)
        kept = kept.difference(*unwanted)
        return {n: node.boost * sum(each.get(n, 0.0) for each in wanted) for n in kept}
    if isinstance(node, tree.ConstantScoreQuery) and not isinstance(node.child, tree.MultiTerm):
        return dict.fromkeys(plain(snapshot, node.child), node.score)
    if isinstance(node, tree.AndNot | tree.AndMaybe | tree.Require):
        first, second = plain(snapshot, node.a), plain(snapshot, node.b)
        if isinstance(node, tree.AndMaybe):
            return {n: score + second.get(n, 0.0) for n, score in first.items()}
        is_in = isinstance(node, tree.Require)
        return {n: score for n, score in first.items() if (n in second) == is_in}
    return judged(snapshot, node)


def parts(node: tree.Query) -> Iterator[tree.Query]:
    """A tree and all that is in it."""
    yield node
    for child in node.children():
        yield from parts(child)


def assert_same(snapshot: Snapshot, node: tree.Query, expected: dict[int, float]) -> None:
    """An executor's answer must be the expected one, in the order of documents."""
    found = Executor(snapshot).run(node)
    assert found.documents.tolist() == sorted(expected)
    scores = [expected[each] for each in found.documents.tolist()]
    np.testing.assert_allclose(found.scores, scores, rtol=1e-4, atol=1e-4)
    assert not snapshot.scratch()[0].any()


def test_the_index_has_segments_and_deletions(snapshot: Snapshot) -> None:
    assert len(snapshot.segments) == 3
    assert sum(bool(segment.deleted) for segment in snapshot.segments) >= 2
    assert snapshot.count < snapshot.size
    assert {*snapshot.facet("language").values} == {"en", "ru", "kk"}


@OFTEN
@given(data=st.data())
def test_random_trees(data: st.DataObject, snapshot: Snapshot, vocabulary: Vocabulary) -> None:
    node = data.draw(trees(vocabulary, has_negated=False))
    judge = plain if any(isinstance(each, tree.AndMaybe) for each in parts(node)) else judged
    assert_same(snapshot, node, judge(snapshot, node))


@OFTEN
@given(data=st.data())
def test_random_trees_with_negation(
    data: st.DataObject, snapshot: Snapshot, vocabulary: Vocabulary
) -> None:
    node = data.draw(trees(vocabulary, has_negated=True))
    assert_same(snapshot, node, plain(snapshot, node))


@OFTEN
@given(data=st.data())
def test_what_people_type(data: st.DataObject, snapshot: Snapshot, vocabulary: Vocabulary) -> None:
    languages = data.draw(st.sampled_from([(), ("en",), ("ru", "kk")]))
    node = typed_alone(parse(data.draw(typed(vocabulary)), languages).tree)
    assume(node is not None)
    assert_same(snapshot, node, plain(snapshot, node))


def test_phrases_of_every_text_are_found_at_any_slop(
    snapshot: Snapshot, vocabulary: Vocabulary
) -> None:
    for start in range(0, 2000, 13):
        for name in TEXTS:
            written, stems = vocabulary.phrase(name, start, 3, 2)
            for field, text in ((name, written), (f"{name}_stem", stems)):
                node = tree.Phrase(field, text, slop=2 + start % 20)
                assert_same(snapshot, node, judged(snapshot, node))


def test_a_query_that_takes_too_long_is_stopped_with_a_sentence(snapshot: Snapshot) -> None:
    with pytest.raises(TooCostlyError, match="takes too long"), Deadline(-1.0):
        Executor(snapshot).run(tree.Every())


def test_any_number_of_fuzzy_words_is_answered(snapshot: Snapshot, vocabulary: Vocabulary) -> None:
    words = vocabulary.words[::3]
    assert len(words) * len(vocabulary.words) > 250_000
    nodes = [
        tree.ConstantScoreQuery(tree.FuzzyTerm("body", each, prefixlength=0), 1.0) for each in words
    ]
    apart = [Executor(snapshot).run(each).documents for each in nodes]

    found = Executor(snapshot).run(tree.Or(nodes))

    assert found.documents.tolist() == sorted(set(np.concatenate(apart).tolist()))


def test_a_prefix_of_too_many_words_is_cut_and_the_reader_told(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = parse("body:s*").tree
    whole = len(Executor(snapshot).run(node))
    monkeypatch.setattr("indexer.whoosh_engine.search.expand.MOST_TERMS", 2)
    executor = Executor(snapshot)

    cut = len(executor.run(node))

    assert 0 < cut < whole
    assert executor.notes == ["“s*” stands for more than 2 words; only so many were searched."]
