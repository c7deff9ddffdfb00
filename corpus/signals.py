"""SIGINT, SIGTERM and SIGHUP end a program: as an exception in its main thread, which cleans up and
reports; after a while in any case.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from threading import Thread, Timer
from types import FrameType
from typing import Any

ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
# One Ctrl-C can come twice, from the terminal and passed on by a parent: that is one.
TWICE_S = 1.0
AGAIN_S = 0.05
# What a task whose parts were all cancelled has to come to its end.
LEFT_S = 2.0
# A program that hangs in what cannot be interrupted (a name server, a locked database) is ended
# then. What it leaves undone is what a kill leaves, and the next command copes with.
PATIENCE_S = 10.0


class Interruption(KeyboardInterrupt):
    """A signal asks the program to end. Its base is what libraries let pass."""

    def __init__(self, number: int) -> None:
        self.signal = signal.Signals(number)
        super().__init__(f"Interrupted by {self.signal.name}.")

    @property
    def status(self) -> int:
        """The exit status, as shells give it: 130 for SIGINT, 143 for SIGTERM."""
        return 128 + self.signal


Receiver = Callable[[Interruption], object]
_receivers: list[Receiver] = []
_received: list[tuple[float, Interruption]] = []


@contextmanager
def ending_program() -> Iterator[None]:
    """In the main thread of a program: let signals raise Interruption, and end with their status,
    even if a library took the exception for its own.
    """
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup, or in the background
            signal.signal(number, _receive)
    _watch()
    sys.unraisablehook = _raise_again
    try:
        yield
    except (Interruption, SystemExit):
        if not _received:
            raise
    if _received:
        raise SystemExit(_received[0][1].status)


def is_interrupted() -> bool:
    """Whether a signal has asked the program to end."""
    return bool(_received)


async def interruptible(work: Coroutine[Any, Any, None]) -> None:
    """Await something all of whose tasks a signal cancels where they wait, and at no other line.
    Raises Interruption.
    """
    loop, main = asyncio.get_running_loop(), asyncio.current_task()
    assert main
    told: list[Interruption] = []

    def cancel() -> None:
        for task in asyncio.all_tasks(loop) - {main}:
            task.cancel()
        loop.call_later(LEFT_S, main.cancel)

    def receive(error: Interruption) -> None:
        told.append(error)
        loop.call_soon_threadsafe(cancel)

    _receivers.append(receive)
    try:
        await work
    finally:
        if told:
            raise told[0]
        _receivers.remove(receive)


@contextmanager
def blocked() -> Iterator[None]:
    """Hold signals back; a process that is started meanwhile never gets them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _receive(number: int, frame: FrameType | None) -> None:
    """Hand the first signal to who can end in order; raise the next one at whatever line."""
    now, error = time.monotonic(), Interruption(number)
    if _received and now - _received[-1][0] < TWICE_S:
        return
    _received.append((now, error))
    if not _receivers:
        raise error
    _receivers.pop()(error)


def _raise_again(dropped: Any) -> None:
    """Ask again where Python drops what is raised: in a destructor, say."""
    if not isinstance(error := dropped.exc_value, Interruption):
        sys.__unraisablehook__(dropped)
        return
    _received.clear()
    Timer(AGAIN_S, os.kill, (os.getpid(), error.signal)).start()


def _watch() -> None:
    """Have a thread hear of signals too: the main thread does only between two lines of Python."""
    heard, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    os.register_at_fork(after_in_child=lambda: signal.set_wakeup_fd(-1))
    Thread(target=_end_in_any_case, args=(heard,), daemon=True).start()


def _end_in_any_case(heard: int) -> None:
    while signal.getsignal(number := os.read(heard, 1)[0]) is not _receive:
        pass  # it is none of ours, or another's by now
    time.sleep(PATIENCE_S)
    os._exit(128 + number)
