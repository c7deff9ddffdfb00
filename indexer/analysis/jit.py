"""Functions over arrays, compiled to machine code when they are first called (Numba)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from threading import local
from typing import Any, TypeVar, cast

from numba import njit
from numba.core import event
from numpy.typing import NDArray

from indexer.deadline import unmetered

Array = NDArray[Any]
Function = TypeVar("Function", bound=Callable[..., object])
log = logging.getLogger(__name__)
NOT_KEPT = (
    "Compiled code cannot be kept, so each process compiles for itself, some 15 seconds. Set"
    " NUMBA_CACHE_DIR to a folder that this user can write."
)


def compiled(function: Function) -> Function:
    """Compile a function to machine code, which is kept on disk for the next process.

    It takes arrays and numbers, and calls only compiled functions of its own file: the code is
    compiled again when that file changes.
    """
    try:
        return cast(Function, njit(cache=True, nogil=True, error_model="numpy")(function))
    except RuntimeError:  # nowhere to keep it: every process compiles for itself
        _Compiling.is_kept = False
        return cast(Function, njit(nogil=True)(function))


@cache
def _warn() -> None:
    log.warning(NOT_KEPT)


class _Compiling(local, event.Listener):
    """Keeps compiling off the account of the request that happens to be the first."""

    is_kept = True

    def __init__(self) -> None:
        self.under_way: list[AbstractContextManager[None]] = []

    def on_start(self, event: event.Event) -> None:
        """Compiling begins, perhaps within another function's."""
        if not self.is_kept:
            _warn()
        self.under_way.append(unmetered())
        self.under_way[-1].__enter__()

    def on_end(self, event: event.Event) -> None:
        """It has ended."""
        self.under_way.pop().__exit__(None, None, None)


event.register("numba:compile", _Compiling())  # type: ignore[no-untyped-call]
