"""A page of hits: those that match all words first, then those that match some."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.analysis.jit import Array
from indexer.engine.hits import HitBuilder
from indexer.engine.results import Hit, Position, Query
from indexer.engine.second_tier import highlighted, of_first_tier, of_second_tier
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.search.collect import FoundHits, by_variants, folded, order
from indexer.whoosh_engine.search.execute import Executor
from indexer.whoosh_engine.search.paging import is_last, position
from indexer.whoosh_engine.search.scored_docs import ScoredDocs, are_among
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

    @property
    def documents(self) -> Array:
        """The documents of the page."""
        return self.shown.documents[self.places]

    def hits(self, counted: Array) -> Iterator[tuple[int, float, int, bool]]:
        """The documents of the page, their scores, how many copies each stands for, and whether
        each matches in boilerplate alone, so is not counted.
        """
        documents, scores = self.documents.tolist(), self.shown.scores[self.places].tolist()
        are_left_out = (~are_among(self.documents, counted)).tolist()
        for document, score, is_out in zip(documents, scores, are_left_out, strict=True):
            yield document, score, self.copies.get(document, 0), is_out


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
        for document, score, copies, only_boilerplate in self.first.hits(self.answered.counted):
            yield builder.hit(
                self.snapshot.stored(document),
                score,
                copies,
                is_variant=document in self.variants,
                only_boilerplate=only_boilerplate,
            )
        missing = self.some.missing(self.second.documents)
        others = self.second.hits(self.some.counted)
        for (document, score, copies, only_boilerplate), lacking in zip(
            others, missing, strict=True
        ):
            yield builder.hit(
                self.snapshot.stored(document),
                score,
                copies,
                only_boilerplate=only_boilerplate,
                tier="some",
                missing=lacking,
            )

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
