"""Which releases match a tree outside boilerplate, too: as if they had no such sentences."""

from __future__ import annotations

from functools import partial

import numpy as np

from indexer.analysis.jit import Array
from indexer.query import tree
from indexer.whoosh_engine.search.execute import Executor
from indexer.whoosh_engine.search.matching import matching
from indexer.whoosh_engine.search.scored_docs import ScoredDocs
from indexer.whoosh_engine.search.spans import word_mask


def matches_outside(executor: Executor, node: tree.Node | None, documents: Array) -> Array:
    """Which of the documents that a tree matches it also matches without boilerplate (a mask)."""
    is_any = node is not None and tree.asks_of_body(node) and any(executor.snapshot.boilerplate)
    if node is None or not is_any or not len(documents):
        return np.ones(len(documents), bool)
    is_outside = matching(node, executor.snapshot.size, partial(_word_outside, executor))
    found: Array = is_outside[documents]
    return found


def ranked_below(found: ScoredDocs, is_above: Array) -> ScoredDocs:
    """The same documents, those that are not above below the others and below 0."""
    if is_above.all():
        return found
    scores, below = found.scores.copy(), found.scores[~is_above]
    scores[~is_above] += np.float32(min(0.0, scores[is_above].min(initial=0)) - below.max() - 1)
    return ScoredDocs(found.documents, scores)


def _word_outside(executor: Executor, node: tree.Or | tree.Leaf) -> Array:
    """The documents that a word matches outside boilerplate, kept for other queries that have it,
    too (a mask).
    """
    snapshot = executor.snapshot
    compute = partial(word_mask, snapshot, node, executor.expansions, has_boilerplate=False)
    return snapshot.masks.get(node, compute)
