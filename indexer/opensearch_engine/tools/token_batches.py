"""Releases -> the words of their texts as numbers, in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from corpus.database.batches import chunks
from indexer.analysis.analyzer import STEM, stem
from indexer.analysis.jit import Array
from indexer.analysis.lexicon import Lexicon
from indexer.analysis.tokenizer import paragraph_starts
from indexer.opensearch_engine.index.mapping import Stored

SIZE = 256
# The forms by which a table grows.
ROOM = 1 << 14


class Vocabulary:
    """The forms and stems of all texts, numbered in the order of their first occurrence."""

    def __init__(self) -> None:
        self.lexicon = Lexicon()
        self.forms = self.lexicon.names
        self.languages: dict[str, int] = {}
        self.stem_numbers: dict[str, int] = {}
        self.stems: list[str] = []
        # One row a language: the stem of each form, -1 where it is not known yet.
        self._tables: Array = np.full((0, 0), -1, np.int32)

    def stem_tables(self, forms: Array, languages: Array) -> Array:
        """One row a language: the stem of each of the forms, which occur in these languages."""
        self._make_room()
        for name, code in self.languages.items():
            own = forms[languages == code]
            used = np.flatnonzero(np.bincount(own, minlength=1))
            table = self._tables[code]
            for number in used[table[used] < 0].tolist():
                stemmed = stem(self.forms[number], name)
                found = self.stem_numbers.setdefault(stemmed, len(self.stems))
                if found == len(self.stems):
                    self.stems.append(stemmed)
                table[number] = found
        return self._tables

    @property
    def every_table(self) -> Array:
        """The complete rows of all languages."""
        self._make_room()
        return self._tables[:, : len(self.forms)]

    def _make_room(self) -> None:
        rows, columns = self._tables.shape
        if rows < len(self.languages) or columns < len(self.forms):
            shape = len(self.languages), max(columns, len(self.forms) + ROOM)
            tables = np.full(shape, -1, np.int32)
            tables[:rows, :columns] = self._tables
            self._tables = tables


@dataclass(frozen=True)
class Batch:
    """Some releases, and the words of their texts as they stand and as forms, by number (int32).

    `starts` are where releases begin (int64, with the end), `languages` the releases' own (int32).
    """

    vocabulary: Vocabulary
    releases: list[Stored]
    starts: Array
    words: Array
    forms: Array
    languages: Array

    @property
    def lengths(self) -> Array:
        """The number of words in each text."""
        return np.diff(self.starts)

    @cached_property
    def paragraph_starts(self) -> Array:
        """Where the paragraphs of bodies begin (int64, one more for the end)."""
        pairs = zip(self.releases, self.starts.tolist(), strict=False)
        begins = [paragraph_starts(each.body)[:-1] + start for each, start in pairs]
        return np.concatenate([*begins, self.starts[-1:]])

    @cached_property
    def boilerplate(self) -> Array:
        """The words in boilerplate, and all words of releases that match in it alone (a mask)."""
        found = np.zeros(len(self.forms), bool)
        for each, start, end in zip(self.releases, self.starts, self.starts[1:], strict=False):
            for first, last in each.boilerplate_runs:
                found[start + first : start + last] = True
            found[start:end] |= each.only_boilerplate
        return found

    @cached_property
    def token_languages(self) -> Array:
        """The language of each word's release."""
        return np.repeat(self.languages, self.lengths)

    @cached_property
    def stem_tables(self) -> Array:
        """One row a language: the stem of each form that occurs in it."""
        return self.vocabulary.stem_tables(self.forms, self.token_languages)

    def places(self, word: str, *, is_stem: bool) -> Array:
        """Where a word, or the words of a stem, are (uint32)."""
        numbers = self.stems if is_stem else self.forms
        names = self.vocabulary.stems if is_stem else self.vocabulary.forms
        name = f"{STEM}{word}" if is_stem else word
        known = names.index(name) if name in names else -1
        return np.flatnonzero(numbers == known).astype(np.uint32)

    @cached_property
    def stems(self) -> Array:
        """The stem of each word, by number."""
        tables = self.stem_tables
        return np.asarray(tables[self.token_languages, self.forms])


def batches(
    releases: Iterable[Stored], vocabulary: Vocabulary, field: str = "body"
) -> Iterator[Batch]:
    """Batches of releases in their order, with the words of one of their texts."""
    for some in chunks(releases, SIZE):
        texts = [vocabulary.lexicon.words(getattr(each, field)) for each in some]
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        words = np.concatenate(texts)
        known = vocabulary.languages
        languages = [known.setdefault(each.language, len(known)) for each in some]
        yield Batch(
            vocabulary,
            some,
            np.concatenate(([0], np.cumsum(lengths))),
            words,
            vocabulary.lexicon.form_of[words],
            np.array(languages, np.int32),
        )
