"""What is counted in the texts of hits: lines, words around, frequencies, counterparts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from indexer.engine.periods import Step
from indexer.engine.results import (
    Collocates,
    Concordance,
    Frequencies,
    KwicLine,
    LineSort,
    Measure,
    Query,
    TranslationSuggestion,
)
from indexer.opensearch_engine.index.mapping import term
from indexer.opensearch_engine.search import request
from indexer.opensearch_engine.search.index_reader import MANY, SOME, IndexReader, stored_of
from indexer.opensearch_engine.search.request import PageRequest
from indexer.opensearch_engine.tools import collocates, concordance, frequencies, translations
from indexer.opensearch_engine.tools.translations import StoredTranslations
from indexer.query import tree

Read = Callable[[], StoredTranslations | None]


def occurrences(
    reading: IndexReader, query: Query, sort: LineSort, start: int, size: int
) -> Concordance:
    """A page of lines."""
    found = concordance.concordance(
        reading.texts(query),
        query.tree,
        _words_of(reading, query),
        sort,
        start,
        size,
        reading.fetch,
    )
    return replace(found, build=reading.build)


def scan_occurrences(reading: IndexReader, query: Query, sort: LineSort) -> Iterator[KwicLine]:
    """All lines, in order."""
    words_of = _words_of(reading, query)
    return concordance.scan(reading.texts(query), query.tree, words_of, sort, reading.fetch)


def over_time(reading: IndexReader, query: Query, step: Step) -> Frequencies:
    """The hits by period; where no words are asked for, by what each release has noted."""
    if not tree.body_leaves(query.tree):
        asked = reading.asked(query, reading.carried(query))
        body = request.lengths(query, asked, step)
        return request.frequencies(step, reading.search(body), reading.build)
    found = frequencies.frequencies(
        reading.texts(query), query.tree, _words_of(reading, query), step
    )
    return replace(found, build=reading.build)


def around(
    reading: IndexReader,
    query: Query,
    window: int,
    measure: Measure,
    least: int,
    most: int,
    *,
    is_stem: bool,
) -> Collocates:
    """The words around a query's words."""
    found = collocates.collocates(
        reading.texts(query),
        query.tree,
        _words_of(reading, query),
        partial(_times, reading),
        partial(_tokens, reading),
        window,
        measure,
        least,
        most,
        is_stem=is_stem,
    )
    return replace(found, build=reading.build)


def in_translation(
    reading: IndexReader,
    query: Query,
    most: int,
    aligned: Callable[[Read], StoredTranslations | None],
) -> tuple[TranslationSuggestion, ...]:
    """The words in translations of the hits; `aligned` keeps what was read of these."""
    if query.tree is None or (texts := aligned(lambda: _aligned(reading))) is None:
        return ()
    hits = reading.scan(replace(query, sort="id"))
    return translations.translation_suggestions(texts, hits, query.tree, most)


def _aligned(reading: IndexReader) -> StoredTranslations | None:
    """The translations that offices declare; None where they declare none."""
    declared = PageRequest.alone({"exists": {"field": "alternates"}})
    hits = reading.pages(reading.narrowed(Query(sort="id"), declared, SOME))
    holding = partial(_holding, reading)
    return StoredTranslations.of(map(stored_of, hits), reading.fetch, holding)


def _times(reading: IndexReader, words: Sequence[str], is_stem: bool) -> dict[str, int]:
    """How often words, or stems, stand in all bodies."""
    found: dict[str, int] = {}
    for at in range(0, len(words), MANY):
        some = {term(each): each for each in words[at : at + MANY]}
        body = {"size": len(some), "query": {"terms": {"word": [*some]}}}
        hits = reading.look_up(body)["hits"]["hits"]
        found |= {some[hit["_source"]["word"]]: hit["_source"]["times"] for hit in hits}
    return {each: found.get(each, 0) for each in words}


def _tokens(reading: IndexReader) -> int:
    body = {"size": 0, "aggs": {"tokens": {"sum": {"field": "tokens"}}}}
    return int(reading.search(body)["aggregations"]["tokens"]["value"])


def _holding(reading: IndexReader, stem: str, language: str) -> int:
    either = tree.Or((tree.Term("title_stem", stem), tree.Term("body_stem", stem)))
    return reading.total(Query(tree.And((either, tree.Term("language", language)))))


def _words_of(reading: IndexReader, query: Query) -> Any:
    carried = reading.carried(query)

    def words_of(leaf: tree.Leaf) -> frozenset[str] | None:
        if isinstance(leaf, tree.VariantTerm):
            return frozenset(carried.terms(leaf))
        return frozenset([leaf.text]) if isinstance(leaf, tree.Term) else None

    return words_of
