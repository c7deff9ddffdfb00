"""From keys to terms: a field's words by what they share with words of other spellings.

Arrays of a field `f` in a segment file:

    f/names/keys   uint64[m]  hashes of keys, ascending
    f/names/terms  uint*[m]   the term of each, ascending under one key
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.keyed import Kind, hashed
from indexer.whoosh_engine.arrays import Array
from indexer.whoosh_engine.inversion import narrow
from indexer.whoosh_engine.segment import SegmentArrays


def key_arrays(kind: Kind, keys: Array, terms: Array) -> dict[str, Array]:
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
    kind: Kind, field: str, segments: Sequence[SegmentArrays], tables: Sequence[Array]
) -> dict[str, Array]:
    """The tables of segments as one; `tables` give their terms' merged numbers, -1 for none."""
    keys, terms = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    for segment, table in zip(segments, tables, strict=True):
        found = table[segment.arrays[f"{field}/{kind}/terms"]]
        keys.append(segment.arrays[f"{field}/{kind}/keys"][found >= 0])
        terms.append(found[found >= 0])
    return key_arrays(kind, np.concatenate(keys), np.concatenate(terms))


def keyed_terms(segment: SegmentArrays, field: str, kind: Kind, hashed: int) -> list[int]:
    """The numbers of a segment's terms that have a key."""
    keys = segment.arrays[f"{field}/{kind}/keys"]
    first, last = np.searchsorted(keys, np.array([hashed, hashed + 1], np.uint64))
    found: list[int] = segment.arrays[f"{field}/{kind}/terms"][first:last].tolist()
    return found
