"""Which sentences are boilerplate once an update is made, and which other releases it changes.

They are told before any release of the update is sent, so that an update that was killed and is
repeated comes to the same marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from opensearchpy import helpers

from corpus.database.batches import chunks
from indexer.analysis.jit import Array
from indexer.engine.document import Document
from indexer.linguistics.boilerplate import LEAST_RELEASES, is_among, recurring
from indexer.opensearch_engine.index.cluster import Cluster
from indexer.opensearch_engine.index.mapping import marked, numbers_of
from indexer.opensearch_engine.index.vocabulary import WordCount

# Ids, sentences, and conditions on sentences, that a request has.
MANY_IDS, MANY_SENTENCES, MANY_CONDITIONS = 1_000, 10_000, 200
NO_DIGESTS = np.zeros(0, np.uint64)


def count_sentences(documents: Iterable[Document]) -> Array:
    """The digests of the boilerplate of documents, all that a build has."""
    return recurring([*_digests(documents)])


class BoilerplateChange:
    """The sentences of documents before and after an update: those that are boilerplate after it
    are `common`, the rest `others`.
    """

    def __init__(
        self, cluster: Cluster, index: str, documents: Iterable[Document], removed: Iterable[str]
    ) -> None:
        self.cluster, self.index = cluster, index
        # Changed and removed releases; their old sentences are gone after the update.
        self.ids: set[str] = {*removed}
        new = [NO_DIGESTS, *_digests(self._noting_ids(documents))]
        old = [NO_DIGESTS, *self._stored_digests()]
        touched, at = np.unique(np.concatenate((*new, *old)), return_inverse=True)
        size = sum(map(len, new))
        added, lost = (np.bincount(part, minlength=len(touched)) for part in (at[:size], at[size:]))
        is_common = self._holders(touched) + added - lost >= LEAST_RELEASES
        self.common, self.others = touched[is_common], touched[~is_common]

    def remarked(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The ids of all other releases whose boilerplate changes, and what is sent of them."""
        words, done = WordCount(), self.ids
        for matching in self._wrong():
            with self.cluster.reading():
                hits = [*helpers.scan(self.cluster.client, {"query": matching}, index=self.index)]
            for hit in hits:
                if hit["_id"] not in done:
                    done.add(hit["_id"])
                    yield hit["_id"], self._remarked(hit["_source"], words)

    def _remarked(self, source: dict[str, Any], words: WordCount) -> dict[str, Any]:
        shown = source["shown"]
        texts, _ = words.take(shown["title"], shown["body"], shown["language"])
        found = words.sentences(shown["body"], shown["office"])
        was = np.sort(_digests_of(source["boilerplate"]))
        own = np.unique(found.digests)
        is_common = is_among(own, was) | is_among(own, self.common)
        is_common &= ~is_among(own, self.others)
        kept = {name: each for name, each in texts.items() if each}
        return marked(source | kept, texts, found, own[is_common])

    def _wrong(self) -> Iterator[dict[str, Any]]:
        """Searches for releases that are marked otherwise than after the update."""
        for some in chunks(numbers_of(self.others), MANY_SENTENCES):
            yield {"terms": {"boilerplate": some}}
        for some in chunks(numbers_of(self.common), MANY_CONDITIONS):
            unmarked = [
                {
                    "bool": {
                        "filter": [{"term": {"sentences": each}}],
                        "must_not": [{"term": {"boilerplate": each}}],
                    }
                }
                for each in some
            ]
            yield {"bool": {"should": unmarked}}

    def _holders(self, digests: Array) -> Array:
        """How many releases have each sentence now."""
        found: list[int] = []
        for some in chunks(numbers_of(digests), MANY_SENTENCES):
            counting = {"field": "sentences", "include": some, "size": len(some)}
            body = {
                "size": 0,
                "query": {"terms": {"sentences": some}},
                "aggs": {"each": {"terms": counting}},
            }
            with self.cluster.reading():
                answer = self.cluster.client.search(index=self.index, body=body)
            buckets = answer["aggregations"]["each"]["buckets"]
            counts = {each["key"]: each["doc_count"] for each in buckets}
            found += [counts.get(each, 0) for each in some]
        return np.array(found, np.int64)

    def _stored_digests(self) -> Iterator[Array]:
        """The sentences of each changed or removed release as it is stored now."""
        for some in chunks(sorted(self.ids), MANY_IDS):
            with self.cluster.reading():
                answer = self.cluster.client.mget(
                    index=self.index, body={"ids": some}, params={"_source": "sentences"}
                )
            yield from (
                _digests_of(each["_source"].get("sentences", ()))
                for each in answer["docs"]
                if each.get("found")
            )

    def _noting_ids(self, documents: Iterable[Document]) -> Iterator[Document]:
        for each in documents:
            self.ids.add(each.id)
            yield each


def _digests(documents: Iterable[Document]) -> Iterator[Array]:
    """The sentences of each document, each once."""
    words = WordCount()
    for each in documents:
        found = np.unique(words.sentences(each.body_text, each.office).digests)
        yield found[found > 0]


def _digests_of(numbers: Sequence[int]) -> Array:
    return np.array(numbers, np.int64).view(np.uint64)
