"""What a run holds back is evidence all the same: known, checked, copied, and not taken in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from corpus import Settings, Store
from corpus.catalog.ledger import Entry
from corpus.catalog.mapping import Visit, as_json
from corpus.catalog.near_duplicates import link_pending
from corpus.database import tables
from corpus.database.current import current_releases
from corpus.evidence.backup import back_up
from corpus.release import FACTS, Draft, Provenance, release_id, sha256
from corpus.review.publishing import accept, finish_publishing
from corpus.review.staging import Observation, Staging
from corpus.warc.archive import read_response
from corpus.warc.response import Response
from corpus.warc.writer import ArchiveWriter
from indexer import open_engine
from indexer.jobs.status import status_of, status_sentences
from tests.corpus.evidence.test_reparse import whole_page
from tests.corpus.evidence.test_verify import findings, newest_file, repaired, rows, state

pytestmark = pytest.mark.each_catalog

OFFICE = "sample_gpo"
NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
Hold = Callable[[], str]


@pytest.fixture
def hold(copy_settings: Settings, copy_store: Store) -> Hold:
    """A run that saw one release that nobody knew, and is held; the release's URL."""

    def held() -> str:
        staging, url = _staged(copy_settings, copy_store)
        staging.quarantine({"quarantined": "It looks odd.", "listed": 1}, is_walk=True)
        return url

    return held


def _staged(settings: Settings, store: Store) -> tuple[Staging, str]:
    known = whole_page(store)
    at = known.provenance.location
    page, url, now = read_response(settings.archive, at), f"{known.url}-2", datetime.now(UTC)
    with ArchiveWriter(settings.archive, OFFICE, 10**9) as archive:
        place = archive.add(Response(url, 200, [], page.body, now, []))
    with store.writing() as connection:
        query = current_releases().where(tables.release.c.id == known.id)
        row = dict(connection.execute(query).one()._mapping)
    names = {column.name for column in tables.version.c} - {"release", "ordinal", "is_repeat"}
    names = {name for name in names if not name.startswith("attested_")}
    facts = {name: row[name] for name in names} | {
        "asked_url": url,
        "observed_at": now,
        "warc_file": place.warc_file,
        "warc_offset": place.warc_offset,
    }
    staging = Staging(store, OFFICE, "pages", now, 7)
    seen = Observation(release_id(OFFICE, url), url, "new", now, "en", (), as_json(facts))
    with store.writing() as connection:
        staging.add(connection, seen)
        staging.add_visit(connection, url, "", Visit(None, None, now, sha256(page.body), place))
    return staging, url


def test_what_quarantine_holds_is_known_and_no_repair_takes_it_in(
    copy_settings: Settings, copy_store: Store, hold: Hold
) -> None:
    url, before = hold(), state(copy_store)
    assert repaired(copy_settings, copy_store) == findings(copy_settings, copy_store) == []
    assert state(copy_store) == before
    assert accept(copy_store, OFFICE, 3) == ["pages"]
    assert release_id(OFFICE, url) in state(copy_store)
    assert findings(copy_settings, copy_store) == []


def test_what_a_dropped_run_saw_is_not_taken_in_either(
    copy_settings: Settings, copy_store: Store, hold: Hold
) -> None:
    hold()
    before = state(copy_store)
    later = Staging(copy_store, OFFICE, "pages", datetime.now(UTC), 7)
    later.publish({"listed": 0}, is_walk=False, gone_visits=3)
    assert rows(copy_store, tables.staged) == 0
    assert repaired(copy_settings, copy_store) == []
    assert state(copy_store) == before


def test_an_open_run_is_known_too(copy_settings: Settings, copy_store: Store) -> None:
    staging, _ = _staged(copy_settings, copy_store)
    assert findings(copy_settings, copy_store) == []
    with closing(open_engine(copy_settings)) as engine:
        told = status_sentences(status_of(copy_store, engine))
    when = f"{staging.started_at:%Y-%m-%d %H:%M}"
    assert f"  the crawl of {when} UTC is unfinished; the next one continues it" in told


def test_damaged_evidence_of_a_held_run_is_told_and_forgotten_with_what_was_read_of_it(
    copy_settings: Settings, copy_store: Store, hold: Hold
) -> None:
    url = hold()
    newest = newest_file(copy_settings, OFFICE)
    newest.unlink()
    [finding] = findings(copy_settings, copy_store)
    assert finding.sentence.startswith(f"{newest} is missing, with 1 visit. Restore it ")
    assert finding.repair
    assert finding.repair() == f"The next crawl fetches 1 page again, the first: {url}."
    assert rows(copy_store, tables.staged) == rows(copy_store, tables.staged_visit) == 0
    assert findings(copy_settings, copy_store) == []


def test_a_backup_has_what_is_held_and_its_answers(
    copy_settings: Settings, copy_store: Store, hold: Hold, tmp_path: Path
) -> None:
    url = hold()
    back_up(copy_settings, copy_store, tmp_path / "backup")
    copy = Settings(data=tmp_path / "backup")
    with closing(Store(copy)) as copied:
        assert findings(copy, copied) == []
        assert accept(copied, OFFICE, 3) == ["pages"]
        assert findings(copy, copied) == []
        found = copied.get(release_id(OFFICE, url))
    assert found
    place = found.provenance.location
    assert sha256(read_response(copy.archive, place).body) == found.provenance.sha256


