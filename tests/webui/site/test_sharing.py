"""What processes share that were forked from one: slots and budgets. Real processes."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import closing
from threading import Thread

import pytest

from webui.site import budget
from webui.site.budget import Budget
from webui.site.clients import client_at
from webui.site.sharing import ProcessLock, Slots, SlotsTakenError

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")


class Child:
    """A forked process that does something, says so, and then waits until it is let go."""

    def __init__(self, does: Callable[[], object]) -> None:
        self.said, saying = os.pipe()
        waiting, self.let_go = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(self.let_go)
            try:
                os.write(saying, repr(does()).encode())
                os.read(waiting, 1)
            finally:
                os._exit(0)
        os.close(saying)
        os.close(waiting)
        self.answer = os.read(self.said, 1000).decode()

    def close(self) -> None:
        """Let it end."""
        os.write(self.let_go, b"x")
        self.end()

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        self.end()

    def end(self) -> None:
        os.waitpid(self.pid, 0)
        os.close(self.said)
        os.close(self.let_go)


def taken(slots: Slots, client: str) -> str:
    """How it goes with a slot, which is given back."""
    try:
        slots.take(client).close()
    except SlotsTakenError as error:
        return "own" if error.is_own else "others"
    return "free"


def held(slots: Slots, client: str) -> Callable[[], object]:
    """For a child: take a slot and keep it."""
    kept = []
    return lambda: kept.append(slots.take(client))


def test_slots_are_so_many_in_all_processes_and_so_many_a_client() -> None:
    slots = Slots(3, each=2)
    with closing(Child(held(slots, "one"))), closing(Child(held(slots, "one"))):
        assert taken(slots, "one") == "own"
        assert taken(slots, "two") == "free"
        with slots.take("two"):
            assert taken(slots, "three") == "others"
            assert taken(slots, "one") == "own"
            with closing(Child(lambda: (taken(slots, "one"), taken(slots, "two")))) as child:
                assert child.answer == "('own', 'others')"
        assert taken(slots, "three") == "free"
    assert taken(slots, "one") == "free"


def test_a_slot_goes_with_a_process_that_is_killed() -> None:
    slots = Slots(1)
    child = Child(held(slots, "one"))
    assert (taken(slots, "one"), taken(slots, "two")) == ("own", "others")

    child.kill()

    assert (taken(slots, "one"), taken(slots, "two")) == ("free", "free")


def test_a_lock_goes_with_a_process_that_is_killed() -> None:
    lock = ProcessLock()
    child = Child(lambda: lock.acquired().__enter__())
    child.kill()
    with lock.acquired():
        pass


def test_threads_of_processes_that_use_two_locks_are_in_no_deadlock() -> None:
    locks = ProcessLock(), ProcessLock()

    def use() -> str:
        def again(lock: ProcessLock) -> None:
            for _ in range(300):
                with lock.acquired():
                    done.append(lock)

        done: list[ProcessLock] = []
        threads = [Thread(target=again, args=(each,)) for each in locks * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return str(len(done))

    children = [Child(use) for _ in range(3)]
    for child in children:
        child.close()
    assert [child.answer for child in children] == ["'1200'"] * 3


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, to be moved on."""
    now = [1000.0]
    monkeypatch.setattr(budget, "monotonic", lambda: now[0])
    return now


def test_a_budget_is_one_of_all_processes_and_of_each_client(clock: list[float]) -> None:
    spent = Budget(per_s=0.5, most=3)
    for _ in range(2):
        with closing(Child(lambda: spent.take("one", 1))) as child:
            assert child.answer == "0.0"
    assert spent.take("one", 1) == 0.0
    assert spent.take("one", 1) == 2.0  # seconds
    assert spent.take("two", 3) == 0.0


def test_a_budget_comes_back_with_time_and_never_grows_beyond_itself(clock: list[float]) -> None:
    spent = Budget(per_s=0.5, most=3)
    spent.charge("one", 5)
    assert spent.wait_s("one") == 4.0
    clock[0] += 4
    assert spent.wait_s("one") == 0.0
    assert spent.take("one", 1) == 2.0
    clock[0] += 1e6
    assert spent.take("one", 3) == 0.0
    assert spent.take("one", 1) == 2.0


def test_what_costs_more_than_a_whole_budget_takes_all_of_it(clock: list[float]) -> None:
    spent = Budget(per_s=1, most=5)
    assert spent.take("one", 10) == 0.0
    assert spent.take("one", 1) == 1.0


def test_many_clients_do_not_use_up_the_budget_of_another(clock: list[float]) -> None:
    spent = Budget(per_s=1, most=5)
    for number in range(2000):
        spent.charge(f"10.{number // 256}.{number % 256}.1", 1000)
    asked = [spent.take(f"192.0.2.{number}", 1) for number in range(250)]
    assert asked.count(0.0) >= 245  # by chance one may share all its cells with some


@pytest.mark.parametrize(
    ("address", "forwarded", "proxies", "client"),
    [
        ("192.0.2.1", "", 0, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", 0, "192.0.2.1"),
        ("127.0.0.1", "203.0.113.9", 1, "203.0.113.9"),
        ("127.0.0.1", "198.51.100.7, 203.0.113.9", 1, "203.0.113.9"),
        ("127.0.0.1", "198.51.100.7, 203.0.113.9", 2, "198.51.100.7"),
        ("127.0.0.1", "203.0.113.9", 2, "127.0.0.1"),
        ("127.0.0.1", "", 1, "127.0.0.1"),
        ("127.0.0.1", "nobody", 1, "unknown"),
        ("127.0.0.1", "203.0.113.9:4711", 1, "203.0.113.9"),
        ("127.0.0.1", "[2001:db8:0:1::9]:4711", 1, "2001:db8:0:1::/64"),
        ("2001:db8:0:1::5", "", 0, "2001:db8:0:1::/64"),
        ("127.0.0.1", "2001:db8:0:1:ffff::9", 1, "2001:db8:0:1::/64"),
        ("::ffff:192.0.2.1", "", 0, "192.0.2.1"),
        ("", "", 0, "unknown"),
    ],
)
def test_who_asks_is_told_by_the_last_proxy_of_ours(
    address: str, forwarded: str, proxies: int, client: str
) -> None:
    assert client_at(address, forwarded, proxies) == client
