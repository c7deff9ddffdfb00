"""Checks that every row of a catalog can be read; the database checks only its pages."""

from __future__ import annotations

from sqlalchemy import Connection, Table, select

from corpus.catalog.mapping import release_from_row, version_from_row
from corpus.database import tables
from corpus.database.batches import stream_rows
from corpus.database.current import current_releases

# Errors that an invalid value causes.
READ_ERRORS = (ValueError, TypeError, LookupError, AttributeError)


def find_unreadable_row(connection: Connection) -> str | None:
    """What is wrong with the first unreadable row; None where all can be read."""
    for table in tables.metadata.sorted_tables:
        try:
            _read_all(connection, table)
        except READ_ERRORS as error:
            return f"the table {table.name} has a row that cannot be read ({error})"
    return None


def _read_all(connection: Connection, table: Table) -> None:
    """Raise one of READ_ERRORS where a value has another type than its column."""
    types = [column.type.python_type for column in table.c]
    for row in stream_rows(connection, select(table)):
        for value, type_ in zip(row, types, strict=True):
            if value is not None and not isinstance(value, type_):
                raise TypeError(f"{value!r:.60} is not a {type_.__name__}")
        if table is tables.version:
            version_from_row(row)
    if table is tables.version:
        for row in stream_rows(connection, current_releases(with_withheld=True)):
            release_from_row(row)
