"""Worker processes that end with this one, and ignore signals."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process, resource_tracker
from os import _exit
from threading import Thread
from typing import Any

from corpus.signals import signals_blocked


@contextmanager
def process_pool(
    number: int, begin: Callable[..., object] | None = None, *given: Any
) -> Iterator[ProcessPoolExecutor]:
    """Processes, each begun by `begin(*given)`; after an error they are killed, as nobody waits
    for their results.
    """
    pool = ProcessPoolExecutor(
        number, get_context("spawn"), initializer=_begin, initargs=(begin, given)
    )
    resource_tracker.ensure_running()  # its start would unblock signals
    with signals_blocked():
        for _ in range(number):
            pool.submit(int)  # starts one
    try:
        yield pool
    except BaseException:
        for child in active_children():
            child.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(begin: Callable[..., object] | None, given: tuple[Any, ...]) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    if begin:
        begin(*given)


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent
    parent.join()
    _exit(1)
