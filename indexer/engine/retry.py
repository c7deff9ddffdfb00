"""Reads again what another build replaced while it was read: a few times, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain, islice
from typing import TypeVar

from corpus.errors import IndexUnusableError

ATTEMPTS = 3
# What an operator does about an index that cannot be read.
REBUILD = "run `communique reindex --full`"

T = TypeVar("T")


class GoneError(IndexUnusableError):
    """What is read is there no more: another build was published, or the live one updated."""

    def __init__(self) -> None:
        super().__init__("The index changes while it is read; try again in a minute.")


def retried(read: Callable[[], T]) -> T:
    """What is read. Raises GoneError where it was gone at every attempt."""
    for _ in range(ATTEMPTS - 1):
        with suppress(GoneError):
            return read()
    return read()


def begun(items: Iterator[T]) -> Iterator[T]:
    """The same items, the first of them drawn: what opens them fails here, where it is retried."""
    first = [*islice(items, 1)]
    return chain(first, items)
