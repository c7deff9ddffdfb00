"""The engine behind the seam: builds and updates in their folders, one snapshot shared by all
readers of a generation.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import query as tree
from whoosh.index import EmptyIndexError, FileIndex, create_in, open_dir

from corpus.errors import IndexUnusableError, StoreError
from indexer.document import FORMAT, Document
from indexer.engine import Health, Hit, Query, Report, Results
from indexer.passages import Marker, marked, passages
from indexer.whoosh_engine.schema import fields, schema
from indexer.whoosh_engine.snapshot import Numbers, Snapshot

LIVE = "LIVE"
REVISION = "REVISION"
REBUILD = "run `communique reindex --full`"


class WhooshEngine:
    """Whoosh in one folder. Readers notice a new build or update at their next search and never see
    half of one.
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
        """Replace the line in LIVE in one step; then drop all other builds, which open readers keep
        until they close.
        """
        fresh = self.folder / f"{LIVE}.new"
        fresh.write_text(build + "\n")
        fresh.replace(self.folder / LIVE)
        for name in self.builds():
            if name != build:
                shutil.rmtree(self.folder / name, ignore_errors=True)

    def update(
        self, documents: Iterable[Document], removed: Iterable[str], revision: int, report: Report
    ) -> int:
        """A segment beside the others of the live build. The revision is noted last: a killed
        update is done again.
        """
        path = self._live_path()
        try:
            number = _fill(_open(path), documents, removed, report)
            fresh = path / f"{REVISION}.new"
            fresh.write_text(str(revision))
            fresh.replace(path / REVISION)
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
        found, scores, mask = _narrowed(snapshot, query)
        order = _ordered(snapshot, found, scores, query)[query.start : query.start + query.size]
        marker = Marker(query.tree)
        return Results(
            hits=tuple(
                _hit(snapshot.stored(found[each]), float(scores[each]), marker) for each in order
            ),
            total=len(found),
            facets=snapshot.facets(mask, query.filters),
            build=name,
        )

    def scan(self, query: Query) -> Iterator[str]:
        """All ids, in order."""
        _, snapshot = self._snapshot()
        found, scores, _ = _narrowed(snapshot, query)
        yield from snapshot.ids[found[_ordered(snapshot, found, scores, query)]].tolist()

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
        try:
            name, snapshot = self._snapshot()
            revision = int((self.folder / name / REVISION).read_text())
        except (IndexUnusableError, OSError, ValueError) as error:
            return Health(False, None, 0, 0, str(error))
        return Health(True, name, snapshot.count, revision)

    def close(self) -> None:
        """Close the shared snapshot."""
        with self.lock:
            if self.current:
                self.current[2].close()
                self.current = None

    def _live_path(self) -> Path:
        try:
            name = (self.folder / LIVE).read_text().strip()
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
        """The snapshot of the newest generation. An old one is left to those still reading it, and
        to the collector.
        """
        path = self._live_path()
        try:
            generation = _open(path).latest_generation()
            with self.lock:
                if self.current is None or self.current[:2] != (path.name, generation):
                    self.current = (path.name, generation, Snapshot(_open(path)))
                return self.current[0], self.current[2]
        except (OSError, EOFError, KeyError, ValueError) as error:
            if self._live_path() != path:  # published and dropped in between
                return self._snapshot()
            raise IndexUnusableError(
                f"The index in {path} cannot be read ({error!r}); {REBUILD}."
            ) from error


def _open(path: Path) -> FileIndex:
    try:
        return open_dir(path)
    except EmptyIndexError as error:
        raise IndexUnusableError(
            f"The index in {path} cannot be opened ({error}); {REBUILD}."
        ) from error


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


def _narrowed(snapshot: Snapshot, query: Query) -> tuple[Numbers, Any, Any]:
    """Matching documents that pass the filters, their scores, and the mask of matches before
    filters of values.
    """
    found, scores = snapshot.matches(query.tree)
    mask = np.zeros(snapshot.size, dtype=bool)
    mask[found] = True
    mask &= snapshot.in_range(query.filters)
    kept = (mask & snapshot.allowed(query.filters))[found]
    return found[kept], scores[kept], mask


def _ordered(snapshot: Snapshot, found: Numbers, scores: Any, query: Query) -> Numbers:
    """Positions in `found` in a stable order: score, then newest, then id; or by date, undated ones
    last.
    """
    dates = snapshot.dates[found]
    ranks = snapshot.ranks[found]
    if query.sort == "oldest":
        return np.lexsort((ranks, np.where(dates == 0, np.iinfo(np.int64).max, dates)))
    if query.sort == "newest" or query.tree is None or isinstance(query.tree, tree.Every):
        return np.lexsort((ranks, -dates))
    return np.lexsort((ranks, -dates, -scores))


def _hit(stored: dict[str, Any], score: float, marker: Marker) -> Hit:
    language, title, body = stored["language"], stored["title"], stored["body"]
    return Hit(
        id=stored["id"], score=score, office=stored["office"], language=language, published=stored["published"],
        url=stored["url"], title=marked(title, marker.marks(title, "title", language)),
        passages=passages(body, marker.marks(body, "body", language)),
    )  # fmt: skip
