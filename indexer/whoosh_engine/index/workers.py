"""Processes that build and merge segments in parallel: whichever is free takes a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from pathlib import Path

from indexer.engine.document import Document
from indexer.whoosh_engine.index.builder import SegmentBuilder
from indexer.whoosh_engine.index.codec import ArraySegment
from indexer.whoosh_engine.index.inversion import MOST_DOCUMENTS
from indexer.whoosh_engine.index.merge import merged

# Unfinished tasks of a worker that is not free.
WAITING = 3


class SegmentWorker:
    """Takes batches of documents, and writes a segment whenever it has enough of them."""

    def __init__(self, folder: Path, most_tokens: int) -> None:
        self.folder, self.most_tokens = folder, most_tokens
        self.builder = SegmentBuilder()

    def __call__(self, batch: Iterable[Document]) -> list[ArraySegment]:
        """Take a batch; the segments that it has filled."""
        filled = []
        for document in batch:
            self.builder.add(document)
            if self.builder.n_tokens >= self.most_tokens or len(self.builder) == MOST_DOCUMENTS:
                filled += self.rest()
        return filled

    def rest(self) -> list[ArraySegment]:
        """Write a segment of the remaining documents, if there are any."""
        builder = self.builder
        self.builder = SegmentBuilder(None if builder.lexicon.is_full else builder.lexicon)
        return [builder.write(self.folder)] if len(builder) else []


class Worker:
    """A process that runs one task after another."""

    def __init__(self, process: ProcessPoolExecutor) -> None:
        self.process = process
        self.waiting: list[Future[list[ArraySegment]]] = []
        self.done: list[ArraySegment] = []

    def submit(self, task: Callable[..., list[ArraySegment]], *given: object) -> None:
        """Add a task after all others."""
        self.waiting.append(self.process.submit(task, *given))

    def note(self) -> int:
        """Take the results that have arrived; the number of unfinished tasks."""
        while self.waiting and self.waiting[0].done():
            self.done += self.waiting.pop(0).result()
        return len(self.waiting)

    def results(self) -> list[ArraySegment]:
        """Wait for all tasks; the segments made since the last call."""
        for each in self.waiting:
            self.done += each.result()
        found, self.waiting, self.done = self.done, [], []
        return found


def free(workers: list[Worker]) -> Worker:
    """The worker with the fewest tasks, once one has few."""
    while min(worker.note() for worker in workers) >= WAITING:
        wait([worker.waiting[0] for worker in workers], return_when=FIRST_COMPLETED)
    return min(workers, key=Worker.note)


# In a worker: its own, for as long as it lives.
_takers: list[SegmentWorker] = []


def begin(folder: Path, most_tokens: int) -> None:
    """In a worker: prepare to take documents."""
    _takers.append(SegmentWorker(folder, most_tokens))


def take(batch: list[Document]) -> list[ArraySegment]:
    """In a worker: take documents; the segments that they have filled."""
    return _takers[0](batch)


def end() -> list[ArraySegment]:
    """In a worker: write a segment of the remaining documents."""
    return _takers[0].rest()


def merge(folder: Path, segments: list[ArraySegment]) -> list[ArraySegment]:
    """In a worker: merge segments of this job."""
    return [merged(folder, segments, is_trusted=True)]
