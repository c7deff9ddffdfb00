"""Documents -> the arrays of one segment. A segment is built whole, and never changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from indexer.analysis import WORD, fold, stem, words
from indexer.document import Document
from indexer.engine import UNDATED
from indexer.whoosh_engine.arrays import Array, write_arrays
from indexer.whoosh_engine.inversion import invert, sorted_terms, term_table
from indexer.whoosh_engine.schema import TEXTS, WHOLE, WORDS, stem_field
from indexer.whoosh_engine.segment import SegmentArrays


class _Vocabulary(dict[str, int]):
    """Word as it stands in a text -> number of its folded form; a new form gets the next number."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, int] = {}

    def __missing__(self, word: str) -> int:
        number = self[word] = self.forms.setdefault(fold(word), len(self.forms))
        return number


class _Field:
    """The tokens of one field, as numbers of its vocabulary, and how many each document has."""

    def __init__(self) -> None:
        self.vocabulary = _Vocabulary()
        self.tokens: list[Array] = []
        self.lengths: list[int] = []

    def add_text(self, text: str) -> None:
        numbers = [*map(self.vocabulary.__getitem__, WORD.findall(text))]
        self.tokens.append(np.array(numbers, np.int32))
        self.lengths.append(len(numbers))

    def add_terms(self, terms: Iterable[str]) -> None:
        forms = self.vocabulary.forms
        numbers = [forms.setdefault(term, len(forms)) for term in terms]
        self.tokens.append(np.array(numbers, np.int32))
        self.lengths.append(len(numbers))

    def add_postings(self, segment: SegmentArrays, name: str, alive: Array) -> None:
        """The tokens of another segment's field, those of the documents that are alive."""
        postings, forms = segment.fields[name], self.vocabulary.forms
        lengths = segment.lengths(name)
        tokens = segment.arrays[f"{name}/forward"][np.repeat(alive, lengths)]
        # Terms of deleted documents alone are left behind.
        table = np.full(len(postings), -1, np.int32)
        table[tokens] = 0
        for number in np.flatnonzero(table == 0).tolist():
            table[number] = forms.setdefault(postings.term(number).decode(), len(forms))
        self.tokens.append(table[tokens])
        self.lengths += lengths[alive].tolist()

    def forward(self) -> tuple[Array, list[bytes]]:
        """The forward column, by the numbers of the sorted terms; the tokens are let go of."""
        terms, ranks = sorted_terms([*self.vocabulary.forms])
        forward = np.concatenate(self.tokens) if self.tokens else np.zeros(0, np.int32)
        self.tokens.clear()
        if len(terms):
            np.take(ranks, forward, out=forward, mode="clip")
        return forward, terms


