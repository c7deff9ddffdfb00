"""A page of hits: those that match all words first, then those that match some."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from indexer.analysis.jit import Array
from indexer.engine.hits import HitBuilder
from indexer.engine.results import Hit, Position, Query
from indexer.engine.second_tier import highlighted, of_first_tier, of_second_tier
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.search.collect import FoundHits, by_variants, folded, order
from indexer.whoosh_engine.search.execute import Executor
from indexer.whoosh_engine.search.paging import is_last, position
from indexer.whoosh_engine.search.scored_docs import ScoredDocs, holds
from indexer.whoosh_engine.search.second_tier import find_some


@dataclass(frozen=True)
class Tier:
    """The hits of a tier without copies, where those of the page stand among them, and how many
    copies each stands for.
    """

    shown: ScoredDocs
    places: Array
    copies: dict[int, int]

    @classmethod
    def of(cls, snapshot: Snapshot, found: ScoredDocs, query: Query) -> Tier:
        """The hits from the query's start on."""
        shown, copies = folded(snapshot, found, query) if query.is_folded else (found, {})
        return cls(shown, order(snapshot, shown, query, query.start, query.size), copies)

    def hits(self) -> Iterator[tuple[int, float, int]]:
        """The documents of the page, their scores, and how many copies each stands for."""
        for at, document in zip(
            self.places.tolist(), self.shown.documents[self.places].tolist(), strict=True
        ):
            yield document, float(self.shown.scores[at]), self.copies.get(document, 0)


class Page:
    """The hits of a query from both tiers."""

    def __init__(
        self,
        snapshot: Snapshot,
        executor: Executor,
        query: Query,
        answered: FoundHits,
    ) -> None:
        self.snapshot, self.executor, self.query = snapshot, executor, query
        self.answered = answered
        self.first = Tier.of(snapshot, answered.found, of_first_tier(query))
        rest = of_second_tier(query, len(self.first.shown), len(self.first.places))
        self.some = find_some(snapshot, executor, query, answered.found, is_shown=rest.size > 0)
        self.second = Tier.of(snapshot, self.some.found, rest)
        self.variants = by_variants(executor, answered.found)
        self.words = [word for word, _ in self.some.words]

    def hits(self) -> Iterator[Hit]:
        """The hits, in order."""
        builder = HitBuilder(highlighted(self.query.tree, self.words), self.executor)
        for document, score, copies in self.first.hits():
            yield builder.hit(
                self.snapshot.stored(document),
                score,
                copies,
                is_variant=document in self.variants,
                only_boilerplate=not holds(self.answered.counted, document),
            )
        for document, score, copies in self.second.hits():
            hit = builder.hit(
                self.snapshot.stored(document),
                score,
                copies,
                only_boilerplate=not holds(self.some.counted, document),
            )
            yield replace(hit, tier="some", missing=self.some.missing(document))

    @property
    def more_after(self) -> Position | None:
        """The position of the last hit; None where none follows it, or scores decide."""
        tier = self.second if len(self.second.places) else self.first
        if self.query.is_ranked or not len(tier.places):
            return None
        last = tier.places[-1]
        has_next_tier = tier is self.first and len(self.second.shown)
        if is_last(self.snapshot, tier.shown, self.query, last) and not has_next_tier:
            return None
        return position(self.snapshot, tier.shown.documents[last], is_some=tier is self.second)
