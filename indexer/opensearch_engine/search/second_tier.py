"""The releases that match some words of a query; see indexer/engine/second_tier.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from indexer.engine.results import Query
from indexer.engine.second_tier import SHARE_POWER, WeighedWord, weigh
from indexer.opensearch_engine.search.index_reader import IndexReader, counting_of, total_of
from indexer.opensearch_engine.search.request import PageRequest, outside_of
from indexer.opensearch_engine.search.suggest import spell_suggest
from indexer.opensearch_engine.search.translate import Dsl, Lookup, translate
from indexer.query.tree import Every, Node, Or


def weighed_words(
    reader: IndexReader, query: Query, counts: Mapping[Node, int]
) -> list[WeighedWord]:
    """The words of a query's second tier; `counts` has those of the words, and of all releases."""
    if query.some is None:
        return []
    return weigh(
        query.some.words,
        counts[Every()],
        lambda node: counts[node] if node in counts else _count(reader, node),
        partial(spell_suggest, reader),
        query.filters.language,
    )


def second_tier(
    query: Query, words: Sequence[WeighedWord], asked: PageRequest, lookup: Lookup
) -> PageRequest:
    """What matches some of the words but not all. Each word of a hit is named by its place."""
    parts = [translate(word.node, lookup) for word in words]
    shares = [
        {"filter": part, "weight": word.weight} for part, word in zip(parts, words, strict=True)
    ]
    named = [{"bool": {"must": [part], "_name": str(at)}} for at, part in enumerate(parts)]
    scored: Dsl = {"bool": {"should": named, "minimum_should_match": 1}}
    for _ in range(SHARE_POWER):
        scored = {
            "function_score": {
                "query": scored,
                "functions": shares,
                "score_mode": "sum",
                "boost_mode": "multiply",
            }
        }
    within = query.some.within if query.some else None
    found: Dsl = {
        "bool": {
            "must": [scored],
            "filter": [translate(within, lookup)],
            "must_not": [asked.every],
        }
    }
    any_of = Or(tuple(word.node for word in words))
    return PageRequest(found, found, outside_of(query, any_of, lookup))


def missing_words(hit: Mapping[str, Any], words: Sequence[WeighedWord]) -> tuple[str, ...]:
    """The words that a hit lacks, as they were typed."""
    held = hit.get("matched_queries", ())
    return tuple(word.typed for at, word in enumerate(words) if str(at) not in held)


def _count(reader: IndexReader, node: Node) -> int:
    return total_of(reader.ask(counting_of(translate(node))))
