"""Locks in the data folder, one job of a kind and one crawl of an office at a time."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.durability import make_folder
from corpus.errors import LockedError, StoreError
from corpus.settings import Settings
from corpus.sources import offices

IMPORT = "import"


@contextmanager
def only_job(settings: Settings, job: str) -> Iterator[None]:
    """Lock a kind of job. Raises LockedError at once when another process has the lock."""
    with _lock(settings.data, f"{job}.lock", job):
        yield


@contextmanager
def only_crawl(settings: Settings, *names: str) -> Iterator[None]:
    """Lock offices; others may be crawled meanwhile. Raises LockedError."""
    with ExitStack() as locks:
        for name in names:
            locks.enter_context(_lock(settings.data, f"locks/{name}.lock", f"crawl of {name}"))
        yield


@contextmanager
def no_crawl(settings: Settings) -> Iterator[None]:
    """Lock all offices and imports. Raises LockedError."""
    with only_job(settings, IMPORT), only_crawl(settings, *offices()):
        yield


@contextmanager
def _lock(data: Path, file: str, job: str) -> Iterator[None]:
    try:
        make_folder((data / file).parent)
        lock = FileLock(data / file, timeout=0)
        lock.acquire()
    except Timeout:
        raise LockedError(
            f"Another {job} is running on {data}; nothing was done. Try again when it is over."
        ) from None
    except OSError as error:
        raise StoreError(
            f"The data folder {data} cannot be written: {error.strerror or error}."
        ) from error
    try:
        yield
    finally:
        lock.release()
