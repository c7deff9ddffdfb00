"""What processes share that were forked from one: a lock, and slots for work that few may do at a
time. The system lets go of both when their holder dies, however it dies.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, lockf
from hashlib import blake2b
from tempfile import TemporaryFile
from time import sleep
from typing import IO
from weakref import finalize

HASH_BYTES = 16
POLL_S = 0.0002


class ProcessLock:
    """One thread of one process at a time.

    Make it before processes are forked: it is a lock on the first byte of a file without a name.
    """

    def __init__(self) -> None:
        self._file = _file(self)
        self._threads = threading.Lock()

    @contextmanager
    def acquired(self) -> Iterator[None]:
        """Hold the lock."""
        with self._threads:
            while not _try_lock(self._file, 0):
                sleep(POLL_S)
            try:
                yield
            finally:
                lockf(self._file, LOCK_UN, 1)


class SlotsTakenError(Exception):
    """No slot is free for a client; `is_own` where it holds all that one client may."""

    def __init__(self, *, is_own: bool) -> None:
        super().__init__()
        self.is_own = is_own


class Slots:
    """So many slots in all, and at most `each` of one client.

    A slot is a byte of a file, locked by the process that holds it; beside it is a hash of the
    client. Make it before processes are forked.
    """

    def __init__(self, number: int, each: int = 1) -> None:
        self.number, self.each = number, each
        self._lock = ProcessLock()
        self._file = _file(self)
        self._own: set[int] = set()

    def take(self, client: str) -> ExitStack:
        """A slot, given back when the stack is closed. Raises SlotsTakenError."""
        client_hash = blake2b(client.encode(), digest_size=HASH_BYTES).digest()
        with self._lock.acquired():
            free = [slot for slot in range(self.number) if self._is_free(slot)]
            taken = [self._client_hash(slot) for slot in range(self.number) if slot not in free]
            if taken.count(client_hash) >= self.each or not free:
                raise SlotsTakenError(is_own=taken.count(client_hash) >= self.each)
            _try_lock(self._file, free[0])
            os.pwrite(self._file.fileno(), client_hash, self._offset(free[0]))
            self._own.add(free[0])
        slot = ExitStack()
        slot.callback(self._release, free[0])
        return slot

    def _release(self, slot: int) -> None:
        with self._lock.acquired():
            lockf(self._file, LOCK_UN, 1, slot)
            self._own.discard(slot)

    def _is_free(self, slot: int) -> bool:
        """Whether a slot is free; a process is not stopped by locks of its own."""
        if slot in self._own:
            return False
        if is_free := _try_lock(self._file, slot):
            lockf(self._file, LOCK_UN, 1, slot)
        return is_free

    def _client_hash(self, slot: int) -> bytes:
        return os.pread(self._file.fileno(), HASH_BYTES, self._offset(slot))

    def _offset(self, slot: int) -> int:
        return self.number + slot * HASH_BYTES


def _try_lock(file: IO[bytes], offset: int) -> bool:
    """Lock a byte if no other process has it. To wait for it is not safe: the system takes threads
    of two processes that wait for different bytes for a deadlock.
    """
    try:
        lockf(file, LOCK_EX | LOCK_NB, 1, offset)
    except BlockingIOError:
        return False
    return True


def _file(owner: object) -> IO[bytes]:
    """A file without a name, closed when its owner goes: no sooner, since closing it unlocks it."""
    file = TemporaryFile(prefix="communique-")  # noqa: SIM115
    finalize(owner, file.close)
    return file
