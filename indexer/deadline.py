"""The processor time that one answer may take: begun where a request comes in, checked where the
work is done.

The thread's own time counts, not the clock's: a busy machine makes no query costly. What is made
once for all readers, such as compiled code or the columns of a new build, is on nobody's account.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import local
from time import thread_time
from types import TracebackType
from typing import TypeVar

from corpus.errors import TooCostlyError

Item = TypeVar("Item")


class _Running(local):
    deadline: Deadline | None = None


_running = _Running()


class Deadline:
    """So many seconds of a thread's time for what is done inside, in one stretch or in several."""

    def __init__(self, seconds: float) -> None:
        self.left_s = seconds
        self._since = 0.0
        self._outer: Deadline | None = None

    def __enter__(self) -> Deadline:
        self._outer, _running.deadline = _running.deadline, self
        self._since = thread_time()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.left_s -= thread_time() - self._since
        _running.deadline = self._outer

    def check(self) -> None:
        """Raise TooCostlyError when the time is spent."""
        if thread_time() - self._since > self.left_s:
            raise TooCostlyError(
                "The query takes too long to answer. Use fewer or longer words with * and ~."
            )


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
