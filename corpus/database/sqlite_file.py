"""A catalog's SQLite file: opened read-only where it cannot be written; advice on its errors."""

import os
import shutil
import sqlite3
from functools import partial
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from corpus.errors import StoreError

DAMAGED = (
    "It is damaged: restore it from a backup, or run `communique verify --repair`, which renames it"
    " and makes a new one from the archive."
)
DISK_FULL = "The disk is full: free some space and run the command again."
# A disk with less free space is full, whatever SQLite reports.
LEAST_FREE = 1 << 20
TRIES = 3
# How SQLite's messages begin where tables are not as they should be.
MISSING = ("no such table", "no such column")
# Modification time and size of a file when it was opened as immutable.
Stamp = tuple[int, int]


class _ReadOnlyConnection(sqlite3.Connection):
    """A read-only connection; `stamp` is set where it takes the file to be immutable."""

    path: Path
    stamp: Stamp | None = None


def sqlite_file(url: str) -> Path | None:
    """The file in a catalog's URL, if it is SQLite's."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(parsed.database or "").resolve()


def is_absent(path: Path) -> bool:
    """Whether there is no file, or an empty one, in which SQLite would make a catalog."""
    return not path.exists() or (path.is_file() and path.stat().st_size == 0)


def is_read_only(path: Path) -> bool:
    """Whether the file or its folder, where SQLite keeps its log, cannot be written."""
    return path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def read_only_engine(path: Path) -> Engine:
    """An engine that reads a file that this user cannot write; others may write it."""
    # Each transaction opens the file again: how depends on whether others write it.
    engine = create_engine("sqlite://", creator=partial(open_read_only, path), poolclass=NullPool)
    event.listen(engine, "commit", check_unchanged)
    return engine


def check_unchanged(connection: Connection) -> None:
    """Raise StoreError where others changed a file that was opened as immutable."""
    opened = connection.connection.driver_connection
    if (
        isinstance(opened, _ReadOnlyConnection)
        and opened.stamp
        and opened.stamp != _stamp(opened.path)
    ):
        raise StoreError(f"{opened.path} changed while it was read; run the command again.")


def open_read_only(path: Path) -> _ReadOnlyConnection:
    """Open a file to read; its write-ahead log may appear or vanish meanwhile."""
    for _ in range(TRIES - 1):
        try:
            return _open_as_it_is(path)
        except sqlite3.OperationalError:
            continue
    return _open_as_it_is(path)


def _open_as_it_is(path: Path) -> _ReadOnlyConnection:
    """Open a file with its write-ahead log, if any: without it, an older state would be read."""
    log, shared = Path(f"{path}-wal"), Path(f"{path}-shm")
    stamp = None
    if log.exists() and shared.exists():
        how = "mode=ro"
    elif log.exists() and log.stat().st_size:
        how = "mode=ro&vfs=unix-none"  # reads the log without the -shm file
    else:
        how, stamp = "mode=ro&immutable=1", _stamp(path)
    opened = sqlite3.connect(
        f"file:{quote(str(path))}?{how}",
        uri=True,
        check_same_thread=False,
        factory=_ReadOnlyConnection,
    )
    opened.path, opened.stamp = path, stamp
    try:
        opened.execute("PRAGMA busy_timeout=30000")
        if "vfs" in how:
            opened.execute("PRAGMA locking_mode=EXCLUSIVE")
        opened.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        opened.close()
        raise
    return opened


def _stamp(path: Path) -> Stamp:
    status = path.stat()
    return status.st_mtime_ns, status.st_size


def is_damage(path: Path, error: object) -> bool:
    """Whether an SQLite error means that a catalog is damaged."""
    if path.is_dir():
        return True
    words, code = str(error), _code(error)
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or words.startswith(
        (*MISSING, "Could not decode")
    )


def lacks_columns(error: SQLAlchemyError) -> bool:
    """Whether a database says that it has no table or column of that name."""
    return isinstance(error, ProgrammingError) or str(getattr(error, "orig", "")).startswith(
        MISSING
    )


def error_advice(path: Path, error: object) -> str:
    """What to do about an SQLite error; "" where its message is enough."""
    code = _code(error)
    if is_damage(path, error):
        return DAMAGED
    if code == sqlite3.SQLITE_IOERR and shutil.disk_usage(path.parent).free < LEAST_FREE:
        return DISK_FULL
    if code == sqlite3.SQLITE_FULL:
        return DISK_FULL
    if code == sqlite3.SQLITE_READONLY:
        return "This user may read it, but not write it."
    if path.exists() and not os.access(path, os.R_OK):
        return "This user may not read it."
    return ""


def integrity_error(engine: Engine) -> str | None:
    """The first error in the pages of the SQLite file, if any."""
    try:
        with engine.connect() as connection:
            message = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar())
    except SQLAlchemyError as error:
        message = str(getattr(error, "orig", error))
    return None if message == "ok" else " ".join(message.split()).rstrip(".")


def _code(error: object) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
