"""Segments in bulk: built in worker processes, committed to Whoosh's table of contents.

A setting bounds the memory, and thereby the tokens that a worker holds while it builds a segment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain, cycle, islice
from math import log
from pathlib import Path

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, clean_files

from corpus.durability import make_folder, sync
from corpus.processes import process_pool
from indexer.engine.document import Document
from indexer.engine.interface import OnProgress
from indexer.whoosh_engine.index.codec import NAME, ArraySegment, schema
from indexer.whoosh_engine.index.inversion import MOST_DOCUMENTS
from indexer.whoosh_engine.index.merge import merged
from indexer.whoosh_engine.index.workers import SegmentWorker, Worker, begin, end, free, merge, take

WORKERS = 2
# The memory for a token while its segment is built, with its share of text; for a process.
TOKEN_BYTES = 25
PROCESS_MB = 100
# The text of a batch, and the number of batches that are built without workers.
BATCH_CHARS = 1_000_000
FEW_BATCHES = 8
# Segments with sizes within a factor of four are a tier; four of a tier are merged.
TIER = 4
LEAST_TOKENS = 50_000
MOST_MERGED_TOKENS = 2_000_000


class _Storage(FileStorage):
    """Whoosh renames a new table of contents into place; here the disk has it before."""

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        folder = Path(self.folder)
        sync(folder / oldname)
        super().rename_file(oldname, newname, safe)
        sync(folder)


class SegmentWriter:
    """Writes one index folder; `memory_mb` bounds the tokens that all workers hold at once."""

    def __init__(self, folder: Path, memory_mb: int) -> None:
        self.folder = folder
        self.chunk_tokens = _tokens_within((memory_mb - PROCESS_MB) // WORKERS - PROCESS_MB)

    def create(self, documents: Iterable[Document], on_progress: OnProgress) -> int:
        """Create an index of these documents; their number."""
        make_folder(self.folder)
        TOC.create(_Storage(str(self.folder)), schema(), NAME)
        segments, number = self._build(documents, on_progress)
        self._commit(0, segments)
        return number

    def update(
        self, documents: Iterable[Document], removed: Iterable[str], on_progress: OnProgress
    ) -> int:
        """Replace or add documents, and remove ids; the number of documents."""
        toc = TOC.read(FileStorage(str(self.folder)), NAME)
        try:
            return self._update(toc, documents, removed, on_progress)
        except BaseException:
            self._clean()
            raise

    def _update(
        self,
        toc: TOC,
        documents: Iterable[Document],
        removed: Iterable[str],
        on_progress: OnProgress,
    ) -> int:
        segments: list[ArraySegment] = toc.segments
        taken: list[str] = [*removed]
        fresh, number = self._build(_noting_ids(documents, taken), on_progress)
        for segment in segments:
            arrays = segment.open(self.folder)
            for id_ in taken:
                term = arrays.fields["id"].number(id_.encode())
                if term is not None:
                    segment.deleted.update(
                        arrays.fields["id"].documents[arrays.fields["id"].extent(term)].tolist()
                    )
        self._commit(toc.generation, self._merged([*segments, *fresh]))
        return number

    def _build(
        self, documents: Iterable[Document], on_progress: OnProgress
    ) -> tuple[list[ArraySegment], int]:
        """Build segments of these documents, a few here and more by workers; the number of
        documents.
        """
        batches = _batches(documents, on_progress)
        few = list(islice(batches, FEW_BATCHES + 1))
        if len(few) <= FEW_BATCHES:
            take = SegmentWorker(self.folder, self.chunk_tokens)
            segments = [segment for batch in few for segment in take(batch)] + take.rest()
        else:
            segments = self._built_by_workers(chain(few, batches))
        return segments, sum(segment.size for segment in segments)

    def _built_by_workers(self, batches: Iterable[list[Document]]) -> list[ArraySegment]:
        """Free workers take batches and build their own segments, which they merge at the end."""
        with ExitStack() as stack:
            given = begin, self.folder, self.chunk_tokens
            workers = [Worker(stack.enter_context(process_pool(1, *given))) for _ in range(WORKERS)]
            for batch in batches:
                free(workers).submit(take, batch)
            for worker in workers:
                worker.submit(end)
            segments = [segment for worker in workers for segment in worker.results()]
            for worker, some in zip(cycle(workers), _shared(segments), strict=False):
                worker.submit(merge, self.folder, some)
            return [segment for worker in workers for segment in worker.results()]

    def _merged(self, segments: list[ArraySegment]) -> list[ArraySegment]:
        """The segments, with crowded tiers merged and empty segments dropped."""
        segments = [each for each in segments if len(each.deleted) < each.size]
        while crowd := self._crowd(segments):
            segments = [segment for segment in segments if segment not in crowd]
            segments.append(merged(self.folder, crowd))
        return segments

    def _crowd(self, segments: list[ArraySegment]) -> list[ArraySegment]:
        """Segments to merge next: at least four of one tier, together small enough for one. Large
        ones remain, so that no update merges much of the corpus.
        """
        tiers: dict[int, list[ArraySegment]] = {}
        small = [segment for segment in segments if segment.n_tokens <= MOST_MERGED_TOKENS]
        for segment in sorted(small, key=lambda each: each.n_tokens):
            tiers.setdefault(int(log(max(segment.n_tokens, LEAST_TOKENS), TIER)), []).append(
                segment
            )
        for crowd in tiers.values():
            fitting = next(_fitting(crowd, MOST_DOCUMENTS))
            if len(crowd) >= TIER and len(fitting) > 1:
                return fitting
        return []

    def _commit(self, generation: int, segments: list[ArraySegment]) -> None:
        """Sync all segments, write a new table of contents in one step, remove unneeded files."""
        for segment in segments:
            sync(segment.path(self.folder))
        storage = _Storage(str(self.folder))
        TOC(schema(), segments, generation + 1).write(storage, NAME)
        self._clean()

    def _clean(self) -> None:
        """Remove the files that the newest table of contents does not name."""
        storage = FileStorage(str(self.folder))
        toc = TOC.read(storage, NAME)
        clean_files(storage, NAME, toc.generation, toc.segments)


def _shared(segments: list[ArraySegment]) -> Iterator[list[ArraySegment]]:
    """The segments in groups to merge, one for each worker unless that is too large."""
    total = sum(segment.size for segment in segments)
    largest = max(segment.size for segment in segments)
    return _fitting(segments, min(MOST_DOCUMENTS, -(-total // WORKERS) + largest))


def _fitting(segments: list[ArraySegment], most: int) -> Iterator[list[ArraySegment]]:
    """The segments in their order, in groups of at most so many documents, or of one segment."""
    group: list[ArraySegment] = []
    for segment in segments:
        if group and sum(each.size for each in group) + segment.size > most:
            yield group
            group = []
        group.append(segment)
    yield group


def _tokens_within(memory_mb: int) -> int:
    """The number of tokens that fit into so much memory; at least some."""
    return max(100_000, memory_mb * 1_000_000 // TOKEN_BYTES)


def _batches(documents: Iterable[Document], on_progress: OnProgress) -> Iterator[list[Document]]:
    """Lists of documents, about BATCH_CHARS of text each."""
    batch: list[Document] = []
    chars = 0
    for number, document in enumerate(documents, 1):
        batch.append(document)
        chars += len(document.title) + len(document.body_text)
        on_progress(number)
        if chars >= BATCH_CHARS:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch


def _noting_ids(documents: Iterable[Document], ids: list[str]) -> Iterator[Document]:
    for document in documents:
        ids.append(document.id)
        yield document
