"""Hits behind a position, against the rest of the whole order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Settings
from indexer.engine.document import Document
from indexer.engine.results import Order, Position, Query
from indexer.query.parser import parse
from indexer.whoosh_engine import WhooshEngine
from tests.indexer.whoosh_engine.test_collect import copies
from tests.indexer.whoosh_engine.test_trees import nothing, sample_documents

ORDERS: list[Order] = ["newest", "oldest", "id"]


@pytest.fixture(scope="module")
def documents(sample_settings: Settings) -> list[Document]:
    return copies(sample_documents(sample_settings))


@pytest.fixture(scope="module")
def engine(
    documents: list[Document], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WhooshEngine]:
    """Of several segments, with documents removed from them."""
    opened = WhooshEngine(tmp_path_factory.mktemp("positions"))
    opened.publish(opened.build(documents[:200], 1, nothing))
    opened.update(documents[200:], [each.id for each in documents[::9]], 2, nothing)
    yield opened
    opened.close()


def key(order: Order, position: Position) -> tuple[int, str]:
    """What an order compares, said once more."""
    day, id_, _ = position
    if order == "id":
        return 0, id_
    number = (day or date.max).toordinal()
    return (-number if day and order == "newest" else number), id_


@settings(max_examples=150, deadline=None)
@given(
    order=st.sampled_from(ORDERS),
    words=st.sampled_from(["", "court", "суд", "the OR тыс"]),
    place=st.integers(0, 10_000),
    day=st.one_of(st.none(), st.dates(date(2012, 1, 1), date(2020, 12, 31))),
    is_held=st.booleans(),
)
def test_hits_behind_a_position_are_the_rest_of_the_order(
    engine: WhooshEngine,
    documents: list[Document],
    order: Order,
    words: str,
    place: int,
    day: date | None,
    is_held: bool,
) -> None:
    chosen = documents[place % len(documents)]
    held = Position(chosen.published, chosen.id)
    after = held if is_held else Position(day, f"{chosen.id[:-3]}x")
    query = Query(parse(words).tree, sort=order)
    dates = {each.id: each.published for each in documents}
    wanted = [
        id_
        for id_ in engine.scan(query)
        if key(order, Position(dates[id_], id_)) > key(order, after)
    ]
    behind = Query(parse(words).tree, sort=order, after=after, size=7, start=place % 3)
    results = engine.search(behind)
    assert [hit.id for hit in results.hits] == wanted[place % 3 :][:7]
    assert results.total == engine.total(query)
    last = results.hits[-1] if len(wanted) > place % 3 + 7 else None
    assert results.more_after == (last and Position(last.published, last.id))
