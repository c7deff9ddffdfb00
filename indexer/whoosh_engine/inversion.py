"""Tokens in the order of documents -> posting lists in the order of terms, by sorting arrays.

Arrays of a field `f` in a segment file (n terms, p postings, t tokens, d documents):

    f/terms      uint8      the terms' UTF-8 bytes in their order, each followed by a newline
    f/ends       int64[n]   where each term ends in f/terms
    f/firsts     int64[n+1] where each term's postings begin
    f/documents  int32[p]   document numbers, ascending within a term
    f/freqs      uint*[p]   frequencies; absent where f/ats tells them, or all are 1
    f/ats        uint32|int64[p+1] where each posting's positions begin in f/positions
    f/positions  uint16|uint32[t]  ascending within a posting
    f/lengths    int32[d]   number of tokens, exact
    f/forward    int32[t]   the number of the term at each position, document after document
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from indexer.whoosh_engine.arrays import Array

NEWLINE = b"\n"
TOKENS_AT_ONCE = 700_000


def term_table(terms: Sequence[bytes]) -> dict[str, Array]:
    """`terms` and `ends` of sorted terms."""
    blob = np.frombuffer(NEWLINE.join((*terms, b"")), np.uint8)
    lengths = np.fromiter(map(len, terms), np.int64, len(terms))
    return {"terms": blob, "ends": np.cumsum(lengths + 1) - 1}


def sorted_terms(terms: Sequence[str]) -> tuple[list[bytes], Array]:
    """Distinct terms as sorted bytes, and for each of the given ones its number in that order."""
    encoded = [term.encode() for term in terms]
    order = sorted(range(len(encoded)), key=encoded.__getitem__)
    ranks = np.empty(len(encoded), np.int32)
    ranks[order] = np.arange(len(encoded), dtype=np.int32)
    return [encoded[i] for i in order], ranks


def invert(
    tokens: Array, lengths: Array, n_terms: int, *, with_positions: bool
) -> dict[str, Array]:
    """Postings of a field whose documents' term numbers stand in `tokens`, document after document.

    One sort does it: of the term number above the token's own index, in 64 bits, so that a term's
    tokens come out together, in the order of documents and positions. It is done for one range of
    terms after another, so that only a part of the tokens takes the room of keys at a time.
    """
    starts = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
    often = np.bincount(tokens, minlength=n_terms)
    longest = int(lengths.max(initial=0))
    positions: Array = np.empty(len(tokens) if with_positions else 0, _least(longest, np.uint16))
    documents, freqs = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
    done = 0
    for low, high in _ranges(often):
        owners, counts, places = _inverted(tokens, low, high, starts)
        documents.append(owners)
        freqs.append(counts)
        if with_positions:
            positions[done : done + len(places)] = places
            done += len(places)
    ats = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.concatenate(freqs), dtype=np.int64)))
    # A term's postings end where its last token's does.
    ends = np.searchsorted(ats, np.cumsum(often))
    arrays = {"firsts": np.concatenate(([0], ends)).astype(np.int64)}
    arrays["documents"] = np.concatenate(documents)
    if with_positions:
        arrays["ats"] = ats.astype(np.uint32 if len(tokens) < 1 << 32 else np.int64)
        arrays["positions"] = positions
    elif (most := max(int(each.max(initial=0)) for each in freqs)) > 1:
        arrays["freqs"] = np.concatenate(freqs, dtype=_least(most, np.uint8), casting="unsafe")
    return arrays


def _ranges(often: Array) -> list[tuple[int, int]]:
    """Ranges of terms with some TOKENS_AT_ONCE tokens each; at least one range."""
    ends = np.cumsum(often)
    total = int(ends[-1]) if len(ends) else 0
    marks = np.arange(1, max(1, -(-total // TOKENS_AT_ONCE))) * TOKENS_AT_ONCE
    cuts = [0, *np.searchsorted(ends, marks).tolist(), len(often)]
    return list(pairwise(dict.fromkeys(cuts))) or [(0, 0)]


def _inverted(tokens: Array, low: int, high: int, starts: Array) -> tuple[Array, Array, Array]:
    """Documents and frequencies of the postings of terms from `low` to `high`, and positions."""
    mine = np.flatnonzero((tokens >= low) & (tokens < high))
    keys = (tokens[mine].astype(np.int64) << 32) | mine
    keys.sort()
    terms = (keys >> 32).astype(np.int32)
    keys &= 0xFFFFFFFF
    owners = (np.searchsorted(starts, keys, side="right") - 1).astype(np.int32)
    is_first = np.ones(len(keys), bool)
    is_first[1:] = (terms[1:] != terms[:-1]) | (owners[1:] != owners[:-1])
    firsts = np.flatnonzero(is_first)
    freqs = np.diff(np.append(firsts, len(keys))).astype(np.int32)
    keys -= starts[owners]
    return owners[firsts], freqs, keys


def _least(most: int, smallest: type) -> type:
    """The smallest unsigned type, from `smallest` up, that holds a number."""
    kinds = (np.uint8, np.uint16, np.uint32)
    return next(kind for kind in kinds[kinds.index(smallest) :] if most <= np.iinfo(kind).max)
