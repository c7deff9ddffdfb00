"""Signals end a program by an exception in its main thread; after some seconds, in any case."""

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

ENDING_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
# One Ctrl-C can arrive twice, from the terminal and from the parent process.
TWICE_S = 1.0
AGAIN_S = 0.05
# How long a task has to end after its parts were cancelled.
LEFT_S = 2.0
# A program that hangs in a call that cannot be interrupted (a name server, a locked database) exits
# after this time, like after a kill.
PATIENCE_S = 10.0


class Interruption(KeyboardInterrupt):
    """A signal asks the program to end. Libraries do not catch its base class."""

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
    """Let signals raise Interruption in the main thread, and exit with their status in any case."""
    for number in ENDING_SIGNALS:
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
    """Await a coroutine; a signal cancels its tasks only where they wait. Raises Interruption."""
    loop, main = asyncio.get_running_loop(), asyncio.current_task()
    assert main
    interruptions: list[Interruption] = []

    def cancel() -> None:
        for task in asyncio.all_tasks(loop) - {main}:
            task.cancel()
        loop.call_later(LEFT_S, main.cancel)

    def receive(error: Interruption) -> None:
        interruptions.append(error)
        loop.call_soon_threadsafe(cancel)

    _receivers.append(receive)
    try:
        await work
    finally:
        if interruptions:
            raise interruptions[0]
        _receivers.remove(receive)


@contextmanager
def signals_blocked() -> Iterator[None]:
    """Block signals; a process started meanwhile never gets them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _receive(number: int, frame: FrameType | None) -> None:
    """Pass the first signal to a receiver that ends in order; raise the next one at any line."""
    now, error = time.monotonic(), Interruption(number)
    if _received and now - _received[-1][0] < TWICE_S:
        return
    _received.append((now, error))
    if not _receivers:
        raise error
    _receivers.pop()(error)


def _raise_again(dropped: Any) -> None:
    """Send the signal again where Python ignores exceptions, such as in a destructor."""
    if not isinstance(error := dropped.exc_value, Interruption):
        sys.__unraisablehook__(dropped)
        return
    _received.clear()
    Timer(AGAIN_S, os.kill, (os.getpid(), error.signal)).start()


def _watch() -> None:
    """Watch signals in a thread too: the main thread handles them only between Python lines."""
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    os.register_at_fork(after_in_child=lambda: signal.set_wakeup_fd(-1))
    Thread(target=_end_in_any_case, args=(read_end,), daemon=True).start()


def _end_in_any_case(read_end: int) -> None:
    while signal.getsignal(number := os.read(read_end, 1)[0]) is not _receive:
        pass  # not one of our signals, or handled elsewhere by now
    time.sleep(PATIENCE_S)
    os._exit(128 + number)
