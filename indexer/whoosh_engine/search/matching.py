"""A query tree -> which documents match, as a mask: to count them takes no scores."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import numpy as np

from indexer import deadline
from indexer.analysis.jit import Array
from indexer.query import tree

# A leaf, or any of several, as of one word -> the documents that it matches.
WordMask = Callable[[tree.Or | tree.Leaf], Array]


def matching(node: tree.Node, size: int, of_word: WordMask) -> Array:
    """Which of `size` documents a part of a tree matches (a mask)."""
    deadline.check()
    match node:
        case tree.And(parts):
            return reduce(np.logical_and, (matching(part, size, of_word) for part in parts))
        case tree.Or(parts) if [*parts] != tree.leaves(node):
            return reduce(np.logical_or, (matching(part, size, of_word) for part in parts))
        case tree.Not(part):
            return ~matching(part, size, of_word)
        case tree.AndNot(wanted, unwanted):
            return matching(wanted, size, of_word) & ~matching(unwanted, size, of_word)
        case tree.AndMaybe(wanted, _):
            return matching(wanted, size, of_word)
        case tree.Every():
            return np.ones(size, bool)
        case _:
            return of_word(node)
