"""Which releases match a tree outside boilerplate, too: as if they had no such sentences."""

from __future__ import annotations

from functools import partial, reduce

import numpy as np

from indexer.analysis.jit import Array
from indexer.query import tree
from indexer.whoosh_engine.search.execute import Executor
from indexer.whoosh_engine.search.matching import matching
from indexer.whoosh_engine.search.scored_docs import ScoredDocs
from indexer.whoosh_engine.search.spans import SegmentWords


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


def _outside(executor: Executor, node: tree.Or | tree.Leaf) -> Array:
    """Which documents have a leaf, or any of several, outside boilerplate (a mask)."""
    if isinstance(node, tree.Or):
        return reduce(np.logical_or, (_leaf_outside(executor, leaf) for leaf in tree.leaves(node)))
    return _leaf_outside(executor, node)


def _word_outside(executor: Executor, node: tree.Or | tree.Leaf) -> Array:
    """The same, kept for other queries that have the word, too."""
    return executor.snapshot.masks.get(node, partial(_outside, executor, node))


def _leaf_outside(executor: Executor, leaf: tree.Leaf) -> Array:
    snapshot = executor.snapshot
    found = np.zeros(snapshot.size, bool)
    if leaf.field not in tree.BODY_FIELDS:
        found[executor.find(leaf).documents] = True
        return found
    for base, segment, boilerplate in zip(
        snapshot.bases, snapshot.segments, snapshot.boilerplate, strict=False
    ):
        words = SegmentWords(segment, executor.expansions, np.ones(segment.size, bool), boilerplate)
        found[base : base + segment.size] = words.holders_outside(leaf)
    return found
