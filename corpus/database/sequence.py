"""The catalog's revision: a counter of all changes, which tells an index what it lacks."""

from typing import Any

from sqlalchemy import Connection, select, update

from corpus.database import tables


def lock_revision(connection: Connection) -> None:
    """Lock the revision until the transaction ends, as two with many changes could deadlock."""
    if connection.dialect.name == "sqlite":  # it would take the lock with the first write only
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    where = tables.about.c.key == "revision"
    connection.execute(select(tables.about.c.value).where(where).with_for_update())


def read_revision(connection: Connection) -> int:
    """The number of the newest change; an index that has seen it is up to date."""
    where = tables.about.c.key == "revision"
    return int(connection.execute(select(tables.about.c.value).where(where)).scalar_one())


def next_revision(connection: Connection) -> int:
    """Take the next revision in the transaction of a change; a row lock keeps them in order."""
    where = tables.about.c.key == "revision"
    connection.execute(update(tables.about).where(where).values(value=tables.about.c.value + 1))
    return read_revision(connection)


def raise_revision(connection: Connection, id_: str, **columns: Any) -> None:
    """Give a release a new revision, for the next update of the index, and change its columns."""
    where = tables.release.c.id == id_
    values = columns | {"revision": next_revision(connection)}
    connection.execute(update(tables.release).where(where), values)
