"""From keys to terms: a field's words by what they share with words of other spellings.

Arrays of a field `f` in a segment file:

    f/names/keys   uint64[m]  hashes of keys, ascending
    f/names/terms  uint*[m]   the term of each, ascending under one key

and the same of f/loose and f/sounds. Which words look like names is decided when a segment is
built; a merged segment has all pairs of those that it is made of, as far as their terms are left.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

import numpy as np

from indexer.analysis.jit import Array
from indexer.analysis.lexicon import hash_of
from indexer.engine.fields import LENGTHS_OF
from indexer.query.tree import VariantKind, VariantTerm
from indexer.query.variants import hashed, is_form
from indexer.whoosh_engine.index.inversion import narrow
from indexer.whoosh_engine.index.segment import SegmentArrays


def key_arrays(kind: VariantKind, keys: Array, terms: Array) -> dict[str, Array]:
    """The table of pairs of keys (uint64) and terms, each pair once."""
    order = np.lexsort((terms, keys))
    keys, terms = keys[order], terms[order]
    is_new = np.ones(len(keys), bool)
    is_new[1:] = (keys[1:] != keys[:-1]) | (terms[1:] != terms[:-1])
    return {f"{kind}/keys": keys[is_new], f"{kind}/terms": narrow(terms[is_new])}


def loose_keys(terms: Sequence[bytes]) -> dict[str, Array]:
    """The table of the loose keys of sorted terms."""
    keys = np.fromiter((hashed("loose", term.decode()) for term in terms), np.uint64, len(terms))
    found = np.flatnonzero(keys)
    return key_arrays("loose", keys[found], found)


def merged_keys(
    kind: VariantKind, field: str, segments: Sequence[SegmentArrays], tables: Sequence[Array]
) -> dict[str, Array]:
    """Segments' tables as one; `tables` give their terms' new numbers, -1 for none."""
    keys, terms = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    for segment, table in zip(segments, tables, strict=True):
        found = table[segment.arrays[f"{field}/{kind}/terms"]]
        keys.append(segment.arrays[f"{field}/{kind}/keys"][found >= 0])
        terms.append(found[found >= 0])
    return key_arrays(kind, np.concatenate(keys), np.concatenate(terms))


def alike_terms(
    segment: SegmentArrays, leaf: VariantTerm, stems_of: Callable[[], set[int]]
) -> tuple[list[int], list[int]]:
    """The numbers of a segment's terms with a leaf's key, in its own and in other spellings,
    without those that its stems match in every language where they occur.
    """
    found = keyed_terms(segment, leaf.field, leaf.kind, hash_of(leaf.key))
    if found:
        found = _beside(segment, leaf.field, stems_of(), found)
    if not found:
        return [], []
    postings = segment.fields[leaf.field]
    own = [number for number in found if is_form(leaf, postings.term(number).decode())]
    return own, [] if leaf.is_exact else [number for number in found if number not in own]


def keyed_terms(segment: SegmentArrays, field: str, kind: VariantKind, hashed: int) -> list[int]:
    """The numbers of a segment's terms with a key."""
    keys = segment.arrays[f"{field}/{kind}/keys"].data
    first = last = bisect_left(keys, hashed)
    while last < len(keys) and keys[last] == hashed:
        last += 1
    terms = segment.arrays[f"{field}/{kind}/terms"]
    return terms[first:last].tolist() if last > first else []


def _beside(segment: SegmentArrays, field: str, stems: set[int], found: list[int]) -> list[int]:
    if field in LENGTHS_OF:
        return [number for number in found if number not in stems]
    tables = segment.stem_tables(field)
    return [
        number
        for number in found
        if any(stem >= 0 and stem not in stems for stem in tables[:, number].tolist())
    ]
