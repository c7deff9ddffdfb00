"""Archive against catalog: every fault is a sentence, and what can be mended is."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, delete, func, select, update

from corpus import Release, Settings, Store
from corpus.catalog.attestation import KIND
from corpus.database import tables
from corpus.evidence.verify import verify_archive, verify_catalog
from corpus.issue import Finding
from corpus.warc.archive import own_files
from corpus.warc.reader import records
from corpus.warc.record import Record
from corpus.warc.response import Response
from corpus.warc.writer import ArchiveWriter

pytestmark = pytest.mark.each_catalog


def findings(settings: Settings, store: Store) -> list[Finding]:
    return [*verify_archive(settings), *verify_catalog(settings, store)]


def repaired(settings: Settings, store: Store) -> list[str]:
    """Repair all that can be, one finding after another; the sentences of what is left."""
    for check in (lambda: verify_archive(settings), lambda: verify_catalog(settings, store)):
        for finding in check():
            if finding.repair:
                finding.repair()
    return [each.sentence for each in findings(settings, store)]


# That a listed address was dead is asked anew.
WHOLE = select(tables.visit).where(tables.visit.c.status == 200).subquery()


def state(store: Store) -> dict[str, tuple[Release, int]]:
    return {each.id: (each, len(store.versions(each.id))) for each in store.releases()}


def newest_file(settings: Settings, office: str) -> Path:
    files = [path for path in own_files(settings.archive) if KIND not in path.name]
    return [path for path in files if path.parent.name == office][-1]


def rows(store: Store, table: object) -> int:
    with store.writing() as connection:
        return int(connection.scalar(select(func.count()).select_from(table)) or 0)  # type: ignore[arg-type]


def test_whole_data_have_no_findings(copy_settings: Settings, copy_store: Store) -> None:
    assert findings(copy_settings, copy_store) == []


@pytest.mark.parametrize("part", ["response", "request", "warcinfo"])
def test_a_torn_end_is_cut_and_what_stood_there_is_fetched_anew(
    copy_settings: Settings, copy_store: Store, part: str
) -> None:
    path = newest_file(copy_settings, "sample_doj")
    found = [each for each in records(path) if isinstance(each, Record) and each.kind == part]
    torn = found[-1]
    with path.open("r+b") as file:
        file.truncate((torn.offset + torn.end) // 2)
    first = next(verify_archive(copy_settings))
    assert first.sentence.startswith(f"{path} ends with a partial record at {torn.offset}: ")
    assert first.repair
    assert first.repair().endswith(
        "of a partial record removed." if torn.offset else "had no complete record and was removed."
    )
    left = repaired(copy_settings, copy_store)
    # Of a version only its evidence can tell; all other rows were mended.
    of_evidence = ("does not have the recorded response of", "is missing", "marked as lost")
    assert all(any(words in each for words in of_evidence) for each in left), left
    if part == "request":
        assert left == []


def test_a_file_of_no_bytes_is_removed(copy_settings: Settings, copy_store: Store) -> None:
    path = copy_settings.archive / "sample_doj" / "sample_doj-20260101T000000000000.warc.gz"
    path.write_bytes(b"")
    [finding] = findings(copy_settings, copy_store)
    assert finding.sentence == f"{path} ends with a partial record at 0: it is empty."
    assert repaired(copy_settings, copy_store) == []
    assert not path.exists()


def test_a_record_spoilt_in_the_middle_is_reported_and_left(
    copy_settings: Settings, copy_store: Store
) -> None:
    with copy_store.writing() as connection:
        row = connection.execute(
            select(tables.version).where(tables.version.c.part_sha256.is_(None)).limit(1)
        ).one()
    path = copy_settings.archive / row.warc_file
    spoilt = bytearray(path.read_bytes())
    spoilt[row.warc_offset + 40] ^= 0x10
    path.write_bytes(spoilt)
    first, *rest = findings(copy_settings, copy_store)
    assert first.sentence.startswith(f"{path} is damaged at {row.warc_offset}: ")
    assert first.repair is None
    assert any(row.release in each.sentence for each in rest)
    assert path.read_bytes() == bytes(spoilt)


def test_a_missing_file_is_one_finding_and_its_pages_are_fetched_anew(
    copy_settings: Settings, copy_store: Store
) -> None:
    path = newest_file(copy_settings, "sample_gpo")
    path.unlink()
    [finding] = findings(copy_settings, copy_store)
    assert finding.sentence.startswith(f"{path} is missing, with ")
    visits = rows(copy_store, tables.visit)
    assert finding.repair
    assert re.fullmatch(
        r"31 versions marked as lost\. The next crawl fetches 12 pages again, .*",
        finding.repair(),
    )
    assert rows(copy_store, tables.visit) < visits


def lose_catalog(settings: Settings) -> None:
    engine = create_engine(settings.catalog_url)
    tables.metadata.drop_all(engine)
    engine.dispose()


def test_a_lost_catalog_is_rebuilt_from_the_archive(copy_settings: Settings) -> None:
    with closing(Store(copy_settings)) as store:
        before = state(store)
        visits = rows(store, WHOLE)
    lose_catalog(copy_settings)
    with closing(Store(copy_settings)) as store:
        assert all("that the catalog lacks" in f.sentence for f in findings(copy_settings, store))
        assert repaired(copy_settings, store) == []
        after = state(store)
        assert rows(store, WHOLE) == visits
    assert after.keys() == before.keys()
    for id_, (release, versions) in before.items():
        again, number = after[id_]
        assert number == versions
        assert (again.title, again.body, again.attachments) == (
            release.title,
            release.body,
            release.attachments,
        )
        assert again.provenance == release.provenance
        assert again.first_seen == release.first_seen


def test_an_answer_that_a_killed_crawl_did_not_catalog_is_taken_in(
    copy_settings: Settings, copy_store: Store
) -> None:
    known = next(
        each for each in copy_store.releases("sample_gpo") if each.provenance.part_sha256 is None
    )
    path = copy_settings.archive / known.provenance.warc_file
    [record] = [each for each in records(path) if each.offset == known.provenance.warc_offset]
    assert isinstance(record, Record)
    url = known.url + "-unheard-of"
    raw = record.body
    answer = Response(url, 200, [("Content-Type", "text/html")], raw, record.fetched_at, [])
    with ArchiveWriter(copy_settings.archive, "sample_gpo", 10**9) as archive:
        archive.add(answer)
    [finding] = findings(copy_settings, copy_store)
    assert "has 1 response that the catalog lacks, the first of " + url in finding.sentence
    assert repaired(copy_settings, copy_store) == []
    [added] = [each for each in copy_store.releases() if each.url == url]
    assert (added.title, added.first_seen) == (known.title, record.fetched_at)


@pytest.mark.sqlite  # PostgreSQL lets no foreign key go
def test_releases_without_versions_and_versions_without_releases_are_read_again(
    copy_settings: Settings, copy_store: Store
) -> None:
    before = state(copy_store)
    first, second, third = sorted(each for each in before if each.startswith("sample_doj-"))[:3]
    v, r = tables.version.c, tables.release.c
    with copy_store.writing() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        connection.execute(delete(tables.version).where(v.release == first))
        connection.execute(update(tables.release).where(r.id == third), {"version": 7})
    with copy_store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.execute(delete(tables.release).where(r.id == second))
        connection.commit()
        connection.invalidate()
    sentences = [each.sentence for each in findings(copy_settings, copy_store)]
    assert f"{third}: its current version is missing from the catalog." in sentences
    assert any("catalog rows are missing for 2 releases" in each for each in sentences)
    assert repaired(copy_settings, copy_store) == []
    after = state(copy_store)
    assert after.keys() == before.keys()
    for id_ in (first, second, third):
        assert after[id_][0].body == before[id_][0].body
        assert after[id_][0].first_seen == before[id_][0].first_seen
