"""Values of documents as columns of numbers: facets, groups of copies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indexer.analysis.jit import Array
from indexer.engine.fields import FACET_FIELDS
from indexer.whoosh_engine.columns.kernels import count_codes, count_many
from indexer.whoosh_engine.index.segment import SegmentArrays


@dataclass(frozen=True)
class FacetColumn:
    """The values of a facet in order, and `codes`: each document's numbers of values (int32).

    `starts` are where documents' codes begin (int64, with the end); None where each has exactly
    one.
    """

    values: list[str]
    codes: Array
    starts: Array | None

    @classmethod
    def of(cls, name: str, segments: list[SegmentArrays]) -> FacetColumn:
        """The column over all segments, in common numbers."""
        field = FACET_FIELDS[name]
        terms = [[*s.fields[field].terms(range(len(s.fields[field])))] for s in segments]
        values = sorted(set().union(*terms))
        numbers = {value: number for number, value in enumerate(values)}
        codes, lengths = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
        for segment, own in zip(segments, terms, strict=True):
            table = np.array([numbers[term] for term in own], np.int32)
            codes.append(table[segment.arrays[f"{field}/forward"]])
            lengths.append(segment.lengths(field))
        each = np.concatenate(lengths)
        starts = (
            None if (each == 1).all() else np.concatenate(([0], np.cumsum(each, dtype=np.int64)))
        )
        return cls([value.decode() for value in values], np.concatenate(codes), starts)

    def counts(self, documents: Array) -> list[tuple[str, int]]:
        """The number of these documents with each value, the most frequent first, then by value."""
        if len(self.values) == 1 and self.starts is None:
            return [(self.values[0], len(documents))] if len(documents) else []
        found = np.zeros(len(self.values), np.int64)
        if self.starts is None:
            count_codes(self.codes, documents, found)
        else:
            count_many(self.codes, self.starts, documents, found)
        return self.ranked(found)

    def ranked(self, found: Array) -> list[tuple[str, int]]:
        """Values with their counts, which `found` has by number."""
        # Codes ascend with their values, so a stable sort keeps equal counts in their order.
        order = np.argsort(-found, kind="stable")[: np.count_nonzero(found)]
        pairs = zip(order.tolist(), found[order].tolist(), strict=True)
        return [(self.values[code], count) for code, count in pairs]

    def having(self, chosen: tuple[str, ...], size: int) -> Array:
        """A mask of the documents with any of the chosen values."""
        wanted = np.array([value in chosen for value in self.values], bool)
        if not len(wanted):
            return np.zeros(size, bool)
        hits = wanted[self.codes]
        if self.starts is None:
            return hits
        total = np.concatenate(([0], np.cumsum(hits)))
        return total[self.starts[1:]] > total[self.starts[:-1]]


@dataclass(frozen=True)
class Groups:
    """The documents that have a group, ascending (int32), and the number of each one's group."""

    documents: Array
    numbers: Array

    @classmethod
    def of(cls, segments: list[SegmentArrays], bases: list[int]) -> Groups:
        """The column over all segments."""
        documents, numbers, _ = value_numbers("group", segments, bases)
        return cls(documents, numbers)

    def among(self, documents: Array) -> tuple[Array, Array]:
        """The positions of documents (ascending) with a group, and their groups' numbers."""
        places = np.searchsorted(documents, self.documents)
        is_in = places < len(documents)
        is_in[is_in] = documents[places[is_in]] == self.documents[is_in]
        return places[is_in], self.numbers[is_in]


def value_numbers(
    field: str, segments: list[SegmentArrays], bases: list[int]
) -> tuple[Array, Array, list[bytes]]:
    """All values in a field: their documents (int32), their numbers (int32), and each value."""
    known: dict[bytes, int] = {}
    documents, numbers = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
    for base, segment in zip(bases, segments, strict=False):
        postings = segment.fields[field]
        names = postings.terms(range(len(postings)))
        own = np.array([known.setdefault(each, len(known)) for each in names], np.int32)
        every = np.arange(base, base + segment.size, dtype=np.int32)
        documents.append(np.repeat(every, segment.lengths(field)))
        numbers.append(own[segment.arrays[f"{field}/forward"]])
    return np.concatenate(documents), np.concatenate(numbers), [*known]
