"""The embedded engine: builds and updates in folders, one snapshot for all readers."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from corpus.durability import replacing
from corpus.errors import CommuniqueError, IndexUnusableError, StoreError, describe
from indexer.deadline import unmetered
from indexer.engine.document import Document
from indexer.engine.interface import Engine, OnProgress, build_format, own_build
from indexer.engine.results import Health
from indexer.engine.retry import REBUILD, GoneError, retried
from indexer.engine.withholding import Withheld, nothing
from indexer.whoosh_engine.index.codec import NAME
from indexer.whoosh_engine.index.writer import SegmentWriter
from indexer.whoosh_engine.searcher import SnapshotSearcher

LIVE = "LIVE"
REVISION = "REVISION"
SETTLED_NS = 100_000_000


class WhooshEngine(Engine):
    """Whoosh in one folder. Readers notice a new build, an update or a withheld release at their
    next search, and never see half a change.
    """

    def __init__(self, folder: Path, memory_mb: int = 512, withheld: Withheld = nothing) -> None:
        super().__init__(withheld)
        self.folder, self.memory_mb = folder, memory_mb
        self.lock = threading.Lock()
        self.current: SnapshotSearcher | None = None
        self.seen: tuple[int, ...] | None = None

    # writing

    def _write(
        self, build: str, documents: Iterable[Document], revision: int, on_progress: OnProgress
    ) -> None:
        path = self.folder / build
        with _writing(self.folder):
            number = SegmentWriter(path, self.memory_mb).create(documents, on_progress)
            _replace(path / REVISION, _note(revision, number))

    def publish(self, build: str) -> None:
        """Replace the line in the format's LIVE file in one step; then drop other builds, whose
        readers keep what they mapped.
        """
        is_first = self._is_first()
        with _writing(self.folder):
            _replace(self.folder / f"{LIVE}-{build_format(build)}", build + "\n")
        self._drop_all_but(build, is_first=is_first)

    def drop(self, build: str) -> None:
        """Remove a build's folder, and the file that makes it live."""
        for path, name in self._live_files():
            if name == build:
                path.unlink(missing_ok=True)
        shutil.rmtree(self.folder / build, ignore_errors=True)

    def update(
        self,
        documents: Iterable[Document],
        removed: Iterable[str],
        revision: int,
        on_progress: OnProgress,
    ) -> int:
        """Add a segment to the live build."""
        path = self._live_path()
        self._drop_all_but(path.name)  # what a killed build left
        with _writing(path):
            number = SegmentWriter(path, self.memory_mb).update(documents, removed, on_progress)
            _replace(path / REVISION, _note(revision, SnapshotSearcher(path).count))
        return number

    def builds(self) -> list[str]:
        """The names of all builds, oldest first."""
        if not self.folder.is_dir():
            return []
        names = (path.name for path in self.folder.iterdir() if path.is_dir())
        return sorted(names, key=lambda name: name.partition("-")[2])

    # reading

    def searcher(self, build: str | None = None) -> SnapshotSearcher:
        """A searcher of the newest generation; readers of older ones keep theirs."""
        whole = SnapshotSearcher(self.folder / build) if build else self._newest()
        return whole.without(frozenset(self.withheld()))

    def size_bytes(self) -> int:
        """The size of its files."""
        return retried(self._size_bytes)

    def close(self) -> None:
        """Release the shared snapshot; its maps close with the last reader's."""
        with self.lock:
            self.current = None

    def _live_health(self) -> Health:
        snapshot = self._newest()
        with self._opening(snapshot.folder):
            revision, releases, updated_at = _read_note(snapshot.folder)
        return Health(
            is_live=True,
            build=snapshot.build,
            releases=snapshot.count,
            revision=revision,
            noted_releases=releases,
            updated_at=updated_at,
        )

    def _failed_health(self, error: Exception) -> Health:
        noted = self._noted_releases()
        return Health(False, None, 0, 0, _problem(self.folder, error), noted_releases=noted)

    def _size_bytes(self) -> int:
        path = self._live_path()
        with self._opening(path):
            return sum(each.stat().st_size for each in path.iterdir())

    def _noted_releases(self) -> int:
        """How many releases a live build has, whatever its format; 0 where that is not known."""
        most = 0
        for build in self._live_builds():
            with suppress(OSError, ValueError):
                most = max(most, _read_note(self.folder / build)[1])
        return most

    def _live_path(self) -> Path:
        return self.folder / own_build(self._live_builds(), f"in {self.folder}")

    def _live_builds(self) -> list[str]:
        return [name for _, name in self._live_files()]

    def _live_files(self) -> Iterator[tuple[Path, str]]:
        """The LIVE files and the builds that they name; that of earlier releases, which is for any
        format, first.
        """
        for path in sorted(self.folder.glob(f"{LIVE}*")):
            with suppress(OSError):
                yield path, path.read_text(errors="replace").strip()

    def _newest(self) -> SnapshotSearcher:
        """The newest generation, including withheld releases."""
        stamp, current = self._stamp(), self.current
        if stamp and current and self.seen == stamp:
            return current
        path = self._live_path()
        with self._opening(path) as generation, self.lock, unmetered():
            current = self.current
            if not current or (current.folder, current.generation) != (path, generation):
                current = self.current = SnapshotSearcher(path)
            self.seen = stamp
            return current

    @contextmanager
    def _opening(self, path: Path) -> Iterator[int]:
        """The generation of a build. Errors while it is opened are raised as ours: GoneError where
        a publish or an update replaced it, IndexUnusableError where it is damaged.
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

    def _stamp(self) -> tuple[int, ...] | None:
        """When the index folder, with its LIVE files, and the live build's changed last; None where
        that was just now.

        A file system's clock is coarse: what changed just now could change again unnoticed.
        """
        if not (current := self.current):
            return None
        try:
            live = os.stat(self.folder)  # noqa: PTH116 (at every search)
            build = os.stat(f"{self.folder}/{current.build}")  # noqa: PTH116
        except OSError:
            return None
        newest = max(live.st_mtime_ns, build.st_mtime_ns)
        is_settled = time.time_ns() - newest > SETTLED_NS
        return (live.st_mtime_ns, live.st_ino, build.st_mtime_ns) if is_settled else None


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Raise the disk's errors as ours."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"The index in {folder} cannot be written: {error.strerror or error}."
        ) from error


def _generation(path: Path) -> int:
    """The number of a build's newest table of contents; -1 without one."""
    return int(TOC._latest_generation(FileStorage(str(path)), NAME))


def _problem(path: Path, error: Exception) -> str:
    """Describe an error in a sentence."""
    if isinstance(error, CommuniqueError):
        return str(error)
    return f"The index in {path} cannot be read ({describe(error)}); {REBUILD}."


def _note(revision: int, releases: int) -> str:
    """A build's note about itself: the catalog's revision, the number of releases, the time."""
    return f"{revision} {releases} {datetime.now(UTC).isoformat(timespec='seconds')}"


def _read_note(build: Path) -> tuple[int, int, datetime | None]:
    """The note of a build; those of earlier versions have only the revision."""
    revision, *more = (build / REVISION).read_text().split()
    if not more:
        return int(revision), 0, None
    releases, at = more
    return int(revision), int(releases), datetime.fromisoformat(at)


def _replace(path: Path, words: str) -> None:
    with replacing(path) as fresh:
        fresh.write_text(words)
