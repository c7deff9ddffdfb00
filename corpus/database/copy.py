"""A catalog as it stands, copied while it is written: into a file, or into another database."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, Integer, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from corpus.database.batches import ROWS_AT_ONCE
from corpus.database.opening import failed, open_catalog, shown
from corpus.database.tables import about, metadata, release, run
from corpus.errors import StoreError


def copy_into(source: Engine, url: str) -> int:
    """Copy a catalog as it stands into the one at a URL; how many releases it has.

    All or nothing. Raises StoreError, also where that one holds anything.
    """
    target = open_catalog(url)
    try:
        with source.connect() as old, target.begin() as new:
            # One view of all tables, whatever is written meanwhile.
            old = old.execution_options(isolation_level="SERIALIZABLE")
            if source.dialect.name == "sqlite":
                old.exec_driver_sql("BEGIN")
            if any(new.scalar(select(func.count()).select_from(each)) for each in (release, run)):
                raise StoreError(f"The catalog {shown(url)} is not empty; nothing was copied.")
            new.execute(about.delete())
            for table in metadata.sorted_tables:
                with old.execute(
                    select(table), execution_options={"yield_per": ROWS_AT_ONCE}
                ) as rows:
                    for some in rows.mappings().partitions():
                        new.execute(insert(table), [dict(row) for row in some])
            _count_on(new)
            return new.scalar(select(func.count()).select_from(release)) or 0
    except SQLAlchemyError as error:
        raise failed(url, error, "written") from error
    finally:
        target.dispose()


def copy_catalog(engine: Engine, url: str, path: Path) -> None:
    """Copy a catalog as it stands into a file of SQLite, also while others write it.

    Raises StoreError.
    """
    if engine.dialect.name != "sqlite":
        copy_into(engine, f"sqlite:///{path}")
        return
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(path),))
    except SQLAlchemyError as error:
        raise failed(url, error, f"copied to {path}") from error


def _count_on(connection: Connection) -> None:
    """New numbers begin after those that were copied; SQLite sees to that by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        if "id" in table.c and isinstance(table.c.id.type, Integer):
            sequence = func.pg_get_serial_sequence(table.name, "id")
            connection.execute(select(func.setval(sequence, func.max(table.c.id))))
