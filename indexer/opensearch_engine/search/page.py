"""A page of hits: the searches for it, in one round trip, and its results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from indexer.engine.explanation import explained
from indexer.engine.hits import HitBuilder
from indexer.engine.periods import Step
from indexer.engine.results import Filters, Hit, Position, Query, Results
from indexer.engine.second_tier import (
    highlighted,
    of_first_tier,
    of_second_tier,
    respelled,
)
from indexer.opensearch_engine.index.mapping import BOILERPLATE, stored_of
from indexer.opensearch_engine.search import request, suggest
from indexer.opensearch_engine.search.index_reader import (
    MANY,
    IndexReader,
    Phrases,
    counting_of,
    lookup_of,
    total_of,
)
from indexer.opensearch_engine.search.request import PageRequest
from indexer.opensearch_engine.search.second_tier import (
    missing_words,
    second_tier,
    weighed_words,
)
from indexer.opensearch_engine.search.term_lookup import TermLookup
from indexer.opensearch_engine.search.translate import translate
from indexer.query import tree


def search(reader: IndexReader, query: Query) -> Results:
    """A page of hits with all counts.

    Words and hits are requested in one round trip, as if no word had spelling variants; in the rare
    case that one has, hits are requested again.
    """
    term_lookup = TermLookup(query.tree, is_explained=query.is_explained)
    phrases = reader.phrases_of(query.tree)
    of_first = of_first_tier(query)
    found = _answer(reader, of_first, term_lookup, phrases)
    if term_lookup.has_terms:
        found = _answer(reader, of_first, term_lookup, phrases)
    asked, counts = found.asked, found.counts
    explanation = explained(query.tree, term_lookup) if query.is_explained else None
    step = request.timeline_step(query, counts) if query.has_timeline else None
    timed = counts
    if step and query.step == "auto" and step in ("day", "week"):
        timed = _by_period(reader, query, asked, step)
    first = _Tier.of(of_first, found.hits, counts)
    lookup = lookup_of(term_lookup, phrases)
    words = weighed_words(reader, query, term_lookup.counts)
    some = second_tier(query, words, found.asked, lookup)
    second = _second(reader, query, first, some) if words else NO_TIER
    node = highlighted(query.tree, words)
    known = term_lookup if node is query.tree else reader.term_lookup(Query(node))
    builder = HitBuilder(node, known)
    return Results(
        hits=(
            *(_hit(builder, each, found.asked, first.copies) for each in first.page),
            *(
                replace(
                    _hit(builder, each, some, second.copies),
                    tier="some",
                    missing=missing_words(each, words),
                )
                for each in second.page
            ),
        ),
        total=first.total,
        facets=request.facets(counts, query.facets),
        build=reader.build,
        timeline=request.timeline(step, timed) if step else (),
        explanation=explanation,
        step=step,
        folded=first.folded,
        more_after=_more_after(query, first, second),
        variant_total=request.number(counts, "variants"),
        boilerplate_total=request.number(counts, BOILERPLATE),
        total_some=second.total,
        folded_some=second.folded,
        respelled=respelled(words),
    )


@dataclass(frozen=True)
class _Tier:
    """A page's hits of a tier, whether more follow, and what was counted."""

    page: Sequence[dict[str, Any]] = ()
    has_more: bool = False
    total: int = 0
    copies: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, query: Query, hits: Sequence[dict[str, Any]], counts: dict[str, Any]) -> _Tier:
        """The page of hits of which one more was asked for."""
        copies = request.buckets(counts, "copies") if query.is_folded else {}
        return cls(hits[: query.size], len(hits) > query.size, total_of(counts), copies)

    @property
    def folded(self) -> int:
        """How many copies pages leave out."""
        return sum(number - 1 for number in self.copies.values())


NO_TIER = _Tier()


def _second(reader: IndexReader, query: Query, first: _Tier, asked: PageRequest) -> _Tier:
    """What is left of a page after its hits of the first tier."""
    query = of_second_tier(query, first.total - first.folded, len(first.page))
    alone = replace(query, facets=(), has_timeline=False)
    is_deep = _is_deep(query)
    hits = [_hits_body(reader, query, asked)] if query.size and not is_deep else []
    answers = reader.several([*hits, *_counting_bodies(reader, alone, asked, [])])
    given = answers[0]["hits"]["hits"] if hits else []
    return _Tier.of(query, _deep_hits(reader, query, asked) if is_deep else given, answers[-1])


