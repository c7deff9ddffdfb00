"""Phrases: the documents with words one after another, by the words' positions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np

from indexer.analysis.jit import Array
from indexer.engine.fields import LENGTHS_OF
from indexer.whoosh_engine.columns.kernels import follow, stem_positions
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.index.segment import SegmentArrays

# Documents of a segment (uint16), a word's frequency in each, and all its positions.
Occurrences = tuple[Array, Array, Array]


def phrase_documents(snapshot: Snapshot, field: str, words: Sequence[bytes], slop: int) -> Array:
    """The documents with these words in their order, each at most `slop` after the last."""
    found = [np.zeros(0, np.int32)]
    for base, segment in zip(snapshot.bases, snapshot.segments, strict=False):
        numbers = [segment.fields[field].number(word) for word in words]
        known = [number for number in numbers if number is not None]
        if len(known) == len(words):
            occurrences = phrase_ends(segment, field, known, slop)
            found.append(occurrences[0] + np.int32(base))
    return np.concatenate(found)


def phrase_ends(
    segment: SegmentArrays, field: str, numbers: Sequence[int], slop: int
) -> Occurrences:
    """The last words of all occurrences of a phrase, given its words' numbers."""
    each = _stem_occurrences if field in LENGTHS_OF else _occurrences
    distinct = [*dict.fromkeys(numbers)]
    found = dict(zip(distinct, each(segment, field, distinct), strict=True))
    chain = (found[number] for number in numbers)
    return reduce(lambda before, after: _following(before, after, slop), chain)


def _following(before: Occurrences, after: Occurrences, slop: int) -> Occurrences:
    return follow(*before, *after, slop)


def _occurrences(segment: SegmentArrays, field: str, numbers: Sequence[int]) -> list[Occurrences]:
    postings = segment.fields[field]
    found = []
    for number in numbers:
        extent = postings.extent(number)
        freqs = postings.frequencies(extent)
        assert freqs is not None
        positions = postings.positions_of(number)
        found.append(
            (postings.documents[extent], freqs.astype(np.uint32), positions.astype(np.uint32))
        )
    return found


def _stem_occurrences(
    segment: SegmentArrays, field: str, numbers: Sequence[int]
) -> list[Occurrences]:
    """Read from the forward column of the documents that contain all stems."""
    postings, text = segment.fields[field], LENGTHS_OF[field]
    holders = [postings.documents[postings.extent(number)] for number in numbers]
    documents = reduce(lambda a, b: np.intersect1d(a, b, assume_unique=True), holders)
    columns = (
        segment.starts(text),
        segment.arrays[f"{text}/forward"],
        segment.stem_tables(text),
        segment.arrays["language/forward"],
    )
    return [(documents, *stem_positions(documents, *columns, number)) for number in numbers]
