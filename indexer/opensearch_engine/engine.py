"""The engine on an OpenSearch cluster: one index for each build, and an alias for the live one."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from corpus import Settings
from corpus.errors import CommuniqueError
from indexer.deadline import unmetered
from indexer.engine.document import Document
from indexer.engine.interface import Engine, OnProgress
from indexer.engine.results import Health, Query
from indexer.engine.retry import retried
from indexer.engine.withholding import Withheld, nothing
from indexer.opensearch_engine.index.cluster import Cluster
from indexer.opensearch_engine.index.writer import Writer
from indexer.opensearch_engine.search.index_reader import IndexReader
from indexer.opensearch_engine.searcher import BuildSearcher

# How long the live build is assumed to stay live; a dropped build is noticed at once.
BELIEVED_S = 1.0

# The live build and its revision of the catalog.
State = tuple[str, int | None]


class OpenSearchEngine(Engine):
    """An index on an OpenSearch cluster. Readers notice a new build within a second, and withheld
    releases at once.
    """

    TIME = "%Y%m%dt%H%M%S%f"  # names of indexes are in lower case

    def __init__(self, settings: Settings, withheld: Withheld = nothing) -> None:
        super().__init__(withheld)
        self.cluster = Cluster(settings)
        self.shards = settings.opensearch_shards
        self.replicas = settings.opensearch_replicas
        self.lock = threading.Lock()
        self.live: tuple[State, float] | None = None
        self.kept: tuple[tuple[State, frozenset[str]], BuildSearcher] | None = None

    # writing

    def _write(
        self, build: str, documents: Iterable[Document], revision: int, on_progress: OnProgress
    ) -> None:
        writer = Writer(self.cluster, build)
        writer.create(self.shards)
        writer.add(documents, on_progress)
        writer.finish(self.replicas, revision)

    def publish(self, build: str) -> None:
        """Move the alias in one step, then drop other builds, and join the segments of this one
        while it is read.
        """
        is_first = self._is_first()
        self.cluster.publish(build)
        self.live = None
        self._drop_all_but(build, is_first=is_first)
        with suppress(CommuniqueError):  # the build is live in any case
            self.cluster.force_merge(build)

    def drop(self, build: str) -> None:
        """Remove a build's indexes."""
        self.cluster.drop(build)

    def update(
        self,
        documents: Iterable[Document],
        removed: Iterable[str],
        revision: int,
        on_progress: OnProgress,
    ) -> int:
        """Replace documents in the live build; the refresh at the end shows all changes at once."""
        build = self.cluster.live()
        self._drop_all_but(build)  # what a killed build left
        writer = Writer(self.cluster, build)
        was_whole = writer.facts().get("is_whole", False)
        writer.note(is_whole=False)
        if not was_whole:
            self.cluster.refresh(build)
        number = writer.replace(documents, removed, on_progress)
        if not was_whole:
            self.cluster.refresh(build)
            writer.recount(IndexReader(self.cluster, build).texts(Query()))
        writer.finish(self.replicas, revision)
        self.live = None
        return number

    def builds(self) -> list[str]:
        """The names of all builds, oldest first."""
        return self.cluster.builds()

    # reading

    def searcher(self, build: str | None = None) -> BuildSearcher:
        """A searcher is kept while neither the live build nor the withheld releases change."""
        if build:
            return BuildSearcher(self.cluster, build).without(self.withheld())
        state = self._state(), frozenset(self.withheld())
        with self.lock, unmetered():
            if self.kept is None or self.kept[0] != state:
                self.kept = state, BuildSearcher(self.cluster, state[0][0]).without(state[1])
            return self.kept[1]

    def size_bytes(self) -> int:
        """The size on all nodes, replicas included."""
        return retried(lambda: self.cluster.size_bytes(self.cluster.live()))

    def close(self) -> None:
        """Forget the live build; unused connections close by themselves."""
        self.live = None

    def _live_health(self) -> Health:
        build = self.cluster.live()
        facts = Writer(self.cluster, build).facts()
        at = facts.get("updated_at")
        return Health(
            is_live=True,
            build=build,
            releases=IndexReader(self.cluster, build).total(Query()),
            revision=int(facts.get("revision", 0)),
            cluster=self.cluster.state(),
            noted_releases=int(facts.get("releases", 0)),
            updated_at=datetime.fromisoformat(at) if at else None,
        )

    def _failed_health(self, error: Exception) -> Health:
        problem, state = self.cluster.problem(error), self.cluster.state()
        return Health(False, None, 0, 0, problem, state, self._noted_releases())

    def _noted_releases(self) -> int:
        """How many releases a live build has, whatever its format; 0 where that is not known."""
        try:
            facts = [Writer(self.cluster, each).facts() for each in self._live_builds()]
            return max((int(each.get("releases", 0)) for each in facts), default=0)
        except Exception:  # noqa: BLE001 (health asks, and never raises)
            return 0

    def _live_builds(self) -> list[str]:
        return self.cluster.live_builds()

    def _state(self) -> State:
        live, now = self.live, time.monotonic()
        if live and now - live[1] < BELIEVED_S:
            return live[0]
        build = self.cluster.live()
        state = build, Writer(self.cluster, build).facts().get("revision")
        self.live = state, now
        return state
