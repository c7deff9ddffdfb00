"""What each client has used lately, counted over all processes of the server."""

from __future__ import annotations

import os
from hashlib import blake2b
from mmap import mmap
from struct import Struct, unpack
from time import monotonic

from webui.site.sharing import ProcessLock

CELL = Struct("dd")
CELLS = 1 << 16


class Budget:
    """At most `most` at once, and `per_s` in the long run: a bucket that leaks, for each client.

    Each client has two of many cells, by a secret hash, and counts as the emptier one says (a
    count-min sketch): so memory is bounded however many clients come, and two get into each other's
    way only where one meets others in both cells. Make it before processes are forked.
    """

    def __init__(self, per_s: float, most: float) -> None:
        self.per_s, self.most = per_s, most
        self._cells = mmap(-1, 2 * CELLS * CELL.size)
        self._lock = ProcessLock()
        self._secret = os.urandom(16)

    def take(self, client: str, amount: float) -> float:
        """Charge an amount if it fits, and return 0.0; else the seconds until it will."""
        amount = min(amount, self.most)
        with self._lock.acquired():
            wait_s = self.wait_s(client, amount)
            if not wait_s:
                self._add(client, amount)
        return wait_s

    def charge(self, client: str, amount: float) -> None:
        """Charge an amount, even beyond the limit."""
        with self._lock.acquired():
            self._add(client, amount)

    def wait_s(self, client: str, amount: float = 0.0) -> float:
        """The seconds until so much fits; 0.0 where it does."""
        now = monotonic()
        level = min(self._level(offset, now) for offset in self._offsets(client))
        return max(0.0, (level + amount - self.most) / self.per_s)

    def _add(self, client: str, amount: float) -> None:
        now = monotonic()
        for offset in self._offsets(client):
            CELL.pack_into(self._cells, offset, self._level(offset, now) + amount, now)

    def _level(self, offset: int, now: float) -> float:
        level, at = CELL.unpack_from(self._cells, offset)
        return max(0.0, float(level - (now - at) * self.per_s))

    def _offsets(self, client: str) -> tuple[int, int]:
        digest = blake2b(client.encode(), digest_size=8, key=self._secret).digest()
        one, other = unpack("II", digest)
        return one % CELLS * CELL.size, (CELLS + other % CELLS) * CELL.size
