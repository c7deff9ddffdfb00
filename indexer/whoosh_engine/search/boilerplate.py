"""Which releases match a tree outside boilerplate, too: as if they had no such sentences."""

from __future__ import annotations

import numpy as np

from indexer.analysis.jit import Array
from indexer.linguistics.spans import documents_of
from indexer.query import tree
from indexer.whoosh_engine.search.execute import Executor
from indexer.whoosh_engine.search.scored_docs import ScoredDocs
from indexer.whoosh_engine.search.spans import SegmentWords


def matches_outside(executor: Executor, node: tree.Node | None, documents: Array) -> Array:
    """Which of the documents that a tree matches it also matches without boilerplate (a mask)."""
    if not len(documents) or node is None or not tree.asks_of_body(node):
        return np.ones(len(documents), bool)
    holders = np.concatenate([each.holders for each in executor.snapshot.boilerplate])
    is_safe = ~holders[documents]
    is_wanted = np.zeros(len(holders), bool)
    is_wanted[documents[~is_safe]] = True
    if is_wanted.any():
        is_safe |= _matching(executor, node, is_wanted)[documents]
    return is_safe


def ranked_below(found: ScoredDocs, is_above: Array) -> ScoredDocs:
    """The same documents, those that are not above below the others and below 0."""
    if is_above.all():
        return found
    scores, below = found.scores.copy(), found.scores[~is_above]
    scores[~is_above] += np.float32(min(0.0, scores[is_above].min(initial=0)) - below.max() - 1)
    return ScoredDocs(found.documents, scores)


def _matching(executor: Executor, node: tree.Node, is_wanted: Array) -> Array:
    """Which of the wanted documents a part of a tree matches without boilerplate; a mask that may
    say anything of others.
    """
    match node:
        case tree.And(parts):
            found = is_wanted
            for part in parts:
                found = found & _matching(executor, part, found)
            return found
        case tree.Or(parts):
            found = np.zeros(len(is_wanted), bool)
            for part in parts:
                found = found | _matching(executor, part, is_wanted & ~found)
            return found
        case tree.Not(part):
            return ~_matching(executor, part, is_wanted)
        case tree.AndNot(wanted, unwanted):
            found = is_wanted & _matching(executor, wanted, is_wanted)
            return found & ~_matching(executor, unwanted, found)
        case tree.AndMaybe(wanted, _):
            return _matching(executor, wanted, is_wanted)
        case tree.Every():
            return is_wanted
        case _ if node.field in tree.BODY_FIELDS:
            return _outside(executor, node, is_wanted)
        case _:
            found = np.zeros(len(is_wanted), bool)
            found[executor.find(node).documents] = True
            return found


def _outside(executor: Executor, leaf: tree.Leaf, is_wanted: Array) -> Array:
    """Which wanted documents have a leaf of the body outside boilerplate (a mask)."""
    snapshot = executor.snapshot
    found = np.zeros(len(is_wanted), bool)
    for base, segment, left_out in zip(
        snapshot.bases, snapshot.segments, snapshot.boilerplate, strict=False
    ):
        own = is_wanted[base : base + segment.size]
        if not own.any():
            continue
        firsts, _ = SegmentWords(segment, executor.expansions, own, left_out).spans(leaf)
        found[documents_of(firsts, segment.starts(leaf.field)) + base] = True
    return found
