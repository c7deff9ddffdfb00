"""The archive read anew: what an earlier reader misread is replaced, and no version is added."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from corpus import Release, Settings, Store
from corpus.database import tables
from corpus.evidence.reparse import Difference, reparse_archive
from corpus.warc.archive import read_response
from corpus.warc.response import Response
from corpus.warc.writer import ArchiveWriter
from tests.corpus.evidence.test_verify import findings, repaired, state

pytestmark = pytest.mark.each_catalog

v, r = tables.version.c, tables.release.c


def whole_pages(store: Store) -> list[Release]:
    """Releases that came on pages of their own."""
    return [each for each in store.releases("sample_gpo") if each.provenance.part_sha256 is None]


def whole_page(store: Store) -> Release:
    return whole_pages(store)[0]


def listed(store: Store) -> Release:
    """A release that a listing brought."""
    return next(each for each in store.releases("sample_doj") if each.provenance.part_sha256)


def misread(store: Store, id_: str, **facts: Any) -> None:
    """Leave a release's last version as an earlier reader might have read it."""
    with store.writing() as connection:
        connection.execute(update(tables.version).where(v.release == id_), facts)


def edited(
    settings: Settings, store: Store, known: Release, old: bytes, new: bytes, hours: int = 1
) -> None:
    """Some hours later the office edits a release, and a crawl sees it."""
    seen = known.provenance
    record = read_response(settings.archive, seen.location)
    assert old in record.body
    at = record.fetched_at + timedelta(hours=hours)
    body = record.body.replace(old, new)
    answer = Response(record.url, 200, list(record.headers.items()), body, at, [])
    with ArchiveWriter(settings.archive, known.office, 10**9) as archive:
        archive.add(answer)
    assert repaired(settings, store) == []


def test_what_today_s_readers_read_alike_stays_as_it_is(
    copy_settings: Settings,
    copy_store: Store,
) -> None:
    before, revision = state(copy_store), copy_store.revision()
    for name in ("sample_doj", "sample_gpo"):
        report = reparse_archive(name, copy_settings, copy_store, is_applied=True)
        assert report.read == len(list(copy_store.releases(name)))
        assert (report.differences, report.repeats, report.left) == ([], [], [])
    assert (state(copy_store), copy_store.revision()) == (before, revision)


@pytest.mark.parametrize("pick", [whole_page, listed])
def test_a_misread_version_is_replaced_only_when_applied(
    copy_settings: Settings,
    copy_store: Store,
    pick: Any,
) -> None:
    before = state(copy_store)
    known = pick(copy_store)
    misread(copy_store, known.id, title="Misread", body=["Half."], place="Nowhere")
    after, revision = state(copy_store), copy_store.revision()
    dry = reparse_archive(known.office, copy_settings, copy_store)
    assert dry.differences == [Difference(known.id, 1, ("title", "body", "place"))]
    assert "Nothing was changed; run the command with --apply" in dry.sentences()[-1]
    assert (state(copy_store), copy_store.revision()) == (after, revision)
    done = reparse_archive(known.office, copy_settings, copy_store, is_applied=True)
    assert done.differences == dry.differences
    assert state(copy_store) == before
    assert copy_store.revision() > revision, "an index has to hear of it"


def test_what_an_earlier_reader_did_not_read_is_filled_in_without_a_version(
    copy_settings: Settings, copy_store: Store
) -> None:
    """As in a catalog of the last release, whose attestations do not know of it either."""
    with copy_store.writing() as connection:
        of_before = {"subtitle": None, "links": None, "reader_version": 3}
        unattested = {"attested_as": "later", "attested_at": None, "attested_offset": None}
        connection.execute(update(tables.version), of_before | unattested | {"attested_file": None})
    while copy_store.attest_older():
        pass
    ledger = copy_store.ledger_counts()
    before = {id_: number for id_, (_, number) in state(copy_store).items()}
    assert findings(copy_settings, copy_store) == []
    report = reparse_archive("sample_doj", copy_settings, copy_store, is_applied=True)
    assert (report.left, report.repeats, report.restored) == ([], [], [])
    assert {each.facts for each in report.differences} <= {("links",), ("subtitle", "links")}
    verdict = next(each for each in copy_store.releases() if each.links)
    assert verdict.links[0].text == "announced in October 2019"
    indicted = copy_store.id_of("sample_doj", verdict.links[0].url)
    assert copy_store.linking(verdict.links[0].url) == [verdict.id]
    assert copy_store.get(indicted)
    after = {id_: number for id_, (_, number) in state(copy_store).items()}
    assert (after, copy_store.ledger_counts()) == (before, ledger)
    assert findings(copy_settings, copy_store) == []


