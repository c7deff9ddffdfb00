"""Replaces a damaged catalog, which is renamed, by one that keeps what operators decided: withheld
releases, and releases told apart.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from corpus.database.opening import open_catalog
from corpus.database.sqlite_file import open_read_only, sqlite_file
from corpus.durability import check_room, replacing
from corpus.errors import PageError, StoreError
from corpus.plural import pluralize
from corpus.release import release_id
from corpus.settings import Settings
from corpus.sources import offices
from corpus.warc.archive import IMPORTED, imported_files

# SQLite's files; the catalog itself last, so that an interrupted repair renames the rest too.
FILE_SUFFIXES = ("-wal", "-shm", "")
SELECT_WITHHELD = "SELECT release, at, reason, undone_at FROM suppression ORDER BY id"
SELECT_URLS = "SELECT id, office, url FROM release WHERE id IN (SELECT release FROM suppression)"
INSERT_WITHHELD = "INSERT INTO suppression (release, at, reason, undone_at) VALUES (?, ?, ?, ?)"
SELECT_CUTS = "SELECT release, other, at, note FROM case_cut"
SELECT_CUT_URLS = (
    "SELECT id, office, url FROM release"
    " WHERE id IN (SELECT release FROM case_cut UNION SELECT other FROM case_cut)"
)
INSERT_CUT = "INSERT OR IGNORE INTO case_cut (release, other, at, note) VALUES (?, ?, ?, ?)"
NEW_CATALOG = "A new catalog was created; no release is withheld in it."
Row = tuple[str, str, str, str | None]


def replace_catalog(settings: Settings) -> str:
    """Replace a damaged or lost catalog by an empty one that keeps the log of withheld releases;
    return what was done and what is left to do, in sentences. Raises StoreError.
    """
    path = sqlite_file(settings.catalog_url)
    if path is None:
        open_catalog(settings.catalog_url).dispose()
        return NEW_CATALOG
    # An interrupted repair has renamed it already.
    aside = None if path.exists() else max(path.parent.glob(f"{path.stem}.damaged-*"), default=None)
    damaged = path if path.exists() else aside
    if damaged and damaged.is_file():
        check_room(path.parent, damaged.stat().st_size, "The new catalog")
    rows, is_whole = _withheld(damaged) if damaged else ([], True)
    cuts = _cuts(damaged) if damaged else []
    try:
        with replacing(path) as fresh:
            _make_catalog(fresh, rows, cuts)
            if path.exists():
                aside = _put_aside(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be replaced: {error.strerror or error}.") from error
    return " ".join(_report(settings, aside, len(rows), is_whole))


def _make_catalog(path: Path, rows: list[Row], cuts: list[Row]) -> None:
    for part in FILE_SUFFIXES:
        Path(f"{path}{part}").unlink(missing_ok=True)
    engine = open_catalog(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")  # the releases come from the archive
        for row in rows:
            connection.exec_driver_sql(INSERT_WITHHELD, row)
        for row in cuts:
            connection.exec_driver_sql(INSERT_CUT, row)
        connection.commit()
    engine.dispose()


def _put_aside(path: Path) -> Path:
    """Rename a damaged catalog and its write-ahead log; return its new path."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    for part in FILE_SUFFIXES:
        with suppress(FileNotFoundError):
            Path(f"{path}{part}").rename(f"{aside}{part}")
    return aside


def _report(settings: Settings, aside: Path | None, withheld: int, is_whole: bool) -> Iterator[str]:
    if aside:
        yield f"The damaged catalog was renamed to {aside.name}, and a new one created."
    else:
        yield NEW_CATALOG
    if withheld:
        yield f"Withheld releases stay withheld ({pluralize(withheld, 'log line')})."
    if not is_whole:
        yield (
            "Part of the log of withheld releases cannot be read: withhold those releases again"
            " with `communique withhold` before you serve."
        )
    if number := len(imported_files(settings.archive)):
        yield (
            f"Import {pluralize(number, 'file')} again from {settings.archive / IMPORTED} with"
            " `communique import`: who captured them is lost."
        )
    yield "If `communique serve` runs, restart it."


def _withheld(damaged: Path) -> tuple[list[Row], bool]:
    """The readable entries of the log of withheld releases, and whether they are all of it."""
    rows: list[Row] = []
    try:
        with closing(open_read_only(damaged)) as opened:
            rows.extend(map(_sanitize, opened.execute(SELECT_WITHHELD)))
            ids = _canonical_ids(opened, SELECT_URLS)
    except (sqlite3.Error, OSError, PageError, TypeError, ValueError):
        return rows, False
    return [(ids.get(row[0], row[0]), row[1], row[2], row[3]) for row in rows], True


def _cuts(damaged: Path) -> list[Row]:
    """The readable entries of the releases told apart; an older catalog has none."""
    rows: list[Row] = []
    unreadable = sqlite3.Error, OSError, PageError, TypeError, ValueError
    with suppress(*unreadable), closing(open_read_only(damaged)) as opened:
        ids = _canonical_ids(opened, SELECT_CUT_URLS)
        for release, other, at, note in opened.execute(SELECT_CUTS):
            one, two = sorted(ids.get(each, each) for each in (f"{release}", f"{other}"))
            rows.append((one, two, _time(at) or f"{datetime.now(UTC)}"[:26], f"{note}"))
    return rows


def _canonical_ids(opened: sqlite3.Connection, query: str) -> dict[str, str]:
    """Read from the archive, a release gets the id of its canonical address."""
    return {
        id_: release_id(office, offices()[office].canonical(url))
        for id_, office, url in opened.execute(query)
        if office in offices()
    }


def _sanitize(row: tuple[object, ...]) -> Row:
    """An entry with valid times; in doubt its release stays withheld, from now on."""
    release, at, reason, undone_at = row
    return f"{release}", _time(at) or f"{datetime.now(UTC)}"[:26], f"{reason}", _time(undone_at)


def _time(at: object) -> str | None:
    """A time as SQLite stores it; None where it is invalid."""
    with suppress(ValueError):
        datetime.fromisoformat(f"{at}")
        return f"{at}"
    return None
