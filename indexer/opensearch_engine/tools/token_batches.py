"""Releases as they come -> the words of their texts as numbers, a batch of releases at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from corpus.database.batches import chunks
from indexer.analysis.analyzer import stem
from indexer.analysis.jit import Array
from indexer.analysis.lexicon import Lexicon
from indexer.opensearch_engine.index.mapping import Stored

SIZE = 256
# How often a table of forms grows.
ROOM = 1 << 14


class Vocabulary:
    """The forms and stems that were met, by number, in the order in which they came."""

    def __init__(self) -> None:
        self.lexicon = Lexicon()
        self.forms = self.lexicon.names
        self.languages: dict[str, int] = {}
        self.stem_numbers: dict[str, int] = {}
        self.stems: list[str] = []
        # A row a language, the stem of each form; -1 where that was not asked for.
        self._tables: Array = np.full((0, 0), -1, np.int32)

    def language(self, name: str) -> int:
        """The number of a language."""
        return self.languages.setdefault(name, len(self.languages))

    def stem_tables(self, forms: Array, languages: Array) -> Array:
        """A row a language, by their numbers: the stem of each of the forms that occur in it, which
        are given with their languages.
        """
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
        """The rows of all languages, for all forms."""
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
    """Some releases, and their texts' words one release after another: as they stand there and as
    forms, by their numbers (int32).

    `starts` tells where each release's begin (int64, one more for the end), `languages` the
    releases' (int32).
    """

    vocabulary: Vocabulary
    releases: list[Stored]
    starts: Array
    words: Array
    forms: Array
    languages: Array

    @property
    def lengths(self) -> Array:
        """How many words each text has."""
        return np.diff(self.starts)

    @cached_property
    def token_languages(self) -> Array:
        """The language of each word's release."""
        return np.repeat(self.languages, self.lengths)

    @cached_property
    def stem_tables(self) -> Array:
        """A row a language, the stem of each form that occurs in it."""
        return self.vocabulary.stem_tables(self.forms, self.token_languages)

    @cached_property
    def stems(self) -> Array:
        """The words as stems, by their numbers."""
        tables = self.stem_tables
        return np.asarray(tables[self.token_languages, self.forms])


def batches(
    releases: Iterable[Stored], vocabulary: Vocabulary, field: str = "body"
) -> Iterator[Batch]:
    """The releases in their order, so many at a time, with the words of one of their texts."""
    for some in chunks(releases, SIZE):
        texts = [vocabulary.lexicon.words(getattr(each, field)) for each in some]
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        words = np.concatenate(texts)
        languages = [vocabulary.language(each.language) for each in some]
        yield Batch(
            vocabulary,
            some,
            np.concatenate(([0], np.cumsum(lengths))),
            words,
            vocabulary.lexicon.form_of[words],
            np.array(languages, np.int32),
        )