def test_a_backup_leaves_out_the_file_of_an_answer_that_is_not_cataloged_yet(
    copy_settings: Settings, copy_store: Store, tmp_path: Path
) -> None:
    known = whole_page(copy_store)
    at = known.provenance.location
    page = read_response(copy_settings.archive, at)
    answer = Response(f"{known.url}-2", 200, [], page.body, datetime.now(UTC), [])
    with ArchiveWriter(copy_settings.archive, OFFICE, 10**9) as archive:
        archive.add(answer)
    back_up(copy_settings, copy_store, tmp_path / "backup")
    copy = Settings(data=tmp_path / "backup")
    with closing(Store(copy)) as copied:
        assert findings(copy, copied) == []


def test_a_release_that_is_read_again_keeps_what_points_to_it(
    copy_settings: Settings, copy_store: Store
) -> None:
    known = whole_page(copy_store)
    copy_store.withhold(known.id, "Order of a court.")
    with copy_store.writing() as connection:
        connection.execute(
            update(tables.release).where(tables.release.c.id == known.id), {"misses": 2}
        )
        connection.execute(delete(tables.version).where(tables.version.c.release == known.id))
    assert any("catalog rows are missing for" in each for each in sentences(copy_settings))
    assert repaired(copy_settings, copy_store) == []
    assert copy_store.withheld() == {known.id}
    again = copy_store.get(known.id, with_withheld=True)
    assert again
    assert [getattr(again, name) for name in FACTS] == [getattr(known, name) for name in FACTS]
    with copy_store.writing() as connection:
        where = tables.release.c.id == known.id
        assert connection.scalar(select(tables.release.c.misses).where(where)) == 2


def sentences(settings: Settings) -> list[str]:
    with closing(Store(settings)) as store:
        return [each.sentence for each in findings(settings, store)]


def test_the_ledger_of_a_release_that_is_read_again_is_told_once(
    copy_settings: Settings, copy_store: Store
) -> None:
    known = whole_page(copy_store)
    with copy_store.writing() as connection:
        row = {"release": known.id, "office": OFFICE, "kind": "gone", "version": 1}
        row |= {"at": datetime.now(UTC), "since": datetime.now(UTC)}
        connection.execute(tables.event.insert(), row)
        before = connection.scalar(select(func.count()).select_from(tables.event))
        connection.execute(delete(tables.version).where(tables.version.c.release == known.id))
    assert repaired(copy_settings, copy_store) == []
    assert rows(copy_store, tables.event) == before


def test_a_change_that_is_set_aside_leaves_the_ledger_and_comes_back_with_its_version(
    copy_store: Store,
) -> None:
    known = whole_page(copy_store)
    with copy_store.writing() as connection:
        row = {"release": known.id, "office": OFFICE, "kind": "changed", "version": known.version}
        row |= {"at": datetime.now(UTC), "since": datetime.now(UTC)}
        connection.execute(tables.event.insert(), row)
    assert [each.kind for each in ledger_of(copy_store, known.id)] == ["changed"]
    for is_repeat, kinds in ((True, []), (False, ["changed"])):
        with copy_store.writing() as connection:
            where = tables.version.c.release == known.id
            connection.execute(update(tables.version).where(where), {"is_repeat": is_repeat})
        assert [each.kind for each in ledger_of(copy_store, known.id)] == kinds
        assert [each.kind for each in copy_store.history(known.id)] == ["new", *kinds]


def ledger_of(store: Store, id_: str) -> list[Entry]:
    return [each for each in store.ledger(size=1000) if each.id == id_]


@pytest.mark.parametrize("most", [1, 500])
def test_copies_that_an_older_catalog_brought_are_found_once(store: Store, most: int) -> None:
    body = [f"On day {n} the court of Port Merrin heard witness {n} in public." for n in range(9)]
    draft = Draft(title="Trial opens", published=None, body=body, language="en")
    found = Provenance("https://a.example/1", NOON, "0" * 64, "a/a.warc.gz", 1, "a/pages", 1)
    with store.writing() as connection:
        for n in range(4):
            url = f"https://a.example/{n}"
            own = replace(draft, body=body if n < 2 else [f"{n} {line}" for line in body])
            seen = replace(found, sha256=str(n) * 64)
            store.add(connection, "a", url, own, seen, NOON, frozenset())
        linked = connection.execute(select(tables.copy).order_by(tables.copy.c.release)).all()
        assert len(linked) == 2
        for table in (tables.copy, tables.band):  # as a migration leaves it
            connection.execute(delete(table))
        connection.execute(tables.about.insert(), {"key": "unlinked", "value": 4})
    with store.writing() as connection:
        while link_pending(connection, most):
            pass
    finish_publishing(store, "a")
    with store.writing() as connection:
        again = connection.execute(select(tables.copy).order_by(tables.copy.c.release)).all()
        keys = set(connection.scalars(select(tables.about.c.key)))
    assert (again, keys) == (linked, {"format", "revision"})
