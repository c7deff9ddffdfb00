"""Compiled loops over all postings or matches of a query: scores, sets, counts, the best.

Documents have their numbers in the snapshot (int32, ascending), or in a segment (uint16) where this
is said.
"""

from __future__ import annotations

import numpy as np

from indexer.analysis.jit import Array, compiled

# A list that is so many times shorter is looked up by bisection.
MUCH_SHORTER = 16


@compiled
def score_postings(
    own: Array,
    freqs: Array,
    base: int,
    norms: Array,
    weight: np.float32,
    documents: Array,
    scores: Array,
) -> None:
    """BM25 of a term's postings in one segment, whose documents begin at `base`: weight f / (f +
    norm), with f = 1 where `freqs` is empty.
    """
    often = np.float32(1)
    for at in range(len(own)):
        document = base + own[at]
        if len(freqs):
            often = np.float32(freqs[at])
        documents[at] = document
        scores[at] = weight * often / (often + norms[document])


@compiled
def merge_scored(
    documents: Array, scores: Array, others: Array, other_scores: Array
) -> tuple[Array, Array]:
    """The union of two lists, with scores added up."""
    most = len(documents) + len(others)
    merged, sums = np.empty(most, np.int32), np.empty(most, np.float32)
    at = other = length = 0
    while at < len(documents) and other < len(others):
        one, two = documents[at], others[other]
        merged[length] = min(one, two)
        sums[length] = (scores[at] if one <= two else np.float32(0)) + (
            other_scores[other] if two <= one else np.float32(0)
        )
        at += one <= two
        other += two <= one
        length += 1
    for rest in range(at, len(documents)):
        merged[length], sums[length] = documents[rest], scores[rest]
        length += 1
    for rest in range(other, len(others)):
        merged[length], sums[length] = others[rest], other_scores[rest]
        length += 1
    return merged[:length], sums[:length]


@compiled
def add(documents: Array, scores: Array, sums: Array) -> None:
    """Add scores to the sums of their documents."""
    for at in range(len(documents)):
        sums[documents[at]] += scores[at]


@compiled
def collect(sums: Array) -> tuple[Array, Array]:
    """The documents whose sum is not 0, and the sums, which are set to 0."""
    length = 0
    for document in range(len(sums)):
        length += sums[document] != 0
    documents, scores = np.empty(length + 1, np.int32), np.empty(length + 1, np.float32)
    at = 0
    for document in range(len(sums)):
        documents[at], scores[at] = document, sums[document]
        at += sums[document] != 0
        sums[document] = 0
    return documents[:length], scores[:length]


@compiled
def find_places(documents: Array, others: Array, table: Array) -> Array:
    """The position of each document among the others (int32), -1 where it is missing.

    `table` has room for a number a document and may have any content: an entry counts only if it
    points back.
    """
    found = np.full(len(documents), -1, np.int32)
    if len(documents) * MUCH_SHORTER < len(others):
        for at in range(len(documents)):
            place = np.searchsorted(others, documents[at])
            if place < len(others) and others[place] == documents[at]:
                found[at] = place
        return found
    for place in range(len(others)):
        table[others[place]] = place
    for at in range(len(documents)):
        place = table[documents[at]]
        if 0 <= place < len(others) and others[place] == documents[at]:
            found[at] = place
    return found


@compiled
def intersect(
    documents: Array, scores: Array, others: Array, other_scores: Array, table: Array
) -> tuple[Array, Array]:
    """The intersection of two lists, scores added up; the first is shorter. `table` as above."""
    places = find_places(documents, others, table)
    both, sums = np.empty(len(documents) + 1, np.int32), np.empty(len(documents) + 1, np.float32)
    length = 0
    for at in range(len(documents)):
        place = places[at]
        both[length] = documents[at]
        sums[length] = scores[at] + other_scores[max(place, 0)]
        length += place >= 0
    return both[:length], sums[:length]


@compiled
def mark(own: Array, base: int, is_in: Array) -> None:
    """Mark a segment's documents in a mask."""
    for at in range(len(own)):
        is_in[base + own[at]] = True


@compiled
def count_codes(codes: Array, documents: Array, counts: Array) -> None:
    """Count the documents by their codes, one each."""
    for at in range(len(documents)):
        counts[codes[documents[at]]] += 1


@compiled
def count_many(codes: Array, starts: Array, documents: Array, counts: Array) -> None:
    """Count the documents by their codes, those of document d from starts[d] to starts[d + 1]."""
    for at in range(len(documents)):
        for code in codes[starts[documents[at]] : starts[documents[at] + 1]]:
            counts[code] += 1


@compiled
def extremes(days: Array, documents: Array) -> tuple[int, int]:
    """The first and the last day of the dated documents (not 0); 0 and 0 without any."""
    first = last = 0
    for at in range(len(documents)):
        day = days[documents[at]]
        if day:
            first = min(first, day) if first else day
            last = max(last, day)
    return first, last


@compiled
def best(documents: Array, scores: Array, ranks: Array, most: int) -> Array:
    """The positions of the `most` best in order: by score, then by rank. For few: each is inserted
    into those found so far.
    """
    places = np.empty(most + 1, np.int32)
    held = 0
    for at in range(len(documents)):
        value, rank = scores[at], ranks[documents[at]]
        if held == most:
            last = places[most - 1]
            if value < scores[last] or (value == scores[last] and rank > ranks[documents[last]]):
                continue
        place = held
        while place > 0:
            before = places[place - 1]
            if scores[before] > value or (
                scores[before] == value and ranks[documents[before]] < rank
            ):
                break
            places[place] = before
            place -= 1
        places[place] = at
        held = min(held + 1, most)
    return places[:held]
