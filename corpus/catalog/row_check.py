"""Whether every row of a catalog can be read; a database looks at its pages alone."""

from __future__ import annotations

from sqlalchemy import Connection, Table, select

from corpus.catalog.mapping import read_release, read_version
from corpus.database import tables
from corpus.database.batches import streamed
from corpus.database.current import current_releases

# What a value ends in that is not what its column should hold.
READ_ERRORS = (ValueError, TypeError, LookupError, AttributeError)


def unreadable(connection: Connection) -> str | None:
    """What is wrong with the first row that cannot be read; None where all can."""
    for table in tables.metadata.sorted_tables:
        try:
            _read_all(connection, table)
        except READ_ERRORS as error:
            return f"the table {table.name} holds what cannot be read ({error})"
    return None


def _read_all(connection: Connection, table: Table) -> None:
    """Raise one of READ_ERRORS where a value is not of its column's type, or of no record."""
    types = [column.type.python_type for column in table.c]
    for row in streamed(connection, select(table)):
        for value, type_ in zip(row, types, strict=True):
            if value is not None and not isinstance(value, type_):
                raise TypeError(f"{value!r:.60} is no {type_.__name__}")
        if table is tables.version:
            read_version(row)
    if table is tables.version:
        for row in streamed(connection, current_releases(with_withheld=True)):
            read_release(row)
