"""The processor time that one answer may take: from where a request comes in to where work is done.

Only the thread's own time counts, so a busy machine makes no query costly. Work that is done once
for all readers, such as compiling or the columns of a new build, does not count. Long answers
proceed one at a time, so that short ones get the processor.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, local
from time import thread_time
from typing import TypeVar

from corpus.errors import TooCostlyError

Item = TypeVar("Item")


# An answer that has taken so much is a long one; pages take a tenth of it.
LONG_S = 0.25


class _Lane:
    """One thread at a time, in the order in which they came."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.is_taken = False
        self.waiting: deque[Event] = deque()

    def enter(self) -> None:
        """Wait for the turn."""
        turn = Event()
        with self.lock:
            if not self.is_taken:
                self.is_taken = True
                return
            self.waiting.append(turn)
        turn.wait()

    def leave(self) -> None:
        """Let the next one in."""
        with self.lock:
            if self.waiting:
                self.waiting.popleft().set()
            else:
                self.is_taken = False


_lane = _Lane()


class _Running(local):
    deadline: Deadline | None = None
    # The one by which this thread is in the lane.
    long: Deadline | None = None


_running = _Running()


class Deadline:
    """So many seconds of a thread's time for what is done inside, in one stretch or in several."""

    def __init__(self, seconds: float) -> None:
        self.left_s = seconds
        self._long_from_s = seconds - LONG_S
        self._since = 0.0
        self._outer: Deadline | None = None

    def __enter__(self) -> Deadline:
        self._outer, _running.deadline = _running.deadline, self
        self._since = thread_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.left_s -= thread_time() - self._since
        _running.deadline = self._outer
        if _running.long is self:
            _running.long = None
            _lane.leave()

    def check(self) -> None:
        """Raise TooCostlyError when the time is spent; in a long answer, wait for other such."""
        left_s = self.left_s - (thread_time() - self._since)
        if left_s < 0:
            raise TooCostlyError(
                "The query takes too long to answer. Use fewer or longer words with * and ~."
            )
        if left_s < self._long_from_s and not _running.long:
            _lane.enter()
            _running.long = self


def check() -> None:
    """Raise TooCostlyError when the answer that this thread is at has spent its time."""
    if _running.deadline:
        _running.deadline.check()


@contextmanager
def unmetered() -> Iterator[None]:
    """Work that is done once for all readers, and not on the account of whoever came first."""
    deadline, _running.deadline = _running.deadline, None
    began = thread_time()
    try:
        yield
    finally:
        _running.deadline = deadline
        if deadline:
            deadline.left_s += thread_time() - began


def metered(items: Iterable[Item], seconds: float) -> Iterator[Item]:
    """Items of which the making, all together, may take so long; what their reader does is free."""
    deadline, source = Deadline(seconds), iter(items)
    while True:
        with deadline:
            deadline.check()
            try:
                item = next(source)
            except StopIteration:
                return
        yield item
