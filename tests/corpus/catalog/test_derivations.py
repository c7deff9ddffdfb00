"""Statutes and facts in the catalog: derived where a release is stored, and anew only by newer
rules.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from corpus import Provenance, Settings, Store
from corpus.catalog import derivations
from corpus.catalog.derivations import count_backlog, derive_some
from corpus.database import tables
from corpus.evidence.reparse import reparse_archive
from corpus.evidence.verify import verify_catalog
from corpus.fact import RULES, Fact
from corpus.release import Draft, Release, release_id
from corpus.statutes import RULES_VERSION, Cited
from indexer import Engine, open_engine, reindex
from indexer.engine.results import Query
from indexer.query.parser import parse

pytestmark = pytest.mark.each_catalog

CATALOGS = Path(__file__).parents[2] / "catalogs"
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
URL = "https://prosecutor.example/releases/{}"
WIRE = "Harbin was charged with wire fraud (18 U.S.C. § 1343)."


@pytest.fixture
def copy_engine(copy_settings: Settings) -> Iterator[Engine]:
    opened = open_engine(copy_settings)
    yield opened
    opened.close()


def add(store: Store, number: int, body: list[str], at: datetime = AT) -> str:
    url = URL.format(number)
    digest = f"{hash((number, *body, at)):064x}"[-64:]
    seen = Provenance(url, at, digest, "sample_doj/1.warc.gz", number, "sample_doj/pages", 1)
    with store.writing() as connection:
        draft = Draft("Clerk Charged", AT.date(), body, "en")
        store.add(connection, "sample_doj", url, draft, seen, at, frozenset())
    return release_id("sample_doj", url)


def held(store: Store, id_: str) -> Release:
    found = store.get(id_)
    assert found
    return found


def spoil(store: Store, **values: object) -> None:
    """As older rules would have left it."""
    with store.writing() as connection:
        connection.execute(update(tables.version).values(statute_rules=RULES_VERSION - 1, **values))


def test_what_is_stored_tells_the_statutes_it_cites_and_where(store: Store) -> None:
    id_ = add(store, 1, ["Nothing here.", WIRE])
    assert held(store, id_).statutes == (Cited("us/usc/18/1343", 2, 36, 52),)
    assert WIRE[36:52] == "18 U.S.C. § 1343"
    assert held(store, id_).facts == (
        Fact("kind", "criminal", 0, 6, 13),
        Fact("stage", "charged", 0, 6, 13),
        Fact("accusation", "pending", 0, 6, 13),
        Fact("offense", "wire_or_mail_fraud", 2, 24, 34),
    )
    assert held(store, add(store, 2, ["Nothing."])).statutes == ()
    assert count_backlog(store) == 0


def test_statutes_are_no_part_of_what_makes_a_version(store: Store) -> None:
    id_ = add(store, 1, [WIRE])
    spoil(store, statutes=[["us/usc/1/1", 1, 0, 3]], facts=[["kind", "civil", 0, 0, 5]])
    add(store, 1, [WIRE], AT + timedelta(days=1))
    assert len(store.versions(id_)) == 1


def test_a_version_that_differs_has_its_own(store: Store) -> None:
    id_ = add(store, 1, [WIRE])
    add(store, 1, [WIRE.replace("1343", "1344")], AT + timedelta(days=1))
    assert [each.key for each in held(store, id_).statutes or ()] == ["us/usc/18/1344"]
    with store.writing() as connection:
        kept = connection.scalars(select(tables.version.c.statutes)).all()
    assert [each[0][0] for each in kept] == ["us/usc/18/1343", "us/usc/18/1344"]


def test_only_what_older_rules_derived_is_derived_again_and_the_index_hears(store: Store) -> None:
    first, second, third = (add(store, n, [WIRE]) for n in range(3))
    with store.writing() as connection:
        v = tables.version.c
        older = {"statute_rules": RULES_VERSION - 1}
        kept = update(tables.version).where(v.release == first)
        connection.execute(kept, {"statutes": [["us/usc/1/1", 1, 0, 3]]})
        connection.execute(update(tables.version).where(v.release == second), older)
        wrong = update(tables.version).where(v.release == third)
        connection.execute(wrong, older | {"statutes": None})
    before = store.revision()
    assert (count_backlog(store), derive_some(store), derive_some(store)) == (2, 2, 0)
    assert [each.key for each in held(store, first).statutes or ()] == ["us/usc/1/1"]
    told = held(store, third).statutes
    assert [each.key for each in told or ()] == ["us/usc/18/1343"]
    assert [each.id for each in store.releases(after_revision=before)] == [third]


def test_a_fact_that_newer_rules_find_is_new_to_the_index_alone(store: Store) -> None:
    same, other = add(store, 1, [WIRE]), add(store, 2, [WIRE])
    told = held(store, other).facts
    with store.writing() as connection:
        connection.execute(update(tables.version).values(fact_rules=RULES - 1))
        here = tables.version.c.release == other
        connection.execute(update(tables.version).where(here).values(facts=[]))
    before = store.revision()
    assert (count_backlog(store), derive_some(store), derive_some(store)) == (2, 2, 0)
    assert held(store, other).facts == told
    assert [each.id for each in store.releases(after_revision=before)] == [other]
    assert [len(store.versions(each)) for each in (same, other)] == [1, 1]
    assert store.ledger() == []


def test_a_withheld_release_has_no_facts_to_show(store: Store) -> None:
    shown, withheld = add(store, 1, [WIRE]), add(store, 2, [WIRE])
    store.withhold(withheld, "A minor is named.")
    assert {*store.facts_of([shown, withheld])} == {shown}


def test_workers_derive_the_same(
    copy_settings: Settings, copy_store: Store, copy_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {each.id: (each.facts, each.statutes) for each in copy_store.releases()}
    spoil(copy_store, statutes=None, facts=None)
    monkeypatch.setattr("indexer.jobs.reindex.MOST_DERIVED_HERE", 0)
    reindex(copy_settings, copy_store, copy_engine)
    assert {each.id: (each.facts, each.statutes) for each in copy_store.releases()} == told


def test_facts_that_do_not_follow_from_the_text_are_found(
    copy_settings: Settings, copy_store: Store
) -> None:
    def findings() -> list[str]:
        return [each.sentence for each in verify_catalog(copy_settings, copy_store)]

    assert findings() == []
    id_ = next(each.id for each in copy_store.releases() if each.facts)
    with copy_store.writing() as connection:
        here = tables.version.c.release == id_
        connection.execute(update(tables.version).where(here).values(facts=[]))
    assert len(findings()) == 1
    assert "(facts)" in findings()[0]
    for finding in [*verify_catalog(copy_settings, copy_store)]:
        assert finding.repair
        finding.repair()
    assert findings() == []
    assert held(copy_store, id_).facts


def test_a_reindex_derives_what_an_older_catalog_lacks_once(
    copy_settings: Settings, copy_store: Store, copy_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {each.id: each.statutes for each in copy_store.releases()}
    assert any(told.values())
    spoil(copy_store, statutes=None)
    assert {each.statutes for each in copy_store.releases()} == {None}
    monkeypatch.setattr(derivations, "VERSIONS_AT_ONCE", 7)
    reindex(copy_settings, copy_store, copy_engine)
    assert {each.id: each.statutes for each in copy_store.releases()} == told
    assert count_backlog(copy_store) == 0
    revision = copy_store.revision()
    assert reindex(copy_settings, copy_store, copy_engine).releases == 0
    assert copy_store.revision() == revision
    cited = copy_engine.total(Query(parse('statute:"18 USC 1343"').tree))
    assert cited == sum("us/usc/18/1343" in {c.key for c in each or ()} for each in told.values())
    assert cited


def test_the_archive_read_anew_derives_them_too(copy_settings: Settings, copy_store: Store) -> None:
    told = {each.id: each.statutes for each in copy_store.releases("sample_doj")}
    facts = {each.id: each.facts for each in copy_store.releases("sample_doj")}
    spoil(copy_store, statutes=None, facts=None)
    report = reparse_archive("sample_doj", copy_settings, copy_store, is_applied=True)
    assert {each.facts for each in report.differences} == {("statutes", "facts")}
    assert {each.id: each.facts for each in copy_store.releases("sample_doj")} == facts
    assert {each.id: each.statutes for each in copy_store.releases("sample_doj")} == told


@pytest.mark.sqlite
def test_a_catalog_of_format_1_has_its_statutes_after_one_reindex(settings: Settings) -> None:
    settings.data.mkdir()
    connection = sqlite3.connect(settings.data / "catalog.sqlite")
    connection.executescript((CATALOGS / "format_1.sql").read_text(encoding="utf-8"))
    connection.close()
    store = Store(settings)
    assert {each.statutes for each in store.releases()} == {None}
    assert count_backlog(store) == derive_some(store) > 0
    assert {each.statutes for each in store.releases()} == {()}
    store.close()
