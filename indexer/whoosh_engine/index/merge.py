"""Segments -> the arrays of one segment without deleted documents.

Memory is bounded by the vocabulary and by a segment's columns: large arrays are read from mapped
files and written in place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from indexer.analysis.jit import Array, compiled
from indexer.engine.fields import TEXTS, WHOLE, WORDS, stem_field
from indexer.linguistics.spans import documents_of
from indexer.query.tree import VariantKind
from indexer.query.variants import KINDS
from indexer.whoosh_engine.index.arrays import Room, write_arrays
from indexer.whoosh_engine.index.builder import form_arrays
from indexer.whoosh_engine.index.codec import NAME, ArraySegment
from indexer.whoosh_engine.index.inversion import narrow, term_table
from indexer.whoosh_engine.index.postings import FieldPostings
from indexer.whoosh_engine.index.segment import SegmentArrays
from indexer.whoosh_engine.index.variant_keys import merged_keys

Arrays = Iterator[tuple[str, Array | Room]]
ONCE = np.zeros(0, np.uint8)
# The table that leaves bytes unchanged.
BYTES = np.arange(256, dtype=np.uint8)


def merged(folder: Path, segments: list[ArraySegment], *, is_trusted: bool = False) -> ArraySegment:
    """Merge segments into a new one; a single segment without deleted documents is returned."""
    if len(segments) == 1 and not segments[0].deleted:
        return segments[0]
    opened = [segment.open(folder, is_trusted=is_trusted) for segment in segments]
    merger = Merger(opened)
    segment = ArraySegment(NAME, merger.size, merger.n_tokens)
    write_arrays(segment.path(folder), merger.arrays())
    return segment


class Merger:
    """Concatenates segments; `numbers` has each document's new number, -1 if it is deleted."""

    def __init__(self, segments: Sequence[SegmentArrays]) -> None:
        self.segments = segments
        self.numbers: list[Array] = []
        self.size = 0
        for segment in segments:
            is_kept = np.ones(segment.size, bool)
            is_kept[[*segment.deleted]] = False
            numbers = np.cumsum(is_kept) - 1 + self.size
            self.numbers.append(np.where(is_kept, numbers, -1))
            self.size += int(np.count_nonzero(is_kept))
        self.n_tokens = int(self._column("body/lengths").sum())

    def arrays(self) -> Arrays:
        """All arrays of the merged segment."""
        yield "dates", self._column("dates")
        for lengths, *columns in (("paragraphs",), ("sentences", "digests")):
            is_kept = [*map(partial(_kept_runs, lengths), self.segments, self.numbers)]
            for name in (lengths, *columns):
                parts = [each.arrays[f"body/{name}"] for each in self.segments]
                kept = [part[mask] for part, mask in zip(parts, is_kept, strict=True)]
                yield f"body/{name}", narrow(np.concatenate(kept))
        yield from self._stored()
        languages: list[bytes] = []
        merged = {}
        for name in (*WHOLE, *WORDS, *TEXTS):
            merged[name] = _MergedField(self, name)
            yield from merged[name].arrays()
            yield from self._forward(merged[name])
            if name in TEXTS:
                yield from self._keys(merged[name], KINDS)
            if name == "language":
                languages = merged[name].terms
        for name in TEXTS:
            stems = _MergedField(self, stem_field(name))
            yield from stems.arrays()
            yield from self._keys(stems, ("loose",))
            yield from self._stems(merged[name], stems, languages)

    def _column(self, name: str) -> Array:
        pairs = zip(self.segments, self.numbers, strict=True)
        return np.concatenate([each.arrays[name][numbers >= 0] for each, numbers in pairs])

    def _stored(self) -> Arrays:
        lengths = [
            np.diff(each.arrays["stored/ends"].astype(np.int64), prepend=0)
            for each in self.segments
        ]
        pairs = zip(lengths, self.numbers, strict=True)
        ends = np.cumsum(np.concatenate([each[numbers >= 0] for each, numbers in pairs]))
        yield "stored/ends", narrow(ends)

        def fill(out: Array) -> None:
            end = 0
            for segment, each, numbers in zip(self.segments, lengths, self.numbers, strict=True):
                if segment.deleted:
                    end = _copy_translated(segment.arrays["stored"], each, numbers, BYTES, out, end)
                else:
                    out[end : end + each.sum()] = segment.arrays["stored"]
                    end += int(each.sum())

        yield "stored", Room(np.uint8, int(ends[-1]), fill)

    def _forward(self, field: _MergedField) -> Arrays:
        lengths = self._column(f"{field.name}/lengths")
        yield f"{field.name}/lengths", narrow(lengths)

        def fill(out: Array) -> None:
            end = 0
            for segment, table, numbers in zip(
                self.segments, field.tables, self.numbers, strict=True
            ):
                forward = segment.arrays[f"{field.name}/forward"]
                each = segment.lengths(field.name).astype(np.int64)
                end = _copy_translated(forward, each, numbers, table, out, end)

        kind = narrow(np.array([len(field.terms)])).dtype
        yield f"{field.name}/forward", Room(kind, int(lengths.sum()), fill)

    def _keys(self, field: _MergedField, kinds: Sequence[VariantKind]) -> Arrays:
        for kind in kinds:
            found = merged_keys(kind, field.name, self.segments, field.tables)
            yield from ((f"{field.name}/{key}", array) for key, array in found.items())

    def _stems(self, text: _MergedField, stems: _MergedField, languages: list[bytes]) -> Arrays:
        """The tables from term to stem, one row a language, and back."""
        rows = np.full((len(languages), len(text.terms)), -1, np.int32)
        for number, segment in enumerate(self.segments):
            terms, ranks = text.tables[number], stems.tables[number]
            for language, table in zip(
                segment.languages, segment.stem_tables(text.name), strict=True
            ):
                if language.encode() in languages:
                    is_kept = (table >= 0) & (terms >= 0)
                    row = rows[languages.index(language.encode())]
                    row[terms[is_kept]] = ranks[table[is_kept]]
        yield f"{text.name}/stems", rows.ravel()
        for row, code in zip(rows, languages, strict=True):
            name = f"{text.name}/forms/{code.decode()}"
            yield from form_arrays(name, row, len(stems.terms))


