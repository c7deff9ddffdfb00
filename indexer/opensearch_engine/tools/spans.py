"""What a query's words match in the bodies of its hits, read from their texts -> spans of tokens,
by the rules of the embedded engine (`whoosh_engine/tools/occurrences.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from indexer.analysis.jit import Array
from indexer.highlight.word_test import Test, word_test
from indexer.linguistics.spans import TokenSpans
from indexer.opensearch_engine.index.mapping import Stored
from indexer.opensearch_engine.tools.token_batches import Batch, Vocabulary, batches
from indexer.query import tree
from indexer.query.proximity import NOWHERE, SpanEnds, joined, spans_of

# The folded words, or stems, that a leaf matches in bodies; None where each word must be tested.
WordsOf = Callable[[tree.Leaf], frozenset[str] | None]


@dataclass(frozen=True)
class BatchSpans(TokenSpans):
    """The spans in a batch, with its numbers of releases; and how many more are in boilerplate."""

    batch: Batch
    boilerplate_mentions: int = 0


def read_spans(
    releases: Iterable[Stored],
    node: tree.Node | None,
    words_of: WordsOf,
    *,
    has_boilerplate: bool = True,
    kept: Callable[[BatchSpans], BatchSpans] = lambda found: found,
) -> Iterator[BatchSpans]:
    """The matches of a tree in releases' bodies, for every batch, empty ones too; in boilerplate
    only if wanted, and what is `kept` of them.
    """
    vocabulary = Vocabulary()
    leaves = tree.body_leaves(node)
    several = [leaf for leaf in leaves if isinstance(leaf, tree.Phrase | tree.Near)]
    words = [leaf for leaf in leaves if not isinstance(leaf, tree.Phrase | tree.Near)]
    single = _WordPlaces(vocabulary, words, words_of)
    parts = {
        leaf: _WordPlaces(vocabulary, [leaf], words_of)
        for each in several
        for leaf in tree.words_of(each)
    }

    def find(batch: Batch, left_out: Array | None) -> SpanEnds:
        def places_of(leaf: tree.Leaf) -> Array:
            return parts[leaf].places(batch, left_out)

        spans = [spans_of(each, places_of, batch.paragraph_starts) for each in several]
        places = single.places(batch, left_out)
        return joined([(places, places), *spans])

    for batch in batches(releases, vocabulary):
        where = batch.starts, batch.paragraph_starts, batch.forms, batch.languages
        found = kept(BatchSpans(*where, *find(batch, None), batch))
        if not has_boilerplate and batch.boilerplate.any():
            every = found
            found = kept(BatchSpans(*where, *find(batch, batch.boilerplate), batch))
            found = replace(found, boilerplate_mentions=max(0, len(every) - len(found)))
        yield found


class _WordMask:
    """The words that some leaves match, out of a growing list."""

    def __init__(self, words: set[str], tests: Sequence[Test]) -> None:
        self.words, self.tests = words, tests
        self._mask: Array = np.zeros(0, bool)
        self._known = 0

    def __bool__(self) -> bool:
        return bool(self.words or self.tests)

    def mask(self, size: int, word: Callable[[int], str]) -> Array:
        """A mask of the words by their numbers; `word` returns the new ones."""
        if size > len(self._mask):
            self._mask = np.concatenate((self._mask, np.zeros(size, bool)))
        for number in range(self._known, size):
            self._mask[number] = self._has(word(number))
        self._known = max(size, self._known)
        return self._mask

    def _has(self, word: str) -> bool:
        return word in self.words or any(test(word, word, word) for test in self.tests)


class _WordPlaces:
    """The places of words that leaves match, apart from phrases."""

    def __init__(
        self, vocabulary: Vocabulary, leaves: Sequence[tree.Leaf], words_of: WordsOf
    ) -> None:
        self.vocabulary = vocabulary
        words: dict[bool, set[str]] = {False: set(), True: set()}
        tests: dict[bool, list[Test]] = {False: [], True: []}
        as_they_stand: list[Test] = []
        for leaf in leaves:
            is_stem = leaf.field != tree.BODY
            known = {leaf.text} if isinstance(leaf, tree.Term) else words_of(leaf)
            if known is not None:
                words[is_stem] |= known
            elif test := word_test(leaf, is_stem=is_stem):
                is_cased = isinstance(leaf, tree.VariantTerm) and not is_stem
                (as_they_stand if is_cased else tests[is_stem]).append(test)
        self.forms, self.stems = (_WordMask(words[each], tests[each]) for each in (False, True))
        self.cased = _WordMask(set(), as_they_stand)

    def places(self, batch: Batch, left_out: Array | None) -> Array:
        """The places of all these words in a batch, in order, apart from those left out."""
        vocabulary, found = self.vocabulary, []
        if self.forms:
            mask = self.forms.mask(len(vocabulary.forms), vocabulary.forms.__getitem__)
            found.append(mask[batch.forms])
        if self.stems:
            stems = batch.stems
            mask = self.stems.mask(len(vocabulary.stems), vocabulary.stems.__getitem__)
            found.append(mask[stems])
        if self.cased:
            lexicon = vocabulary.lexicon
            found.append(self.cased.mask(lexicon.size, lexicon.word)[batch.words])
        if not found:
            return NOWHERE
        is_there = np.logical_or.reduce(found)
        if left_out is not None:
            is_there &= ~left_out
        return np.flatnonzero(is_there).astype(np.uint32)
