"""What the executor found -> one page of it: filters, order, facets, timeline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from indexer.analysis.jit import Array
from indexer.engine import periods
from indexer.engine.periods import Step
from indexer.engine.results import FACETS, Facet, Filters, Query
from indexer.whoosh_engine.columns.kernels import best, count_codes, extremes
from indexer.whoosh_engine.columns.periods import Periods
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.search.boilerplate import matches_outside, ranked_below
from indexer.whoosh_engine.search.execute import Executor
from indexer.whoosh_engine.search.paging import first_behind, ranks
from indexer.whoosh_engine.search.scored_docs import ScoredDocs

# The best of at most so many hits are found by insertion; more are sorted.
FEW = 200


@dataclass(frozen=True)
class FoundHits:
    """All matches within the filters; those that are counted, which may leave out matches in
    boilerplate alone; and those of them that each facet counts, without its own filter.
    """

    found: ScoredDocs
    counted: Array
    by_facet: dict[str, Array]


def find_hits(snapshot: Snapshot, executor: Executor, query: Query) -> FoundHits:
    """Run a query's tree, and apply the filters."""
    found = executor.run(query.tree)
    found = _masked(found, _in_range(snapshot, query.filters, found.documents))
    is_counted = np.ones(len(found), bool)
    if not query.has_boilerplate:
        is_counted = matches_outside(executor, query.tree, found.documents)
        found = ranked_below(found, is_counted)
    masks = _chosen(snapshot, query.filters, found.documents)
    counted = found.documents[np.logical_and.reduce([is_counted, *masks.values()])]
    by_facet = dict.fromkeys(query.facets, counted)
    for name in masks.keys() & by_facet.keys():
        others = [mask for other, mask in masks.items() if other != name]
        by_facet[name] = found.documents[np.logical_and.reduce([is_counted, *others])]
    if masks:
        found = _masked(found, np.logical_and.reduce([*masks.values()]))
    return FoundHits(found, counted, by_facet)


def within_filters(snapshot: Snapshot, documents: Array, filters: Filters) -> Array | None:
    """Which documents are within the filters (a mask); None where there are no filters."""
    masks = [*_chosen(snapshot, filters, documents).values()]
    if (in_range := _in_range(snapshot, filters, documents)) is not None:
        masks.append(in_range)
    return np.logical_and.reduce(masks) if masks else None


def order(snapshot: Snapshot, found: ScoredDocs, query: Query, start: int, size: int) -> Array:
    """The positions in `found` of at most `size` hits from `start` on, by score, then newest, then
    id; or by date; or by id. Only hits up to there are sorted.
    """
    most = start + size
    if size < 1 or start >= len(found):
        return np.zeros(0, np.int64)
    if query.is_ranked:
        return _highest_scores(found, snapshot.recency, most)[start:]
    places = ranks(snapshot, query.sort).take(found.documents)
    if query.after is None:
        return _smallest_ranks(places, most)[start:]
    behind = np.flatnonzero(places >= first_behind(snapshot, query.sort, query.after))
    return np.asarray(behind[_smallest_ranks(places[behind], most)[start:]])


def _smallest_ranks(ranks: Array, most: int) -> Array:
    """The positions of the `most` smallest, in order; ranks are distinct."""
    if most < len(ranks):
        chosen = np.argpartition(ranks, most - 1)[:most]
        return chosen[np.argsort(ranks[chosen])]
    return np.argsort(ranks)


def _highest_scores(found: ScoredDocs, recency: Array, most: int) -> Array:
    """The positions of the `most` highest scores in order, equal ones the newest first."""
    if most <= FEW:
        return best(found.documents, found.scores, recency, most)
    return np.lexsort((recency[found.documents], -found.scores))[:most]


