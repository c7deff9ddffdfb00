"""Tokens in the order of documents -> posting lists in the order of terms.

Arrays of a field `f` in a segment file (n terms, p postings, t tokens, d documents); uint* is the
smallest kind that holds the numbers, of 16 bits at least but for frequencies:

    f/terms      uint8      the terms' UTF-8 bytes in their order, each followed by a newline
    f/ends       uint*[n]   where each term ends in f/terms
    f/firsts     uint*[n+1] where each term's postings begin
    f/documents  uint16[p]  document numbers, ascending within a term
    f/freqs      uint*[p]   frequencies; absent where all are 1
    f/spots      uint*[n+1] where each term's positions begin in f/positions
    f/positions  uint*[t]   ascending within a posting, as many as its frequency
    f/lengths    uint*[d]   number of tokens, exact
    f/paragraphs uint*      of body: the number of tokens of each paragraph that has any, document
                            after document
    f/sentences  uint*      of body: the same of sentences
    f/digests    uint64     of body: each sentence's digest (indexer/linguistics/boilerplate.py)
    f/forward    uint*[t]   the number of the term at each position, document after document
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.analysis.jit import Array, compiled
from indexer.linguistics.spans import ranks_of

NEWLINE = b"\n"
# A segment's documents are numbered in 16 bits.
MOST_DOCUMENTS = 1 << 16


def term_table(terms: Sequence[bytes]) -> dict[str, Array]:
    """`terms` and `ends` of sorted terms."""
    blob = np.frombuffer(NEWLINE.join((*terms, b"")), np.uint8)
    lengths = np.fromiter(map(len, terms), np.int64, len(terms))
    return {"terms": blob, "ends": narrow(np.cumsum(lengths + 1) - 1)}


def sorted_terms(terms: Sequence[str]) -> tuple[list[bytes], Array]:
    """Distinct terms as sorted bytes, and the rank of each given term."""
    encoded = [term.encode() for term in terms]
    order = sorted(range(len(encoded)), key=encoded.__getitem__)
    return [encoded[i] for i in order], ranks_of(order)


def narrow(numbers: Array) -> Array:
    """The same numbers, none negative, in the smallest unsigned type for them."""
    return numbers.astype(_smallest_type(int(numbers.max(initial=0))), copy=False)


def invert(
    tokens: Array, lengths: Array, n_terms: int, *, with_positions: bool
) -> dict[str, Array]:
    """The postings of a field; `tokens` has term numbers (int32), document after document.

    The first pass counts each term's documents and occurrences, the second puts every token in
    place.
    """
    firsts, spots, most = _count_terms(tokens, lengths, n_terms)
    documents = np.empty(int(firsts[-1]), np.uint16)
    has_freqs = most > 1 or with_positions
    freqs: Array = np.zeros(len(documents) if has_freqs else 0, _smallest_type(most, np.uint8))
    longest = int(lengths.max(initial=0))
    positions: Array = np.empty(len(tokens) if with_positions else 0, _smallest_type(longest))
    _place_tokens(tokens, lengths, firsts.copy(), spots.copy(), documents, freqs, positions)
    found = {"firsts": narrow(firsts), "documents": documents}
    if has_freqs:
        found["freqs"] = freqs
    if with_positions:
        found |= {"spots": narrow(spots), "positions": positions}
    return found


@compiled
def _count_terms(tokens: Array, lengths: Array, n_terms: int) -> tuple[Array, Array, int]:
    """Where each term's postings and positions begin (int64[n+1]), and the highest frequency."""
    firsts, spots = np.zeros(n_terms + 1, np.int64), np.zeros(n_terms + 1, np.int64)
    latest, often = np.full(n_terms, -1, np.int32), np.zeros(n_terms, np.int32)
    most = at = 0
    for document in range(len(lengths)):
        for token in tokens[at : at + lengths[document]]:
            if latest[token] != document:
                latest[token], often[token] = document, 0
                firsts[token + 1] += 1
            spots[token + 1] += 1
            often[token] += 1
            most = max(most, often[token])
        at += lengths[document]
    return np.cumsum(firsts), np.cumsum(spots), most


@compiled
def _place_tokens(
    tokens: Array,
    lengths: Array,
    nexts: Array,
    places: Array,
    documents: Array,
    freqs: Array,
    positions: Array,
) -> None:
    """Put every token's document, frequency and position where its term's next one belongs; `nexts`
    and `places` advance.
    """
    latest = np.full(len(nexts) - 1, -1, np.int32)
    at = 0
    for document in range(len(lengths)):
        for position in range(lengths[document]):
            token = tokens[at + position]
            if latest[token] != document:
                latest[token] = document
                documents[nexts[token]] = document
                nexts[token] += 1
            if len(freqs):
                freqs[nexts[token] - 1] += 1
            if len(positions):
                positions[places[token]] = position
                places[token] += 1
        at += lengths[document]


@compiled
def count_tokens(tokens: Array, counts: Array) -> None:
    """Add to the count of every token, in place."""
    for token in tokens:
        counts[token] += 1


@compiled
def renumber(tokens: Array, numbers: Array) -> None:
    """Replace every token by its number, in place."""
    for at in range(len(tokens)):
        tokens[at] = numbers[tokens[at]]


@compiled
def mark_terms(tokens: Array, lengths: Array, codes: Array, tables: Array) -> None:
    """Put 0 where a term occurs in a language; `codes` are the documents' languages, the rows of
    `tables`.
    """
    at = 0
    for document in range(len(lengths)):
        for place in range(at, at + lengths[document]):
            tables[codes[document], tokens[place]] = 0
        at += lengths[document]


@compiled
def translate_terms(tokens: Array, lengths: Array, codes: Array, tables: Array) -> Array:
    """Translate every token by the table of its document's language (int32)."""
    translated = np.empty(len(tokens), np.int32)
    at = 0
    for document in range(len(lengths)):
        for place in range(at, at + lengths[document]):
            translated[place] = tables[codes[document], tokens[place]]
        at += lengths[document]
    return translated


def _smallest_type(most: int, least: type = np.uint16) -> type:
    """The smallest unsigned type, from `least` up, that holds a number."""
    kinds = (np.uint8, np.uint16, np.uint32, np.uint64)
    return next(kind for kind in kinds[kinds.index(least) :] if most <= np.iinfo(kind).max)
