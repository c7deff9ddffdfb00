"""Occurrences as spans of tokens, compiled: where they stand, and what stands around them.

A token's place is its number among all tokens of a segment's bodies (uint32), as in the forward
column; `starts` tells where each document's begin (int64, one more for the end). Of spans, `firsts`
and `lasts` are the places of their first and last tokens.
"""

from __future__ import annotations

import numpy as np

from indexer.compiled import compiled
from indexer.tokenizer import JOINER, LETTER, OTHER, Classes, Codes, Spans
from indexer.whoosh_engine.arrays import Array


@compiled
def term_places(
    extents: Array,
    spots: Array,
    documents: Array,
    freqs: Array,
    positions: Array,
    starts: Array,
    is_wanted: Array,
) -> Array:
    """Where some terms stand in the documents that are wanted, one term after another.

    A term's postings are those from extents[term, 0] to extents[term, 1] (int64[n, 2]), its
    positions begin at spots[term] (int64[n]).
    """
    total = 0
    for term in range(len(extents)):
        for posting in range(extents[term, 0], extents[term, 1]):
            total += freqs[posting] if is_wanted[documents[posting]] else 0
    found = np.empty(total, np.uint32)
    length = 0
    for term in range(len(extents)):
        spot = spots[term]
        for posting in range(extents[term, 0], extents[term, 1]):
            often, document = np.int64(freqs[posting]), documents[posting]
            if is_wanted[document]:
                for at in range(spot, spot + often):
                    found[length] = starts[document] + positions[at]
                    length += 1
            spot += often
    return found


@compiled
def follow_spans(
    firsts: Array, lasts: Array, places: Array, starts: Array, slop: int
) -> tuple[Array, Array]:
    """Spans made longer by a word that comes at most `slop` after them in the same document.

    One for each place of the word that can be reached, from the nearest span; both ends ascend.
    """
    longer, ends = np.empty(len(places), np.uint32), np.empty(len(places), np.uint32)
    before = document = length = 0
    for at in range(len(places)):
        place = np.int64(places[at])
        while before < len(lasts) and lasts[before] < place:
            before += 1
        while starts[document + 1] <= place:
            document += 1
        if before > 0:
            last = np.int64(lasts[before - 1])
            if last >= starts[document] and place - last <= slop:
                longer[length], ends[length] = firsts[before - 1], place
                length += 1
    return longer[:length], ends[:length]


@compiled
def documents_of(places: Array, starts: Array) -> Array:
    """The documents (a segment's own numbers, int32) of ascending places."""
    found = np.empty(len(places), np.int32)
    document = 0
    for at in range(len(places)):
        while starts[document + 1] <= places[at]:
            document += 1
        found[at] = document
    return found


@compiled
def neighbours(
    places: Array,
    documents: Array,
    starts: Array,
    forward: Array,
    numbers: Array,
    step: int,
    pairs: Array,
    thirds: Array,
) -> None:
    """Put the three words before (`step` -1) or after (1) each place as numbers to sort by: the
    first two in one into `pairs` (uint64, zeros), the third into `thirds` (uint32, zeros).

    `numbers` are the terms' own, none below 0. Where the document has ended 0 is left, which is
    before all words.
    """
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
    """Count by term the tokens that stand at most `window` before or after a span in its document,
    and in no span; each once, however many spans it is near to. How many there are.

    Spans ascend by their first tokens. `stems` has a row a language, the stem of each term, and
    stems are counted; without rows it is the terms.
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


@compiled
def word_spans(codes: Codes, classes: Classes) -> Spans:
    """Where the words of a text stand in it: int32[n, 2], as `analysis.WORD` tells them apart."""
    size = len(codes)
    found = np.empty((size // 2 + 1, 2), np.int32)
    at = length = 0
    while at < size:
        if classes[codes[at]] != LETTER:
            at += 1
            continue
        found[length, 0], kind = at, LETTER
        while kind != OTHER:
            at += 1
            kind = classes[codes[at]] if at < size else OTHER
            if kind == JOINER and (at + 1 == size or classes[codes[at + 1]] != LETTER):
                kind = OTHER
        found[length, 1] = at
        length += 1
    return found[:length]
