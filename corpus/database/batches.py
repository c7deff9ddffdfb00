"""Values and rows in batches."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select

ROWS_AT_ONCE = 500
# Complete releases per query: about a megabyte.
RELEASES_AT_ONCE = 200
Value = TypeVar("Value")


def chunks(values: Iterable[Value], size: int = ROWS_AT_ONCE) -> Iterator[list[Value]]:
    """Split values into lists of `size`: databases limit the parameters of a statement."""
    left = iter(values)
    while some := list(islice(left, size)):
        yield some


def stream_rows(connection: Connection, query: Select[Any]) -> Iterator[Row[Any]]:
    """Stream the rows of a query in batches; the cursor is closed at the end."""
    with connection.execute(query, execution_options={"yield_per": ROWS_AT_ONCE}) as rows:
        yield from rows
