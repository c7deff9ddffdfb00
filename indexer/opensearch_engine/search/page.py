"""A page of hits: what is asked for it, in one round trip, and how it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from indexer.engine.explanation import explained
from indexer.engine.hits import HitBuilder
from indexer.engine.periods import Step
from indexer.engine.results import Filters, Hit, Position, Query, Results
from indexer.opensearch_engine.search import request, suggest
from indexer.opensearch_engine.search.index_reader import (
    MANY,
    IndexReader,
    Phrases,
    counting_of,
    lookup_of,
    stored_of,
    total_of,
)
from indexer.opensearch_engine.search.request import PageRequest
from indexer.opensearch_engine.search.term_lookup import TermLookup
from indexer.opensearch_engine.search.translate import translate


def search(reading: IndexReader, query: Query) -> Results:
    """A page of hits with all that is counted.

    Words are looked up and hits asked for in one round trip, as if no word were spelled in two
    ways; where one is, which is seldom, hits are asked for again.
    """
    carried = TermLookup(query.tree, is_explained=query.is_explained)
    phrases = reading.phrases_of(query.tree)
    found = _answer(reading, query, carried, phrases)
    if carried.has_terms:
        found = _answer(reading, query, carried, phrases)
    asked, counts = found.asked, found.counts
    explanation = explained(query.tree, carried) if query.is_explained else None
    step = request.fitting(query, counts) if query.has_timeline else None
    timed = counts
    if step and query.step == "auto" and step in ("day", "week"):
        timed = _counted(reading, query, asked, step)
    page, has_more = found.hits[: query.size], len(found.hits) > query.size
    copies = request.buckets(counts, "copies") if query.is_folded else {}
    builder = HitBuilder(query.tree, carried)
    return Results(
        hits=tuple(_hit(builder, each, asked, copies) for each in page),
        total=total_of(counts),
        facets=request.facets(counts, query.facets),
        build=reading.build,
        timeline=request.timeline(step, timed) if step else (),
        explanation=explanation,
        step=step,
        folded=sum(number - 1 for number in copies.values()),
        more_after=_position(page) if has_more and not query.is_ranked else None,
        variant_total=counts["aggregations"]["otherwise"]["doc_count"] if asked.has_others else 0,
    )


def _answer(reading: IndexReader, query: Query, carried: TermLookup, phrases: Phrases) -> _Found:
    """The hits, what is counted, and what is still to be looked up, in one round trip.

    What is counted has searches of its own: the cluster does them beside the others, and keeps
    their answers for the next page.
    """
    asked, lookup = reading.asked(query, carried, phrases), lookup_of(carried, phrases)
    carried.counts.clear()
    if query.is_explained:
        explained(query.tree, carried)  # what is it that has to be counted?
    # Of all of an unnarrowed query, the total tells how many releases matched.
    whole = query.tree if query.filters == Filters() else None
    nodes = [node for node in carried.wanted if node != whole]
    carried.wanted.clear()
    is_deep = _is_deep(query)
    hits = [_hits(reading, query, asked)] if query.size and not is_deep else []
    countings = _countings(reading, query, asked, request.first_steps(query))
    parts = [counting_of(translate(node, lookup)) for node in nodes]
    lookups, carried.lookups = carried.lookups, []
    answers = iter(reading.several([*hits, *countings, *parts], lookups))
    given = next(answers)["hits"]["hits"] if hits else []
    counts = request.together([*islice(answers, len(countings))])
    numbers = map(total_of, islice(answers, len(nodes)))
    carried.counts = dict(zip(nodes, numbers, strict=True))
    if whole is not None:
        carried.counts[whole] = total_of(counts)
    if lookups:
        carried.take([*answers], reading.look_up)
    return _Found(asked, _walked(reading, query, asked) if is_deep else given, counts)


def _hits(reading: IndexReader, query: Query, asked: PageRequest) -> dict[str, Any]:
    """A body for the hits of a page and one more."""
    body = reading.narrowed(query, asked, query.size + 1)
    return body | {"collapse": {"field": "fold"}} if query.is_folded else body


def _countings(
    reading: IndexReader, query: Query, asked: PageRequest, steps: Sequence[Step]
) -> list[dict[str, Any]]:
    """Bodies for what is counted beside the hits."""
    plain = replace(query, start=0, after=None)
    body = reading.narrowed(plain, PageRequest.alone(asked.every), 0) | {"track_total_hits": True}
    del body["sort"], body["track_scores"]
    return [body | {"aggs": each} for each in request.halves(request.counted(query, asked, steps))]


def _counted(reading: IndexReader, query: Query, asked: PageRequest, step: Step) -> dict[str, Any]:
    """The periods of a step, counted."""
    alone = replace(query, facets=(), has_timeline=True, step=step, is_folded=False)
    (body,) = _countings(reading, alone, asked, [step])
    return reading.ask(body)


def _is_deep(query: Query) -> bool:
    """Whether a page has to be walked to: a cluster hands out the first hits only, and folds no
    hits behind a position.
    """
    is_behind = query.after is not None and query.is_folded
    return query.start + query.size >= request.DEEPEST or is_behind


def _walked(reading: IndexReader, query: Query, asked: PageRequest) -> list[dict[str, Any]]:
    """A page's hits and one more, counted from the first on."""
    whole = replace(query, start=0, after=None)
    body = reading.narrowed(whole, asked, MANY) | {"_source": False, "docvalue_fields": ["fold"]}
    behind = query.after is None
    seen: set[str] = set()
    ids: list[str] = []
    skipped = 0
    for hit in reading.pages(body):
        fold = hit["fields"]["fold"][0] if query.is_folded else hit["_id"]
        if fold in seen:
            continue
        seen.add(fold)
        behind = behind or request.is_behind(query.sort, hit["sort"], query.after)
        if not behind:
            continue
        skipped += 1
        if skipped > query.start:
            ids.append(hit["_id"])
        if len(ids) > query.size:
            break
    some = reading.narrowed(whole, asked, len(ids))
    some["post_filter"] = {"terms": {"id": ids}}
    return [*reading.ask(some)["hits"]["hits"]] if ids else []


def more_like_this(reading: IndexReader, id_: str, size: int) -> tuple[Hit, ...]:
    """The releases most like one."""
    found = [*reading.fetch([id_])]
    if not found:
        return ()
    like = suggest.likeness(reading, found[0])
    if like is None:
        return ()
    body = reading.narrowed(Query(like), PageRequest.alone(translate(like)), size + 1)
    hits = reading.ask(body)["hits"]["hits"]
    builder = HitBuilder(None, TermLookup(None))
    others = (vars(stored_of(each)) for each in hits if each["_id"] != id_)
    return tuple(map(builder.hit, others))[:size]


@dataclass(frozen=True)
class _Found:
    """What was asked, the hits of a page and one more, and the answer with what was counted."""

    asked: PageRequest
    hits: list[dict[str, Any]]
    counts: dict[str, Any]


def _hit(
    hits: HitBuilder, given: dict[str, Any], asked: PageRequest, copies: dict[str, int]
) -> Hit:
    """A hit of an answer."""
    score = asked.score(request.score(given))
    folded = max(0, copies.get(given["_source"]["fold"], 1) - 1)
    return hits.hit(vars(stored_of(given)), score, folded, is_variant=score < 0)


def _position(page: list[dict[str, Any]]) -> Position | None:
    if not page:
        return None
    last = stored_of(page[-1])
    return last.published, last.id
