"""Sets of documents that were computed before, a bit a document."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

import numpy as np

from indexer.analysis.jit import Array

# All kept masks have at most so many bytes.
MOST_BYTES = 16_000_000


class Masks:
    """Masks of `size` documents; those that were used least lately are dropped."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._most = max(1, MOST_BYTES * 8 // max(1, size))
        self._kept: OrderedDict[Hashable, Array] = OrderedDict()
        self._changing = Lock()

    def get(self, key: Hashable, compute: Callable[[], Array]) -> Array:
        """The mask of a key, computed if it is not kept."""
        with self._changing:
            if (bits := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return np.unpackbits(bits, count=self.size).view(np.bool_)
        mask = compute()
        with self._changing:
            self._kept[key] = np.packbits(mask)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return mask
