"""Two programs that open a new catalog at once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from sqlalchemy import Engine, event

from corpus import Settings, Store

pytestmark = pytest.mark.each_catalog


@pytest.fixture(params=[1, 2])
def other(request: pytest.FixtureRequest, settings: Settings) -> Iterator[list[Store]]:
    """Another program makes the catalog while this one looks, after so many statements."""
    opened: list[Store] = []
    turn = count(1)

    def make(*_: object) -> None:
        if next(turn) == request.param:
            opened.append(Store(settings))

    event.listen(Engine, "after_cursor_execute", make)
    yield opened
    event.remove(Engine, "after_cursor_execute", make)


def test_a_catalog_that_another_program_makes_meanwhile_is_whole(
    settings: Settings, other: list[Store]
) -> None:
    store = Store(settings)
    assert len(other) == 1
    assert store.revision() == other[0].revision() == 0
    store.close()
    other[0].close()
