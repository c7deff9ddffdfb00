"""Reading one build: the ids and texts of all matches, and the words of a query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import compress
from typing import Any, Self

from corpus.database.batches import chunks
from corpus.errors import CommuniqueError
from indexer.engine.fields import TEXTS
from indexer.engine.results import Query
from indexer.highlight.text_words import TextWords
from indexer.opensearch_engine.index.cluster import Cluster
from indexer.opensearch_engine.index.mapping import OUTSIDE, Stored, stored_of
from indexer.opensearch_engine.search import request
from indexer.opensearch_engine.search.request import PageRequest
from indexer.opensearch_engine.search.term_lookup import TermLookup
from indexer.opensearch_engine.search.translate import (
    Dsl,
    Lookup,
    needs_text_check,
    position_query,
    translate,
)
from indexer.opensearch_engine.search.withheld import Hidden
from indexer.query import tree

# Phrase or proximity -> the ids of the releases with it.
Phrases = dict[tree.Leaf, list[str]]
# The number of ids, and of texts, that are read at a time.
MANY, SOME = 10_000, 500
KEEP_ALIVE = "2m"


class IndexReader:
    """Reads a build without hidden releases. Raises GoneError where it no longer exists."""

    def __init__(self, cluster: Cluster, build: str, hidden: Hidden | None = None) -> None:
        self.cluster, self.build = cluster, build
        self.index = cluster.index(build)
        self.hidden = hidden or Hidden()

    def without(self, ids: Iterable[str]) -> Self:
        """Read the build as if it did not contain the releases of these ids."""
        wanted = sorted(ids)
        held = compress(wanted, self.exists(wanted))
        releases = (each for some in chunks(held, SOME) for each in self.fetch(some))
        return type(self)(self.cluster, self.build, Hidden.of(releases))

    def ask(self, body: Dsl) -> dict[str, Any]:
        """Run a search of the releases."""
        return self.several([body])[0]

    def look_up(self, body: Dsl) -> dict[str, Any]:
        """Run a search of the words."""
        return self.several([], [body])[0]

    def several(self, bodies: Sequence[Dsl], lookups: Sequence[Dsl] = ()) -> list[dict[str, Any]]:
        """Run searches of the releases, then of the words, in one round trip."""
        words = self.cluster.words(self.build)
        answers = self.cluster.several(
            [
                *((self.index, self.hidden.narrowed(each)) for each in bodies),
                *((words, self.hidden.widened(each)) for each in lookups),
            ]
        )
        corrected = map(self.hidden.corrected, lookups, answers[len(bodies) :])
        return [*answers[: len(bodies)], *corrected]

    def total(self, query: Query) -> int:
        """How many releases match."""
        return self.totals([query])[0]

    def totals(self, queries: Sequence[Query]) -> list[int]:
        """Words and releases are requested in one round trip, as if no word had spelling variants;
        if any has some, the releases are requested again.
        """
        if not queries:
            return []
        trees = tree.Or(tuple(query.tree for query in queries if query.tree))
        term_lookup, phrases = TermLookup(trees), self.phrases_of(trees)

        def counting() -> list[dict[str, Any]]:
            return [self._counting(query, term_lookup, phrases) for query in queries]

        answers = self.several(counting(), term_lookup.lookups)
        term_lookup.take(answers[len(queries) :], self.look_up)
        if term_lookup.has_terms:
            answers = self.several(counting())
        return [*map(total_of, answers[: len(queries)])]

    def _counting(self, query: Query, term_lookup: TermLookup, phrases: Phrases) -> dict[str, Any]:
        """The body of a search that counts what matches a query."""
        dsl = request.within(self.asked(query, term_lookup, phrases).every, query.filters)
        filters = request.chosen(query.filters)
        return counting_of({"bool": {"must": [dsl], "filter": filters}})

    def scan(self, query: Query) -> Iterator[str]:
        """Read from one state of the index."""
        asked = self.asked(query, self.term_lookup(query))
        body = self.narrowed(query, asked, MANY) | {"_source": False}
        if asked.outside:
            both = {"must": [body["query"]], "filter": [asked.outside]}
            body["query"] = {"bool": both}
        return (hit["_id"] for hit in self.pages(body))

    def texts(self, query: Query) -> Iterator[Stored]:
        """All releases that match, with their texts, in order."""
        asked = self.asked(query, self.term_lookup(query))
        return map(stored_of, self.pages(self.narrowed(query, asked, SOME)))

    def fetch(self, ids: Sequence[str]) -> Iterator[Stored]:
        """The releases of these ids."""
        body = {"size": len(ids), "query": {"terms": {"id": [*ids]}}, "_source": True}
        return map(stored_of, self.ask(body)["hits"]["hits"])

    def exists(self, ids: Iterable[str]) -> list[bool]:
        """For each id, whether the build contains it."""
        wanted = [*ids]
        held: set[str] = set()
        for some in chunks(wanted, MANY):
            body = {"size": len(some), "query": {"terms": {"id": some}}, "_source": False}
            held |= {hit["_id"] for hit in self.ask(body)["hits"]["hits"]}
        return [each in held for each in wanted]

    def term_lookup(self, query: Query) -> TermLookup:
        """Look up the words of a query."""
        term_lookup = TermLookup(query.tree)
        if term_lookup.lookups:
            term_lookup.take(self.several([], term_lookup.lookups), self.look_up)
        return term_lookup

    def asked(
        self, query: Query, term_lookup: TermLookup, phrases: Phrases | None = None
    ) -> PageRequest:
        """A query's tree in the cluster's DSL."""
        if query.tree is None:
            return PageRequest.alone(translate(None))
        phrases = self.phrases_of(query.tree) if phrases is None else phrases
        lookup = lookup_of(term_lookup, phrases)
        typed = translate(query.tree, Lookup(term_lookup.own, phrases))
        every = translate(query.tree, lookup) if term_lookup.others else typed
        return PageRequest(typed, every, request.outside_of(query, query.tree, lookup))

    def phrases_of(self, node: tree.Node | None) -> Phrases:
        """Where phrases stand that the cluster cannot tell, also outside boilerplate."""
        leaves = filter(needs_text_check, dict.fromkeys(tree.leaves(node)))
        return {each: ids for leaf in leaves for each, ids in self._standing(leaf).items()}

    def _standing(self, leaf: tree.Leaf) -> Phrases:
        """The releases that hold a phrase or a proximity, of those that have its words, by a look
        into their texts.
        """
        assert isinstance(leaf, tree.Phrase | tree.Near)
        body = self.narrowed(Query(sort="id"), PageRequest.alone(position_query(leaf)), SOME)
        field = leaf.field.removesuffix("_stem")
        found, outside = [], []
        for hit in self.pages(body):
            each = stored_of(hit)
            if field in TEXTS:
                text = TextWords.of(each.title if field == "title" else each.body, each.language)
            else:
                text = TextWords.ready(" ".join(hit["_source"].get(field, ())).split())
            if text.has(leaf):
                found.append(each.id)
                if replace(text, left_out=each.boilerplate_words).has(leaf):
                    outside.append(each.id)
        return {tree.with_fields(leaf, OUTSIDE): outside, leaf: found}

    def narrowed(self, query: Query, asked: PageRequest, size: int) -> dict[str, Any]:
        """The body of a search for a page of hits within the filters.

        Scores, where they decide, are the first sort value and not tracked, so the cluster can skip
        what cannot be among the best.
        """
        body: dict[str, Any] = {
            "query": request.within(asked.ranked, query.filters),
            "from": query.start,
            "size": size,
            "_source": True,
            "sort": request.sort_of(query),
            "track_scores": not query.is_ranked,
            "track_total_hits": False,
        }
        filters = request.chosen(query.filters)
        if query.after:
            filters = [*filters, request.behind(query.sort, query.after)]
        if filters:
            body["post_filter"] = {"bool": {"filter": filters}}
        return body

    def pages(self, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """All hits of a search, page after page, from one state of the index."""
        client = self.cluster.client
        with self.cluster.reading_build():
            params = {"keep_alive": KEEP_ALIVE}
            view = client.create_pit(index=self.index, params=params)["pit_id"]
        try:
            of_view = {"pit": {"id": view, "keep_alive": KEEP_ALIVE}, "from": 0}
            body = self.hidden.narrowed(body) | of_view
            while True:
                with self.cluster.reading_build():
                    hits = client.search(body=body)["hits"]["hits"]
                yield from hits
                if len(hits) < body["size"]:
                    return
                body["search_after"] = hits[-1]["sort"]
        finally:
            with suppress(CommuniqueError), self.cluster.reading():  # otherwise it expires
                client.delete_pit(body={"pit_id": [view]})


def lookup_of(term_lookup: TermLookup, phrases: Phrases) -> Lookup:
    """What `translate` needs beside the tree, also for what is outside boilerplate."""
    terms = {leaf: term_lookup.terms(leaf) for leaf in term_lookup.own}
    outside = {tree.with_fields(leaf, OUTSIDE): words for leaf, words in terms.items()}
    return Lookup(terms | outside, phrases)


def counting_of(dsl: Dsl) -> dict[str, Any]:
    """The body of a search that counts matching releases."""
    return {"size": 0, "track_total_hits": True, "query": dsl}


def total_of(answer: dict[str, Any]) -> int:
    """The number of releases that match."""
    number: int = answer["hits"]["total"]["value"]
    return number
