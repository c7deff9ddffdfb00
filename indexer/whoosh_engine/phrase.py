"""Phrases: which documents hold words one after another, from the places where the words stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexer.whoosh_engine.arrays import Array
from indexer.whoosh_engine.facets import slices
from indexer.whoosh_engine.schema import LENGTHS_OF
from indexer.whoosh_engine.segment import SegmentArrays
from indexer.whoosh_engine.snapshot import Snapshot

# Up to this slop, many places are looked up in a map of the field's tokens, else by bisection.
MAPPED_SLOP, MAPPED_PLACES = 12, 2_000


@dataclass(frozen=True)
class Places:
    """Where a word stands: counted in tokens from its document's first, and from the segment's.

    Both int64; `places` ascends.
    """

    positions: Array
    places: Array

    def __getitem__(self, kept: Array) -> Places:
        return Places(self.positions[kept], self.places[kept])


def phrase_documents(
    snapshot: Snapshot, field: str, words: Sequence[bytes], slop: int, candidates: Array
) -> Array:
    """The candidates that hold the words in their order, each at most `slop` after the one before.

    All candidates hold all the words.
    """
    found = [np.zeros(0, np.int32)]
    for number, segment in enumerate(snapshot.segments):
        base, end = snapshot.bases[number], snapshot.bases[number + 1]
        first, last = np.searchsorted(candidates, (base, end))
        if first < last:
            ends = phrase_ends(segment, field, words, slop, candidates[first:last] - np.int32(base))
            starts = segment.starts(field)
            documents = np.searchsorted(starts, ends.places, side="right").astype(np.int32) - 1
            is_new = np.ones(len(documents), bool)
            is_new[1:] = documents[1:] != documents[:-1]
            found.append(documents[is_new] + np.int32(base))
    return np.concatenate(found)


def phrase_ends(
    segment: SegmentArrays, field: str, words: Sequence[bytes], slop: int, documents: Array
) -> Places:
    """The places of the last words of all occurrences in these documents."""
    ends = places_of(segment, field, words[0], documents)
    for word in words[1:]:
        following = places_of(segment, field, word, documents)
        ends = following[_is_near(ends, following, slop)]
    return ends


def _is_near(before: Places, after: Places, slop: int) -> Array:
    """Which of `after` come at most `slop` positions after one of `before`."""
    if not len(before.places) or not len(after.places):
        return np.zeros(len(after.places), bool)
    if slop > MAPPED_SLOP or len(after.places) < MAPPED_PLACES:
        nearest = np.searchsorted(before.places, after.places) - 1
        steps = after.places - before.places[np.maximum(nearest, 0)]
        return (nearest >= 0) & (steps <= np.minimum(slop, after.positions))
    lowest = min(int(before.places[0]), int(after.places[0]) - slop)
    is_there = np.zeros(max(int(before.places[-1]), int(after.places[-1])) - lowest + 1, bool)
    is_there[before.places - lowest] = True
    is_near = np.zeros(len(after.places), bool)
    for step in range(1, slop + 1):
        is_near |= is_there[after.places - (lowest + step)] & (after.positions >= step)
    return is_near


def places_of(segment: SegmentArrays, field: str, word: bytes, documents: Array) -> Places:
    """All places of a word in these documents."""
    postings = segment.fields[field]
    number = postings.number(word)
    if number is None:
        return Places(np.zeros(0, np.int64), np.zeros(0, np.int64))
    if postings.ats is None or postings.positions is None:
        return _stem_places(segment, LENGTHS_OF[field], number, documents)
    extent = postings.extent(number)
    holders = postings.documents[extent]
    begins, ends = postings.ats[extent], postings.ats[extent.start + 1 : extent.stop + 1]
    if len(holders) > 4 * len(documents):
        at = np.searchsorted(holders, documents)
        at = at[(at < len(holders)) & (holders[np.minimum(at, len(holders) - 1)] == documents)]
        holders, begins, ends = holders[at], begins[at].astype(np.int64), ends[at].astype(np.int64)
        positions = postings.positions[slices(begins, ends)].astype(np.int64)
    else:
        positions = postings.positions[int(begins[0]) : int(ends[-1])].astype(np.int64)
    places = np.repeat(segment.starts(field)[holders], ends - begins)
    places += positions
    return Places(positions, places)


def _stem_places(segment: SegmentArrays, text: str, number: int, documents: Array) -> Places:
    """The places of a stem, which the forward column tells."""
    starts = segment.starts(text)
    languages = segment.arrays["language/forward"][documents]
    found = []
    for language in np.unique(languages).tolist():
        mine = documents[languages == language]
        places = slices(starts[mine], starts[mine + 1])
        table = segment.stem_table(text, segment.languages[language])
        places = places[table[segment.arrays[f"{text}/forward"][places]] == number]
        found.append(places)
    places = np.sort(np.concatenate(found)) if found else np.zeros(0, np.int64)
    owners = np.searchsorted(starts, places, side="right") - 1
    return Places(places - starts[owners], places)
