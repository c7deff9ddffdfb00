"""The releases that match some words of a query, on arrays; see indexer/engine/second_tier.py."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from indexer.analysis.jit import Array
from indexer.engine.results import Query
from indexer.engine.second_tier import SHARE_POWER, WeighedWord, weigh
from indexer.query.tree import Node, Or
from indexer.whoosh_engine.columns.kernels import add
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.search.boilerplate import matches_outside, ranked_below
from indexer.whoosh_engine.search.collect import within_filters
from indexer.whoosh_engine.search.execute import Executor
from indexer.whoosh_engine.search.scored_docs import (
    NOTHING,
    ScoredDocs,
    are_among,
    constant_score,
)
from indexer.whoosh_engine.search.suggest import spell_suggest


@dataclass(frozen=True)
class SecondTier:
    """What matches some of a query's words within its filters, but not all, and the documents of
    it that do so outside boilerplate; and where each word that was looked for is.
    """

    found: ScoredDocs
    counted: Array
    words: tuple[tuple[WeighedWord, ScoredDocs], ...] = ()

    def missing(self, documents: Array) -> list[tuple[str, ...]]:
        """The words that each of some documents lacks, as they were typed."""
        lacking: list[list[str]] = [[] for _ in documents]
        for word, held in self.words:
            for at in np.flatnonzero(~are_among(documents, held.documents)).tolist():
                lacking[at].append(word.typed)
        return [*map(tuple, lacking)]


def find_some(
    snapshot: Snapshot,
    executor: Executor,
    query: Query,
    matching_all: ScoredDocs,
    *,
    is_shown: bool,
) -> SecondTier:
    """The second tier of a query whose tree was run; empty where it asks for none. Unless it
    `is_shown`, it is only counted, and all scores are 0.
    """
    if query.some is None:
        return SecondTier(NOTHING, NOTHING.documents)
    words = weigh(
        query.some.words,
        snapshot.count,
        partial(_count, executor),
        partial(spell_suggest, snapshot),
        query.filters.language,
    )
    held = [executor.matches(word.node) for word in words]
    documents = _with_any(snapshot, executor, query, held, matching_all)
    found, counted = constant_score(documents, 0.0), documents
    if is_shown:
        found = ScoredDocs(documents, _scores(snapshot, words, held)[documents])
        if not query.has_boilerplate:
            any_of = Or(tuple(word.node for word in words))
            is_counted = matches_outside(executor, any_of, documents)
            found, counted = ranked_below(found, is_counted), documents[is_counted]
    return SecondTier(found, counted, tuple(zip(words, held, strict=True)))


def _with_any(
    snapshot: Snapshot,
    executor: Executor,
    query: Query,
    held: list[ScoredDocs],
    matching_all: ScoredDocs,
) -> Array:
    """The documents within a query's filters that hold some, but not all."""
    found = np.zeros(snapshot.size, bool)
    for each in held:
        found[each.documents] = True
    found[matching_all.documents] = False
    if snapshot.alive is not None:
        found &= snapshot.alive
    if query.some is not None and query.some.within is not None:
        is_kept = np.zeros(snapshot.size, bool)
        is_kept[executor.find(query.some.within).documents] = True
        found &= is_kept
    documents = np.flatnonzero(found).astype(np.int32)
    is_within = within_filters(snapshot, documents, query.filters)
    return documents if is_within is None else documents[is_within]


def _scores(snapshot: Snapshot, words: list[WeighedWord], held: list[ScoredDocs]) -> Array:
    """For each document the sum of its words' scores, times a power of the share of all weight
    that they make.
    """
    sums, shares = np.zeros(snapshot.size, np.float32), np.zeros(snapshot.size, np.float32)
    for word, each in zip(words, held, strict=True):
        add(each.documents, each.scores, sums)
        shares[each.documents] += np.float32(word.weight)
    return sums * shares**SHARE_POWER


def _count(executor: Executor, node: Node) -> int:
    executor.matches(node)
    return executor.counts[node]
