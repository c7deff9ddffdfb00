"""Values and rows some hundreds at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, Select

CHUNK = 500


def chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """Values some hundreds at a time: a database takes no statement with all that a site names."""
    left = iter(values)
    while some := list(islice(left, CHUNK)):
        yield some


def streamed(connection: Connection, query: Select[Any]) -> Iterator[Row[Any]]:
    """Rows as they come, some hundreds at a time; the database lets go of them at the end."""
    with connection.execute(query, execution_options={"yield_per": CHUNK}) as rows:
        yield from rows
