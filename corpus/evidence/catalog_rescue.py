"""A damaged catalog is put aside, never deleted, and what only people decided is carried from it
into the one that is made in its place.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from corpus.database.opening import open_catalog
from corpus.database.sqlite_file import open_to_read, sqlite_file
from corpus.disk_space import check_room
from corpus.durability import replacing
from corpus.errors import PageError, StoreError
from corpus.plural import pluralize
from corpus.release import release_id
from corpus.settings import Settings
from corpus.sources import offices
from corpus.warc.archive import IMPORTED, imported_files

# Of SQLite's file; itself last: while it is there, a repair puts the others aside too.
FILE_SUFFIXES = ("-wal", "-shm", "")
SELECT_WITHHELD = "SELECT release, at, reason, undone_at FROM suppression ORDER BY id"
SELECT_URLS = "SELECT id, office, url FROM release WHERE id IN (SELECT release FROM suppression)"
INSERT_WITHHELD = "INSERT INTO suppression (release, at, reason, undone_at) VALUES (?, ?, ?, ?)"
Row = tuple[str, str, str, str | None]


def make_anew(settings: Settings) -> str:
    """Make an empty catalog in place of a damaged or lost one, in which what was withheld is so
    from the beginning; what was done and what is left to do, in sentences. Raises StoreError.
    """
    path = sqlite_file(settings.catalog_url)
    if path is None:
        open_catalog(settings.catalog_url).dispose()
        return "A new catalog was made, in which nothing is withheld."
    # A repair that was cut short has put it aside already.
    aside = None if path.exists() else max(path.parent.glob(f"{path.stem}.damaged-*"), default=None)
    damaged = path if path.exists() else aside
    if damaged and damaged.is_file():
        check_room(path.parent, damaged.stat().st_size, "The new catalog")
    rows, is_whole = _withheld(damaged) if damaged else ([], True)
    try:
        with replacing(path) as fresh:
            _make(fresh, rows)
            if path.exists():
                aside = _put_aside(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be replaced: {error.strerror or error}.") from error
    return " ".join(_report(settings, aside, len(rows), is_whole))


def _make(path: Path, rows: list[Row]) -> None:
    for part in FILE_SUFFIXES:
        Path(f"{path}{part}").unlink(missing_ok=True)
    engine = open_catalog(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")  # the releases come from the archive
        for row in rows:
            connection.exec_driver_sql(INSERT_WITHHELD, row)
        connection.commit()
    engine.dispose()


def _put_aside(path: Path) -> Path:
    """Where a damaged catalog is now, with its log of late changes."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    for part in FILE_SUFFIXES:
        with suppress(FileNotFoundError):
            Path(f"{path}{part}").rename(f"{aside}{part}")
    return aside


def _report(settings: Settings, aside: Path | None, withheld: int, is_whole: bool) -> Iterator[str]:
    if aside:
        yield f"The damaged catalog was put aside as {aside.name}, and a new one made."
    else:
        yield "A new catalog was made, in which nothing is withheld."
    if withheld:
        yield f"What was withheld is so in it too ({pluralize(withheld, 'line')} of the log)."
    if not is_whole:
        yield (
            "What was withheld cannot all be read any more: withhold it again with `communique"
            " withhold` before you serve."
        )
    if number := len(imported_files(settings.archive)):
        yield (
            f"Import {pluralize(number, 'file')} again from {settings.archive / IMPORTED}:"
            " whose they are is not known any more."
        )
    yield "If `communique serve` runs, restart it."


def _withheld(damaged: Path) -> tuple[list[Row], bool]:
    """The log of what was withheld as far as it can be read, and whether that is all of it."""
    rows: list[Row] = []
    try:
        with closing(open_to_read(damaged)) as opened:
            rows.extend(map(_sound, opened.execute(SELECT_WITHHELD)))
            ids = {old: new for row in opened.execute(SELECT_URLS) for old, new in _renamed(*row)}
    except (sqlite3.Error, OSError, PageError, TypeError, ValueError):
        return rows, False
    return [(ids.get(row[0], row[0]), row[1], row[2], row[3]) for row in rows], True


def _renamed(id_: str, office: str, url: str) -> Iterator[tuple[str, str]]:
    """A release's id, and the one it gets when it is read from the archive: an address may have
    been spelled otherwise when the release was first met.
    """
    if source := offices().get(office):
        yield id_, release_id(office, source.canonical(url))


def _sound(row: tuple[object, ...]) -> Row:
    """A line as it can be read again; in doubt its release stays withheld, from now on."""
    release, at, reason, undone_at = row
    return f"{release}", _time(at) or f"{datetime.now(UTC)}"[:26], f"{reason}", _time(undone_at)


def _time(at: object) -> str | None:
    """A time as SQLite keeps it; None where it is none."""
    with suppress(ValueError):
        datetime.fromisoformat(f"{at}")
        return f"{at}"
    return None
