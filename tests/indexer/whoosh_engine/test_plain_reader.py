"""A plain reading of all texts for what a query matches in them, and the index that it judges."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pytest

from corpus import Settings
from indexer.analysis.analyzer import Token, tokens
from indexer.engine.document import Document
from indexer.query import tree
from indexer.whoosh_engine import WhooshEngine
from tests.indexer.whoosh_engine.test_marks import ODD, is_match
from tests.indexer.whoosh_engine.test_trees import nothing, sample_documents

# An occurrence: a release's id, and the positions of its first and last words.
Span = tuple[str, int, int]
Ends = tuple[int, int]


class Corpus:
    """Live documents, read word by word."""

    def __init__(self, documents: dict[str, Document]) -> None:
        self.documents = documents
        self._matching: dict[tuple[tree.Leaf, bool], set[str]] = {}
        self.texts: dict[str, list[Token]] = {
            id_: [*tokens(each.body_text, each.language)] for id_, each in documents.items()
        }
        self.paragraphs = {
            id_: [each.body_text.count("\n\n", 0, word.start) for word in self.texts[id_]]
            for id_, each in documents.items()
        }

    @cached_property
    def shapes(self) -> dict[bool, set[str]]:
        """All words, as they are written (False) and as stems (True)."""
        every = [token for text in self.texts.values() for token in text]
        return {False: {each.written for each in every}, True: {each.stem for each in every}}

    def spans(self, node: tree.Node | None, hits: list[str]) -> list[Span]:
        """What a tree matches in the hits' bodies, in their order and as in the texts."""
        found: set[Span] = set()
        for leaf in wanted(node):
            for id_ in hits:
                found.update((id_, *ends) for ends in self.ends(leaf, id_))
        ranks = {id_: rank for rank, id_ in enumerate(hits)}
        return sorted(found, key=lambda span: (ranks[span[0]], *span[1:]))

    def ends(self, node: tree.Node, id_: str) -> set[Ends]:
        """What a leaf, or a part of a proximity, matches in the paragraphs of a body."""
        paragraphs = self.paragraphs[id_]
        found = self._ends(node, id_)
        return {(first, last) for first, last in found if paragraphs[first] == paragraphs[last]}

    def _ends(self, node: tree.Node, id_: str) -> set[Ends]:
        text = self.texts[id_]
        if isinstance(node, tree.Or):
            return {ends for part in node.parts for ends in self.ends(part, id_)}
        if isinstance(node, tree.Near):
            found, *others = (self.ends(part, id_) for part in node.parts)
            for other in others:
                found = near(found, other, node.distance, is_ordered=node.is_ordered)
                found = {
                    (first, last)
                    for first, last in found
                    if self.paragraphs[id_][first] == self.paragraphs[id_][last]
                }
            return found
        is_stem = node.field.endswith("_stem")  # type: ignore[union-attr]
        shapes = [each.stem if is_stem else each.written for each in text]
        if isinstance(node, tree.Phrase):
            return {*shortest(shapes, [*node.words], node.slop)}
        some = self.matching(node, is_stem)  # type: ignore[arg-type]
        return {(at, at) for at, shape in enumerate(shapes) if shape in some}

    def matching(self, leaf: tree.Leaf, is_stem: bool) -> set[str]:
        """The words that a leaf matches, of those that occur."""
        if (leaf, is_stem) not in self._matching:
            some = {shape for shape in self.shapes[is_stem] if is_match(leaf, shape)}
            self._matching[leaf, is_stem] = some
        return self._matching[leaf, is_stem]


def near(one: set[Ends], other: set[Ends], distance: int, *, is_ordered: bool) -> set[Ends]:
    """The shortest spans of one of each, by trying every pair."""
    found = {(a, d) for a, b in one for c, d in other if 0 < c - b <= distance}
    if not is_ordered:
        found |= {(c, b) for a, b in one for c, d in other if 0 < a - d <= distance}
    return {*without_longer(found)}


def wanted(node: tree.Node | None) -> Iterator[tree.Leaf]:
    """The leaves over bodies that are not negated."""
    if isinstance(node, tree.AndNot):
        yield from wanted(node.wanted)
    elif isinstance(node, tree.AndMaybe):
        yield from wanted(node.wanted)
        yield from wanted(node.better)
    elif isinstance(node, tree.And | tree.Or):
        for part in node.parts:
            yield from wanted(part)
    elif getattr(node, "field", None) in ("body", "body_stem"):
        yield node


def shortest(text: list[str], words: list[str], slop: int) -> list[tuple[int, int]]:
    """The ends of all occurrences of a phrase but those that hold another one."""
    found = {(at, at) for at, word in enumerate(text) if word == words[0]}
    for wanted_word in words[1:]:
        found = {
            (first, at)
            for first, last in found
            for at in range(last + 1, min(last + slop + 1, len(text)))
            if text[at] == wanted_word
        }
    return without_longer(found)


def without_longer(found: set[Ends]) -> list[Ends]:
    """The spans that hold no other one."""
    return [
        (first, last)
        for first, last in found
        if not any(
            (first, last) != other and first <= other[0] and other[1] <= last for other in found
        )
    ]


@dataclass
class Judged:
    """An index of several segments, and what is alive in it."""

    engine: WhooshEngine
    corpus: Corpus


def judged(settings: Settings, folder: Path) -> Judged:
    """Three segments with replaced and removed documents: the sample offices' in three languages,
    odd letters, texts of four letters where everything overlaps, a body without words, no date.
    """
    documents = sample_documents(settings)
    first, draw = documents[0], random.Random(5)
    bodies = [(text,) for text in ODD]
    bodies += [
        tuple(" ".join(draw.choices("abcd", k=draw.randint(1, 40))) for _ in range(3))
        for _ in range(12)
    ]
    bodies += [(), ("...",), ("a line\nand another", "c d\na court\nb c*", "b")]
    documents += [replace(first, id=f"odd{n:02}", body=body) for n, body in enumerate(bodies)]
    documents[3:60:9] = [replace(each, published=None) for each in documents[3:60:9]]
    draw.shuffle(documents)

    engine = WhooshEngine(folder, 64)
    half = len(documents) // 2
    live = {each.id: each for each in documents[:half]}
    engine.publish(engine.build(live.values(), 1, nothing))
    for number in range(2):
        changed = [replace(each, body=each.body[::-1]) for each in draw.sample([*live.values()], 6)]
        coming = [*changed, *documents[half + number :: 2]]
        gone = draw.sample(sorted(live.keys() - {each.id for each in coming}), 3)
        engine.update(coming, gone, 2, nothing)
        live |= {each.id: each for each in coming}
        live = {id_: each for id_, each in live.items() if id_ not in gone}
    return Judged(engine, Corpus(live))


@pytest.mark.parametrize(
    ("text", "words", "slop", "expected"),
    [
        ("a b b", "a b", 5, [(0, 1)]),
        ("a a b", "a b", 5, [(1, 2)]),
        ("a a a", "a a", 1, [(0, 1), (1, 2)]),
        ("a x b a b", "a b", 2, [(0, 2), (3, 4)]),
        ("a x x b", "a b", 2, []),
    ],
)
def test_of_loose_phrases_the_shortest_are_read(
    text: str, words: str, slop: int, expected: list[tuple[int, int]]
) -> None:
    assert sorted(shortest(text.split(), words.split(), slop)) == expected
