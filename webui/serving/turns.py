"""The order in which requests are answered: clients take turns, however many requests one sends."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from threading import Condition
from typing import Protocol

from waitress.task import ThreadedTaskDispatcher


class PendingRequest(Protocol):
    """What waits for an answer: a connection of a client."""

    client: str

    def service(self) -> None:
        """Answer it."""

    def cancel(self) -> None:
        """Give it up."""


def nobody(_: str) -> bool:
    """Say of each client that it is not heavy."""
    return False


class Queue:
    """Requests that wait for a thread: clients come in turn, none with more than `each` in work.

    Heavy clients, who used much of late, have no more than `heavy` in work together: threads share
    one interpreter, and each that is busy makes the answers of all others slower. One whose answer
    is being sent does not count: a slow download keeps nobody waiting.
    """

    def __init__(
        self,
        each: int,
        changed: Condition,
        heavy: int = 0,
        is_heavy: Callable[[str], bool] = nobody,
    ) -> None:
        self.each, self.changed, self.heavy, self.is_heavy = each, changed, heavy, is_heavy
        self.waiting: dict[str, deque[PendingRequest]] = {}
        self.in_work: Counter[str] = Counter()
        self.heavy_in_work: set[PendingRequest] = set()

    def append(self, pending: PendingRequest) -> None:
        """Let a request wait."""
        self.waiting.setdefault(pending.client, deque()).append(pending)

    def remove(self, pending: PendingRequest) -> None:
        """Let a request wait no longer, if it does."""
        requests = self.waiting.get(pending.client, deque())
        if pending in requests:
            requests.remove(pending)
            if not requests:
                del self.waiting[pending.client]

    def popleft(self) -> Turn:
        """A request of the next client, which then becomes the last in turn."""
        # A client that became heavy after it was counted still gets this turn.
        client = next(filter(self._may_go, self.waiting), None) or next(
            each for each in self.waiting if self.in_work[each] < self.each
        )
        requests = self.waiting.pop(client)
        pending = requests.popleft()
        if requests:
            self.waiting[client] = requests
        self.in_work[client] += 1
        if self.is_heavy(client):
            self.heavy_in_work.add(pending)
        return Turn(pending, lambda: self._end(pending, client))

    def sends(self, pending: PendingRequest) -> None:
        """Count a request no longer as heavy."""
        self.heavy_in_work.discard(pending)

    def __len__(self) -> int:
        """How many clients have one that may go."""
        return sum(map(self._may_go, self.waiting))

    def _may_go(self, client: str) -> bool:
        if self.in_work[client] >= self.each:
            return False
        return len(self.heavy_in_work) < self.heavy or not self.is_heavy(client)

    def _end(self, pending: PendingRequest, client: str) -> None:
        with self.changed:
            self.heavy_in_work.discard(pending)
            self.in_work[client] -= 1
            if not self.in_work[client]:
                del self.in_work[client]
            self.changed.notify()


class Turn:
    """A request whose turn it is."""

    def __init__(self, pending: PendingRequest, end: Callable[[], None]) -> None:
        self.pending, self.end = pending, end

    def service(self) -> None:
        """Answer it."""
        try:
            self.pending.service()
        finally:
            self.end()

    def cancel(self) -> None:
        """Give it up."""
        self.pending.cancel()


class Threads(ThreadedTaskDispatcher):
    """Threads that answer the requests of a queue."""

    def __init__(
        self, number: int, each: int, heavy: int = 0, is_heavy: Callable[[str], bool] = nobody
    ) -> None:
        super().__init__()
        self.queue = Queue(each, self.queue_cv, heavy, is_heavy)
        self.set_thread_count(number)

    def add_task(self, pending: PendingRequest) -> None:
        """Let a request wait for its turn."""
        with self.queue_cv:
            self.queue.append(pending)
            self.queue_cv.notify()

    def sends(self, pending: PendingRequest) -> None:
        """Count a request no longer as heavy, since its answer has been made."""
        with self.queue_cv:
            self.queue.sends(pending)
            self.queue_cv.notify()

    def forget(self, pending: PendingRequest) -> None:
        """Drop a request whose client is gone."""
        with self.queue_cv:
            self.queue.remove(pending)
