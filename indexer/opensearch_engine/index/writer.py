"""Releases and words sent in bulk; what the cluster is too busy for is sent again."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from opensearchpy import helpers

from corpus.database.batches import chunks
from corpus.errors import StoreError
from indexer.analysis.jit import Array
from indexer.engine.document import Document
from indexer.engine.interface import OnProgress
from indexer.opensearch_engine.index.boilerplate import BoilerplateChange, count_sentences
from indexer.opensearch_engine.index.cluster import TIMEOUT_S, Cluster
from indexer.opensearch_engine.index.mapping import (
    Stored,
    marked,
    release,
    release_mapping,
    settings,
    word_mapping,
)
from indexer.opensearch_engine.index.vocabulary import COUNTS, WordCount, sum_entries

Action = dict[str, Any]
# Concurrent requests, and the most actions and bytes in one.
THREADS, CHUNK, CHUNK_BYTES = 2, 400, 8_000_000
# How long a request waits for a missing shard before it is sent again.
AWAY = "1s"
# The parts of an answer that are read.
ANSWERED = "errors,items.*._id,items.*.status,items.*.error"
# The statuses of actions to send again; lost and slow connections have no number.
BUSY_STATUSES = (429, 502, 503, 504, "N/A", "TIMEOUT")
FIRST_WAIT_S, LAST_WAIT_S = 1.0, 60.0
# Words that are read at a time, to be added to.
WORDS_READ = 2_000


class Writer:
    """Writes one build, which becomes visible when it is refreshed."""

    def __init__(self, cluster: Cluster, build: str) -> None:
        self.cluster, self.build = cluster, build
        self.releases, self.words = cluster.index(build), cluster.words(build)

    def create(self, shards: int) -> None:
        """Create the two empty indexes."""
        for index, mapping in ((self.releases, release_mapping()), (self.words, word_mapping())):
            body = {"settings": {"index": settings(shards)}, "mappings": mapping}
            with self.cluster.writing():
                self.cluster.client.indices.create(index=index, body=body)

    def add(self, documents: Iterable[Document], on_progress: OnProgress) -> int:
        """Send releases, then all their words; the number of releases. They are read twice."""
        documents = _kept(documents)
        words, common = WordCount(), count_sentences(documents)
        number = self._send(self._releases(documents, words, common), on_progress)
        self._send(_indexing(self.words, words.entries()))
        return number

    def replace(
        self, documents: Iterable[Document], removed: Iterable[str], on_progress: OnProgress
    ) -> int:
        """Replace releases of the same ids, remove others, update the words, and the boilerplate of
        all releases; the number sent. They are read twice.
        """
        documents, removed, sent = _kept(documents), [*removed], set[str]()
        change = BoilerplateChange(self.cluster, self.releases, documents, removed)
        self._send(self._indexed(*each) for each in change.remarked())
        gone, words = WordCount(), WordCount()
        for batch in chunks(documents, CHUNK):
            ids = [each.id for each in batch]
            self._count(gone, ids)
            self._send(self._releases(batch, words, change.common))
            sent.update(ids)
            on_progress(len(sent))
        away = [each for each in removed if each not in sent]
        self._count(gone, away)
        self._send({"_op_type": "delete", "_index": self.releases, "_id": each} for each in away)
        self._add_words(gone, words)
        return len(sent)

    def recount(self, releases: Iterable[Stored]) -> None:
        """Count the words of all stored texts again, as a killed update may have left them."""
        words = WordCount()
        for each in releases:
            words.take(each.title, each.body, each.language)
        client = self.cluster.client
        with self.cluster.writing():
            client.indices.refresh(index=self.words)
            every: dict[str, Any] = {"query": {"match_all": {}}}
            client.delete_by_query(index=self.words, body=every, params={"refresh": "false"})
        self._send(_indexing(self.words, words.entries()))

    def finish(self, replicas: int, revision: int) -> None:
        """Refresh, and note the catalog's revision, the number of releases and the time."""
        self.cluster.refresh(self.build)
        both, body = f"{self.releases},{self.words}", {"index": {"number_of_replicas": replicas}}
        with self.cluster.writing():
            self.cluster.client.indices.put_settings(index=both, body=body)
        with self.cluster.reading():
            releases = self.cluster.client.count(index=self.releases)["count"]
        at = datetime.now(UTC).isoformat(timespec="seconds")
        self.note(revision=revision, releases=releases, updated_at=at, is_whole=True)

    def note(self, **facts: object) -> None:
        """Store facts about the build in its metadata."""
        meta = {**self.facts(), **facts}
        with self.cluster.writing():
            self.cluster.client.indices.put_mapping(index=self.releases, body={"_meta": meta})

    def facts(self) -> dict[str, Any]:
        """The stored facts. Raises GoneError where the build no longer exists."""
        with self.cluster.reading_build():
            found = self.cluster.client.indices.get_mapping(index=self.releases)
        kept: dict[str, Any] = found[self.releases]["mappings"].get("_meta", {})
        return kept

    def _releases(
        self, documents: Iterable[Document], words: WordCount, common: Array
    ) -> Iterator[Action]:
        for each in documents:
            texts, number = words.take(each.title, each.body_text, each.language)
            found = words.sentences(each.body_text, each.office)
            yield self._indexed(each.id, marked(release(each, texts, number), texts, found, common))

    def _indexed(self, id_: str, source: dict[str, Any]) -> Action:
        return {"_index": self.releases, "_id": id_, "_source": source}

    def _count(self, words: WordCount, ids: list[str]) -> None:
        """Count the words of releases as they are stored now."""
        for some in chunks(ids, 200):
            with self.cluster.reading():
                answer = self.cluster.client.mget(
                    index=self.releases, body={"ids": some}, params={"_source": "shown"}
                )
            for each in answer["docs"]:
                if each.get("found"):
                    shown = each["_source"]["shown"]
                    words.take(shown["title"], shown["body"], shown["language"])

    def _add_words(self, gone: WordCount, words: WordCount) -> None:
        """Update the words for releases that were sent or removed."""
        changes = {each["word"]: each for each in words.entries()}
        for each in gone.entries():
            less = {"word": each["word"]} | {name: -each[name] for name in COUNTS if name in each}
            changes[each["word"]] = sum_entries(changes.get(each["word"], {}), less)
        self._send(_indexing(self.words, self._changed(changes.values())))

    def _changed(self, changes: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for some in chunks(changes, WORDS_READ):
            with self.cluster.reading():
                answer = self.cluster.client.mget(
                    index=self.words, body={"ids": [entry_id(each["word"]) for each in some]}
                )
            for change, held in zip(some, answer["docs"], strict=True):
                before = held["_source"] if held.get("found") else {}
                if (after := sum_entries(before, change)) != before:
                    yield after

    def _send(self, actions: Iterable[Action], on_progress: OnProgress = lambda done: None) -> int:
        """Send actions; the number done. What the cluster was too busy for is sent again before
        anything new, after longer and longer waits while nothing gets through.
        """
        coming = iter(actions)
        number, wait_s = 0, FIRST_WAIT_S
        held: list[Action] = []
        while wait_s < LAST_WAIT_S:
            before, under_way = number, dict[str, Action]()
            refused: list[Action] = []
            for is_done, id_, answer in self._sent(_until(refused, held, coming), under_way):
                action = under_way.pop(id_)
                if is_done:
                    number += 1
                    on_progress(number)
                elif answer.get("status") in BUSY_STATUSES:
                    refused.append(action)
                else:
                    raise StoreError(
                        f"The search cluster refused {id_}: {str(answer.get('error'))[:300]}"
                    )
            if not refused:
                return number
            time.sleep(wait_s)
            held, wait_s = refused, FIRST_WAIT_S if number > before else 2 * wait_s
        raise StoreError(
            f"The search cluster ({' '.join(self.cluster.hosts)}) stayed too busy, or away;"
            " the live index is as it was. Run `communique reindex` again later."
        )

    def _sent(
        self, actions: Iterable[Action], under_way: dict[str, Action]
    ) -> Iterator[tuple[bool, str, dict[str, Any]]]:
        """Whether each action was carried out, its id, and the cluster's answer."""

        def noted() -> Iterator[Action]:
            for action in actions:
                under_way[action["_id"]] = action
                yield dict(action)

        with self.cluster.writing():
            for is_done, answer in helpers.parallel_bulk(
                self.cluster.client,
                noted(),
                thread_count=THREADS,
                chunk_size=CHUNK,
                max_chunk_bytes=CHUNK_BYTES,
                queue_size=THREADS,
                raise_on_exception=False,
                raise_on_error=False,
                timeout=AWAY,
                request_timeout=TIMEOUT_S,
                filter_path=ANSWERED,
            ):
                ((kind, item),) = answer.items()
                is_away = kind == "delete" and item.get("status") == 404
                yield is_done or is_away, item["_id"], item


def entry_id(word: str) -> str:
    """The id of a word's entry; words can be longer than ids."""
    return hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _until(refused: list[Action], held: list[Action], coming: Iterator[Action]) -> Iterator[Action]:
    """Held actions, then new ones, until one is refused."""
    yield from held
    while not refused:
        for action in coming:
            yield action
            break
        else:
            return


def _indexing(index: str, entries: Iterable[dict[str, Any]]) -> Iterator[Action]:
    return ({"_index": index, "_id": entry_id(each["word"]), "_source": each} for each in entries)


def _kept(documents: Iterable[Document]) -> Iterable[Document]:
    """Documents that can be read twice; what can be read only once is kept in memory."""
    return [*documents] if isinstance(documents, Iterator) else documents
