"""Marks found through the index's forms, against a reading of every word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import chain, pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Settings
from indexer.analysis.analyzer import Token, tokens
from indexer.analysis.edit_distance import distance
from indexer.engine.document import Document
from indexer.highlight.highlighter import Highlighter, Span
from indexer.query import tree
from indexer.query.parser import parse
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.index.writer import SegmentWriter
from indexer.whoosh_engine.search.execute import Executor
from tests.indexer.whoosh_engine.test_trees import (
    Vocabulary,
    nothing,
    sample_documents,
    typed,
    typed_alone,
)

OFTEN = settings(max_examples=250, deadline=None)
WORDS = ["a", "b", "ab", "a'b", "c"]
# Normalized (NFC), as stored texts are.
ODD = [
    "Café José MÁRQUEZ résumé don’t don't DON´T o`neil O’Neil’s",
    "İstanbul istanbul œuvre ² ｆｕｌｌ full Ёлка елка ЁЖ еж й Қылмыс қылмыс Азаптау",
    "a a b a c a b b c a, 'a b' a'b a''b a_b b_a -a- a.b c ca ab ba abc",
    # Letters that folding makes two of, or none; and those of scripts beyond Latin and Cyrillic.
    "ﬁle oﬃce Straße ½ Ⅳ",
    "за\u0301мок",
    "Αθήνα",
    "أحمد",
]
PLAIN, HARD = ODD[:3], ODD[3:]


@pytest.fixture(scope="module")
def documents(sample_settings: Settings) -> list[Document]:
    found = sample_documents(sample_settings)
    first = found[0]
    odd = [replace(first, id=f"odd{n}", body=(text,)) for n, text in enumerate(ODD)]
    russian = [replace(each, id=f"{each.id}-ru", language="ru") for each in odd]
    return [*found, *odd, *russian]


@pytest.fixture(scope="module")
def snapshot(documents: list[Document], tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    writer = SegmentWriter(tmp_path_factory.mktemp("marks") / "index", 64)
    writer.create(documents[:30], nothing)
    writer.update(documents[20:], (), nothing)
    return Snapshot(writer.folder)


def leaves(node: tree.Node | None) -> Iterator[tree.Leaf]:
    """The leaves of a tree that are not negated."""
    if isinstance(node, tree.And | tree.Or):
        for part in node.parts:
            yield from leaves(part)
    elif isinstance(node, tree.AndNot | tree.AndMaybe):
        yield from leaves(node.wanted)
        if isinstance(node, tree.AndMaybe):
            yield from leaves(node.better)
    elif node is not None and not isinstance(node, tree.Not | tree.Every):
        yield node


def is_match(leaf: tree.Leaf, shape: str) -> bool:
    """Whether a leaf matches a word, by its shape in the leaf's field."""
    if isinstance(leaf, tree.Prefix):
        return shape.startswith(leaf.text)
    if isinstance(leaf, tree.Wildcard):
        return fnmatchcase(shape, leaf.text)
    if isinstance(leaf, tree.Fuzzy):
        near = distance(leaf.text, shape, leaf.distance) <= leaf.distance
        return near and shape[: leaf.prefix_length] == leaf.text[: leaf.prefix_length]
    if isinstance(leaf, tree.Range):
        is_after = not leaf.start or (shape, not leaf.excludes_start) >= (leaf.start, True)
        return is_after and (not leaf.end or (shape, leaf.excludes_end) <= (leaf.end, False))
    return shape == (leaf.key if isinstance(leaf, tree.VariantTerm) else leaf.text)


def occurrences(
    shapes: list[str], phrase: tree.Phrase, paragraphs: list[int]
) -> Iterator[tuple[int, ...]]:
    """The positions of the words of each occurrence of a phrase, by trying every combination."""
    places = [[at for at, shape in enumerate(shapes) if shape == word] for word in phrase.words]
    for chosen in product(*places):
        is_whole = paragraphs[chosen[0]] == paragraphs[chosen[-1]]
        steps = (after - before for before, after in pairwise(chosen))
        if is_whole and all(0 < step <= phrase.slop for step in steps):
            yield chosen


def ends(node: tree.Node, words: list[Token], paragraphs: list[int]) -> set[tuple[int, int]]:
    """What a part of a proximity matches, by trying every pair; of its spans the shortest."""
    if isinstance(node, tree.Or):
        return {each for part in node.parts for each in ends(part, words, paragraphs)}
    if isinstance(node, tree.Near):
        found, *others = (ends(part, words, paragraphs) for part in node.parts)
        for other in others:
            ways = [(found, other)] if node.is_ordered else [(found, other), (other, found)]
            found = {
                (a, d)
                for before, after in ways
                for a, b in before
                for c, d in after
                if 0 < c - b <= node.distance and paragraphs[a] == paragraphs[d]
            }
            found = {
                (a, b) for a, b in found if not any(a <= c and d <= b for c, d in found - {(a, b)})
            }
        return found
    is_stem = node.field.endswith("_stem")  # type: ignore[union-attr]
    shapes = [each.stem if is_stem else each.written for each in words]
    if isinstance(node, tree.Phrase):
        chosen = sorted(occurrences(shapes, node, paragraphs), reverse=True)
        return {*{each[0]: (each[0], each[-1]) for each in chosen}.values()}
    return {(at, at) for at, shape in enumerate(shapes) if is_match(node, shape)}  # type: ignore[arg-type]


