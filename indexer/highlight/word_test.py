"""Whether a word matches a leaf of a query, judged by the word alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import translate

from indexer.analysis.edit_distance import distance
from indexer.query import tree
from indexer.query.variants import is_variant

# Whether a word matches, by how it stands in a text, its folded form, and its stem.
Test = Callable[[str, str, str], bool]


def word_test(leaf: tree.Leaf, *, is_stem: bool) -> Test | None:
    """What tells whether a leaf matches a word; None for what is of several."""
    match leaf:
        case tree.Term(_, text):
            if is_stem:
                return lambda _, __, stemmed: stemmed == text
            return lambda _, written, __: written == text
        case tree.VariantTerm():
            return lambda word, _, stemmed: is_variant(leaf, stemmed if is_stem else word)
        case tree.Prefix(_, text):
            return lambda _, written, __: written.startswith(text)
        case tree.Wildcard(_, text):
            is_match = re.compile(translate(text)).match
            return lambda _, written, __: is_match(written) is not None
        case tree.Fuzzy(_, text, most, kept):
            return lambda _, written, __: (
                written[:kept] == text[:kept] and distance(text, written, most) <= most
            )
        case tree.Range(_, start, end, excludes_start, excludes_end):
            low, high = start or "", end or "\U0010ffff"
            excluded = {low} if excludes_start and start else set()
            excluded |= {high} if excludes_end and end else set()
            return lambda _, written, __: low <= written <= high and written not in excluded
        case tree.Phrase() | tree.Near():
            return None
