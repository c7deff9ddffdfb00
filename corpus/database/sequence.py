"""The catalog's revision: a counter of all changes, by which an index knows what it has seen."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from corpus.database import tables


def hold(connection: Connection) -> None:
    """Let nobody else take a revision until this transaction ends, so that two programs that change
    much wait for each other rather than each for a row of the other's.
    """
    if connection.dialect.name == "sqlite":  # it would begin with the first write, after the reads
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    where = tables.about.c.key == "revision"
    connection.execute(select(tables.about.c.value).where(where).with_for_update())


def read_revision(connection: Connection) -> int:
    """The number of the newest change: an index that has seen it is up to date."""
    where = tables.about.c.key == "revision"
    return int(connection.execute(select(tables.about.c.value).where(where)).scalar_one())


def next_revision(connection: Connection) -> int:
    """Taken in the change's own transaction: the row's lock makes revisions appear in order."""
    where = tables.about.c.key == "revision"
    connection.execute(update(tables.about).where(where).values(value=tables.about.c.value + 1))
    return read_revision(connection)
