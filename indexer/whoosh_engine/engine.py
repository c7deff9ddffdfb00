"""The engine behind the seam: builds and updates in their folders, one snapshot for all readers."""

from __future__ import annotations

import shutil
import struct
import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from pickle import UnpicklingError

from whoosh.index import FileIndex, create_in, open_dir
from whoosh.index import IndexError as WhooshIndexError

from corpus.errors import IndexUnusableError, StoreError
from indexer.document import FORMAT, Document
from indexer.engine import Health, Query, Report, Results
from indexer.passages import Marker
from indexer.whoosh_engine.answer import hit, narrowed, ordered
from indexer.whoosh_engine.schema import fields, schema
from indexer.whoosh_engine.snapshot import Snapshot

LIVE = "LIVE"
REVISION = "REVISION"
REBUILD = "run `communique reindex --full`"
# A build can be published and dropped, or a segment merged away, while a reader opens it.
ATTEMPTS = 3
# What Whoosh raises on files that are gone, torn or not its own.
UNREADABLE = (
    WhooshIndexError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    TypeError,
    UnpicklingError,
    ValueError,
    struct.error,
)


class WhooshEngine:
    """Whoosh in one folder.

    Readers notice a new build or update at their next search and never see half of one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.Lock()
        self.current: tuple[str, int, Snapshot] | None = None

    # writing

    def build(self, documents: Iterable[Document], revision: int, report: Report) -> str:
        """Build in a folder of its own, `<format>-<time>`; removed again when anything fails."""
        name = f"{FORMAT}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
        path = self.folder / name
        try:
            path.mkdir(parents=True)
            _fill(create_in(path, schema()), documents, (), report)
            (path / REVISION).write_text(str(revision))
        except OSError as error:
            shutil.rmtree(path, ignore_errors=True)
            raise StoreError(
                f"The index in {self.folder} cannot be written: {error.strerror or error}."
            ) from error
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise
        return name

    def publish(self, build: str) -> None:
        """Replace the line in LIVE in one step; then drop all other builds.

        Open readers keep theirs until they close.
        """
        try:
            _replace(self.folder / LIVE, build + "\n")
        except OSError as error:
            raise StoreError(
                f"The index in {self.folder} cannot be written: {error.strerror or error}."
            ) from error
        self._drop_all_but(build)

    def drop(self, build: str) -> None:
        """Remove the folder of a build."""
        shutil.rmtree(self.folder / build, ignore_errors=True)

    def update(
        self, documents: Iterable[Document], removed: Iterable[str], revision: int, report: Report
    ) -> int:
        """A segment beside the others of the live build.

        The revision is noted last: a killed update is done again.
        """
        path = self._live_path()
        self._drop_all_but(path.name)  # what a killed build left
        try:
            number = _fill(_open(path), documents, removed, report)
            _replace(path / REVISION, str(revision))
        except OSError as error:
            raise StoreError(
                f"The index in {path} cannot be written: {error.strerror or error}."
            ) from error
        return number

    def builds(self) -> list[str]:
        """The folders there are, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(
            (p.name for p in self.folder.iterdir() if p.is_dir()),
            key=lambda name: name.partition("-")[2],
        )

    # reading

    def search(self, query: Query) -> Results:
        """One page of hits, exact total and facets."""
        name, snapshot = self._snapshot()
        found, scores, mask = narrowed(snapshot, query)
        order = ordered(snapshot, found, scores, query)[query.start : query.start + query.size]
        marker = Marker(query.tree)
        return Results(
            hits=tuple(
                hit(snapshot.stored(found[each]), float(scores[each]), marker) for each in order
            ),
            total=len(found),
            facets=snapshot.facets(mask, query.filters),
            build=name,
        )

    def scan(self, query: Query) -> Iterator[str]:
        """All ids, in order."""
        _, snapshot = self._snapshot()
        found, scores, _ = narrowed(snapshot, query)
        yield from snapshot.ids[found[ordered(snapshot, found, scores, query)]].tolist()

    def has(self, ids: Iterable[str], build: str | None = None) -> list[bool]:
        """By the term of the id."""
        if build is None:
            _, snapshot = self._snapshot()
        else:
            snapshot = Snapshot(_open(self.folder / build))
        found = [snapshot.searcher.document_number(id=each) is not None for each in ids]
        if build is not None:
            snapshot.close()
        return found

    def health(self) -> Health:
        """Opens what is live, if anything is."""
        problem = ""
        for _ in range(ATTEMPTS):
            try:
                name, snapshot = self._snapshot()
                revision = int((self.folder / name / REVISION).read_text())
            except (IndexUnusableError, OSError, ValueError) as error:
                problem = str(error)
            else:
                return Health(True, name, snapshot.count, revision)
        return Health(False, None, 0, 0, problem)

    def close(self) -> None:
        """Close the shared snapshot."""
        with self.lock:
            if self.current:
                self.current[2].close()
                self.current = None

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
        """The snapshot of the newest generation.

        An old one is left to those still reading it, and to the collector.
        """
        for _ in range(ATTEMPTS):
            path = self._live_path()
            seen = _generations(path)
            try:
                generation = open_dir(path).latest_generation()
                with self.lock:
                    if self.current is None or self.current[:2] != (path.name, generation):
                        self.current = (path.name, generation, Snapshot(open_dir(path)))
                    return self.current[0], self.current[2]
            except UNREADABLE as error:
                problem = error
                if self._live_path() == path and _generations(path) == seen:
                    break
        raise _unusable(path, problem) from problem


def _generations(path: Path) -> list[str]:
    try:
        return sorted(each.name for each in path.iterdir() if each.suffix == ".toc")
    except OSError:
        return []


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text)
    fresh.replace(path)


def _unusable(path: Path, error: Exception) -> IndexUnusableError:
    return IndexUnusableError(f"The index in {path} cannot be read ({error!r}); {REBUILD}.")


def _open(path: Path) -> FileIndex:
    try:
        return open_dir(path)
    except UNREADABLE as error:
        raise _unusable(path, error) from error


def _fill(
    index: FileIndex, documents: Iterable[Document], removed: Iterable[str], report: Report
) -> int:
    writer = index.writer(limitmb=256)
    number = 0
    try:
        for id_ in removed:
            writer.delete_by_term("id", id_)
        for number, document in enumerate(documents, 1):
            writer.update_document(**fields(document))
            report(number)
    except BaseException:
        writer.cancel()
        raise
    writer.commit()
    return number
