"""Copies in the index: a release that becomes one, or is one no more, is noticed by `reindex`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from corpus import Draft, Provenance, Settings, Store
from corpus.catalog.near_duplicates import read_groups
from corpus.database import tables
from indexer import Engine, Query, open_engine, reindex
from indexer.engine.results import Results
from tests.conftest import COPIED, COPY, EditedSite, sample_id
from tests.statements import sent

pytestmark = pytest.mark.each_catalog


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    opened = open_engine(settings)
    yield opened
    opened.close()


def search(engine: Engine) -> Results:
    return engine.search(Query(size=1000, is_folded=True))


def folded(engine: Engine) -> list[str]:
    """The releases that stand for others."""
    return [hit.id for hit in search(engine).hits if hit.folded]


def test_reindex_notices_what_becomes_a_copy_and_what_is_none_any_more(
    settings: Settings, store: Store, engine: Engine
) -> None:
    pair = {sample_id(COPIED), sample_id(COPY)}
    with EditedSite("sample_doj") as site:
        site.crawl(settings, store)
        reindex(settings, store, engine)
        assert (folded(engine), search(engine).folded) == ([], 0)
        for instead in ({COPY: COPIED}, {}, {COPIED: COPY}):
            site.instead = instead
            site.crawl(settings, store)
            report = reindex(settings, store, engine)
            assert (report.is_full, report.releases) == (False, 2)
            assert store.copy_groups() == (dict.fromkeys(pair, min(pair)) if instead else {})
            results = search(engine)
            assert results.total == store.count() == len(results.hits) + results.folded
            assert (len(folded(engine)), results.folded) == ((1, 1) if instead else (0, 0))
            assert {*folded(engine)} <= pair


def test_a_copy_that_is_withheld_leaves_the_others_as_they_are(
    settings: Settings, store: Store, engine: Engine
) -> None:
    one, other = sample_id(COPIED), sample_id(COPY)
    with EditedSite("sample_doj") as site:
        site.instead = {COPY: COPIED}
        site.crawl(settings, store)
    reindex(settings, store, engine)
    assert len(folded(engine)) == 1
    store.withhold(one, "By order of a court.")
    reindex(settings, store, engine)
    assert (store.copy_groups(), folded(engine)) == ({}, [])
    assert other in [*engine.scan(Query())]
    store.withhold(one, "", undo=True)
    reindex(settings, store, engine)
    assert len(folded(engine)) == 1


def test_groups_are_those_that_chains_of_copies_make(store: Store) -> None:
    pairs = ["eb", "dc", "ba", "gf", "ec"]
    with store.writing() as connection:
        for each in "abcdefg":
            row = {"id": each, "office": "o", "url": each, "version": 1, "revision": 1}
            connection.execute(insert(tables.release), row)
        for one, two in [*pairs, *(each[::-1] for each in pairs)]:
            row = {"release": one, "other": two, "likeness": 0.9}
            connection.execute(insert(tables.copy), row)
        groups = read_groups(connection)
    assert groups == dict.fromkeys("abcde", "a") | dict.fromkeys("fg", "f")


def test_many_bodies_are_compared_with_as_many_reads_as_one(store: Store) -> None:
    at = datetime(2026, 1, 15, tzinfo=UTC)
    body = [" ".join(f"word{number}" for number in range(80))]
    reads = []
    for number in range(6):
        url = f"https://office.example/{number}"
        found = Provenance(url, at, "0" * 64, "us_doj/a.warc.gz", number, "us_doj/pages", 1)
        with sent(store) as statements, store.writing() as connection:
            draft = Draft("A title", at.date(), body, "en")
            store.add(connection, "us_doj", url, draft, found, at, frozenset())
        reads.append(sum(each.startswith("SELECT") and "body" in each for each in statements))
    assert len(store.copies(next(store.releases()).id)) == 5
    assert reads[1] == reads[5]
