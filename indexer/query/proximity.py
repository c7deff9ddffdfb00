"""What phrases and proximities match: spans of words, from the places of single words.

A place is a word's number among all words of one or many texts (uint32); `starts` tells where their
paragraphs begin (int64, one more for the end), none of which a span crosses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np

from indexer.analysis.jit import Array, compiled
from indexer.query import tree

# Spans by their first and last words, as the kernels take them.
SpanEnds = tuple[Array, Array]
# A leaf that stands for words -> where they are, in ascending order.
PlacesOf = Callable[[tree.Leaf], Array]
NOWHERE = np.zeros(0, np.uint32)


def spans_of(node: tree.Node, places_of: PlacesOf, starts: Array) -> SpanEnds:
    """What a leaf, or a part of a Near, matches: spans in order, the shortest of those that begin
    or end alike.
    """
    match node:
        case tree.Phrase(field, words, slop):
            return phrase_spans([places_of(tree.Term(field, each)) for each in words], starts, slop)
        case tree.Near(_, parts, distance, is_ordered):
            spans = (spans_of(part, places_of, starts) for part in parts)
            return reduce(
                lambda one, other: near_spans(one, other, starts, distance, is_ordered), spans
            )
        case tree.Or(parts):
            return joined([spans_of(part, places_of, starts) for part in parts])
        case tree.And() | tree.Not() | tree.AndNot() | tree.AndMaybe() | tree.Every():
            return NOWHERE, NOWHERE
        case _:
            places = places_of(node)
            return places, places


def phrase_spans(words: Sequence[Array], starts: Array, slop: int) -> SpanEnds:
    """A phrase's occurrences from the places of each of its words, of those that begin at one word
    the shortest.
    """
    firsts = lasts = words[0]
    for following in words[1:]:
        firsts, lasts = follow_spans(firsts, lasts, following, following, starts, slop)
    # Both ends ascend, so that of one beginning the first is the shortest.
    is_shortest = np.ones(len(firsts), bool)
    is_shortest[1:] = firsts[1:] != firsts[:-1]
    return firsts[is_shortest], lasts[is_shortest]


def near_spans(
    one: SpanEnds, other: SpanEnds, starts: Array, distance: int, is_ordered: bool
) -> SpanEnds:
    """The shortest spans that hold one of each, which do not overlap and are near enough."""
    found = [follow_spans(*_by_ends(one), *other, starts, distance)]
    if not is_ordered:
        found.append(follow_spans(*_by_ends(other), *one, starts, distance))
    firsts, lasts = joined(found)
    is_shortest = np.ones(len(firsts), bool)
    is_shortest[1:] = firsts[1:] != firsts[:-1]
    least_later = np.minimum.accumulate(lasts[::-1])[::-1]
    is_shortest[:-1] &= lasts[:-1] < least_later[1:]
    return firsts[is_shortest], lasts[is_shortest]


def _by_ends(spans: SpanEnds) -> SpanEnds:
    firsts, lasts = spans
    order = np.lexsort((firsts, lasts))
    return firsts[order], lasts[order]


def joined(spans: Sequence[SpanEnds]) -> SpanEnds:
    """All spans by their first and then their last words, none twice."""
    if len(spans) == 1:
        return spans[0]
    pairs = [firsts.astype(np.uint64) << np.uint64(32) | lasts for firsts, lasts in spans]
    both = distinct(np.concatenate([np.zeros(0, np.uint64), *pairs]))
    return (both >> np.uint64(32)).astype(np.uint32), both.astype(np.uint32)


def distinct(numbers: Array) -> Array:
    """The numbers in order, each once; they are sorted in place."""
    numbers.sort()  # np.unique hashes them first, which takes many times as long
    is_new = np.ones(len(numbers), bool)
    is_new[1:] = numbers[1:] != numbers[:-1]
    return numbers[is_new]


@compiled
def _paragraph_of(place: np.int64, starts: Array, paragraph: int) -> int:
    """The number of a place's paragraph, from that of an earlier place: most paragraphs between
    them are never looked at.
    """
    step = 1
    while paragraph + step < len(starts) and starts[paragraph + step] <= place:
        paragraph += step
        step *= 2
    while step > 0:
        if paragraph + step < len(starts) and starts[paragraph + step] <= place:
            paragraph += step
        step //= 2
    return paragraph


@compiled
def follow_spans(
    firsts: Array,
    lasts: Array,
    next_firsts: Array,
    next_lasts: Array,
    starts: Array,
    slop: int,
) -> tuple[Array, Array]:
    """Spans, whose ends ascend, made longer by others, whose beginnings ascend, that come at most
    `slop` after them in the same paragraph.

    One for each of the others that can be reached, from the span that ends nearest.
    """
    longer = np.empty(len(next_firsts), np.uint32)
    ends = np.empty(len(next_firsts), np.uint32)
    before = paragraph = length = 0
    for at in range(len(next_firsts)):
        place = np.int64(next_firsts[at])
        while before < len(lasts) and lasts[before] < place:
            before += 1
        if before == 0 or place - np.int64(lasts[before - 1]) > slop:
            continue
        paragraph = _paragraph_of(place, starts, paragraph)
        if lasts[before - 1] >= starts[paragraph]:
            longer[length], ends[length] = firsts[before - 1], next_lasts[at]
            length += 1
    return longer[:length], ends[:length]


@compiled
def find_rows(places: Array, forward: Array, terms: Array, starts: Array) -> Array:
    """The places, of some that ascend (int64), from which terms stand one after another in a
    paragraph; `forward` has the term of each place.
    """
    found = np.empty(len(places), np.uint32)
    paragraph = length = 0
    for at in range(len(places)):
        place, end = places[at], places[at] + len(terms)
        if place < 0 or end > len(forward):
            continue
        number = 0
        while number < len(terms) and forward[place + number] == terms[number]:
            number += 1
        if number == len(terms):
            paragraph = _paragraph_of(place, starts, paragraph)
            if end <= starts[paragraph + 1]:
                found[length] = place
                length += 1
    return found[:length]


@compiled
def count_following(
    lasts: Array, forward: Array, starts: Array, paragraphs: Array, first: int, counts: Array
) -> None:
    """Count the texts in which each of some terms, from the `first` on, directly follows one of
    some places that ascend; `starts` are where texts begin, and `paragraphs` where theirs do.
    """
    seen = np.full(len(counts), -1, np.int32)
    text = paragraph = 0
    for at in range(len(lasts)):
        place = np.int64(lasts[at]) + 1
        term = np.int64(forward[place]) - first if place < len(forward) else -1
        if term < 0 or term >= len(counts):
            continue
        text, paragraph = (
            _paragraph_of(place, starts, text),
            _paragraph_of(place, paragraphs, paragraph),
        )
        if paragraphs[paragraph] < place and seen[term] != text:
            seen[term] = text
            counts[term] += 1
