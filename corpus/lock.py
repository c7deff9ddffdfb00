"""One job of a kind at a time: a lock in the data folder.

The system lets go of it when its holder dies.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from corpus.errors import LockedError, StoreError
from corpus.settings import Settings


@contextmanager
def only_job(settings: Settings, job: str) -> Iterator[None]:
    """Hold the lock of a kind of job. Raises LockedError at once when another process holds it."""
    path = settings.data / f"{job}.lock"
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, timeout=0)
        lock.acquire()
    except Timeout:
        raise LockedError(
            f"Another {job} is running on {settings.data};"
            " this one ends without having done anything."
        ) from None
    except OSError as error:
        raise StoreError(
            f"The data folder {settings.data} cannot be written: {error.strerror or error}."
        ) from error
    try:
        yield
    finally:
        lock.release()
