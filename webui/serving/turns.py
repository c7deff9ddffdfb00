"""In which order requests are answered: clients come in turn, whoever asks for more."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from threading import Condition
from typing import Protocol

from waitress.task import ThreadedTaskDispatcher


class Asking(Protocol):
    """What waits for an answer: a connection of a client."""

    client: str

    def service(self) -> None:
        """Answer it."""

    def cancel(self) -> None:
        """Give it up."""


class Queue:
    """Requests that wait for a thread: clients come in turn, none with more than `each` in work."""

    def __init__(self, each: int, changed: Condition) -> None:
        self.each, self.changed = each, changed
        self.waiting: dict[str, deque[Asking]] = {}
        self.in_work: Counter[str] = Counter()

    def append(self, asking: Asking) -> None:
        """Let a request wait."""
        self.waiting.setdefault(asking.client, deque()).append(asking)

    def remove(self, asking: Asking) -> None:
        """Let a request wait no longer, if it does."""
        requests = self.waiting.get(asking.client, deque())
        if asking in requests:
            requests.remove(asking)
            if not requests:
                del self.waiting[asking.client]

    def popleft(self) -> Turn:
        """A request of the client whose turn it is, and who is the last in turn then."""
        client = next(filter(self._may_go, self.waiting))
        requests = self.waiting.pop(client)
        asking = requests.popleft()
        if requests:
            self.waiting[client] = requests
        self.in_work[client] += 1
        return Turn(asking, lambda: self._end(client))

    def __len__(self) -> int:
        """How many clients have one that may go."""
        return sum(map(self._may_go, self.waiting))

    def _may_go(self, client: str) -> bool:
        return self.in_work[client] < self.each

    def _end(self, client: str) -> None:
        with self.changed:
            self.in_work[client] -= 1
            if not self.in_work[client]:
                del self.in_work[client]
            self.changed.notify()


class Turn:
    """A request whose turn it is."""

    def __init__(self, asking: Asking, end: Callable[[], None]) -> None:
        self.asking, self.end = asking, end

    def service(self) -> None:
        """Answer it."""
        try:
            self.asking.service()
        finally:
            self.end()

    def cancel(self) -> None:
        """Give it up."""
        self.asking.cancel()


class Threads(ThreadedTaskDispatcher):
    """Threads that answer the requests of a queue."""

    def __init__(self, number: int, each: int) -> None:
        super().__init__()
        self.queue = Queue(each, self.queue_cv)
        self.set_thread_count(number)

    def add_task(self, asking: Asking) -> None:
        """Let a request wait for its turn."""
        with self.queue_cv:
            self.queue.append(asking)
            self.queue_cv.notify()

    def forget(self, asking: Asking) -> None:
        """Let a request that nobody waits for any more have no turn."""
        with self.queue_cv:
            self.queue.remove(asking)
