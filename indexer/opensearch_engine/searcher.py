"""Answers from one state of a build on the cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from threading import Lock

from corpus.database.batches import chunks
from indexer.deadline import unmetered
from indexer.engine.document import shown_digest
from indexer.engine.periods import Step
from indexer.engine.results import (
    Beside,
    Collocates,
    Concordance,
    Frequencies,
    KwicLine,
    LineSort,
    Measure,
    Query,
    TranslationSuggestion,
)
from indexer.engine.searcher import Searcher
from indexer.opensearch_engine.index.cluster import Cluster
from indexer.opensearch_engine.index.mapping import Stored, stored_of, term
from indexer.opensearch_engine.search import page, request, suggest
from indexer.opensearch_engine.search.index_reader import MANY, SOME, IndexReader
from indexer.opensearch_engine.search.request import PageRequest
from indexer.opensearch_engine.search.term_lookup import TermLookup
from indexer.opensearch_engine.search.withheld import Hidden
from indexer.opensearch_engine.tools import collocates, concordance, frequencies, translations
from indexer.opensearch_engine.tools.spans import WordsOf
from indexer.opensearch_engine.tools.translations import StoredTranslations
from indexer.query import tree


class BuildSearcher(IndexReader, Searcher):
    """Reads a build and answers from the cluster's counts or the hits' texts."""

    def __init__(self, cluster: Cluster, build: str, hidden: Hidden | None = None) -> None:
        super().__init__(cluster, build, hidden)
        self._lock = Lock()
        self._kept: tuple[StoredTranslations | None] | None = None
        self._values: dict[str, tuple[tuple[str, int], ...]] = {}

    search = page.search
    more_like_this = page.more_like_this
    autocomplete = suggest.autocomplete
    spell_suggest = suggest.spell_suggest
    attested = suggest.attested
    sound_alikes = suggest.sound_alikes

    def facet_values(self, name: str) -> tuple[tuple[str, int], ...]:
        """Counted once."""
        if name not in self._values:
            every = Query(size=0, facets=(name,), has_timeline=False, is_explained=False)
            self._values[name] = self.search(every).facets[0].counts
        return self._values[name]

    def occurrences(
        self,
        query: Query,
        sort: LineSort = "document",
        start: int = 0,
        size: int = 50,
        beside: Beside | None = None,
    ) -> Concordance:
        """Computed from the hits' texts."""
        found = concordance.concordance(
            *self._texts(query),
            sort,
            start,
            size,
            self.fetch,
            has_boilerplate=query.has_boilerplate,
            beside=beside,
            attested=self.attested,
        )
        return replace(found, build=self.build)

    def scan_occurrences(
        self, query: Query, sort: LineSort = "document", beside: Beside | None = None
    ) -> Iterator[KwicLine]:
        """Computed from the hits' texts."""
        return concordance.scan(
            *self._texts(query),
            sort,
            self.fetch,
            has_boilerplate=query.has_boilerplate,
            beside=beside,
            attested=self.attested,
        )

    def collocates(
        self,
        query: Query,
        window: int = 5,
        measure: Measure = "log_likelihood",
        least: int = 5,
        most: int = 100,
        *,
        is_stem: bool = False,
        is_content: bool = False,
    ) -> Collocates:
        """Computed from the hits' texts, and the cluster's counts of their words."""
        counts = partial(_word_counts, self), partial(_token_count, self)
        found = collocates.collocates(
            *self._texts(query),
            *counts,
            window,
            measure,
            least,
            most,
            is_stem=is_stem,
            is_content=is_content,
            has_boilerplate=query.has_boilerplate,
        )
        return replace(found, build=self.build)

    def translation_suggestions(
        self, query: Query, most: int = 3
    ) -> tuple[TranslationSuggestion, ...]:
        """Computed from the texts of all translations, which take seconds to read and are kept."""
        if query.tree is None or (texts := self._translations()) is None:
            return ()
        hits = self.scan(replace(query, sort="id", has_boilerplate=True))
        return translations.translation_suggestions(texts, hits, query.tree, most)

    def frequencies(self, query: Query, step: Step) -> Frequencies:
        """Computed from the hits' texts; without words, from the noted length of each release."""
        if not tree.body_leaves(query.tree):
            asked = self.asked(query, self.term_lookup(query))
            answer = self.ask(request.lengths(query, asked, step))
            return request.frequencies(step, answer, self.build)
        found = frequencies.frequencies(
            *self._texts(query), step, has_boilerplate=query.has_boilerplate
        )
        return replace(found, build=self.build)

    def shown(self) -> Iterator[tuple[str, bytes]]:
        """Sorted by id."""
        every = self.texts(Query(sort="id"))
        return ((each.id, shown_digest(vars(each))) for each in every)

    def _texts(self, query: Query) -> tuple[Iterator[Stored], tree.Node | None, WordsOf]:
        """The hits with their texts, the tree, and the words of its leaves."""
        return self.texts(query), query.tree, _words_of(self.term_lookup(query))

    def _translations(self) -> StoredTranslations | None:
        # Unmetered: a long answer that waits for its turn here would block the one that has it.
        with self._lock, unmetered():
            if self._kept is None:
                self._kept = (_translations(self),)
            return self._kept[0]


def _translations(reader: IndexReader) -> StoredTranslations | None:
    """The declared translations; None without any."""
    declared = PageRequest.alone({"exists": {"field": "alternates"}})
    hits = reader.pages(reader.narrowed(Query(sort="id"), declared, SOME))
    return StoredTranslations.of(map(stored_of, hits), reader.fetch, partial(_holder_count, reader))


def _word_counts(reader: IndexReader, words: Sequence[str], is_stem: bool) -> dict[str, int]:
    """The numbers of occurrences of words, or stems, in all bodies."""
    found: dict[str, int] = {}
    for block in chunks(words, MANY):
        some = {term(each): each for each in block}
        body = {"size": len(some), "query": {"terms": {"word": [*some]}}}
        hits = reader.look_up(body)["hits"]["hits"]
        found |= {some[hit["_source"]["word"]]: hit["_source"]["times"] for hit in hits}
    return {each: found.get(each, 0) for each in words}


def _token_count(reader: IndexReader) -> int:
    """The number of words in all bodies."""
    body = {"size": 0, "aggs": {"tokens": {"sum": {"field": "tokens"}}}}
    return int(reader.ask(body)["aggregations"]["tokens"]["value"])


def _holder_count(reader: IndexReader, stem: str, language: str) -> int:
    """The number of releases in a language that contain a stem."""
    either = tree.Or((tree.Term("title_stem", stem), tree.Term("body_stem", stem)))
    return reader.total(Query(tree.And((either, tree.Term("language", language)))))


def _words_of(term_lookup: TermLookup) -> WordsOf:
    def words_of(leaf: tree.Leaf) -> frozenset[str] | None:
        if isinstance(leaf, tree.VariantTerm):
            return frozenset(term_lookup.terms(leaf))
        return frozenset([leaf.text]) if isinstance(leaf, tree.Term) else None

    return words_of
