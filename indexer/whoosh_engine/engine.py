"""The engine behind the seam: builds and updates in their folders, one snapshot shared by all
readers of a generation.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from corpus.durability import replacing
from corpus.errors import CommuniqueError, IndexUnusableError, StoreError, describe
from indexer.deadline import unmetered
from indexer.engine.document import FORMAT, Document, shown_digest
from indexer.engine.explanation import explained
from indexer.engine.hits import HitBuilder
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
from indexer.engine.retry import GoneError, retried
from indexer.engine.withholding import Withheld, nothing, still_shown
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.index.arrays import REBUILD
from indexer.whoosh_engine.index.codec import NAME
from indexer.whoosh_engine.index.writer import SegmentWriter
from indexer.whoosh_engine.search import suggest
from indexer.whoosh_engine.search.collect import answer, by_variants, facets, folded, ids, order
from indexer.whoosh_engine.search.execute import Executor
from indexer.whoosh_engine.search.paging import more_after
from indexer.whoosh_engine.search.timeline import timeline
from indexer.whoosh_engine.tools import collocates, concordance, frequencies, translations

LIVE = "LIVE"
REVISION = "REVISION"
SETTLED_NS = 100_000_000


class WhooshEngine:
    """Whoosh in one folder. Readers notice a new build or update at their next search, and never
    see half of one, nor what is `withheld` at that moment.
    """

    def __init__(self, folder: Path, memory_mb: int = 512, withheld: Withheld = nothing) -> None:
        self.folder, self.memory_mb, self.withheld = folder, memory_mb, withheld
        self.lock = threading.Lock()
        self.current: tuple[str, Snapshot] | None = None
        self.seen: tuple[int, ...] | None = None

    # writing

    def build(self, documents: Iterable[Document], revision: int, report: Report) -> str:
        """Build in a folder of its own, `<format>-<time>`; removed again when anything fails."""
        name = f"{FORMAT}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
        path = self.folder / name
        try:
            with _writing(self.folder):
                number = SegmentWriter(path, self.memory_mb).create(documents, report)
                _replace(path / REVISION, _note(revision, number))
        except BaseException:
            self.drop(name)
            raise
        return name

    def publish(self, build: str) -> None:
        """Replace the line in LIVE in one step; then drop all other builds, whose readers keep what
        they mapped.
        """
        with _writing(self.folder):
            _replace(self.folder / LIVE, build + "\n")
        self._drop_all_but(build)

    def drop(self, build: str) -> None:
        """Remove a build's folder."""
        shutil.rmtree(self.folder / build, ignore_errors=True)

    def update(
        self, documents: Iterable[Document], removed: Iterable[str], revision: int, report: Report
    ) -> int:
        """A segment beside the others of the live build. The revision is noted last: a killed
        update is done again.
        """
        path = self._live_path()
        self._drop_all_but(path.name)  # what a killed build left
        with _writing(path):
            number = SegmentWriter(path, self.memory_mb).update(documents, removed, report)
            _replace(path / REVISION, _note(revision, Snapshot(path).count))
        return number

    def builds(self) -> list[str]:
        """The folders there are, oldest first."""
        if not self.folder.is_dir():
            return []
        names = (path.name for path in self.folder.iterdir() if path.is_dir())
        return sorted(names, key=lambda name: name.partition("-")[2])

    # reading

    def search(self, query: Query) -> Results:
        """One page of hits, exact total, facets and timeline, and how the query was carried out."""
        name, snapshot = self._snapshot()
        executor = Executor(snapshot)
        answered = answer(snapshot, executor, query)
        found = answered.found
        hits, variants = HitBuilder(query.tree, executor), by_variants(executor, found)
        shown, copies = folded(snapshot, found, query) if query.is_folded else (found, {})
        page = order(snapshot, shown, query, query.start, query.size)
        time = timeline(snapshot, found.documents, query.step) if query.has_timeline else None
        return Results(
            hits=tuple(
                hits.hit(
                    snapshot.stored(document),
                    float(shown.scores[at]),
                    copies.get(document, 0),
                    is_variant=document in variants,
                )
                for at, document in zip(page, shown.documents[page].tolist(), strict=True)
            ),
            total=len(found),
            facets=facets(snapshot, answered, time),
            timeline=time.pairs() if time else (),
            build=name,
            explanation=explained(query.tree, executor) if query.is_explained else None,
            warnings=tuple(executor.warnings),
            step=time.periods.step if time else None,
            folded=len(found) - len(shown),
            more_after=more_after(snapshot, shown, query, page),
            variant_total=len(variants),
        )

    def scan(self, query: Query) -> Iterator[str]:
        """All ids, in order."""
        _, snapshot = self._snapshot()
        found = answer(snapshot, Executor(snapshot), query).found
        yield from ids(snapshot, found.documents[order(snapshot, found, query, 0, len(found))])

    def total(self, query: Query) -> int:
        """How many releases match."""
        _, snapshot = self._snapshot()
        return len(answer(snapshot, Executor(snapshot), query).found)

    def occurrences(
        self, query: Query, sort: LineSort = "document", start: int = 0, size: int = 50
    ) -> Concordance:
        """A page of lines."""
        return concordance.concordance(*self._snapshot(), query, sort, start, size)

    def scan_occurrences(self, query: Query, sort: LineSort = "document") -> Iterator[KwicLine]:
        """All lines, in order."""
        lines = concordance.scan(self._snapshot()[1], query, sort)
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
        return collocates.collocates(
            *self._snapshot(), query, window, measure, least, most, is_stem=is_stem
        )

    def translation_suggestions(
        self, query: Query, most: int = 3
    ) -> tuple[TranslationSuggestion, ...]:
        """The words in translations of the hits."""
        return translations.translation_suggestions(self._snapshot()[1], query, most)

    def frequencies(self, query: Query, step: Step) -> Frequencies:
        """The hits by period."""
        return frequencies.frequencies(*self._snapshot(), query, step)

    def more_like_this(self, id_: str, size: int) -> tuple[Hit, ...]:
        """The releases most like one."""
        _, snapshot = self._snapshot()
        document = snapshot.document(id_)
        query = Query(None if document is None else suggest.likeness(snapshot, document))
        if query.tree is None:
            return ()
        executor = Executor(snapshot)
        found = executor.run(query.tree)
        page = found.documents[order(snapshot, found, query, 0, size + 1)]
        others = (snapshot.stored(each) for each in page if each != document)
        return tuple(map(HitBuilder(None, executor).hit, others))[:size]

    def autocomplete(self, prefix: str, most: int) -> list[str]:
        """Words of the corpus that begin so, the commonest first."""
        return suggest.autocomplete(self._snapshot()[1], prefix, most)

    def spell_suggest(self, word: str) -> str | None:
        """The word of the corpus that a misspelled one was probably meant to be."""
        return suggest.spell_suggest(self._snapshot()[1], word)

    def shown(self) -> Iterator[tuple[str, bytes]]:
        """As the documents stand."""
        _, snapshot = self._snapshot()
        for document in range(snapshot.size):
            if snapshot.alive is None or snapshot.alive[document]:
                stored = snapshot.stored(document)
                yield stored["id"], shown_digest(stored)

    def exists(self, ids: Iterable[str], build: str | None = None) -> list[bool]:
        """By the terms of the ids."""
        whole = Snapshot(self.folder / build) if build else retried(self._newest)[1]
        snapshot = whole.without(frozenset(self.withheld()))
        return [snapshot.document(id_) is not None for id_ in ids]

    def size_bytes(self) -> int:
        """Of its files."""
        return retried(self._size_bytes)

    def health(self) -> Health:
        """Opens what is live, if anything is."""
        try:
            return retried(self._live_health)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is the health's problem)
            noted = self._noted_releases()
            return Health(False, None, 0, 0, _problem(self.folder, error), noted_releases=noted)

    def close(self) -> None:
        """Let go of the shared snapshot; its maps close with the last reader's."""
        with self.lock:
            self.current = None

    def _live_health(self) -> Health:
        name, snapshot = self._newest()
        with self._opening(self.folder / name):
            revision, releases, updated_at = _noted(self.folder / name)
        return Health(
            is_live=True,
            build=name,
            releases=snapshot.count,
            revision=revision,
            noted_releases=releases,
            updated_at=updated_at,
        )

    def _size_bytes(self) -> int:
        path = self._live_path()
        with self._opening(path):
            return sum(each.stat().st_size for each in path.iterdir())

    def _noted_releases(self) -> int:
        """How many releases the live build has, whatever its format; 0 where that is not known."""
        try:
            return _noted(self.folder / (self.folder / LIVE).read_text().strip())[1]
        except (OSError, ValueError):
            return 0

    def _drop_all_but(self, build: str) -> None:
        for name in self.builds():
            if name != build:
                self.drop(name)

    def _live_path(self) -> Path:
        try:
            name = (self.folder / LIVE).read_text(errors="replace").strip()
        except OSError:
            raise IndexUnusableError(
                f"There is no index in {self.folder} yet; {REBUILD}."
            ) from None
        if name.partition("-")[0] != str(FORMAT):
            raise IndexUnusableError(
                f"The index {name} is of another format than this program's ({FORMAT}); {REBUILD}."
            )
        return self.folder / name

    def _snapshot(self) -> tuple[str, Snapshot]:
        """The newest generation without what is withheld; who still reads an older one keeps it."""
        name, whole = retried(self._newest)
        return name, whole.without(frozenset(self.withheld()))

    def _newest(self) -> tuple[str, Snapshot]:
        stamp, current = self._stamp(), self.current
        if stamp and current and self.seen == stamp:
            return current
        path = self._live_path()
        with self._opening(path) as generation, self.lock, unmetered():
            if not self._is_current(path, generation):
                self.current = path.name, Snapshot(path)
            assert self.current
            self.seen = stamp
            return self.current

    @contextmanager
    def _opening(self, path: Path) -> Iterator[int]:
        """The generation of a build, and whatever a damaged pickle or a vanished file brings about
        while it is opened, as our error: GoneError where a publish or an update took it away.
        """
        generation = _generation(path)
        try:
            yield generation
        except CommuniqueError:
            raise
        except Exception as error:
            if self._live_path() != path or _generation(path) != generation:
                raise GoneError from error
            raise IndexUnusableError(_problem(path, error)) from error

    def _is_current(self, path: Path, generation: int) -> bool:
        current = self.current
        return bool(current and current[0] == path.name and current[1].generation == generation)

    def _stamp(self) -> tuple[int, ...] | None:
        """When the file LIVE and the live build's folder changed last; None where that was just
        now.

        A file system's clock is coarse: what changed just now could change again unnoticed.
        """
        if not (current := self.current):
            return None
        try:
            live = os.stat(f"{self.folder}/{LIVE}")  # noqa: PTH116 (at every search)
            build = os.stat(f"{self.folder}/{current[0]}")  # noqa: PTH116
        except OSError:
            return None
        newest = max(live.st_mtime_ns, build.st_mtime_ns)
        is_settled = time.time_ns() - newest > SETTLED_NS
        return (live.st_mtime_ns, live.st_ino, build.st_mtime_ns) if is_settled else None


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """What a disk refuses, as our error."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"The index in {folder} cannot be written: {error.strerror or error}."
        ) from error


def _generation(path: Path) -> int:
    """The number of a build's newest table of contents; -1 where there is none."""
    return int(TOC._latest_generation(FileStorage(str(path)), NAME))


def _problem(path: Path, error: Exception) -> str:
    """What went wrong, as a sentence."""
    if isinstance(error, CommuniqueError):
        return str(error)
    return f"The index in {path} cannot be read ({describe(error)}); {REBUILD}."


def _note(revision: int, releases: int) -> str:
    """What a build tells of itself: the catalog's revision, its releases, the time."""
    return f"{revision} {releases} {datetime.now(UTC).isoformat(timespec='seconds')}"


def _noted(build: Path) -> tuple[int, int, datetime | None]:
    """What a build tells of itself; those of earlier versions note the revision alone."""
    revision, *more = (build / REVISION).read_text().split()
    if not more:
        return int(revision), 0, None
    releases, at = more
    return int(revision), int(releases), datetime.fromisoformat(at)


def _replace(path: Path, words: str) -> None:
    with replacing(path) as fresh:
        fresh.write_text(words)
