"""Documents -> the arrays of one segment, which is built whole and never changed."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import zstandard

from indexer.analysis.analyzer import stem
from indexer.analysis.jit import Array
from indexer.analysis.lexicon import Lexicon
from indexer.analysis.tokenizer import paragraph_starts
from indexer.engine.document import Document, field_terms
from indexer.engine.fields import TEXTS, WHOLE, WORDS, stem_field
from indexer.linguistics.boilerplate import Sentences
from indexer.query.tree import VariantKind
from indexer.query.variants import NAME_SHARES, hashed
from indexer.whoosh_engine.index.arrays import write_arrays
from indexer.whoosh_engine.index.codec import NAME, ArraySegment
from indexer.whoosh_engine.index.inversion import (
    count_tokens,
    invert,
    mark_terms,
    narrow,
    renumber,
    sorted_terms,
    term_table,
    translate_terms,
)
from indexer.whoosh_engine.index.variant_keys import key_arrays, loose_keys

# Texts are compressed one by one to half their size; reading one takes about 10 microseconds.
LEVEL = 3


class _Field:
    """The tokens of one field, as numbers of `forms`, and the number in each document."""

    def __init__(self, forms: dict[str, int] | None = None) -> None:
        self.forms = {} if forms is None else forms
        self.tokens = array("i")
        self.lengths = array("i")

    def add_words(self, words: Array, lexicon: Lexicon) -> None:
        self.tokens.frombytes(lexicon.form_of[words].tobytes())
        self.lengths.append(len(words))

    def add_terms(self, terms: Sequence[str]) -> None:
        forms = self.forms
        for term in terms:
            self.tokens.append(forms.setdefault(term, len(forms)))
        self.lengths.append(len(terms))

    def forward(self) -> tuple[Array, list[bytes], Array]:
        """The forward column (int32), the sorted terms that its numbers stand for, and the number
        of each form, -1 without one; the tokens are released.
        """
        forward = np.frombuffer(self.tokens, np.int32) if self.tokens else np.zeros(0, np.int32)
        self.tokens = array("i")
        names = [*self.forms]
        used = np.flatnonzero(np.bincount(forward, minlength=len(names)))
        terms, ranks = sorted_terms([names[number] for number in used.tolist()])
        numbers = np.full(len(names), -1, np.int32)
        numbers[used] = ranks
        renumber(forward, numbers)
        return forward, terms, numbers


class SegmentBuilder:
    """Takes documents, and writes them as a segment. Needs about 20 bytes a token of text."""

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self.lexicon = lexicon or Lexicon()
        self.fields = {name: _Field(self.lexicon.forms) for name in TEXTS}
        self.fields |= {name: _Field() for name in (*WORDS, *WHOLE)}
        self.languages: list[str] = []
        self.dates: list[int] = []
        self.paragraphs, self.sentences, self.digests = array("i"), array("i"), array("Q")
        self.stored: list[bytes] = []
        self.compressor = zstandard.ZstdCompressor(LEVEL, write_checksum=False)
        self.n_tokens = 0
        # The occurrences of the lexicon's words in titles and bodies.
        self.often: Array = np.zeros(0, np.int32)

    def __len__(self) -> int:
        return len(self.stored)

    def add(self, document: Document) -> None:
        """Take one document in."""
        fields = self.fields
        for name, text in (("title", document.title), ("body", document.body_text)):
            found = self.lexicon.words(text)
            fields[name].add_words(found, self.lexicon)
            if len(self.often) < len(self.lexicon.form_of):
                self.often = np.pad(self.often, (0, len(self.lexicon.form_of) - len(self.often)))
            count_tokens(found, self.often)
        self.n_tokens += fields["body"].lengths[-1]
        lengths = np.diff(paragraph_starts(document.body_text)).astype(np.int32)
        self.paragraphs.frombytes(lengths.tobytes())
        sentences = Sentences.of(
            document.body_text, self.lexicon.form_of[found], self.lexicon, document.office
        )
        self.sentences.frombytes(sentences.lengths.tobytes())
        self.digests.frombytes(sentences.digests.tobytes())
        for name, terms in field_terms(document).items():
            fields[name].add_terms(terms)
        self.languages.append(document.language)
        self.dates.append(document.published.toordinal() if document.published else 0)
        title = document.title.replace("\n", " ")
        stored = f"{document.url}\n{title}\n{document.body_text}"
        self.stored.append(self.compressor.compress(stored.encode()))

    def write(self, folder: Path) -> ArraySegment:
        """Invert the documents and write them as a segment; they are released meanwhile."""
        segment = ArraySegment(NAME, len(self), self.n_tokens)
        write_arrays(segment.path(folder), self._arrays())
        return segment

    def _arrays(self) -> Iterator[tuple[str, Array]]:
        yield "dates", np.array(self.dates, np.int32)
        yield "body/paragraphs", narrow(np.array(self.paragraphs, np.int32))
        yield "body/sentences", narrow(np.array(self.sentences, np.int32))
        yield "body/digests", narrow(np.array(self.digests, np.uint64))
        ends = np.cumsum(np.fromiter(map(len, self.stored), np.int64, len(self.stored)))
        yield "stored/ends", narrow(ends)
        yield "stored", np.frombuffer(b"".join(self.stored), np.uint8)
        names = self._names()
        for name, field in self.fields.items():
            forward, terms, numbers = field.forward()
            lengths = np.array(field.lengths, np.int32)
            has_places = name in TEXTS or name in WORDS
            found = invert(forward, lengths, len(terms), with_positions=has_places)
            found |= term_table(terms) | {"lengths": narrow(lengths)}
            yield from _under(name, found)
            if name in TEXTS:
                for kind, keys, forms in names:
                    yield from _under(name, _name_keys(kind, keys, numbers[forms]))
                yield from self._stems(name, forward, lengths, terms)
            yield f"{name}/forward", narrow(forward)

    def _names(self) -> list[tuple[VariantKind, Array, Array]]:
        """The keys of words that look like names, of either kind, and their forms."""
        found: list[tuple[VariantKind, Array, Array]] = []
        for kind, share in NAME_SHARES.items():
            words, forms = self.lexicon.likely_names(self.often, share)
            names = map(self.lexicon.word, words.tolist())
            keys = np.fromiter((hashed(kind, name) for name in names), np.uint64, len(words))
            found.append((kind, keys[keys > 0], forms[keys > 0]))
        return found

    def _stems(
        self, name: str, forward: Array, lengths: Array, terms: list[bytes]
    ) -> Iterator[tuple[str, Array]]:
        """The stems of a text: their postings, and the tables from term to stem and back."""
        found, tables, stems = stem_arrays(forward, lengths, terms, self.languages)
        n_stems = len(stems)
        yield from _under(stem_field(name), found | loose_keys(stems))
        yield from _under(name, loose_keys(terms))
        yield f"{name}/stems", np.concatenate([*tables.values(), np.zeros(0, np.int32)])
        for language, table in tables.items():
            yield from form_arrays(f"{name}/forms/{language}", table, n_stems)


def _name_keys(kind: VariantKind, keys: Array, terms: Array) -> dict[str, Array]:
    """The table of the names of one field; the number of a name's term is -1 where it has none."""
    return key_arrays(kind, keys[terms >= 0], terms[terms >= 0])


