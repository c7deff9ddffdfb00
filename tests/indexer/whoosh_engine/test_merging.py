"""Updates and merges: the answers are those of a fresh build of the same documents."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex

from corpus import Settings
from corpus.errors import IndexUnusableError
from indexer.engine.document import FORMAT, Document
from indexer.engine.results import Query
from indexer.query import tree
from indexer.query.parser import parse
from indexer.whoosh_engine import WhooshEngine
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.engine import REVISION
from indexer.whoosh_engine.index.codec import NAME, schema
from indexer.whoosh_engine.index.inversion import MOST_DOCUMENTS
from indexer.whoosh_engine.index.writer import TIER, SegmentWriter
from indexer.whoosh_engine.search.collect import order
from indexer.whoosh_engine.search.execute import Executor
from tests.indexer.whoosh_engine.test_trees import Vocabulary, nothing, sample_documents, trees


def made(id_: str, body: str, language: str = "en", title: str = "") -> Document:
    """A document of a text."""
    day = date(2020, 1, 1)
    return Document(
        id_, "office", "us", language, day, "https://a.b", title, (body,), (), (), None, None
    )


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[WhooshEngine]:
    opened = WhooshEngine(tmp_path, 64)
    yield opened
    opened.close()


def ids(engine: WhooshEngine, typed: str) -> list[str]:
    """The ids of all hits."""
    return [*engine.scan(Query(parse(typed).tree))]


@pytest.fixture(scope="module")
def documents(sample_settings: Settings) -> list[Document]:
    return sample_documents(sample_settings)


@pytest.fixture(scope="module")
def merged(
    documents: list[Document], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Snapshot, list[Document]]:
    """An index after many small updates, and the documents that are left in its order."""
    chance = random.Random(4)
    writer = SegmentWriter(tmp_path_factory.mktemp("merged") / "index", 64)
    live = {each.id: each for each in documents[:15]}
    writer.create([*live.values()], nothing)
    for number in range(30):
        coming = chance.sample(documents, 3)
        coming = [replace(each, title=f"{each.title} {number}") for each in coming]
        gone = [chance.choice([*live])]
        gone = [each for each in gone if each not in {one.id for one in coming}]
        writer.update(coming, gone, nothing)
        live |= {each.id: each for each in coming}
        live = {id_: each for id_, each in live.items() if id_ not in gone}
        assert len(Snapshot(writer.folder).segments) < TIER
    # Every document once more, so that a last merge takes them all.
    for part in range(0, len(live) + 12, 8):
        writer.update([*live.values()][part : part + 8], (), nothing)
    snapshot = Snapshot(writer.folder)
    return snapshot, [*live.values()]


def test_no_file_is_left_behind_by_merges(merged: tuple[Snapshot, list[Document]]) -> None:
    snapshot, live = merged
    assert snapshot.count == len(live)
    assert len([*snapshot.folder.glob("*.arrays")]) == len(snapshot.segments) < TIER
    assert len([*snapshot.folder.glob("*.toc")]) == 1


@pytest.fixture(scope="module")
def pair(
    documents: list[Document], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Snapshot, Snapshot]:
    """An index merged into one segment without deletions, and one built of the same documents."""
    folder = tmp_path_factory.mktemp("pair")
    writer = SegmentWriter(folder / "merged", 64)
    writer.create(
        [*(replace(each, title="Older") for each in documents[:14]), documents[42]], nothing
    )
    for start in range(0, 42, 14):
        writer.update(documents[start : start + 14], (), nothing)
    assert len(Snapshot(writer.folder).segments) == 1
    fresh = SegmentWriter(folder / "fresh", 64)
    fresh.create(documents[:43], nothing)
    return Snapshot(writer.folder), Snapshot(fresh.folder)


@pytest.fixture(scope="module")
def vocabulary(documents: list[Document]) -> Vocabulary:
    return Vocabulary(documents)


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_merged_answers_are_those_of_a_fresh_build(
    data: st.DataObject, pair: tuple[Snapshot, Snapshot], vocabulary: Vocabulary
) -> None:
    node = data.draw(trees(vocabulary, has_negated=True))
    found = []
    for snapshot in pair:
        hits = Executor(snapshot).run(node)
        scored = zip(hits.documents.tolist(), hits.scores.tolist(), strict=True)
        found.append({snapshot.stored(d)["id"]: pytest.approx(s, rel=1e-4) for d, s in scored})
    assert found[0].keys() == found[1].keys()
    assert all(found[1][id_].expected == score for id_, score in found[0].items())


def test_a_merge_takes_deletions_away(pair: tuple[Snapshot, Snapshot]) -> None:
    merged, fresh = pair
    assert merged.alive is None
    assert merged.size == fresh.size
    for document in range(merged.size):
        stored = merged.stored(document)
        twin = fresh.document(stored["id"])
        assert twin is not None
        assert fresh.stored(twin) == stored


def test_hits_are_ordered_after_a_merge_that_dropped_a_document(engine: WhooshEngine) -> None:
    engine.publish(engine.build([made("a", "word"), made("b", "word")], 1, nothing))
    for number in range(3):
        engine.update([made(f"c{number}", "word")], ["a"], 2, nothing)
    assert ids(engine, "word") == ["b", "c0", "c1", "c2"]


def test_a_merge_takes_the_terms_of_deleted_documents_away(
    pair: tuple[Snapshot, Snapshot],
) -> None:
    merged, fresh = (snapshot.segments[0].fields["title"] for snapshot in pair)
    assert [*merged.terms(range(len(merged)))] == [*fresh.terms(range(len(fresh)))]


def test_a_word_of_deleted_documents_is_forgotten(engine: WhooshEngine) -> None:
    engine.publish(engine.build([made("a", "gryphon"), made("b", "griffin")], 1, nothing))
    engine.update([made("a", "unicorn")], (), 2, nothing)
    for number in range(2):
        engine.update([made(f"c{number}", "horse")], (), 2, nothing)
    assert engine.autocomplete("gr", 5) == ["griffin"]
    assert engine.spell_suggest("gryphom") is None
    assert ids(engine, "gryph*") == []


def test_an_index_without_documents_answers(engine: WhooshEngine) -> None:
    engine.publish(engine.build([], 1, nothing))
    for typed in ("", "*", "word", "wo*", '"a b"', "NOT word", "date:2017", "w?rd wrod~ [a TO b]"):
        answered = engine.search(Query(parse(typed).tree))
        assert (answered.total, answered.hits, answered.timeline) == (0, (), ())
        assert not any(facet.counts for facet in answered.facets)
        assert ids(engine, typed) == []
    assert engine.autocomplete("a", 3) == []
    assert engine.spell_suggest("word") is None
    assert engine.more_like_this("a", 3) == ()
    assert engine.exists(["a"]) == [False]
    assert engine.health().is_live
    engine.update([made("a", "A word.")], (), 2, nothing)
    assert ids(engine, "words") == ["a"]


def test_documents_without_words_are_kept(engine: WhooshEngine) -> None:
    engine.publish(engine.build([made("a", ""), made("b", "..."), made("c", "word")], 1, nothing))
    assert sorted(ids(engine, "")) == ["a", "b", "c"]
    assert ids(engine, "word") == ["c"]
    assert sorted(ids(engine, "NOT word")) == ["a", "b"]
    for number in range(5):
        engine.update([made(f"d{number}", ""), made("c", "word again")], (), 2, nothing)
    assert ids(engine, '"word again"') == ["c"]
    assert len(ids(engine, "")) == 8
    engine.update([], ["c"], 3, nothing)
    assert ids(engine, "word OR wo* OR w?rd") == []
    assert len(engine.search(Query()).hits) == 7


def test_a_language_in_one_segment_only(engine: WhooshEngine) -> None:
    engine.publish(engine.build([made("a", "courts"), made("b", "суды", "ru")], 1, nothing))
    engine.update([made("c", "Gerichte", "de"), made("d", "соттар", "kk")], (), 2, nothing)
    assert ids(engine, "lang:de") == ["c"]
    assert [*engine.scan(Query(parse("gericht", ("de",)).tree))] == ["c"]
    assert ids(engine, "суд") == ["b"]
    assert dict(engine.search(Query()).facets[2].counts) == dict.fromkeys(
        ("de", "en", "kk", "ru"), 1
    )
    engine.update([made("e", "Судам", "ru")], (), 3, nothing)
    engine.update([made("f", "Court")], (), 4, nothing)
    assert len(Snapshot(engine.folder / engine.builds()[0]).segments) < TIER
    assert sorted(ids(engine, "суд")) == ["b", "e"]
    assert ids(engine, "court") == ["a", "f"]
    assert [*engine.scan(Query(parse("gericht", ("de",)).tree))] == ["c"]


def test_positions_beyond_sixteen_bits(engine: WhooshEngine) -> None:
    words = [f"w{number % 5000}" for number in range(70_000)]
    words[65_534:65_540] = ["alpha", "beta", "gamma", "delta", "alphas", "betas"]
    long = made("long", " ".join(words))
    engine.publish(engine.build([made("a", "beta alpha"), long], 1, nothing))
    for _ in range(2):
        assert ids(engine, '"alpha beta"') == ids(engine, '"beta gamma delta alphas"') == ["long"]
        assert ids(engine, '"alpha gamma"~9') == ids(engine, '"alpha alphas betas"~4') == ["long"]
        assert ids(engine, '"alpha alphas"~3') == ids(engine, '"delta gamma"~99') == []
        assert [*engine.scan(Query(tree.Phrase("body_stem", ("/delta", "/alpha"))))] == ["long"]
        passage = engine.search(Query(parse('"gamma delta"').tree)).hits[0].passages[0]
        assert ("gamma delta", True) in passage.parts
        for number in range(4):
            engine.update([made("b", f"beta {number}")], (), 2, nothing)


def test_ids_to_remove_may_come_from_an_iterator(engine: WhooshEngine) -> None:
    engine.publish(engine.build([made("a", "word")], 1, nothing))
    engine.update([made("b", "word")], (), 2, nothing)
    engine.update([], iter(["b"]), 3, nothing)
    assert ids(engine, "word") == ["a"]


def test_a_segment_of_plain_whoosh_is_refused_with_a_sentence(engine: WhooshEngine) -> None:
    folder = engine.folder / f"{FORMAT}-20200101T000000000000"
    folder.mkdir(parents=True)
    index = FileIndex.create(FileStorage(str(folder)), schema(), NAME)
    writer = index.writer()
    writer.add_document(id="a", body="word")
    writer.commit()
    index.close()
    (folder / REVISION).write_text("1")
    (engine.folder / f"LIVE-{FORMAT}").write_text(folder.name)
    with pytest.raises(IndexUnusableError, match="communique reindex --full"):
        engine.search(Query(parse("word").tree))
    assert not engine.health().is_live


def test_more_documents_than_a_segment_can_hold_are_all_found(tmp_path: Path) -> None:
    number = MOST_DOCUMENTS + 4000
    made_up = (
        made(f"id-{n:06d}", "common rare" if n % 9973 == 0 else "common") for n in range(number)
    )
    writer = SegmentWriter(tmp_path / "index", 64)
    assert writer.create(made_up, nothing) == number
    snapshot = Snapshot(writer.folder)
    assert len(snapshot.segments) == 2
    found = Executor(snapshot).run(tree.Term("body", "rare"))
    shown = [snapshot.stored(document)["id"] for document in found.documents.tolist()]
    assert sorted(shown) == [f"id-{n:06d}" for n in range(0, number, 9973)]
    assert len(Executor(snapshot).run(tree.Term("body", "common"))) == number
    last = snapshot.document(f"id-{number - 1:06d}")
    assert last is not None
    assert snapshot.stored(last)["id"] == f"id-{number - 1:06d}"
    # Equal in score and day: by id.
    hits = Executor(snapshot).run(tree.Term("body", "common"))
    places = order(snapshot, hits, Query(tree.Term("body", "common")), 65_530, 10)
    ids_there = [snapshot.stored(int(hits.documents[at]))["id"] for at in places]
    rare = {f"id-{n:06d}" for n in range(0, number, 9973)}
    plain = [f"id-{n:06d}" for n in range(number) if f"id-{n:06d}" not in rare]
    assert ids_there == plain[65_530:65_540]
