"""Narrowing results to releases that were changed after they were first seen, or are gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from corpus import Settings, Store
from indexer import Engine, Filters, Query, open_engine, reindex
from indexer.engine.results import Results
from tests.conftest import BACK, EDITED, FIRST_EDIT, GONE, EditedSite, sample_id

pytestmark = pytest.mark.each_catalog


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    opened = open_engine(settings)
    yield opened
    opened.close()


def found(engine: Engine, *states: str) -> list[str]:
    return sorted(engine.scan(Query(filters=Filters(state=states))))


def counts(results: Results) -> dict[str, int]:
    return dict(next(facet.counts for facet in results.facets if facet.name == "state"))


def test_each_change_reaches_the_index_by_an_update(
    settings: Settings, store: Store, engine: Engine
) -> None:
    patient = replace(settings, gone_visits=2)
    edited, gone = sample_id(EDITED), sample_id(GONE)
    with EditedSite("sample_doj") as site:

        def go(edits: dict[str, list[tuple[str, str]]], down: set[str]) -> None:
            site.edits, site.down = edits, down
            site.crawl(patient, store)
            reindex(settings, store, engine)

        go({}, set())
        assert counts(engine.search(Query())) == {}
        go({EDITED: FIRST_EDIT}, {GONE})
        assert (found(engine, "changed"), found(engine, "gone")) == ([edited], [])
        go({EDITED: FIRST_EDIT}, {GONE, EDITED})
        assert (found(engine, "changed"), found(engine, "gone")) == ([edited], [gone])
        go({EDITED: FIRST_EDIT}, {GONE, EDITED})
        assert found(engine, "gone") == sorted([edited, gone])
        assert counts(engine.search(Query())) == {"changed": 1, "gone": 2}
        go({}, set())
    # Back as it was at first: it has changed twice since.
    assert (found(engine, "changed"), found(engine, "gone")) == ([edited], [])


def test_states_are_those_of_the_catalog(changed_settings: Settings, changed_store: Store) -> None:
    engine = open_engine(changed_settings)
    for state, test in STATES.items():
        wanted = sorted(
            each.id for each in changed_store.releases() if test(changed_store, each.id)
        )
        assert found(engine, state) == wanted
        assert counts(engine.search(Query()))[state] == len(wanted) > 0
    assert found(engine, "changed", "gone") == sorted([sample_id(EDITED), sample_id(GONE)])
    assert sample_id(BACK) not in found(engine, "changed", "gone")
    engine.close()


# By another way than the index: what the ledger tells of each release.
STATES: dict[str, Callable[[Store, str], bool]] = {
    "changed": lambda store, id_: "changed" in [each.kind for each in store.history(id_)],
    "gone": lambda store, id_: store.history(id_)[-1].kind == "gone",
}