class SegmentBuilder:
    """Takes documents, one after another, and writes them as a segment. Holds some 30 bytes a
    token.
    """

    def __init__(self) -> None:
        self.fields = {name: _Field() for name in (*TEXTS, *WORDS, *WHOLE)}
        self.languages: list[str] = []
        self.dates: list[int] = []
        self.stored: list[bytes] = []
        self.texts: list[bytes] = []
        self.n_tokens = 0

    def __len__(self) -> int:
        return len(self.stored)

    def add(self, document: Document) -> None:
        """Take one document in."""
        fields = self.fields
        fields["title"].add_text(document.title)
        fields["body"].add_text(document.body_text)
        self.n_tokens += fields["body"].lengths[-1]
        for name, terms in _terms(document).items():
            fields[name].add_terms(terms)
        self.languages.append(document.language)
        self.dates.append(document.published.toordinal() if document.published else 0)
        self.stored.append(json.dumps(document.stored(), ensure_ascii=False).encode())
        self.texts.append(document.body_text.encode())

    def write(self, path: Path) -> None:
        """Invert and write; what was taken in is let go of on the way."""
        write_arrays(path, self._arrays())

    def _arrays(self) -> Iterator[tuple[str, Array]]:
        yield "dates", np.array(self.dates, np.int32)
        for name, pieces in (("stored", self.stored), ("texts", self.texts)):
            yield f"{name}/ends", np.cumsum(np.fromiter(map(len, pieces), np.int64, len(pieces)))
            yield name, np.frombuffer(b"".join(pieces), np.uint8)
        self.texts.clear()
        for name, field in self.fields.items():
            forward, terms = field.forward()
            lengths = np.array(field.lengths, np.int32)
            has_places = name in TEXTS or name in WORDS
            found = invert(forward, lengths, len(terms), with_positions=has_places)
            found |= term_table(terms) | {"lengths": lengths}
            yield from _named(name, found)
            if name in TEXTS:
                yield from self._stems(name, forward, lengths, terms)
            yield f"{name}/forward", forward

    def _stems(
        self, name: str, forward: Array, lengths: Array, terms: list[bytes]
    ) -> Iterator[tuple[str, Array]]:
        """The stems of a text: their postings, and a language's ways from term to stem and back."""
        found, tables = stem_arrays(forward, lengths, terms, self.languages)
        yield from _named(stem_field(name), found)
        for language, table in tables.items():
            yield f"{name}/stem/{language}", table
            # Terms in the order of their stems, to bisect in.
            order = np.argsort(table, kind="stable")
            yield f"{name}/forms/{language}", order.astype(np.int32)

    def add_segment(self, segment: SegmentArrays) -> None:
        """Take the documents of another segment in, those that are deleted left out."""
        alive = np.ones(segment.size, bool)
        alive[[*segment.deleted]] = False
        for name, field in self.fields.items():
            field.add_postings(segment, name, alive)
        self.n_tokens += int(segment.lengths("body")[alive].sum())
        kept = np.flatnonzero(alive).tolist()
        self.languages += [segment.language(document) for document in kept]
        self.dates += segment.dates[alive].tolist()
        self.stored += [segment.piece("stored", document) for document in kept]
        self.texts += [segment.piece("texts", document) for document in kept]


def _named(field: str, arrays: dict[str, Array]) -> Iterator[tuple[str, Array]]:
    """A field's arrays under their full names, each let go of once it is written."""
    for key in [*arrays]:
        yield f"{field}/{key}", arrays.pop(key)


def stem_arrays(
    forward: Array, lengths: Array, terms: list[bytes], languages: list[str]
) -> tuple[dict[str, Array], dict[str, Array]]:
    """The stems of a text as postings without positions, and a table a language: term -> stem.

    Positions of stems are not kept twice: the forward column and the table tell them.
    """
    names = sorted(set(languages))
    codes = np.array([names.index(language) for language in languages], np.int16)
    owners = np.repeat(codes, lengths)  # each token's language
    vocabulary: dict[str, int] = {}
    tables: dict[str, Array] = {}
    for code, language in enumerate(names):
        is_used = np.zeros(len(terms), bool)
        is_used[forward[owners == code]] = True
        used = np.flatnonzero(is_used)
        stems = [stem(terms[number].decode(), language) for number in used.tolist()]
        tables[language] = np.full(len(terms), -1, np.int32)
        tables[language][used] = [vocabulary.setdefault(each, len(vocabulary)) for each in stems]
    sorted_stems, ranks = sorted_terms([*vocabulary])
    stemmed = np.empty_like(forward)
    for code, language in enumerate(names):
        table = tables[language]
        table[table >= 0] = ranks[table[table >= 0]]
        mine = owners == code
        stemmed[mine] = table[forward[mine]]
    found = invert(stemmed, lengths, len(sorted_stems), with_positions=False)
    return found | term_table(sorted_stems), tables


def _terms(document: Document) -> dict[str, list[str]]:
    """The terms of all fields that are not running text."""
    published = document.published
    return {
        "topic": words(" ".join(document.topics)),
        "component": words(" ".join(document.components)),
        "place": words(document.place or ""),
        "id": [document.id],
        "office": [document.office],
        "language": [document.language],
        "country": [fold(document.country)] if document.country else [],
        "number": [fold(document.number)] if document.number else [],
        "year": [str(published.year) if published else UNDATED],
        "topics": [*dict.fromkeys(document.topics)],
        "date": [published.isoformat()] if published else [],
        "state": [*document.state],
    }
