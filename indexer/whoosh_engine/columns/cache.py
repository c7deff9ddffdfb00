"""What was computed lately from one generation of an index, for the next query that needs it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

import numpy as np

from indexer.analysis.jit import Array

T = TypeVar("T")


class Cache:
    """At most so many values; the one that was used least lately is dropped."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._changing = Lock()

    def get(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The value of a key, computed if it is not kept; by two threads at once perhaps twice."""
        with self._changing:
            if key in self._kept:
                self._kept.move_to_end(key)
                kept: T = self._kept[key]
                return kept
        value = compute()
        with self._changing:
            self._kept[key] = value
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return value


class Masks:
    """Masks of `size` documents, kept as a bit a document; all together at most so many bytes."""

    def __init__(self, size: int, most_bytes: int) -> None:
        self._size = size
        self._cache = Cache(max(1, most_bytes * 8 // max(1, size)))

    def get(self, key: Hashable, compute: Callable[[], Array]) -> Array:
        """The mask of a key, computed if it is not kept."""
        bits = self._cache.get(key, lambda: np.packbits(compute()))
        return np.unpackbits(bits, count=self._size).view(np.bool_)
