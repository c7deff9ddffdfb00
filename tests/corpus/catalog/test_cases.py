"""Cases in the catalog: any order of updates gives the same links; cuts and withheld releases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from corpus import Settings, Store
from corpus.cases.links import MOST_HOLDERS
from corpus.catalog import case_links
from corpus.catalog.case_links import link_some
from corpus.database import tables
from corpus.errors import StoreError
from corpus.release import Draft, LinkedRelease, Provenance, release_id
from tests.corpus.cases.test_cases import CHARGED, NAMESAKE, SENTENCED, SETTLED, SUED

AT = datetime(2026, 1, 15, tzinfo=UTC)
TEXTS = [CHARGED, SENTENCED, NAMESAKE, SUED, SETTLED, ("Halden Pilot Charged", "No name.")]


def url_of(number: int) -> str:
    return f"https://www.justice.gov/opa/pr/{number}"


def add(
    store: Store,
    number: int,
    text: tuple[str, ...],
    day: date = date(2014, 6, 3),
    linked: int | None = None,
) -> str:
    """Add or change a release, which may link to another; return its id."""
    url = url_of(number)
    found = Provenance(url, AT, f"{hash(text)}", "us_doj/a.warc.gz", number, "us_doj/pages", 1)
    with store.changing() as connection:
        links = [] if linked is None else [LinkedRelease(url_of(linked), "earlier")]
        draft = Draft(text[0], day, [*text[1:]], "en", links=links)
        store.add(connection, "us_doj", url, draft, found, AT, frozenset())
    return release_id("us_doj", url)


def link(store: Store) -> list[tuple[object, ...]]:
    """Find all links that are due; return what the catalog then has."""
    while link_some(store):
        pass
    with store.reading() as connection:
        query = select(tables.case_link).order_by("release", "other")
        return [tuple(map(str, row)) for row in connection.execute(query)]


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with closing(Store(settings)) as opened:
        yield opened


@pytest.mark.each_catalog
def test_a_case_has_its_releases_and_links(store: Store) -> None:
    one, two, stranger = (add(store, n, text) for n, text in enumerate(TEXTS[:3]))
    assert store.case(one) is None
    link(store)
    case = store.case(one)
    assert case
    assert case.releases == tuple(sorted([one, two]))
    assert [each.sign for each in case.links] == ["defendant_district"]
    assert store.cases() == [store.case(two)]
    assert store.case(stranger) is None


@pytest.mark.each_catalog
def test_an_edit_takes_links_away_and_makes_new_ones(store: Store) -> None:
    one, two, three = (add(store, n, text) for n, text in enumerate(TEXTS[:3]))
    link(store)
    add(store, 0, NAMESAKE)
    link(store)
    assert store.case(two) is None
    case = store.case(one)
    assert case
    assert three in case.releases


def test_the_link_of_an_office_joins_also_a_release_that_comes_later(store: Store) -> None:
    one = add(store, 0, NAMESAKE, linked=1)
    assert link(store) == []
    two = add(store, 1, SUED)
    link(store)
    case = store.case(one)
    assert case
    assert (case.releases, case.links[0].sign) == (tuple(sorted([one, two])), "link")
    add(store, 0, (*NAMESAKE, "No link."))
    link(store)
    assert store.case(two) is None


def test_a_withheld_release_is_of_no_case_at_once(store: Store) -> None:
    one, two = (add(store, n, text) for n, text in enumerate(TEXTS[:2]))
    link(store)
    store.withhold(two, "By order of a court.")
    assert (store.case(one), store.cases()) == (None, [])
    store.withhold(two, "", undo=True)
    assert store.case(one)


@pytest.mark.each_catalog
def test_releases_told_apart_stay_so_when_links_are_found_again(store: Store) -> None:
    one, two = (add(store, n, text) for n, text in enumerate(TEXTS[:2]))
    link(store)
    store.cut_case(two, one, "Father and son.")
    assert store.case(one) is None
    add(store, 1, (*SENTENCED, "He is a pilot."))
    link(store)
    assert store.case(one) is None
    [cut] = store.case_cuts()
    assert ({cut.release, cut.other}, cut.note) == ({one, two}, "Father and son.")
    with pytest.raises(StoreError, match="told apart already"):
        store.cut_case(one, two, "Again.")
    with pytest.raises(StoreError, match="There is no release 'us_doj-1'"):
        store.cut_case(one, "us_doj-1", "Elsewhere.")
    store.cut_case(one, two, "", undo=True)
    assert store.case(one)
    with pytest.raises(StoreError, match="nothing was changed"):
        store.cut_case(one, two, "", undo=True)


def test_a_name_stops_and_begins_to_be_a_key_as_more_or_fewer_hold_it(store: Store) -> None:
    for number in range(MOST_HOLDERS):
        add(store, number, SENTENCED)
    pairs = MOST_HOLDERS * (MOST_HOLDERS - 1) // 2
    assert len(link(store)) == pairs
    add(store, MOST_HOLDERS, SENTENCED)
    assert link(store) == []
    add(store, MOST_HOLDERS, TEXTS[-1])
    assert len(link(store)) == pairs


CHANGES = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(TEXTS)), max_size=12)


@hypothesis_settings(max_examples=25, deadline=None)
@given(CHANGES, st.lists(st.booleans(), min_size=12, max_size=12), st.integers(1, 4))
def test_updates_make_the_links_that_a_rebuild_makes(
    changes: list[tuple[int, tuple[str, ...]]], is_linked: list[bool], at_once: int
) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(case_links, "MOST_HOLDERS", 2)
        patch.setattr(case_links, "RELEASES_AT_ONCE", at_once)
        with _store(folder, "updated") as updated, _store(folder, "rebuilt") as rebuilt:
            for (number, text), is_due in zip(changes, is_linked, strict=False):
                add(updated, number, text)
                if is_due:
                    link(updated)
            for number, text in dict(changes).items():
                add(rebuilt, number, text)
            patch.setattr(case_links, "RELEASES_AT_ONCE", 100)
            assert link(updated) == link(rebuilt)


def _store(folder: str, name: str) -> closing[Store]:
    return closing(Store(replace(Settings(), data=Path(folder) / name)))