def _answer(reader: IndexReader, query: Query, term_lookup: TermLookup, phrases: Phrases) -> _Found:
    """The hits, the counts, and the answers to lookups, in one round trip. Counts are separate
    searches, which the cluster runs in parallel and caches for the next page.
    """
    asked, lookup = reader.asked(query, term_lookup, phrases), lookup_of(term_lookup, phrases)
    term_lookup.counts.clear()
    if query.is_explained:
        explained(query.tree, term_lookup)  # this collects the parts to count
    if query.some:
        for node in (tree.Every(), *(word.node for word in query.some.words)):
            term_lookup.count(node)
    # The total is also the count of a whole query without filters.
    whole = query.tree if query.filters == Filters() else None
    nodes = [node for node in term_lookup.wanted if node != whole]
    term_lookup.wanted.clear()
    is_deep = _is_deep(query)
    hits = [_hits_body(reader, query, asked)] if query.size and not is_deep else []
    countings = _counting_bodies(reader, query, asked, request.first_steps(query))
    parts = [counting_of(translate(node, lookup)) for node in nodes]
    lookups, term_lookup.lookups = term_lookup.lookups, []
    answers = iter(reader.several([*hits, *countings, *parts], lookups))
    given = next(answers)["hits"]["hits"] if hits else []
    counts = request.together([*islice(answers, len(countings))])
    numbers = map(total_of, islice(answers, len(nodes)))
    term_lookup.counts = dict(zip(nodes, numbers, strict=True))
    if whole is not None:
        term_lookup.counts[whole] = total_of(counts)
    if lookups:
        term_lookup.take([*answers], reader.look_up)
    return _Found(asked, _deep_hits(reader, query, asked) if is_deep else given, counts)


def _hits_body(reader: IndexReader, query: Query, asked: PageRequest) -> dict[str, Any]:
    """The body of a search for the hits of a page and one more."""
    body = reader.narrowed(query, asked, query.size + 1)
    return body | {"collapse": {"field": "fold"}} if query.is_folded else body


def _counting_bodies(
    reader: IndexReader, query: Query, asked: PageRequest, steps: Sequence[Step]
) -> list[dict[str, Any]]:
    """The bodies of searches for all counts."""
    plain = replace(query, start=0, after=None)
    body = reader.narrowed(plain, PageRequest.alone(asked.every), 0) | {"track_total_hits": True}
    del body["sort"], body["track_scores"]
    aggregations = request.aggregations(query, asked, steps)
    return [body | {"aggs": each} for each in request.halves(aggregations)]


def _by_period(reader: IndexReader, query: Query, asked: PageRequest, step: Step) -> dict[str, Any]:
    """Count hits by the periods of a step."""
    alone = replace(query, facets=(), has_timeline=True, step=step, is_folded=False)
    (body,) = _counting_bodies(reader, alone, asked, [step])
    return reader.ask(body)


def _is_deep(query: Query) -> bool:
    """Whether hits must be counted one by one: a cluster returns only the first ones, and folds
    none after a position.
    """
    is_behind = query.after is not None and query.is_folded
    return query.start + query.size >= request.DEEPEST or is_behind


def _deep_hits(reader: IndexReader, query: Query, asked: PageRequest) -> list[dict[str, Any]]:
    """The hits of a deep page and one more."""
    whole = replace(query, start=0, after=None)
    body = reader.narrowed(whole, asked, MANY) | {"_source": False, "docvalue_fields": ["fold"]}
    behind = query.after is None
    seen: set[str] = set()
    ids: list[str] = []
    skipped = 0
    for hit in reader.pages(body):
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
    some = reader.narrowed(whole, asked, len(ids))
    some["post_filter"] = {"terms": {"id": ids}}
    return [*reader.ask(some)["hits"]["hits"]] if ids else []


def more_like_this(
    reader: IndexReader, id_: str, size: int, *, has_boilerplate: bool = False
) -> tuple[Hit, ...]:
    """The releases most similar to one."""
    found = [*reader.fetch([id_])]
    if not found:
        return ()
    like = suggest.likeness(reader, found[0], has_boilerplate=has_boilerplate)
    if like is None:
        return ()
    asked = reader.asked(Query(like, has_boilerplate=has_boilerplate), TermLookup(like))
    hits = reader.ask(reader.narrowed(Query(like), asked, size + 1))["hits"]["hits"]
    builder = HitBuilder(None, TermLookup(None))
    others = (vars(stored_of(each)) for each in hits if each["_id"] != id_)
    return tuple(map(builder.hit, others))[:size]


@dataclass(frozen=True)
class _Found:
    """The request, the hits of a page and one more, and the answer with all counts."""

    asked: PageRequest
    hits: list[dict[str, Any]]
    counts: dict[str, Any]


def _hit(
    hits: HitBuilder, given: dict[str, Any], asked: PageRequest, copies: Mapping[str, int]
) -> Hit:
    """The hit of a search hit."""
    stored = stored_of(given)
    is_below = stored.only_boilerplate
    score, is_variant = asked.score(request.score_of(given), only_boilerplate=is_below)
    folded = max(0, copies.get(given["_source"]["fold"], 1) - 1)
    return hits.hit(vars(stored), score, folded, is_variant=is_variant, only_boilerplate=is_below)


def _more_after(query: Query, first: _Tier, second: _Tier) -> Position | None:
    """The position of a page's last hit; None where none follows it, or scores decide."""
    tier = second if second.page else first
    has_more = tier.has_more or (tier is first and second.total > 0)
    if query.is_ranked or not tier.page or not has_more:
        return None
    last = stored_of(tier.page[-1])
    return Position(last.published, last.id, tier is second)
