"""Occurrences as spans of tokens: where they stand, and what stands around them.

A token's place is its number among all tokens of many releases' bodies (uint32); `starts` are the
places where releases begin (int64, with the end). `firsts` and `lasts` are the places of spans'
first and last tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from indexer.analysis.jit import Array, compiled

NO_STEMS = np.zeros((0, 0), np.int32)


@dataclass(frozen=True)
class TokenSpans:
    """The spans in some releases' bodies, ascending by their first and then their last tokens.
    `forward` has the term of each place (int32), `languages` each release's, by their numbers;
    `paragraphs` are the places where these begin (int64, with the end).
    """

    starts: Array
    paragraphs: Array
    forward: Array
    languages: Array
    firsts: Array
    lasts: Array

    def __len__(self) -> int:
        return len(self.firsts)

    @cached_property
    def releases(self) -> Array:
        """The number of each span's release (int32)."""
        return documents_of(self.firsts, self.starts)

    @property
    def n_releases(self) -> int:
        """In how many releases the spans stand."""
        return int(np.count_nonzero(np.diff(self.releases, prepend=np.int32(-1))))

    def neighbors(self, numbers: Array, *, is_left: bool) -> tuple[Array, Array]:
        """The three words before or after each span, by their `numbers` (see `find_neighbors`)."""
        places, step = (self.firsts, -1) if is_left else (self.lasts, 1)
        found: tuple[Array, Array] = find_neighbors(
            places, self.releases, self.starts, self.forward, numbers, step
        )
        return found

    def at(self, firsts: Array, lasts: Array) -> Self:
        """Other spans in the same releases."""
        return replace(self, firsts=firsts, lasts=lasts)

    def only(self, chosen: Array) -> Self:
        """Some of the spans, by a mask."""
        return self.at(self.firsts[chosen], self.lasts[chosen])

    def words_near(self, places: Array, window: int) -> Self:
        """The words at these places, in order, that `count_near` counts, as spans."""
        if not len(self):
            return self
        whole = places.astype(np.int64)
        releases = np.searchsorted(self.starts, whole, "right") - 1
        begins, ends = self.starts[releases], self.starts[releases + 1]
        reached = np.maximum.accumulate(self.lasts).astype(np.int64)

        def are_within(window: int) -> Array:
            last = np.minimum(whole + window, ends - 1)
            before = np.searchsorted(self.firsts, last, "right")
            found: Array = reached[before - 1] >= np.maximum(whole - window, begins)
            found &= before > 0
            return found

        kept = places[are_within(window) & ~are_within(0)]
        return self.at(kept, kept)

    def count_near(self, window: int, stems: Array, counts: Array) -> int:
        """Count by term, or by stem, the tokens near the spans (see `count_near`); how many."""
        return count_near(
            self.releases,
            self.firsts,
            self.lasts,
            self.starts,
            self.forward,
            stems,
            self.languages,
            max(0, window),
            counts,
        )


def ranks_of(order: Sequence[int] | Array) -> Array:
    """The rank of each number from 0 in an order of all of them (int32)."""
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    return ranks


@compiled
def documents_of(places: Array, starts: Array) -> Array:
    """The documents (by their order, int32) of ascending places."""
    found = np.empty(len(places), np.int32)
    document = 0
    for at in range(len(places)):
        while starts[document + 1] <= places[at]:
            document += 1
        found[at] = document
    return found


@compiled
def find_neighbors(
    places: Array, documents: Array, starts: Array, forward: Array, numbers: Array, step: int
) -> tuple[Array, Array]:
    """The three words before (`step` -1) or after (1) each place, as numbers to sort by: the third
    (uint32), and the first two in one (uint64). They are the terms' `numbers` and 1; 0 is the
    document's end.
    """
    thirds, pairs = np.zeros(len(places), np.uint32), np.zeros(len(places), np.uint64)
    for at in range(len(places)):
        start, end = starts[documents[at]], starts[documents[at] + 1]
        for away in range(1, 4):
            place = np.int64(places[at]) + away * step
            if start <= place < end:
                number = np.uint64(numbers[forward[place]] + 1)
                if away == 3:
                    thirds[at] = number
                else:
                    pairs[at] |= number << np.uint64(32 * (2 - away))
    return thirds, pairs


@compiled
def count_near(
    documents: Array,
    firsts: Array,
    lasts: Array,
    starts: Array,
    forward: Array,
    stems: Array,
    languages: Array,
    window: int,
    counts: Array,
) -> int:
    """Count by term the tokens at most `window` before or after a span in its document, and in no
    span, each once; how many there are.

    Spans ascend by their first tokens. `stems` has a row a language, the stem of each term: stems
    are counted; without rows it is terms.
    """
    is_inside = np.zeros(np.diff(starts).max() if len(starts) > 1 else 0, np.bool_)
    total = at = 0
    while at < len(firsts):
        document, span = documents[at], at
        start, end = starts[document], starts[document + 1]
        while at < len(firsts) and documents[at] == document:
            is_inside[firsts[at] - start : lasts[at] - start + 1] = True
            at += 1
        done = start
        for each in range(span, at):
            until = min(end, np.int64(lasts[each]) + window + 1)
            for place in range(max(done, np.int64(firsts[each]) - window), until):
                if not is_inside[place - start]:
                    term = np.int64(forward[place])
                    counts[stems[languages[document], term] if len(stems) else term] += 1
                    total += 1
            done = max(done, until)
        for each in range(span, at):
            is_inside[firsts[each] - start : lasts[each] - start + 1] = False
    return total
