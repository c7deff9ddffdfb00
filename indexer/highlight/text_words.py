"""The words of one text, and what phrases and proximities match among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from indexer.analysis.analyzer import WORD, fold, stem
from indexer.analysis.jit import Array
from indexer.analysis.tokenizer import paragraph_starts
from indexer.highlight.word_test import word_test
from indexer.query import tree
from indexer.query.proximity import SpanEnds, spans_of


@dataclass(frozen=True)
class TextWords:
    """Words in their order, as they stand in the text, and the numbers of those that begin
    paragraphs; `language` None: they have no other form. Those in `left_out` match nothing.
    """

    words: Sequence[str]
    starts: Array
    language: str | None = None
    left_out: frozenset[int] = frozenset()

    @classmethod
    def of(cls, text: str, language: str) -> Self:
        """The words of a text."""
        return cls(WORD.findall(text), paragraph_starts(text), language)

    @classmethod
    def ready(cls, words: Sequence[str]) -> Self:
        """Folded words of one paragraph."""
        return cls(words, np.array([0, len(words)], np.int64))

    @cached_property
    def written(self) -> Sequence[str]:
        """The words as they are matched as written."""
        return self.words if self.language is None else [fold(each) for each in self.words]

    @cached_property
    def stems(self) -> Sequence[str]:
        """The stems of the words."""
        if self.language is None:
            return self.words
        return [stem(each, self.language) for each in self.written]

    def places_of(self, leaf: tree.Leaf) -> Array:
        """Where the words stand that a leaf matches."""
        is_stem = leaf.field.endswith("_stem")
        test = word_test(leaf, is_stem=is_stem)
        shapes = self.stems if is_stem else self.written
        pairs = enumerate(zip(self.words, self.written, shapes, strict=True))
        found = [at for at, each in pairs if test and test(*each) and at not in self.left_out]
        return np.array(found, np.uint32)

    def spans(self, leaf: tree.Leaf) -> SpanEnds:
        """What a leaf matches, by its first and last words."""
        return spans_of(leaf, self.places_of, self.starts)

    def has(self, leaf: tree.Leaf) -> bool:
        """Whether a leaf matches anywhere."""
        return len(self.spans(leaf)[0]) > 0

    def inside(self, near: tree.Near) -> Array:
        """Where the words of a proximity stand wherever it matches."""
        is_inside = np.zeros(len(self.words), bool)
        for first, last in zip(*self.spans(near), strict=True):
            is_inside[first : last + 1] = True
        leaves = tree.words_of(near)
        places = np.concatenate([self.places_of(leaf) for leaf in leaves])
        return np.unique(places[is_inside[places]])