def inside(near: tree.Near, words: list[Token], paragraphs: list[int]) -> set[int]:
    """The positions of a proximity's words where it matches."""
    own = {at for leaf in tree.words_of(near) for at, _ in ends(leaf, words, paragraphs)}
    return {
        at for first, last in ends(near, words, paragraphs) for at in own if first <= at <= last
    }


def judged(node: tree.Node | None, text: str, name: str, language: str = "en") -> list[Span]:
    """What a tree marks, word by word."""
    words = [*tokens(text, language)]
    paragraphs = [text.count("\n\n", 0, each.start) for each in words]
    positions: set[int] = set()
    for leaf in leaves(node):
        if leaf.field in (name, f"{name}_stem"):
            is_stem = leaf.field != name
            shapes = [each.stem if is_stem else each.written for each in words]
            if isinstance(leaf, tree.Phrase):
                positions.update(chain(*occurrences(shapes, leaf, paragraphs)))
            elif isinstance(leaf, tree.Near):
                positions |= inside(leaf, words, paragraphs)
            else:
                positions.update(at for at, shape in enumerate(shapes) if is_match(leaf, shape))
    return [(words[at].start, words[at].end) for at in sorted(positions)]


def assert_marks(snapshot: Snapshot, node: tree.Node | None, most: int) -> None:
    """Marks of both roads are the judge's in the first hits."""
    executor = Executor(snapshot)
    hits = executor.run(node).documents
    fast, slow = Highlighter(node, executor.forms), Highlighter(node)
    for hit in hits[:most].tolist():
        stored = snapshot.stored(hit)
        for name in ("title", "body"):
            text, language = stored[name], stored["language"]
            expected = judged(node, text, name, language)
            for marker in (fast, slow):
                assert marker.spans(text, name, language) == expected, text


@pytest.fixture(scope="module")
def vocabulary(documents: list[Document]) -> Vocabulary:
    return Vocabulary(documents[: -2 * len(ODD)])


@OFTEN
@given(data=st.data())
def test_marks_are_those_of_reading_every_word(
    data: st.DataObject, snapshot: Snapshot, vocabulary: Vocabulary
) -> None:
    languages = data.draw(st.sampled_from([(), ("en",), ("ru", "kk")]))
    # Ends left out are a matter of their own, below.
    asked = data.draw(typed(vocabulary)).replace("{a TO", "[a TO")
    node = typed_alone(parse(asked, languages).tree)
    assert_marks(snapshot, node, 5)


@pytest.mark.parametrize("asked", ["{a TO c]", "[a TO c}"])
def test_ends_that_a_range_leaves_out_are_not_marked(asked: str) -> None:
    node = parse(asked).tree
    assert Highlighter(node).spans("a b c", "body", "en") == judged(node, "a b c", "body")


@pytest.mark.parametrize("form", ["{}", '"{}"', "{}*", "{}~"])
@pytest.mark.parametrize("word", sorted({word for text in PLAIN[:2] for word in text.split()}))
def test_odd_letters_are_marked(word: str, form: str, snapshot: Snapshot) -> None:
    node = parse(form.format(word)).tree
    assert len(Executor(snapshot).run(node)) > 0
    assert_marks(snapshot, node, 200)


@pytest.mark.parametrize("word", [word for text in HARD for word in text.split()])
def test_letters_that_fold_otherwise_are_marked(word: str, snapshot: Snapshot) -> None:
    node = parse(f'"{word}"').tree
    assert len(Executor(snapshot).run(node)) > 0
    assert_marks(snapshot, node, 200)


@OFTEN
@given(words=st.lists(st.sampled_from("abc"), min_size=2, max_size=4), slop=st.integers(2, 6))
def test_phrases_are_marked_where_a_greedy_reader_would_fail(
    words: list[str], slop: int, snapshot: Snapshot
) -> None:
    node = tree.Phrase("body", tuple(words), slop)
    document = snapshot.document("odd2")
    is_found = document in Executor(snapshot).run(node).documents
    expected = judged(node, ODD[2], "body")
    assert bool(expected) == is_found
    assert Highlighter(node).spans(ODD[2], "body", "en") == expected


@pytest.mark.parametrize("text", ["a a a", "a b a b a", "xa a a", "xa b a b a"])
def test_strict_phrases_that_overlap_are_marked(text: str) -> None:
    node = tree.Phrase("body", ("a", "b", "a") if "b" in text else ("a", "a"))
    expected = judged(node, text, "body")
    assert Highlighter(node).spans(text, "body", "en") == expected


@OFTEN
@given(
    text=st.text(alphabet="abc ''.-\n", max_size=40),
    words=st.lists(
        st.sampled_from(["a", "b", "ab", "a'b", "c"]), min_size=1, max_size=3, unique=True
    ),
    slop=st.integers(1, 3),
)
def test_random_letters_are_marked_as_they_are_read(text: str, words: list[str], slop: int) -> None:
    for node in (tree.Phrase("body", tuple(words), slop), tree.Term("body", words[0])):
        assert Highlighter(node).spans(text, "body", "en") == judged(node, text, "body")


@pytest.mark.parametrize("asked", ['a NEAR/4 "b c"~3', '"a b"~3 NEAR/5 "c a"', 'PRE PRE/9 "a c"~2'])
def test_phrases_in_proximities_are_marked(asked: str, snapshot: Snapshot) -> None:
    node = parse(asked).tree
    assert judged(node, ODD[2], "body") == Highlighter(node).spans(ODD[2], "body", "en")
    assert_marks(snapshot, node, 5)