def _kept_runs(name: str, segment: SegmentArrays, numbers: Array) -> Array:
    """Which paragraphs, or sentences, are of documents that are kept (a mask)."""
    documents = documents_of(segment.begins(name), segment.starts("body"))
    kept: Array = numbers[documents] >= 0
    return kept


class _MergedField:
    """One field: its merged terms, and for each segment its terms' new numbers, -1 where no
    document is left.
    """

    def __init__(self, merger: Merger, name: str) -> None:
        self.name = name
        self.numbers = merger.numbers
        self.fields = [segment.fields[name] for segment in merger.segments]
        counts = [_counts(field, numbers) for field, numbers in self._pairs()]
        found: set[bytes] = set()
        for field, (documents, _) in zip(self.fields, counts, strict=True):
            names = [*field.terms(range(len(field)))]
            found.update(names[at] for at in np.flatnonzero(documents).tolist())
        self.terms = sorted(found)
        ranks = {term: rank for rank, term in enumerate(self.terms)}
        self.tables = [
            np.array([ranks.get(term, -1) for term in field.terms(range(len(field)))], np.int32)
            for field in self.fields
        ]
        self.firsts, self.spots = (
            np.zeros(len(self.terms) + 1, np.int64),
            np.zeros(len(self.terms) + 1, np.int64),
        )
        for table, (documents, often) in zip(self.tables, counts, strict=True):
            table[documents == 0] = -1
            self.firsts[table[table >= 0] + 1] += documents[table >= 0]
            self.spots[table[table >= 0] + 1] += often[table >= 0]
        self.firsts, self.spots = np.cumsum(self.firsts), np.cumsum(self.spots)

    def _pairs(self) -> Iterator[tuple[FieldPostings, Array]]:
        return zip(self.fields, self.numbers, strict=True)

    def arrays(self) -> Arrays:
        """The arrays of terms and postings."""
        named = term_table(self.terms) | {"firsts": narrow(self.firsts)}
        yield from ((f"{self.name}/{key}", array) for key, array in named.items())
        size = int(self.firsts[-1])
        yield f"{self.name}/documents", Room(np.uint16, size, self._fill_documents)
        if kinds := [field.freqs.dtype for field in self.fields if field.freqs is not None]:
            yield f"{self.name}/freqs", Room(np.result_type(*kinds), size, self._fill_freqs)
        if kinds := [f.positions.dtype for f in self.fields if f.positions is not None]:
            yield f"{self.name}/spots", narrow(self.spots)
            room = Room(np.result_type(*kinds), int(self.spots[-1]), self._fill_positions)
            yield f"{self.name}/positions", room

    def _fill_documents(self, out: Array) -> None:
        nexts = self.firsts.copy()
        for (field, numbers), table in zip(self._pairs(), self.tables, strict=True):
            _copy_documents(field.documents, _wide(field.firsts), numbers, table, nexts, out)

    def _fill_freqs(self, out: Array) -> None:
        nexts = self.firsts.copy()
        for (field, numbers), table in zip(self._pairs(), self.tables, strict=True):
            freqs = ONCE if field.freqs is None else field.freqs
            _copy_freqs(freqs, field.documents, _wide(field.firsts), numbers, table, nexts, out)

    def _fill_positions(self, out: Array) -> None:
        nexts = self.spots.copy()
        for (field, numbers), table in zip(self._pairs(), self.tables, strict=True):
            if field.positions is not None and field.freqs is not None:
                extents = _wide(field.firsts), numbers, table
                _copy_positions(field.positions, field.freqs, field.documents, *extents, nexts, out)


