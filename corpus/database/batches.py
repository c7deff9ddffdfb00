"""Values and rows some hundreds at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select

ROWS_AT_ONCE = 500
# Whole releases that are read at a time: about a megabyte.
RELEASES_AT_ONCE = 200
Value = TypeVar("Value")


def chunks(values: Iterable[Value], size: int = ROWS_AT_ONCE) -> Iterator[list[Value]]:
    """Values some hundreds at a time: a database takes no statement with all that a site names."""
    left = iter(values)
    while some := list(islice(left, size)):
        yield some


def streamed(connection: Connection, query: Select[Any]) -> Iterator[Row[Any]]:
    """Rows as they come, some hundreds at a time; the database lets go of them at the end."""
    with connection.execute(query, execution_options={"yield_per": ROWS_AT_ONCE}) as rows:
        yield from rows
