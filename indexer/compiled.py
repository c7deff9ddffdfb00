"""Functions over arrays, compiled to machine code when they are first called (Numba)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """The function in machine code, kept on disk beside its source for the next process.

    It takes arrays and numbers, and must keep to the part of Python that Numba knows. It calls only
    compiled functions of its own file: what is kept is renewed when that file changes.
    """
    try:
        return cast(Function, njit(cache=True, nogil=True, error_model="numpy")(function))
    except RuntimeError:  # nowhere to keep it: every process compiles for itself
        return cast(Function, njit(nogil=True)(function))
