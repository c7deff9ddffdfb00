"""Copies a catalog while others may write it: into a file, or into another database."""

from pathlib import Path

from sqlalchemy import Connection, Engine, Integer, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from corpus.database.batches import chunks, stream_rows
from corpus.database.opening import begin_snapshot, catalog_error, open_catalog, without_password
from corpus.database.tables import about, metadata, release, run
from corpus.errors import StoreError


def copy_into(source: Engine, url: str) -> int:
    """Copy a catalog into the empty one at a URL, in one transaction; return how many releases it
    has. Raises StoreError, also where that catalog is not empty.
    """
    target = open_catalog(url)
    try:
        with source.connect() as old, target.begin() as new:
            begin_snapshot(old)
            if any(new.scalar(select(func.count()).select_from(each)) for each in (release, run)):
                raise StoreError(
                    f"The catalog {without_password(url)} is not empty; nothing was copied."
                )
            new.execute(about.delete())
            for table in metadata.sorted_tables:
                for some in chunks(stream_rows(old, select(table))):
                    new.execute(insert(table), [dict(row._mapping) for row in some])
            _set_sequences(new)
            return new.scalar(select(func.count()).select_from(release)) or 0
    except SQLAlchemyError as error:
        raise catalog_error(url, error, "written") from error
    finally:
        target.dispose()


def copy_catalog(engine: Engine, url: str, path: Path) -> None:
    """Copy a catalog into an SQLite file, also while others write it. Raises StoreError."""
    if engine.dialect.name != "sqlite":
        copy_into(engine, f"sqlite:///{path}")
        return
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(path),))
    except SQLAlchemyError as error:
        raise catalog_error(url, error, f"copied to {path}") from error


def _set_sequences(connection: Connection) -> None:
    """Let new ids begin after the copied ones; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        if "id" in table.c and isinstance(table.c.id.type, Integer):
            sequence = func.pg_get_serial_sequence(table.name, "id")
            connection.execute(select(func.setval(sequence, func.max(table.c.id))))
