"""Segments in bulk: analysed and inverted in worker processes, committed to Whoosh's table of
contents.

Memory: a worker holds one segment's tokens while it builds, and the setting bounds how many those
may be. Chunks grow as a build goes on: the first are small so that all workers have work at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import accumulate, chain
from math import log
from multiprocessing import get_context
from pathlib import Path

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, clean_files

from indexer.document import Document
from indexer.engine import Report
from indexer.whoosh_engine.builder import SegmentBuilder
from indexer.whoosh_engine.codec import ArraySegment
from indexer.whoosh_engine.schema import schema
from indexer.whoosh_engine.segment import SegmentArrays

NAME = "MAIN"
WORKERS = 2
# What a token costs while its segment is built, its share of text included; what a process does.
TOKEN_BYTES = 58
PROCESS_MB = 70
TOKEN_CHARS = 6
FIRST_CHUNK_CHARS = 16_000_000
# Segments whose sizes are within a factor of four make a tier; four of a tier are merged.
TIER = 4
LEAST_TOKENS = 50_000


class SegmentWriter:
    """Writes one index folder. `memory_mb` bounds the tokens held at once, over all workers."""

    def __init__(self, folder: Path, memory_mb: int) -> None:
        self.folder = folder
        self.most_tokens = _tokens(memory_mb)
        self.chunk_tokens = _tokens(memory_mb // WORKERS)

    def create(self, documents: Iterable[Document], report: Report) -> int:
        """A new index of these documents; their number."""
        self.folder.mkdir(parents=True)
        TOC.create(FileStorage(str(self.folder)), schema(), NAME)
        segments, number = self._build(documents, report)
        self._commit(0, segments)
        return number

    def update(self, documents: Iterable[Document], removed: Iterable[str], report: Report) -> int:
        """Replace and add documents, remove ids; the number of documents taken."""
        toc = TOC.read(FileStorage(str(self.folder)), NAME)
        segments: list[ArraySegment] = toc.segments
        taken: list[str] = [*removed]
        fresh, number = self._build(_noted(documents, taken), report)
        for segment in segments:
            arrays = SegmentArrays(self.folder, segment)
            for id_ in taken:
                term = arrays.fields["id"].number(id_.encode())
                if term is not None:
                    segment.deleted.update(
                        arrays.fields["id"].documents[arrays.fields["id"].extent(term)].tolist()
                    )
        self._commit(toc.generation, self._merged([*segments, *fresh]))
        return number

    def _build(
        self, documents: Iterable[Document], report: Report
    ) -> tuple[list[ArraySegment], int]:
        """New segments of these documents, and how many there are. One chunk is built here, more by
        workers.
        """
        chunks = self._chunks(documents, report)
        first, second = next(chunks, None), next(chunks, None)
        if first is None:
            return [], 0
        if second is None:
            segment = build_segment(self.folder, first)
            return [segment], segment.size
        segments: list[ArraySegment] = []
        waiting: deque[Future[ArraySegment]] = deque()
        with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as workers:
            for chunk in chain((first, second), chunks):
                if len(waiting) >= WORKERS:
                    segments.append(waiting.popleft().result())
                waiting.append(workers.submit(build_segment, self.folder, chunk))
            segments += [each.result() for each in waiting]
        return segments, sum(segment.size for segment in segments)

    def _chunks(self, documents: Iterable[Document], report: Report) -> Iterator[list[Document]]:
        """Lists of documents, each with text for one segment."""
        most = self.chunk_tokens * TOKEN_CHARS
        limit, built = min(most, FIRST_CHUNK_CHARS), 0
        chunk: list[Document] = []
        chars = 0
        for number, document in enumerate(documents, 1):
            chunk.append(document)
            chars += sum(map(len, document.body)) + len(document.title)
            report(number)
            if chars >= limit:
                yield chunk
                chunk, chars, built = [], 0, built + 1
                limit = min(most, FIRST_CHUNK_CHARS << built // WORKERS)
        if chunk:
            yield chunk

    def _merged(self, segments: list[ArraySegment]) -> list[ArraySegment]:
        """The segments, with those of a crowded tier merged into one, and emptied ones dropped."""
        segments = [segment for segment in segments if segment.doc_count()]
        while crowd := self._crowd(segments):
            builder = SegmentBuilder()
            for segment in crowd:
                builder.add_segment(SegmentArrays(self.folder, segment))
            segments = [segment for segment in segments if segment not in crowd]
            segments.append(_written(self.folder, builder))
        return segments

    def _crowd(self, segments: list[ArraySegment]) -> list[ArraySegment]:
        """Segments to merge next: four or more of one tier that fit in memory together.

        Large ones stay as they are, so that no update waits for much of the corpus.
        """
        tiers: dict[int, list[ArraySegment]] = {}
        small = [segment for segment in segments if segment.n_tokens <= self.chunk_tokens // TIER]
        for segment in sorted(small, key=lambda each: each.n_tokens):
            tiers.setdefault(int(log(max(segment.n_tokens, LEAST_TOKENS), TIER)), []).append(
                segment
            )
        for crowd in tiers.values():
            held = accumulate(each.n_tokens for each in crowd)
            fitting = crowd[: sum(tokens <= self.most_tokens for tokens in held)]
            if len(crowd) >= TIER and len(fitting) > 1:
                return fitting
        return []

    def _commit(self, generation: int, segments: list[ArraySegment]) -> None:
        """A new table of contents, in one step; then files that none of its segments needs are
        removed.
        """
        storage = FileStorage(str(self.folder))
        TOC(schema(), segments, generation + 1).write(storage, NAME)
        clean_files(storage, NAME, generation + 1, segments)


def _tokens(memory_mb: int) -> int:
    """How many tokens a process can hold in so much memory; some in any case."""
    return max(100_000, (memory_mb - PROCESS_MB) * 1_000_000 // TOKEN_BYTES)


def build_segment(folder: Path, documents: list[Document]) -> ArraySegment:
    """Analyse, invert and write documents as one segment; runs in a worker."""
    builder = SegmentBuilder()
    documents.reverse()
    while documents:  # let go of as they are taken in
        builder.add(documents.pop())
    return _written(folder, builder)


def _written(folder: Path, builder: SegmentBuilder) -> ArraySegment:
    segment = ArraySegment(NAME, len(builder), builder.n_tokens)
    builder.write(segment.path(folder))
    return segment


def _noted(documents: Iterable[Document], ids: list[str]) -> Iterator[Document]:
    for document in documents:
        ids.append(document.id)
        yield document