@dataclass(frozen=True)
class Timeline:
    """The number of hits in each period, by its number."""

    periods: Periods
    counts: Array

    def pairs(self) -> tuple[tuple[str, int], ...]:
        """The names of the periods with hits, with their counts, in order."""
        step, first = self.periods.step, self.periods.first
        dated = np.flatnonzero(self.counts[1:])
        pairs = zip(dated.tolist(), self.counts[1:][dated].tolist(), strict=True)
        return tuple((periods.name(step, first + number), count) for number, count in pairs)

    def years(self, size: int) -> Array | None:
        """The same counts by the facet's `size` years; None where years are not made of them."""
        years = self.periods.years
        if years is None:
            return None
        return np.bincount(years, weights=self.counts, minlength=size).astype(np.int64)


def timeline(snapshot: Snapshot, documents: Array, step: Step | Literal["auto"]) -> Timeline:
    """Count documents by period; "auto" takes the step that suits their first and last day."""
    if step == "auto":
        first, last = extremes(snapshot.dates, documents)
        step = periods.fitting(date.fromordinal(first or 1), date.fromordinal(last or 1))
    column = snapshot.periods(step)
    counts = np.zeros(column.size, np.int64)
    count_codes(column.codes, documents, counts)
    return Timeline(column, counts)


def facets(snapshot: Snapshot, answered: FoundHits, time: Timeline | None) -> tuple[Facet, ...]:
    """Count the facets; the timeline's years are reused where they count the same documents."""
    found = []
    for name, documents in answered.by_facet.items():
        if not len(documents):
            found.append(Facet(name, ()))
            continue
        column = snapshot.facet(name)
        is_timed = name == "year" and documents is answered.counted
        years = time.years(len(column.values)) if time and is_timed else None
        if years is not None:
            found.append(Facet(name, tuple(column.ranked(years))))
        elif len(documents) == snapshot.count:
            found.append(Facet(name, snapshot.facet_values(name)))
        else:
            found.append(Facet(name, tuple(column.counts(documents))))
    return tuple(found)


def folded(
    snapshot: Snapshot, found: ScoredDocs, query: Query
) -> tuple[ScoredDocs, dict[int, int]]:
    """The hits with only the best of each group of copies, and for each such document how many were
    left out.
    """
    places, groups = snapshot.groups.among(found.documents)
    if len(places) < 2:
        return found, {}
    copies = ScoredDocs(found.documents[places], found.scores[places])
    ranked = order(snapshot, copies, query, 0, len(copies))
    _, firsts, sizes = np.unique(groups[ranked], return_index=True, return_counts=True)
    kept = np.ones(len(found), bool)
    kept[places] = False
    kept[places[ranked[firsts]]] = True
    left_out = zip(copies.documents[ranked[firsts]].tolist(), (sizes - 1).tolist(), strict=True)
    return _masked(found, kept), {document: number for document, number in left_out if number}


def by_variants(executor: Executor, found: ScoredDocs) -> frozenset[int]:
    """The documents among the hits that only spelling variants match."""
    if not len(executor.variant_documents):
        return frozenset()
    both = np.intersect1d(found.documents, executor.variant_documents, assume_unique=True)
    return frozenset(both.tolist())


def ids(snapshot: Snapshot, documents: Array) -> Iterator[str]:
    """The ids of documents."""
    for document in documents.tolist():
        segment, number = snapshot.locate(document)
        yield segment.value("id", number)


def _masked(found: ScoredDocs, mask: Array | None) -> ScoredDocs:
    return found if mask is None else ScoredDocs(found.documents[mask], found.scores[mask])


def _chosen(snapshot: Snapshot, filters: Filters, documents: Array) -> dict[str, Array]:
    """By facet that is narrowed, which documents have one of its chosen values."""
    chosen = {name: values for name in FACETS if (values := filters.values(name))}
    return {
        name: snapshot.facet(name).having(values, snapshot.size)[documents]
        for name, values in chosen.items()
    }


def _in_range(snapshot: Snapshot, filters: Filters, documents: Array) -> Array | None:
    """A mask of the documents dated within the filters' days; None without a range."""
    if not (filters.since or filters.until):
        return None
    days = snapshot.dates[documents]
    first = filters.since.toordinal() if filters.since else 1
    last = filters.until.toordinal() if filters.until else np.iinfo(np.int32).max
    return (days >= first) & (days <= last)
