"""The engine behind the seam on a cluster: an index a build, an alias for the live one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from corpus import Settings
from corpus.errors import CommuniqueError
from indexer.deadline import unmetered
from indexer.engine.document import FORMAT, Document, shown_digest
from indexer.engine.interface import Report
from indexer.engine.periods import Step
from indexer.engine.results import (
    Collocates,
    Concordance,
    Frequencies,
    Health,
    Hit,
    KwicLine,
    LineSort,
    Measure,
    Query,
    Results,
    TranslationSuggestion,
)
from indexer.engine.retry import GoneError, begun, retried
from indexer.engine.withholding import Withheld, nothing, still_shown
from indexer.opensearch_engine.index.cluster import Cluster
from indexer.opensearch_engine.index.writer import Writer
from indexer.opensearch_engine.search import page
from indexer.opensearch_engine.search.index_reader import IndexReader
from indexer.opensearch_engine.search.withheld import Hidden
from indexer.opensearch_engine.tools import source_scan
from indexer.opensearch_engine.tools.source_scan import Read
from indexer.opensearch_engine.tools.translations import StoredTranslations

# So long what is live is believed; a build that is dropped is noticed at once.
BELIEVED_S = 1.0

T = TypeVar("T")
# The live build, and of which revision of the catalog it is.
State = tuple[str, int | None]


class OpenSearchEngine:
    """An index on an OpenSearch cluster. Readers notice a new build at the latest a second after it
    was published, and at once what is `withheld`.
    """

    def __init__(self, settings: Settings, withheld: Withheld = nothing) -> None:
        self.cluster, self.withheld = Cluster(settings), withheld
        self.shards = settings.opensearch_shards
        self.replicas = settings.opensearch_replicas
        self.lock = threading.Lock()
        self.live: tuple[State, float] | None = None
        self.reader: tuple[tuple[State, frozenset[str]], IndexReader] | None = None
        self.aligned: tuple[tuple[State, Hidden], StoredTranslations | None] | None = None

    # writing

    def build(self, documents: Iterable[Document], revision: int, report: Report) -> str:
        """Build in indexes of its own, `<format>-<time>`; removed again when anything fails."""
        name = f"{FORMAT}-{datetime.now(UTC):%Y%m%dt%H%M%S%f}"
        writer = Writer(self.cluster, name)
        try:
            writer.create(self.shards)
            writer.add(documents, report)
            writer.finish(self.replicas, revision)
        except BaseException:
            with suppress(CommuniqueError):  # one that is away keeps it until the next publish
                self.drop(name)
            raise
        return name

    def publish(self, build: str) -> None:
        """Move the alias in one step, then drop all other builds, and join the segments of this one
        while it is read.
        """
        self.cluster.publish(build)
        self.live = None
        self._drop_all_but(build)
        with suppress(CommuniqueError):  # it is live, whatever becomes of them
            self.cluster.join(build)

    def drop(self, build: str) -> None:
        """Remove a build's indexes."""
        self.cluster.drop(build)

    def update(
        self, documents: Iterable[Document], removed: Iterable[str], revision: int, report: Report
    ) -> int:
        """Replace in the live build; readers see all of it at once, when it is refreshed. The
        revision is noted last: a killed update is done again.
        """
        build = self.cluster.live()
        self._drop_all_but(build)  # what a killed build left
        writer = Writer(self.cluster, build)
        was_whole = writer.facts().get("is_whole", False)
        writer.note(is_whole=False)
        number = writer.replace(documents, removed, report)
        if not was_whole:
            self.cluster.refresh(build)
            writer.recount(IndexReader(self.cluster, build).texts(Query()))
        writer.finish(self.replicas, revision)
        self.live = None
        return number

    def builds(self) -> list[str]:
        """The builds there are, oldest first."""
        return self.cluster.builds()

    # reading

    def search(self, query: Query) -> Results:
        """One page of hits, exact total, facets and timeline, and how the query was carried out."""
        return self._read(lambda reading: page.search(reading, query))

    def scan(self, query: Query) -> Iterator[str]:
        """All ids, in order."""
        yield from self._read(lambda reading: begun(reading.scan(query)))

    def total(self, query: Query) -> int:
        """How many releases match."""
        return self._read(lambda reading: reading.total(query))

    def occurrences(
        self, query: Query, sort: LineSort = "document", start: int = 0, size: int = 50
    ) -> Concordance:
        """A page of lines."""
        return self._read(
            lambda reading: source_scan.occurrences(reading, query, sort, start, size)
        )

    def scan_occurrences(self, query: Query, sort: LineSort = "document") -> Iterator[KwicLine]:
        """All lines, in order."""
        lines = self._read(
            lambda reading: begun(source_scan.scan_occurrences(reading, query, sort))
        )
        yield from still_shown(lines, self.withheld)

    def collocates(
        self,
        query: Query,
        window: int = 5,
        measure: Measure = "log_likelihood",
        least: int = 5,
        most: int = 100,
        *,
        is_stem: bool = False,
    ) -> Collocates:
        """The words around a query's words."""
        return self._read(
            lambda reading: source_scan.around(
                reading, query, window, measure, least, most, is_stem=is_stem
            )
        )

    def translation_suggestions(
        self, query: Query, most: int = 3
    ) -> tuple[TranslationSuggestion, ...]:
        """The words in translations of the hits."""
        return self._read(
            lambda reading: source_scan.in_translation(
                reading, query, most, partial(self._aligned, reading)
            )
        )

    def frequencies(self, query: Query, step: Step) -> Frequencies:
        """The hits by period."""
        return self._read(lambda reading: source_scan.over_time(reading, query, step))

    def more_like_this(self, id_: str, size: int) -> tuple[Hit, ...]:
        """The releases most like one."""
        return self._read(lambda reading: page.more_like_this(reading, id_, size))

    def autocomplete(self, prefix: str, most: int) -> list[str]:
        """Words of the corpus that begin so, the commonest first."""
        return self._read(lambda reading: reading.autocomplete(prefix, most))

    def spell_suggest(self, word: str) -> str | None:
        """The word of the corpus that a misspelled one was probably meant to be."""
        return self._read(lambda reading: reading.spell_suggest(word))

    def shown(self) -> Iterator[tuple[str, bytes]]:
        """In the order of ids."""
        for each in self._read(lambda reading: begun(reading.texts(Query(sort="id")))):
            yield each.id, shown_digest(vars(each))

    def exists(self, ids: Iterable[str], build: str | None = None) -> list[bool]:
        """By the ids of releases."""
        wanted = [*ids]
        if build:
            return IndexReader(self.cluster, build).without(self.withheld()).exists(wanted)
        return self._read(lambda reading: reading.exists(wanted))

    def size_bytes(self) -> int:
        """On all nodes, copies included."""
        return retried(lambda: self.cluster.size_bytes(self.cluster.live()))

    def health(self) -> Health:
        """Asks the cluster how it is, and what is live."""
        try:
            return retried(self._live_health)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is the health's problem)
            problem = self.cluster.problem(error)
            return Health(False, None, 0, 0, problem, self.cluster.state(), self._noted_releases())

    def close(self) -> None:
        """Forget what was live; the connections close when they are used no more."""
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

    def _noted_releases(self) -> int:
        """How many releases the live build has, whatever its format; 0 where that is not known."""
        try:
            return int(Writer(self.cluster, self.cluster.named()).facts().get("releases", 0))
        except Exception:  # noqa: BLE001 (health asks, and never raises)
            return 0

    def _drop_all_but(self, build: str) -> None:
        for name in self.builds():
            if name != build:
                self.drop(name)

    def _aligned(self, reading: IndexReader, read: Read) -> StoredTranslations | None:
        """Keeps the translations of one state of a build, which take seconds to read."""
        state = (reading.build, self._state()[1]), reading.hidden
        # A reader that waited for its turn here would keep the lock from whoever has the turn.
        with self.lock, unmetered():
            if self.aligned is None or self.aligned[0] != state:
                self.aligned = state, read()
            return self.aligned[1]

    def _read(self, read: Callable[[IndexReader], T]) -> T:
        """What is read of the live build; again, where another was published meanwhile."""

        def of_live() -> T:
            try:
                return read(self._reader())
            except GoneError:
                self.live = None
                raise

        return retried(of_live)

    def _reader(self) -> IndexReader:
        """Keeps what one state of a build holds of withheld releases."""
        of, reader = (self._state(), frozenset(self.withheld())), self.reader
        if reader is None or reader[0] != of:
            with unmetered():
                reader = self.reader = of, IndexReader(self.cluster, of[0][0]).without(of[1])
        return reader[1]

    def _state(self) -> State:
        live, now = self.live, time.monotonic()
        if live and now - live[1] < BELIEVED_S:
            return live[0]
        build = self.cluster.live()
        state = build, Writer(self.cluster, build).facts().get("revision")
        self.live = state, now
        return state
