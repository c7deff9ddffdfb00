"""Less never replaces more in silence: a lost, empty, older or other catalog and the live index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from corpus import Settings, Store
from corpus.database import tables
from corpus.errors import SmallerError
from corpus.release import Draft, Provenance
from indexer import Engine, Health, Query, open_engine, parse, reindex
from indexer.jobs.verify import verify_index
from tests.engines import ENGINES, placed

NOW = datetime(2026, 1, 1, tzinfo=UTC)


both_engines = pytest.mark.parametrize("settings", ENGINES, indirect=True)


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    made = Settings(data=tmp_path / "data")
    return placed(request, made) if hasattr(request, "param") else made


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with closing(Store(settings)) as opened:
        yield opened


@pytest.fixture
def other(settings: Settings, tmp_path: Path) -> Iterator[Store]:
    """Another catalog, which a slip in the settings leads to."""
    with closing(Store(replace(settings, data=tmp_path / "other"))) as opened:
        yield opened


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    with closing(open_engine(settings)) as opened:
        yield opened
        for build in opened.builds():
            opened.drop(build)


def add(store: Store, numbers: range, words: str = "fraud", site: str = "opa") -> None:
    """Put releases into the catalog as a crawl would."""
    with store.writing() as connection:
        for number in numbers:
            url = f"https://www.justice.gov/{site}/pr/{number}"
            draft = Draft(f"Release {number}", date(2018, 1, 1), [words, "More. " * 20], "en")
            found = Provenance(url, NOW, "0" * 64, "none.warc.gz", 0, "us_doj/pages", 1)
            store.add(connection, "us_doj", url, draft, found, NOW, frozenset())


def lose(store: Store, number: int) -> None:
    """Lose the rows of so many releases, as a damaged table would."""
    r, v = tables.release.c, tables.version.c
    with store.writing() as connection:
        for id_ in sorted(store.ids())[:number]:
            for table in (tables.band, tables.copy):
                connection.execute(delete(table).where(table.c.release == id_))
            connection.execute(delete(tables.copy).where(tables.copy.c.other == id_))
            connection.execute(delete(tables.version).where(v.release == id_))
            connection.execute(delete(tables.release).where(r.id == id_))


def set_revision(store: Store, number: int) -> None:
    with store.writing() as connection:
        where = tables.about.c.key == "revision"
        connection.execute(update(tables.about).where(where), {"value": number})


def ids(engine: Engine) -> set[str]:
    return set(engine.scan(Query(None)))


def assert_refused(
    settings: Settings, store: Store, engine: Engine, words: str, *, is_full: bool = False
) -> None:
    """Nothing is built, and the live build answers as before."""
    before, builds, indexed = engine.health(), engine.builds(), ids(engine)
    with pytest.raises(SmallerError, match=words):
        reindex(settings, store, engine, is_full=is_full)
    assert (engine.health(), engine.builds(), ids(engine)) == (before, builds, indexed)


@pytest.mark.parametrize("is_full", [False, True], ids=["plain", "full"])
def test_an_empty_catalog_replaces_no_index(
    settings: Settings, store: Store, other: Store, engine: Engine, is_full: bool
) -> None:
    add(store, range(10))
    reindex(settings, store, engine)
    assert_refused(settings, other, engine, "has 0 of the 10 releases", is_full=is_full)
    report = reindex(settings, other, engine, is_full=is_full, is_smaller_accepted=True)
    assert (report.is_full, report.releases, ids(engine)) == (True, 0, set())


@both_engines
@pytest.mark.parametrize(("lost", "is_refused"), [(1, False), (2, True), (9, True)])
def test_nine_tenths_of_the_live_releases_are_enough(
    settings: Settings, store: Store, engine: Engine, lost: int, is_refused: bool
) -> None:
    add(store, range(10))
    reindex(settings, store, engine)
    lose(store, lost)
    if is_refused:
        words = rf"has {10 - lost} of the 10 releases .*--accept-smaller"
        assert_refused(settings, store, engine, words, is_full=True)
    reindex(settings, store, engine, is_full=True, is_smaller_accepted=is_refused)
    assert len(ids(engine)) == 10 - lost


def test_what_an_update_would_leave_behind_counts_as_lost(
    settings: Settings, store: Store, engine: Engine
) -> None:
    add(store, range(20))
    reindex(settings, store, engine)
    lose(store, 5)
    add(store, range(20, 40))
    assert_refused(settings, store, engine, "has 15 of the 20 releases")
    reindex(settings, store, engine, is_smaller_accepted=True)
    assert ids(engine) == store.ids()


def test_few_lost_rows_are_no_update_but_a_new_build(
    settings: Settings, store: Store, engine: Engine
) -> None:
    add(store, range(20))
    reindex(settings, store, engine)
    lose(store, 1)
    add(store, range(20, 22))
    assert reindex(settings, store, engine).is_full
    assert ids(engine) == store.ids()


@pytest.mark.parametrize("number", [10, 15, 40])
def test_a_catalog_of_another_lineage_is_refused_however_large_it_is(
    settings: Settings, store: Store, other: Store, engine: Engine, number: int
) -> None:
    """Also where its numbers fit: without edits, revisions count releases."""
    add(store, range(10))
    reindex(settings, store, engine)
    add(other, range(number), site="usao")
    assert_refused(settings, other, engine, "has 0 of the 10 releases")
    assert reindex(settings, other, engine, is_smaller_accepted=True).is_full
    assert ids(engine) == other.ids()


@both_engines
def test_a_catalog_that_went_another_way_since_a_backup_makes_a_new_build(
    settings: Settings, store: Store, other: Store, engine: Engine
) -> None:
    for each in (store, other):
        add(each, range(30))
    add(store, range(30, 32))
    reindex(settings, store, engine)
    add(other, range(40, 45))
    assert reindex(settings, other, engine).is_full
    assert ids(engine) == other.ids()


@pytest.mark.parametrize("is_full", [False, True], ids=["plain", "full"])
def test_an_older_catalog_is_refused(
    settings: Settings, store: Store, engine: Engine, is_full: bool
) -> None:
    add(store, range(10))
    reindex(settings, store, engine)
    set_revision(store, 9)
    words = "at revision 9, but the index was made from one at 10"
    assert_refused(settings, store, engine, words, is_full=is_full)
    reindex(settings, store, engine, is_full=is_full, is_smaller_accepted=True)
    assert engine.health().revision == 9


@pytest.mark.parametrize("is_full", [False, True], ids=["plain", "full"])
def test_what_was_withheld_is_not_lost(
    settings: Settings, store: Store, engine: Engine, is_full: bool
) -> None:
    add(store, range(10))
    reindex(settings, store, engine)
    withheld = sorted(store.ids())[:8]
    for id_ in withheld:
        store.withhold(id_, "Order of a court")
    assert reindex(settings, store, engine, is_full=is_full).is_full  # so that no word is left
    assert ids(engine) == store.ids() - {*withheld}
    store.withhold(withheld[0], "", undo=True)
    assert not reindex(settings, store, engine).is_full
    assert ids(engine) == store.ids() - {*withheld[1:]}


@both_engines
def test_words_of_what_is_withheld_are_told_no_more_and_leave_the_index_with_a_new_build(
    settings: Settings, store: Store, engine: Engine
) -> None:
    add(store, range(5))
    add(store, range(5, 6), "xylophonist")
    reindex(settings, store, engine)
    shown = open_engine(settings, store.withheld)
    assert shown.autocomplete("xylo", 5) == ["xylophonist"]
    [id_] = engine.scan(Query(parse("xylophonist").tree))
    store.withhold(id_, "Order of a court")
    assert (shown.autocomplete("xylo", 5), shown.autocomplete("frau", 5)) == ([], ["fraud"])
    engine.update([], [id_], store.revision(), lambda done: None)  # leaves words behind
    assert (shown.autocomplete("xylo", 5), shown.spell_suggest("xylophonits")) == ([], None)
    assert reindex(settings, store, engine).is_full
    assert (shown.autocomplete("xylo", 5), shown.autocomplete("frau", 5)) == ([], ["fraud"])
    assert not reindex(settings, store, engine).is_full
    shown.close()


@both_engines
def test_of_an_index_that_cannot_be_read_its_number_is_known(
    settings: Settings, store: Store, other: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(store, range(9))
    reindex(settings, store, engine)
    add(store, range(9, 10))
    reindex(settings, store, engine)
    engine.close()
    monkeypatch.setattr("indexer.engine.interface.FORMAT", 0)
    health = engine.health()
    assert (health.is_live, health.releases, health.noted_releases) == (False, 0, 10)
    add(other, range(5))
    with pytest.raises(SmallerError, match="has 5 of the 10 releases"):
        reindex(settings, other, engine)
    assert reindex(settings, store, engine).releases == 10


def test_a_build_that_notes_no_number_is_read_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data=tmp_path)
    with closing(Store(settings)) as store, closing(open_engine(settings)) as engine:
        add(store, range(3))
        build = reindex(settings, store, engine).build
        (settings.index / build / "REVISION").write_text("3")
        expected = Health(is_live=True, build=build, releases=3, revision=3)
        assert engine.health() == expected
        assert reindex(settings, store, engine).releases == 0


def test_repairs_tell_what_they_do_not_mend(
    settings: Settings, store: Store, other: Store, engine: Engine
) -> None:
    add(store, range(10))
    reindex(settings, store, engine)
    add(other, range(5))
    [finding] = verify_index(settings, other, engine)
    assert finding.repair
    with pytest.raises(SmallerError, match="has 5 of the 10 releases"):
        finding.repair()
    assert len(ids(engine)) == 10
    [finding] = verify_index(settings, other, engine, is_smaller_accepted=True)
    assert finding.repair
    finding.repair()
    assert ids(engine) == other.ids()


def test_a_repair_tells_that_a_whole_catalog_is_older_and_takes_it(
    settings: Settings, store: Store, engine: Engine
) -> None:
    """It was just compared with the archive, such as one that was rebuilt from it."""
    add(store, range(10))
    reindex(settings, store, engine)
    set_revision(store, 4)
    [finding] = verify_index(settings, store, engine)
    assert finding.sentence.startswith("The index is ahead of the catalog")
    assert finding.repair
    finding.repair()
    assert engine.health().revision == 4
