"""A question that is asked often and may hang: asked in a thread, awaited for two seconds."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from math import inf
from threading import Lock, Thread
from time import monotonic
from typing import Generic, TypeVar

# How long an answer is awaited, how long it is good for, and when one that hangs is asked again.
LONGEST_S, FRESH_S, LOST_S = 2.0, 1.0, 60.0

T = TypeVar("T")


class Probe(Generic[T]):
    """A question, asked by one thread at a time, however many want its answer."""

    def __init__(self, question: Callable[[], T]) -> None:
        self.question = question
        self.lock = Lock()
        self.asked_at = -inf
        self.future = Future[T]()

    def ask(self) -> None:
        """Ask, unless the last answer is still good or awaited."""
        with self.lock:
            limit_s = FRESH_S if self.future.done() else LOST_S
            if monotonic() - self.asked_at < limit_s:
                return
            self.asked_at, self.future = monotonic(), Future()
            Thread(target=self._answer, args=(self.future,), daemon=True).start()

    def answer(self) -> T:
        """The last answer. Raises TimeoutError, or what the question raised."""
        with self.lock:
            future, left_s = self.future, self.asked_at + LONGEST_S - monotonic()
        return future.result(max(0.0, left_s))

    def _answer(self, future: Future[T]) -> None:
        try:
            future.set_result(self.question())
        except BaseException as error:  # noqa: BLE001 (it is raised where the answer is awaited)
            future.set_exception(error)
