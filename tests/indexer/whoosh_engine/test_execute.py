"""The executor's answers on arrays, against Whoosh's own matchers asked for every match."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from corpus import Settings
from corpus.errors import TooCostlyError
from indexer import parse
from indexer.deadline import Deadline
from indexer.engine.document import Document
from indexer.query import tree
from indexer.query.written_forms import NOTHING, Attested
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.index.writer import SegmentWriter
from indexer.whoosh_engine.search.execute import Executor
from tests.indexer.whoosh_engine.oracle import judged, near
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
    max_examples=100,
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


def plain(snapshot: Snapshot, node: tree.Node) -> dict[int, float]:
    """Leaves by Whoosh's matchers, joined by plain dictionaries.

    Whoosh's own joints cannot judge negation: AndNotMatcher lets a first document pass that both
    parts hold, InverseMatcher deleted ones, and a Not adds 1 to the score of an And. Nor can they
    judge AndMaybe inside an And: its matcher's second part stays behind when the first skips.
    """
    match node:
        case tree.And(parts) | tree.Or(parts):
            wanted = [plain(snapshot, part) for part in parts if not isinstance(part, tree.Not)]
            unwanted = [plain(snapshot, part.part) for part in parts if isinstance(part, tree.Not)]
            ids = [set(each) for each in wanted]
            kept = set.intersection(*ids) if isinstance(node, tree.And) else set.union(*ids)
            kept = kept.difference(*unwanted)
            return {n: sum(each.get(n, 0.0) for each in wanted) for n in kept}
        case tree.AndMaybe(first, second):
            more = plain(snapshot, second)
            return {n: score + more.get(n, 0.0) for n, score in plain(snapshot, first).items()}
        case tree.Near():
            scores = [plain(snapshot, part) for part in node.parts]
            return {n: sum(each[n] for each in scores) * node.boost for n in near(snapshot, node)}
        case tree.AndNot(first, second):
            unwanted = plain(snapshot, second)
            return {n: score for n, score in plain(snapshot, first).items() if n not in unwanted}
        case _:
            return judged(snapshot, node)


def assert_same(snapshot: Snapshot, node: tree.Node, expected: dict[int, float]) -> None:
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
    is_known = not re.search("ANDMAYBE|NEAR/|PRE/", str(node))
    judge = judged if is_known else plain
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


@OFTEN
@given(data=st.data())
def test_other_written_forms(
    data: st.DataObject, snapshot: Snapshot, vocabulary: Vocabulary
) -> None:
    """Where none applies, nor another reading, the tree is that of the words as typed."""
    (written, _) = vocabulary.phrase("body", data.draw(st.integers(0, 1 << 16)), 2, 1)
    joined, spaced = "".join(written), " ".join(written)
    known = {joined: Attested(1, {spaced: 2})}
    pieces = [joined, spaced, "-".join(written), "AND", "NOT", "fraud", f'"{spaced}"']
    query = " ".join(data.draw(st.lists(st.sampled_from(pieces), min_size=1, max_size=4)))
    query = data.draw(st.just(query) | typed(vocabulary))

    parsed = parse(query, attested=lambda words: {each: known.get(each, NOTHING) for each in words})

    if not parsed.readings:
        assert parsed.tree == parse(query, is_literal=True).tree
    node = typed_alone(parsed.tree)
    assume(node is not None)
    assert_same(snapshot, node, plain(snapshot, node))


def test_phrases_of_every_text_are_found_at_any_slop(
    snapshot: Snapshot, vocabulary: Vocabulary
) -> None:
    for start in range(0, 2000, 13):
        for name in TEXTS:
            written, stems = vocabulary.phrase(name, start, 3, 2)
            for field, text in ((name, written), (f"{name}_stem", stems)):
                node = tree.Phrase(field, tuple(text), slop=2 + start % 20)
                assert_same(snapshot, node, judged(snapshot, node))


def test_a_query_that_takes_too_long_is_stopped_with_a_sentence(snapshot: Snapshot) -> None:
    with pytest.raises(TooCostlyError, match="takes too long"), Deadline(-1.0):
        Executor(snapshot).run(tree.Every())


def test_any_number_of_fuzzy_words_is_answered(snapshot: Snapshot, vocabulary: Vocabulary) -> None:
    words = vocabulary.words[::3]
    assert len(words) * len(vocabulary.words) > 250_000
    nodes = [tree.Fuzzy("body", each, prefix_length=0) for each in words]
    apart = [Executor(snapshot).run(each).documents for each in nodes]

    found = Executor(snapshot).run(tree.Or(tuple(nodes)))

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
    assert executor.warnings == ["“s*” matches more than 2 words; only 2 of them were searched."]
