"""The releases that match some words of a query, on arrays; see indexer/engine/second_tier.py."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from indexer.analysis.jit import Array
from indexer.engine.results import Query
from indexer.engine.second_tier import WeighedWord, weigh
from indexer.query.tree import Node, Or
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.search.boilerplate import matches_outside, ranked_below
from indexer.whoosh_engine.search.collect import within_filters
from indexer.whoosh_engine.search.execute import Executor
from indexer.whoosh_engine.search.scored_docs import (
    NOTHING,
    ScoredDocs,
    constant_score,
    intersection,
    places,
    union,
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

    def missing(self, document: int) -> tuple[str, ...]:
        """The words that a document lacks, as they were typed."""
        return tuple(word.typed for word, held in self.words if not held.holds(document))


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
    found = _scored(snapshot, words, held) if is_shown else _unscored(snapshot, held)
    if query.some.within is not None:
        kept = executor.find(query.some.within).documents
        found = intersection([found, constant_score(kept, 0.0)], snapshot.scratch())
    is_all, _ = places(found.documents, matching_all.documents, snapshot.scratch())
    wanted = ~is_all if snapshot.alive is None else ~is_all & snapshot.alive[found.documents]
    found = ScoredDocs(found.documents[wanted], found.scores[wanted])
    found = within_filters(snapshot, found, query.filters)
    counted = found.documents
    if is_shown and not query.has_boilerplate:
        any_of = Or(tuple(word.node for word in words))
        is_counted = matches_outside(executor, any_of, found.documents)
        found, counted = ranked_below(found, is_counted), counted[is_counted]
    return SecondTier(found, counted, tuple(zip(words, held, strict=True)))


def _scored(snapshot: Snapshot, words: list[WeighedWord], held: list[ScoredDocs]) -> ScoredDocs:
    """The sums of the words' scores, times the squares of the shares of weight that are matched."""
    summed = union(held, snapshot.scratch())
    weights = [
        constant_score(each.documents, word.weight) for word, each in zip(words, held, strict=True)
    ]
    shares = union(weights, snapshot.scratch())
    return ScoredDocs(summed.documents, summed.scores * shares.scores**2)


def _unscored(snapshot: Snapshot, held: list[ScoredDocs]) -> ScoredDocs:
    """What has any word."""
    return constant_score(union(held, snapshot.scratch()).documents, 0.0)


def _count(executor: Executor, node: Node) -> int:
    executor.matches(node)
    return executor.counts[node]
