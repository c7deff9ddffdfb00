"""How the processor time of an answer is counted; the clock is a number that tests set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

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

    monkeypatch.setattr("indexer.analysis.jit.unmetered", noted)
    twice = njit(lambda number: number * 2)

    with Deadline(60) as mine:
        assert twice(21) == 42
        assert deadline._running.deadline is mine
    assert begun[0] is mine


class Answer(Thread):
    """A long answer, in a thread of its own: in the lane until it is let go."""

    def __init__(self, name: str, order: list[str]) -> None:
        super().__init__()
        self.answer, self.order = name, order
        self.is_in, self.let_go = Event(), Event()
        self.start()

    def run(self) -> None:
        with Deadline(5):
            check()
            self.order.append(self.answer)
            self.is_in.set()
            self.let_go.wait(60)


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every answer is a long one; the names of those that went on, in order."""
    monkeypatch.setattr(deadline, "LONG_S", -1.0)
    return []


def test_long_answers_go_on_one_at_a_time_in_the_order_they_came(long: list[str]) -> None:
    answers = [Answer("a", long)]
    assert answers[0].is_in.wait(60)
    for name in "bcd":
        answers.append(Answer(name, long))
        while len(deadline._lane.waiting) < len(answers) - 1:
            pass
    assert long == ["a"]
    for each in answers:
        assert each.is_in.wait(60)
        each.let_go.set()
    for each in answers:
        each.join()
    assert long == ["a", "b", "c", "d"]


def test_a_short_answer_waits_for_no_long_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as changed:
        changed.setattr(deadline, "LONG_S", -1.0)
        held = Answer("a", [])
        assert held.is_in.wait(60)
    with Deadline(5):
        check()  # in another thread than the long one, which goes on
    assert held.is_alive()
    held.let_go.set()
    held.join()


def test_a_long_answer_that_fails_makes_way(long: list[str]) -> None:
    with pytest.raises(TooCostlyError), Deadline(-1):
        check()
    with suppress(ZeroDivisionError), Deadline(5):
        check()
        _ = 1 / 0
    following = Answer("b", long)
    following.let_go.set()
    following.join()
    assert long == ["b"]


def test_an_answer_within_a_long_one_does_not_wait_for_it(long: list[str]) -> None:
    with Deadline(5):
        check()
        with Deadline(5):
            check()
        following = Answer("b", long)
        while not deadline._lane.waiting:
            pass
        assert not long
    following.let_go.set()
    following.join()
    assert long == ["b"]


def test_a_file_makes_way_between_its_rows(long: list[str]) -> None:
    rows = metered(iter("abc"), 5)
    assert next(rows) == "a"
    between = Answer("between", long)
    assert between.is_in.wait(60)
    between.let_go.set()
    between.join()
    assert [*rows] == ["b", "c"]
