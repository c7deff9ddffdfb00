"""Answers from one snapshot of the index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from indexer.engine.document import shown_digest
from indexer.engine.explanation import explained
from indexer.engine.hits import HitBuilder
from indexer.engine.results import Hit, Query, Results
from indexer.engine.searcher import Searcher
from indexer.engine.second_tier import respelled
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.search import suggest
from indexer.whoosh_engine.search.collect import (
    facets,
    find_hits,
    ids,
    order,
    timeline,
    within_filters,
)
from indexer.whoosh_engine.search.execute import Executor
from indexer.whoosh_engine.search.page import Page
from indexer.whoosh_engine.search.scored_docs import ScoredDocs
from indexer.whoosh_engine.tools import collocates, concordance, frequencies, translations


class SnapshotSearcher(Snapshot, Searcher):
    """Answers questions from a snapshot's arrays."""

    occurrences = concordance.concordance
    scan_occurrences = concordance.scan
    collocates = collocates.collocates
    frequencies = frequencies.frequencies
    translation_suggestions = translations.translation_suggestions
    autocomplete = suggest.autocomplete
    spell_suggest = suggest.spell_suggest
    attested = suggest.attested
    sound_alikes = suggest.sound_alikes

    def search(self, query: Query) -> Results:
        """Only the texts of the page's hits are read."""
        executor = Executor(self, [word.node for word in query.some.words] if query.some else ())
        answered = find_hits(self, executor, query)
        found, page = answered.found, Page(self, executor, query, answered)
        time = timeline(self, answered.counted, query.step) if query.has_timeline else None
        return Results(
            hits=tuple(page.hits()),
            total=len(found),
            facets=facets(self, answered, time),
            timeline=time.pairs() if time else (),
            build=self.build,
            explanation=explained(query.tree, executor) if query.is_explained else None,
            warnings=tuple(executor.warnings),
            step=time.periods.step if time else None,
            folded=len(found) - len(page.first.shown),
            more_after=page.more_after,
            variant_total=len(page.variants),
            boilerplate_total=len(found) - len(answered.counted),
            total_some=len(page.some.found),
            folded_some=len(page.some.found) - len(page.second.shown),
            respelled=respelled(page.words),
        )

    def scan(self, query: Query) -> Iterator[str]:
        """Found as for a page, and sorted at once."""
        hits = find_hits(self, Executor(self), query)
        chosen = np.isin(hits.found.documents, hits.counted, assume_unique=True)
        found = ScoredDocs(hits.found.documents[chosen], hits.found.scores[chosen])
        return ids(self, found.documents[order(self, found, query, 0, len(found))])

    def totals(self, queries: Sequence[Query]) -> list[int]:
        """Counted without scores."""
        executor, totals = Executor(self), list[int]()
        for query in queries:
            documents = np.flatnonzero(executor.mask(query.tree)).astype(np.int32)
            is_within = within_filters(self, documents, query.filters)
            totals.append(int(len(documents) if is_within is None else is_within.sum()))
        return totals

    def more_like_this(
        self, id_: str, size: int, *, has_boilerplate: bool = False
    ) -> tuple[Hit, ...]:
        """Found by its most distinctive stems."""
        if (document := self.document(id_)) is None:
            return ()
        like = suggest.likeness(self, document, has_boilerplate=has_boilerplate)
        if like is None:
            return ()
        executor, query = Executor(self), Query(like, facets=(), has_boilerplate=has_boilerplate)
        found = find_hits(self, executor, query).found
        page = found.documents[order(self, found, query, 0, size + 1)]
        others = (self.stored(each) for each in page if each != document)
        return tuple(map(HitBuilder(None, executor).hit, others))[:size]

    def shown(self) -> Iterator[tuple[str, bytes]]:
        """Sorted by the numbers of documents."""
        for document in range(self.size):
            if self.alive is None or self.alive[document]:
                stored = self.stored(document)
                yield stored["id"], shown_digest(stored)

    def exists(self, ids: Iterable[str]) -> list[bool]:
        """Looked up in the terms of ids."""
        return [self.document(id_) is not None for id_ in ids]
