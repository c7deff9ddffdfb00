"""Whose request is answered next."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier, Condition, Event

import pytest

from webui.serving.turns import Queue, Threads


class Asked:
    """A request that is answered when it is let go."""

    def __init__(self, client: str, *, is_held: bool = False) -> None:
        self.client = client
        self.began, self.let_go = Event(), Event()
        if not is_held:
            self.let_go.set()

    def service(self) -> None:
        self.began.set()
        self.let_go.wait(60)

    def cancel(self) -> None:
        raise AssertionError


@pytest.mark.parametrize(
    ("waiting", "order"),
    [
        ("aaaab", "abaaa"),
        ("aaabbc", "abcaba"),
        ("abab", "abab"),
        ("a", "a"),
        ("aaaaaaaaaabbbc", "abcababaaaaaaa"),
    ],
)
def test_clients_come_in_turn_however_much_one_asks(waiting: str, order: str) -> None:
    queue = Queue(len(waiting), Condition())
    for client in waiting:
        queue.append(Asked(client))

    turns = [queue.popleft() for _ in waiting]

    assert "".join(each.pending.client for each in turns) == order
    assert len(queue) == 0


def test_nobody_has_more_in_work_than_may_be() -> None:
    queue = Queue(2, Condition())
    for client in "aaaabb":
        queue.append(Asked(client))
    turns = [queue.popleft() for _ in range(4)]

    assert sorted(each.pending.client for each in turns) == ["a", "a", "b", "b"]
    assert len(queue) == 0  # though two are waiting
    turns[0].service()
    assert len(queue) == 1
    assert queue.popleft().pending.client == "a"


def test_heavy_clients_have_few_in_work_together_and_others_pass_them() -> None:
    queue = Queue(2, Condition(), 3, str.isupper)
    for client in "AABBCab":
        queue.append(Asked(client))

    turns = [queue.popleft() for _ in range(5)]

    assert "".join(each.pending.client for each in turns) == "ABCab"
    assert len(queue) == 0  # though two heavy ones are waiting
    turns[3].service()
    assert len(queue) == 0
    turns[2].service()
    assert queue.popleft().pending.client == "A"
    assert len(queue) == 0
    queue.sends(turns[0].pending)
    assert queue.popleft().pending.client == "B"


def test_a_client_that_becomes_heavy_when_its_turn_comes_goes_all_the_same() -> None:
    heavy = {"A"}
    queue = Queue(2, Condition(), 1, lambda client: client in heavy)
    for client in "Ab":
        queue.append(Asked(client))
    assert queue.popleft().pending.client == "A"
    assert len(queue) == 1
    heavy.add("b")

    assert queue.popleft().pending.client == "b"


def test_who_comes_again_comes_after_the_others() -> None:
    queue = Queue(9, Condition())
    for client in "aab":
        queue.append(Asked(client))
    assert queue.popleft().pending.client == "a"
    queue.append(Asked("c"))
    queue.append(Asked("b"))
    assert [queue.popleft().pending.client for _ in range(4)] == ["b", "a", "c", "b"]


@pytest.fixture
def threads() -> Iterator[Threads]:
    made = Threads(4, each=2)
    yield made
    assert made.shutdown()


def test_held_up_requests_of_one_client_hold_up_no_other(threads: Threads) -> None:
    held = [Asked("a", is_held=True) for _ in range(10)]
    for each in held:
        threads.add_task(each)
    others = [Asked(client) for client in "bcdb" * 5]
    for each in others:
        threads.add_task(each)

    assert all(each.began.wait(60) for each in others)
    assert sum(each.began.is_set() for each in held) == 2
    for each in held:
        each.let_go.set()
    assert all(each.began.wait(60) for each in held)


def test_a_request_that_fails_lets_the_next_one_come(
    threads: Threads, caplog: pytest.LogCaptureFixture
) -> None:
    class Failing(Asked):
        def service(self) -> None:
            super().service()
            raise RuntimeError("for a test")

    asked = [Failing("a") for _ in range(9)]
    for each in asked:
        threads.add_task(each)
    assert all(each.began.wait(60) for each in asked)


def test_clients_use_all_threads(threads: Threads) -> None:
    together = Barrier(4)

    class Meeting(Asked):
        def service(self) -> None:
            together.wait(60)
            super().service()

    asked = [Meeting(client) for client in "aabb"]
    for each in asked:
        threads.add_task(each)
    assert all(each.began.wait(60) for each in asked)
