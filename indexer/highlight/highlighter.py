"""Where a query's words stand in a text: forms, phrases, prefixes, wildcards, fuzzy words.

It applies the rules of `analysis` to stored text, so it finds what the index matched. Forms that
the engine knows are searched for directly; else every word is judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from indexer.analysis.analyzer import WORD, fold, stem
from indexer.analysis.jit import Array
from indexer.analysis.normalization import folded_text
from indexer.analysis.tokenizer import paragraph_starts
from indexer.highlight.term_scanner import TermScanner
from indexer.highlight.text_words import TextWords
from indexer.highlight.word_test import Test, word_test
from indexer.query import tree

Span = tuple[int, int]
# A leaf of a query -> the forms that it matches in the index; None where unknown.
Forms = Callable[[tree.Leaf], Iterable[str] | None]
# More forms than this are not looked for one by one.
MOST_FORMS = 40
# More than the words of any text.
APART = 1 << 32
# What can stand between two words of a phrase: no border of paragraphs; an apostrophe alone would
# join them.
BETWEEN = r"(?:(?!')S+|'S+)".replace("S", r"(?:(?!\n\n)[\W_])")


# The words of a phrase, and what finds them in a folded text.
_StrictPhrase = tuple[Sequence[str], re.Pattern[str]]


@dataclass(frozen=True)
class _LoosePhrase:
    words: Sequence[str]
    slop: int
    is_stems: bool


class _Verdicts(dict[str, bool]):
    """Word as it stands in a text -> whether any test accepts it; judged when first asked for."""

    def __init__(self, tests: Sequence[Test], language: str) -> None:
        super().__init__()
        self.tests, self.language = tests, language

    def __missing__(self, word: str) -> bool:
        written = fold(word)
        stemmed = stem(written, self.language)
        verdict = self[word] = any(is_match(word, written, stemmed) for is_match in self.tests)
        return verdict


class Highlighter:
    """Finds the words of a query tree in texts. Parts that are negated count for nothing."""

    def __init__(self, query: tree.Node | None, forms: Forms = lambda leaf: None) -> None:
        self.forms = forms
        self.words: dict[str, set[str]] = {"title": set(), "body": set()}
        self.prefixes: dict[str, set[str]] = {"title": set(), "body": set()}
        self.strict: dict[str, list[_StrictPhrase]] = {"title": [], "body": []}
        self.tests: dict[str, list[Test]] = {"title": [], "body": []}
        self.phrases: dict[str, list[_LoosePhrase]] = {"title": [], "body": []}
        self.near: dict[str, list[tree.Near]] = {"title": [], "body": []}
        self._verdicts: dict[tuple[str, str], _Verdicts] = {}
        self._scanners: dict[str, TermScanner] = {}
        for leaf in tree.leaves(query, has_negated=False):
            name = leaf.field.removesuffix("_stem")
            if name in self.tests:
                self._collect(leaf, name, is_stem=leaf.field != name)

    def _collect(self, leaf: tree.Leaf, name: str, *, is_stem: bool) -> None:
        match leaf:
            case tree.Phrase(_, words, slop):
                if slop == 1 and not is_stem:
                    pattern = re.compile(BETWEEN.join(map(re.escape, words)))
                    self.strict[name].append((words, pattern))
                else:
                    self.phrases[name].append(_LoosePhrase(words, slop, is_stem))
            case tree.Near():
                self.near[name].append(leaf)
            case tree.Prefix(_, text):
                self.prefixes[name].add(text)
            case _:
                self._collect_words(leaf, name, is_stem=is_stem)

    def _collect_words(self, leaf: tree.Leaf, name: str, *, is_stem: bool) -> None:
        forms = (leaf.text,) if isinstance(leaf, tree.Term) and not is_stem else self.forms(leaf)
        known = None if forms is None else list(forms)
        if known is not None and len(known) <= MOST_FORMS:
            self.words[name].update(known)
        elif test := word_test(leaf, is_stem=is_stem):
            self.tests[name].append(test)

    def spans(self, text: str, name: str, language: str) -> list[Span]:
        """Where the words stand in a text of a field: ranges in order, none overlapping."""
        found: set[Span] = set()
        scanner = self._scanner(name)
        is_read = self.tests[name] or self.phrases[name] or self.near[name]
        if (spans := scanner.find(text)) is None:
            found.update(self._word_spans(text, name))
        else:
            if not (self.strict[name] or is_read):
                return [(start, end) for start, end in spans.tolist()]
            found.update((start, end) for start, end in spans.tolist())
            low = folded_text(text) if self.strict[name] else ""
            for _, pattern in self.strict[name]:
                found.update(_phrase_spans(low, pattern))
        if is_read:
            found.update(self._tested_spans(text, name, language))
        return sorted(found)

    def _scanner(self, name: str) -> TermScanner:
        if name not in self._scanners:
            made = _term_scanner(frozenset(self.words[name]), frozenset(self.prefixes[name]))
            self._scanners |= {
                other: made
                for other in self.words
                if (self.words[other], self.prefixes[other])
                == (self.words[name], self.prefixes[name])
            }
        return self._scanners[name]

    def _word_spans(self, text: str, name: str) -> Iterator[Span]:
        """Words, prefixes and strict phrases, word by word."""
        words = [*WORD.finditer(text)]
        written = [fold(found[0]) for found in words]
        prefixes = tuple(self.prefixes[name])
        for found, form in zip(words, written, strict=True):
            if form in self.words[name] or form.startswith(prefixes):
                yield found.span()
        for phrase, _ in self.strict[name]:
            for place in phrase_positions(written, phrase, 1, paragraph_starts(text)):
                yield words[place].span()

    def _tested_spans(self, text: str, name: str, language: str) -> Iterator[Span]:
        """What tests, loose phrases and proximities match, word by word."""
        words = [*WORD.finditer(text)]
        starts = paragraph_starts(text)
        if tests := self.tests[name]:
            key = name, language
            verdicts = self._verdicts.setdefault(key, _Verdicts(tests, language))
            yield from (found.span() for found in words if verdicts[found[0]])
        for phrase in self.phrases[name]:
            written = [fold(found[0]) for found in words]
            shapes = [stem(each, language) for each in written] if phrase.is_stems else written
            for place in phrase_positions(shapes, phrase.words, phrase.slop, starts):
                yield words[place].span()
        read = TextWords([found[0] for found in words], starts, language)
        for near in self.near[name]:
            yield from (words[place].span() for place in read.inside(near))


@lru_cache(maxsize=1 << 8)
def _term_scanner(words: frozenset[str], prefixes: frozenset[str]) -> TermScanner:
    return TermScanner(words, prefixes)


def _phrase_spans(low: str, pattern: re.Pattern[str]) -> Iterator[Span]:
    """The words of every occurrence of a strict phrase; occurrences may overlap."""
    found = pattern.search(low)
    while found:
        start, end = found.span()
        if _is_whole(low, start, end):
            yield from (word.span() for word in WORD.finditer(low, start, end))
        found = pattern.search(low, start + 1)


def _is_whole(low: str, start: int, end: int) -> bool:
    """Whether no word continues before or after a piece of a text; apostrophes join words."""
    before, after = low[max(0, start - 2) : start][::-1], low[end : end + 2]
    return not any(
        near[:1].isalnum() or (near[:1] == "'" and near[1:].isalnum()) for near in (before, after)
    )


def phrase_positions(
    shapes: Sequence[str], words: Sequence[str], slop: int, starts: Array
) -> list[int]:
    """The positions of all words of all occurrences of a phrase: each word at most `slop` after the
    one before, in the paragraph that `starts` tells. First forward, what each word can be reached
    at; then back from the last.
    """
    found: dict[str, list[int]] = {word: [] for word in words}
    for place, shape in enumerate(shapes):
        if shape in found:
            found[shape].append(place)
    reached = [_spread(np.array(found[word], np.int64), starts) for word in words]
    for number in range(1, len(reached)):
        reached[number] = _within(reached[number], reached[number - 1], -slop, 0)
    for number in reversed(range(len(reached) - 1)):
        reached[number] = _within(reached[number], reached[number + 1], 1, slop + 1)
    places: list[int] = (np.unique(np.concatenate(reached)) % APART).tolist()
    return places


def _spread(places: Array, starts: Array) -> Array:
    """Places with a gap between paragraphs that no phrase reaches over."""
    return places + APART * np.searchsorted(starts, places, "right")


def _within(positions: Array, others: Array, first: int, end: int) -> Array:
    """The positions from which one of the others is at least `first` and less than `end` away."""
    found = np.searchsorted(others, positions + first) < np.searchsorted(others, positions + end)
    return positions[found]
