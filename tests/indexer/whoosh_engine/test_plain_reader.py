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


class Corpus:
    """Live documents, read word by word."""

    def __init__(self, documents: dict[str, Document]) -> None:
        self.documents = documents
        self.texts: dict[str, list[Token]] = {
            id_: [*tokens(each.body_text, each.language)] for id_, each in documents.items()
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
            is_stem = leaf.field == "body_stem"
            is_phrase = isinstance(leaf, tree.Phrase)
            some = {s for s in self.shapes[is_stem] if not is_phrase and is_match(leaf, s)}
            for id_ in hits:
                text = [each.stem if is_stem else each.written for each in self.texts[id_]]
                if is_phrase:
                    found.update((id_, *ends) for ends in shortest(text, [*leaf.words], leaf.slop))
                else:
                    found.update((id_, at, at) for at, word in enumerate(text) if word in some)
        ranks = {id_: rank for rank, id_ in enumerate(hits)}
        return sorted(found, key=lambda span: (ranks[span[0]], *span[1:]))


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