def test_an_edit_of_the_office_stays_a_version_when_both_are_read_anew(
    copy_settings: Settings,
    copy_store: Store,
) -> None:
    known = whole_page(copy_store)
    edited(copy_settings, copy_store, known, known.title.encode(), b"Another title")
    assert [each.title for each in copy_store.versions(known.id)] == [known.title, "Another title"]
    misread(copy_store, known.id, place="Nowhere")
    report = reparse_archive("sample_gpo", copy_settings, copy_store, is_applied=True)
    assert [(each.release, each.version) for each in report.differences] == [
        (known.id, 1),
        (known.id, 2),
    ]
    assert report.repeats == []
    assert [each.title for each in copy_store.versions(known.id)] == [known.title, "Another title"]


def test_a_version_that_only_misreading_made_is_set_aside_and_can_come_back(
    copy_settings: Settings,
    copy_store: Store,
) -> None:
    known = whole_page(copy_store)
    edited(
        copy_settings, copy_store, known, b"</title>", b" </title>"
    )  # boilerplate: nothing that is stated
    assert [each.number for each in copy_store.versions(known.id)] == [1]
    with (
        copy_store.writing() as connection
    ):  # as if a reader of that time had taken it for the text
        first = connection.execute(select(tables.version).where(v.release == known.id)).one()
        visit = connection.execute(
            select(tables.visit).where(tables.visit.c.url == first.asked_url)
        ).one()
        second = dict(first._mapping) | {"ordinal": 2, "title": "Misread"}
        second |= {name: visit._mapping[name] for name in ("sha256", "warc_file", "warc_offset")}
        second["observed_at"] = visit.fetched_at
        connection.execute(insert(tables.version), second)
        connection.execute(update(tables.release).where(r.id == known.id), {"version": 2})
    dry = reparse_archive("sample_gpo", copy_settings, copy_store)
    assert dry.repeats == [(known.id, 2)]
    assert [each.number for each in copy_store.versions(known.id)] == [1, 2]
    reparse_archive("sample_gpo", copy_settings, copy_store, is_applied=True)
    assert [each.number for each in copy_store.versions(known.id)] == [1]
    again = copy_store.get(known.id)
    assert again
    assert (again.version, again.title) == (1, known.title)
    edited(copy_settings, copy_store, known, known.title.encode(), b"Another title", 2)
    assert [each.number for each in copy_store.versions(known.id)] == [1, 3], "2 was cited"


def test_a_version_set_aside_comes_back_when_a_reader_tells_it_apart(
    copy_settings: Settings,
    copy_store: Store,
) -> None:
    known = whole_page(copy_store)
    edited(copy_settings, copy_store, known, known.title.encode(), b"Another title")
    with copy_store.writing() as connection:  # as a reader that is blind to titles left it
        second = (v.release == known.id) & (v.ordinal == 2)
        values = {"title": known.title, "is_repeat": True}
        connection.execute(update(tables.version).where(second), values)
        connection.execute(update(tables.release).where(r.id == known.id), {"version": 1})
    report = reparse_archive("sample_gpo", copy_settings, copy_store, is_applied=True)
    assert report.restored == [(known.id, 2)]
    again = copy_store.get(known.id)
    assert again
    assert (again.version, again.title) == (2, "Another title")


def test_what_cannot_be_read_today_stays_as_it_was_read(
    copy_settings: Settings,
    copy_store: Store,
) -> None:
    known = whole_page(copy_store)
    with copy_store.writing() as connection:  # its evidence is a page that is no release
        hit = tables.visit.c.url.like("%/news")
        listing = connection.execute(
            select(tables.visit).where(tables.visit.c.office == "sample_gpo", hit)
        ).first()
        assert listing
        values = {"warc_file": listing.warc_file, "warc_offset": listing.warc_offset}
        connection.execute(update(tables.version).where(v.release == known.id), values)
    before = state(copy_store)
    report = reparse_archive("sample_gpo", copy_settings, copy_store, is_applied=True)
    assert [each.rule for each in report.left] == ["not_found"]
    assert state(copy_store) == before


def test_a_missing_file_is_reported_and_its_versions_stay(
    copy_settings: Settings,
    copy_store: Store,
) -> None:
    known = whole_page(copy_store)
    before = state(copy_store)
    (copy_settings.archive / known.provenance.warc_file).unlink()
    report = reparse_archive("sample_gpo", copy_settings, copy_store, is_applied=True)
    assert {each.rule for each in report.left} == {"no_evidence"}
    assert state(copy_store) == before


def test_versions_of_another_data_folder_are_not_touched(
    copy_settings: Settings,
    copy_store: Store,
) -> None:
    known = listed(copy_store)
    misread(copy_store, known.id, title="Misread")
    report = reparse_archive("sample_gpo", copy_settings, copy_store, is_applied=True)
    assert report.differences == []
    other = replace(copy_settings, data=copy_settings.data / "elsewhere", catalog="")
    with closing(Store(other)) as empty:
        assert reparse_archive("sample_doj", other, empty).read == 0
    again = copy_store.get(known.id)
    assert again
    assert again.title == "Misread"