def form_arrays(name: str, table: Array, n_stems: int) -> Iterator[tuple[str, Array]]:
    """The table from stem to terms: terms in the order of stems, and where each begins."""
    used = np.flatnonzero(table >= 0)
    yield name, narrow(used[np.argsort(table[used], kind="stable")])
    each = np.bincount(table[used], minlength=n_stems)
    yield f"{name}/firsts", narrow(np.concatenate(([0], np.cumsum(each))))


def _under(field: str, arrays: dict[str, Array]) -> Iterator[tuple[str, Array]]:
    """A field's arrays under their full names, each released once it is written."""
    for key in [*arrays]:
        yield f"{field}/{key}", arrays.pop(key)


def stem_arrays(
    forward: Array, lengths: Array, terms: list[bytes], languages: list[str]
) -> tuple[dict[str, Array], dict[str, Array], list[bytes]]:
    """The stems of a text as postings without positions, a table from term to stem for each
    language, and the stems. The forward column and the tables imply their positions.
    """
    names = sorted(set(languages))
    codes = np.array([names.index(language) for language in languages], np.int32)
    tables = np.full((len(names), len(terms)), -1, np.int32)
    mark_terms(forward, lengths, codes, tables)
    vocabulary: dict[str, int] = {}
    for table, language in zip(tables, names, strict=True):
        used = np.flatnonzero(table == 0)
        stems = [stem(terms[number].decode(), language) for number in used.tolist()]
        table[used] = [vocabulary.setdefault(each, len(vocabulary)) for each in stems]
    sorted_stems, ranks = sorted_terms([*vocabulary])
    tables[tables >= 0] = ranks[tables[tables >= 0]]
    stemmed = translate_terms(forward, lengths, codes, tables)
    found = invert(stemmed, lengths, len(sorted_stems), with_positions=False)
    by_language = dict(zip(names, tables, strict=True))
    return found | term_table(sorted_stems), by_language, sorted_stems
