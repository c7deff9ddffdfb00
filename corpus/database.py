"""How a catalog is opened: made where there is none, brought up where it is of an earlier format.

And how one is copied while others write it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select, update
from sqlalchemy.exc import SQLAlchemyError

from corpus.catalog import FORMAT, about, tables
from corpus.errors import StoreError


def open_catalog(url: str) -> Engine:
    """A catalog ready for use, made when it is not there yet. Raises StoreError."""
    try:
        if url.startswith("sqlite:///"):
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url)
    except (SQLAlchemyError, OSError) as error:
        raise _unopened(url, error) from error
    try:
        _prepare(engine, url)
    except (SQLAlchemyError, OSError) as error:
        engine.dispose()
        raise _unopened(url, error) from error
    except StoreError:
        engine.dispose()
        raise
    return engine


def _prepare(engine: Engine, url: str) -> None:
    """Make the tables, or bring them up. Nothing is written to a catalog of a newer format."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune_sqlite)
    found = _format(engine)
    if found is None:
        tables.create_all(engine)
        first = [{"key": "format", "value": FORMAT}, {"key": "revision", "value": 0}]
        with engine.begin() as connection:
            connection.execute(insert(about), first)
    elif found > FORMAT:
        raise StoreError(
            f"The catalog {url} was written by a newer release of communique (format {found},"
            f" this one reads {FORMAT}); update the program. Nothing was changed."
        )
    elif found < FORMAT:
        _upgrade(engine, url)


def _format(engine: Engine) -> int | None:
    if not inspect(engine).has_table(about.name):
        return None
    with engine.begin() as connection:
        return connection.scalar(select(about.c.value).where(about.c.key == "format"))


def _upgrade(engine: Engine, url: str) -> None:
    """Migrate in one transaction, after a copy of an SQLite file was put beside it."""
    from corpus.migrations import upgrade  # brings Alembic, which other openings do not need

    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if is_sqlite:  # neither works within a transaction; a table is rebuilt to alter a column
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            _copy_beside(connection, url)
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        # Again, now that nobody else can: two programs may have been started at once.
        where = about.c.key == "format"
        found = connection.scalar(select(about.c.value).where(where).with_for_update())
        if found is not None and found < FORMAT:
            upgrade(connection, found)
            connection.execute(update(about).where(where), {"value": FORMAT})
        connection.commit()
        connection.invalidate()  # so that the next one comes with foreign keys on


def copy_catalog(engine: Engine, path: Path) -> None:
    """Copy an SQLite catalog as it stands, also while others write it. Raises StoreError."""
    if engine.dialect.name != "sqlite":
        raise StoreError(
            f"A catalog in {engine.dialect.name} is backed up with that database's own tools,"
            " before the archive folder is copied."
        )
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(path),))
    except SQLAlchemyError as error:
        raise StoreError(f"{path} cannot be written: {getattr(error, 'orig', error)}.") from error


def _copy_beside(connection: Connection, url: str) -> None:
    """`catalog.sqlite` as it was, as `catalog.format-1.sqlite`."""
    where = select(about.c.value).where(about.c.key == "format")
    path = Path(url.removeprefix("sqlite:///"))
    copy = path.with_name(f"{path.stem}.format-{connection.scalar(where)}{path.suffix}")
    if not copy.exists():
        fresh = copy.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        connection.exec_driver_sql("VACUUM INTO ?", (str(fresh),))
        fresh.replace(copy)


def _unopened(url: str, error: Exception) -> StoreError:
    reason = getattr(error, "orig", None) or error
    return StoreError(f"The catalog {url} cannot be opened: {reason}.")


def _tune_sqlite(connection: Any, _: object) -> None:
    """Readers go on while a crawl writes (write-ahead log); two jobs that write wait, not fail."""
    connection.execute("PRAGMA busy_timeout=30000")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")