def _wide(numbers: Array) -> Array:
    return numbers.astype(np.int64)


def _counts(field: FieldPostings, numbers: Array) -> tuple[Array, Array]:
    """For each term the remaining documents, and its occurrences in them."""
    freqs = ONCE if field.freqs is None else field.freqs
    counted: tuple[Array, Array] = _count_left(field.documents, freqs, _wide(field.firsts), numbers)
    return counted


@compiled
def _count_left(
    documents: Array, freqs: Array, firsts: Array, numbers: Array
) -> tuple[Array, Array]:
    left, often = np.zeros(len(firsts) - 1, np.int64), np.zeros(len(firsts) - 1, np.int64)
    for term in range(len(left)):
        for at in range(firsts[term], firsts[term + 1]):
            if numbers[documents[at]] >= 0:
                left[term] += 1
                often[term] += freqs[at] if len(freqs) else 1
    return left, often


@compiled
def _copy_documents(
    documents: Array, firsts: Array, numbers: Array, table: Array, nexts: Array, out: Array
) -> None:
    """Copy every posting's document to where its term's next one belongs."""
    for term in range(len(table)):
        for at in range(firsts[term], firsts[term + 1]):
            number = numbers[documents[at]]
            if number >= 0:
                out[nexts[table[term]]] = number
                nexts[table[term]] += 1


@compiled
def _copy_freqs(
    freqs: Array,
    documents: Array,
    firsts: Array,
    numbers: Array,
    table: Array,
    nexts: Array,
    out: Array,
) -> None:
    for term in range(len(table)):
        for at in range(firsts[term], firsts[term + 1]):
            if numbers[documents[at]] >= 0:
                out[nexts[table[term]]] = freqs[at] if len(freqs) else 1
                nexts[table[term]] += 1


@compiled
def _copy_positions(
    positions: Array,
    freqs: Array,
    documents: Array,
    firsts: Array,
    numbers: Array,
    table: Array,
    nexts: Array,
    out: Array,
) -> None:
    place = 0
    for term in range(len(table)):
        for at in range(firsts[term], firsts[term + 1]):
            if numbers[documents[at]] >= 0:
                start = nexts[table[term]]
                for offset in range(freqs[at]):
                    out[start + offset] = positions[place + offset]
                nexts[table[term]] += freqs[at]
            place += freqs[at]


@compiled
def _copy_translated(
    forward: Array, lengths: Array, numbers: Array, table: Array, out: Array, end: int
) -> int:
    """Copy the kept documents' runs of numbers, by a table, from `end` on; where they end."""
    at = 0
    for document in range(len(lengths)):
        if numbers[document] >= 0:
            for offset in range(lengths[document]):
                out[end + offset] = table[forward[at + offset]]
            end += lengths[document]
        at += lengths[document]
    return end
