"""How the processor time of an answer is counted; the clock is a number that tests set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from numba import njit

from corpus.errors import TooCostlyError
from indexer import deadline
from indexer.deadline import Deadline, check, metered, unmetered


class Clock:
    """A thread's processor time."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(deadline, "thread_time", made)
    return made


def test_all_parts_of_an_answer_count_together(clock: Clock) -> None:
    with Deadline(5):
        for _ in range(5):
            clock.now += 1
            check()
        clock.now += 0.1
        with pytest.raises(TooCostlyError, match="takes too long"):
            check()


def test_without_a_deadline_nothing_is_too_long(clock: Clock) -> None:
    clock.now = 1e9
    check()


def test_what_is_made_for_all_readers_is_on_nobodys_account(clock: Clock) -> None:
    with Deadline(1):
        with unmetered():
            clock.now += 60
            check()
            with unmetered():
                clock.now += 60
        check()
        clock.now += 2
        with pytest.raises(TooCostlyError):
            check()


def test_an_inner_deadline_ends_before_the_outer_goes_on(clock: Clock) -> None:
    with Deadline(10):
        with Deadline(1):
            clock.now += 2
            with pytest.raises(TooCostlyError):
                check()
        check()
        clock.now += 9
        with pytest.raises(TooCostlyError):
            check()


def test_threads_have_accounts_of_their_own(clock: Clock) -> None:
    found: list[str] = []

    def other() -> None:
        check()
        found.append("went on")

    with Deadline(1):
        clock.now += 2
        thread = Thread(target=other)
        thread.start()
        thread.join()

    assert found == ["went on"]


def test_of_metered_items_only_the_making_counts(clock: Clock) -> None:
    def made() -> Iterator[int]:
        for number in range(10):
            clock.now += 1
            check()
            yield number

    taken = metered(made(), 3.5)
    for expected in range(3):
        assert next(taken) == expected
        clock.now += 100
        check()
    with pytest.raises(TooCostlyError):
        next(taken)


def test_items_end_as_their_source_does(clock: Clock) -> None:
    assert list(metered([1, 2, 3], 1)) == [1, 2, 3]


def test_compiling_is_on_nobodys_account(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Deadline | None] = []

    @contextmanager
    def noted() -> Iterator[None]:
        begun.append(deadline._running.deadline)
        with unmetered():
            yield

    monkeypatch.setattr("indexer.compiled.unmetered", noted)
    twice = njit(lambda number: number * 2)

    with Deadline(60) as mine:
        assert twice(21) == 42
        assert deadline._running.deadline is mine
    assert begun[0] is mine
