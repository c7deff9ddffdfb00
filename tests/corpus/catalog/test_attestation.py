"""What is held of each version is attested in the archive: a change is told, and mended."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, delete, select, update
from warcio.archiveiterator import ArchiveIterator

from corpus import Release, Settings, Store
from corpus.catalog.attestation import KIND, MEDIA_TYPE, canonical_json
from corpus.catalog.versioning import change_version
from corpus.database import tables
from corpus.errors import StoreError
from corpus.evidence.backup import back_up
from corpus.evidence.queries import mark_repeats
from corpus.evidence.reparse import reparse_archive
from corpus.evidence.warc_import import import_files
from corpus.release import MADE
from corpus.warc.archive import own_files
from corpus.warc.reader import records
from corpus.warc.record import Record
from tests.conftest import EditedSite
from tests.corpus.evidence.test_reparse import edited, listed, misread, whole_page, whole_pages
from tests.corpus.evidence.test_verify import findings, repaired, state
from tests.corpus.evidence.test_warc_import import Foreign, page_of
from webui import create_app

VERSION, RELEASE = tables.version.c, tables.release.c
UNATTESTED: dict[str, Any] = dict.fromkeys(
    ("attested_at", "attested_file", "attested_offset"), None
) | {"attested_as": "later"}


def attested_files(settings: Settings) -> list[Path]:
    return [path for path in own_files(settings.archive) if KIND in path.name]


def statements(settings: Settings, id_: str) -> list[tuple[dict[str, str], dict[str, Any]]]:
    """WARC headers and contents of all records about a release, read as a stranger would."""
    found = []
    for path in attested_files(settings):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                body = record.content_stream().read()
                if record.rec_type == "metadata" and json.loads(body)["release"] == id_:
                    found.append((dict(record.rec_headers.headers), json.loads(body)))
    return found


def row_of(store: Store, id_: str, ordinal: int = 1) -> Row[Any]:
    with store.writing() as connection:
        where = (VERSION.release == id_) & (VERSION.ordinal == ordinal)
        return connection.execute(select(tables.version).where(where)).one()


def change(store: Store, id_: str, **values: Any) -> None:
    """Change the row of a version behind the program's back."""
    with store.writing() as connection:
        connection.execute(update(tables.version).where(VERSION.release == id_), values)


def sentences(settings: Settings, store: Store) -> list[str]:
    return [each.sentence for each in findings(settings, store)]


def forget_attestations(settings: Settings, store: Store) -> None:
    """Leave a data folder as the program of before has left it."""
    with store.writing() as connection:
        connection.execute(update(tables.version), UNATTESTED)
    for path in attested_files(settings):
        path.unlink()


@pytest.mark.each_catalog
@pytest.mark.parametrize("pick", [whole_page, listed])
def test_a_stranger_can_check_a_version_with_its_facts_and_the_archive_alone(
    copy_settings: Settings, copy_store: Store, pick: Callable[[Store], Release]
) -> None:
    known = pick(copy_store)
    client = create_app(copy_settings).test_client()
    [version] = client.get(f"/api/v1/releases/{known.id}/versions").get_json()["versions"]
    later = ("subtitle", "links")
    facts = {k: v for k, v in version["facts"].items() if k not in later or v is not None}
    plain = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    [*_, (headers, said)] = statements(copy_settings, known.id)
    assert said["facts_sha256"] == hashlib.sha256(plain.encode()).hexdigest()
    assert headers["Content-Type"] == MEDIA_TYPE
    assert headers["WARC-Target-URI"] == said["url"] == known.url
    seen = version["provenance"]
    with (copy_settings.archive / seen["warc_file"]).open("rb") as file:
        file.seek(seen["warc_offset"])
        response = next(iter(ArchiveIterator(file)))
        body = response.content_stream().read()
    assert headers["WARC-Refers-To"] == response.rec_headers.get_header("WARC-Record-ID")
    assert said["sha256"] == seen["sha256"] == hashlib.sha256(body).hexdigest()
    assert [said[name] for name in ("warc_file", "warc_offset", "reader")] == [
        seen[name] for name in ("warc_file", "warc_offset", "reader")
    ]
    attestation = seen["attestation"]
    assert attestation["at"] == said["attested_at"]
    path = attestation["statement_url"].partition("localhost")[2]
    assert client.get(path).get_json() == said
    assert canonical_json(said) == client.get(path).data


def test_json_is_written_as_rfc_8785_has_it() -> None:
    """The string of its section 3.2.2, which has all kinds of escapes."""
    told = {"é": 1, "b": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/", "a": [None, True, 56]}
    expected = '{"a":[null,true,56],"b":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/","é":1}'
    assert canonical_json(told) == expected.encode()


@pytest.mark.each_catalog
def test_each_version_of_a_crawl_has_a_record_and_what_is_learned_later_another(
    copy_settings: Settings, copy_store: Store
) -> None:
    """The sample department's interface is silent of attachments, its pages tell them."""
    occasions = set()
    for known in copy_store.releases():
        told = [said for _, said in statements(copy_settings, known.id)]
        occasions.add(tuple(said["occasion"] for said in told))
        assert told[-1]["occasion"] == row_of(copy_store, known.id).attested_as
        assert len({said["facts_sha256"] for said in told}) == len(told)
    assert occasions == {("made",), ("made", "revised")}
    assert findings(copy_settings, copy_store) == []


ACQUITTED: dict[str, Any] = {
    "title": "Acquitted of all charges",
    "published": date(1999, 1, 1),
    "body": ["Nothing happened."],
    "number": "00-000",
    "topics": ["Gardening"],
    "components": ["Garden Section"],
    "attachments": [{"url": "https://elsewhere.example/1", "title": "A"}],
    "subtitle": "Or convicted",
    "links": [{"url": "https://elsewhere.example/2", "text": "B"}],
    "language": "fr",
    "place": "Atlantis",
    "signature": "A. Stranger",
    "kind": "Joke",
    "alternates": [{"url": "https://elsewhere.example/1", "language": "de"}],
    "shapes": ["quote"],
    "statutes": [["us/usc/18/1", 0, 0, 4]],
    "asked_url": "https://elsewhere.example/1",
    "sha256": "0" * 64,
    "part_sha256": "0" * 64,
    "warc_offset": 1,
    "reader": "sample_gpo/elsewhere",
    "reader_version": 99,
    "origin": "Somebody",
    "is_repeat": True,
    "attested_as": "revised",
    "observed_at": timedelta(seconds=1),
    "attested_at": timedelta(seconds=1),
    "attested_offset": 1,
}


AT_ONCE = 4  # each in a release of its own: so many came on pages of their own


@pytest.mark.parametrize("first", range(0, len(ACQUITTED), AT_ONCE))
def test_whatever_is_changed_in_the_row_of_a_version_is_told_and_mended(
    copy_settings: Settings, copy_store: Store, first: int
) -> None:
    names = [*ACQUITTED][first : first + AT_ONCE]
    changed = dict(zip(names, whole_pages(copy_store)[: len(names)], strict=True))
    before = {name: row_of(copy_store, known.id) for name, known in changed.items()}
    for name, known in changed.items():
        value, old = ACQUITTED[name], getattr(before[name], name)
        if isinstance(value, timedelta) or name == "attested_offset":
            value = old + value
        assert value != old
        change(copy_store, known.id, **{name: value})
    told = sentences(copy_settings, copy_store)
    for name, known in changed.items():
        assert any(known.id in each for each in told), (name, told)
    assert all("restore" in each for each in told if "attest" in each)
    assert repaired(copy_settings, copy_store) == []
    own = {"attested_as", "attested_at", "attested_file", "attested_offset"}
    for name, known in changed.items():
        after = row_of(copy_store, known.id)
        for column in after._mapping.keys() - (own if name == "attested_offset" else {""}):
            assert getattr(after, column) == getattr(before[name], column), (name, column)


@pytest.mark.each_catalog
def test_a_release_s_changed_address_is_told_and_mended(
    copy_settings: Settings, copy_store: Store
) -> None:
    known = whole_page(copy_store)
    with copy_store.writing() as connection:
        where = RELEASE.id == known.id
        connection.execute(update(tables.release).where(where), {"url": known.url + "?x"})
    [told] = sentences(copy_settings, copy_store)
    assert told.startswith(f"{known.id}: version 1 in the catalog differs from its attestation")
    assert "(url)" in told
    assert repaired(copy_settings, copy_store) == []
    assert state(copy_store)[known.id][0] == known


@pytest.mark.each_catalog
def test_what_a_listing_brought_is_read_from_there_again(
    copy_settings: Settings, copy_store: Store
) -> None:
    known = listed(copy_store)
    revision = copy_store.revision()
    acquitted = {name: ACQUITTED[name] for name in ("title", "published", "body")}
    change(copy_store, known.id, **acquitted)
    [told] = sentences(copy_settings, copy_store)
    assert "(facts_sha256" in told
    assert repaired(copy_settings, copy_store) == []
    assert state(copy_store)[known.id][0] == known
    assert copy_store.revision() > revision, "the index hears of it"


@pytest.mark.each_catalog
def test_a_fact_that_no_response_states_is_not_guessed(
    copy_settings: Settings, copy_store: Store
) -> None:
    """Its record says what it was, and nothing in the archive gives it back."""
    known = whole_page(copy_store)
    row = row_of(copy_store, known.id)
    change(copy_store, known.id, attachments=[{"url": "https://a.example/1", "title": "A"}])
    with copy_store.changing() as connection:  # as if another route had told it
        connection.execute(
            update(tables.version).where(VERSION.release == known.id),
            {"attested_as": "revised", "attested_offset": None, "reader": row.reader},
        )
    assert findings(copy_settings, copy_store) == []
    change(copy_store, known.id, attachments=[], title="Acquitted")
    [finding] = findings(copy_settings, copy_store)
    assert finding.repair
    with pytest.raises(StoreError, match="restore catalog and archive from a backup"):
        finding.repair()
    assert row_of(copy_store, known.id).title == "Acquitted", "left as it was found"


@pytest.mark.each_catalog
@pytest.mark.parametrize("columns", [UNATTESTED, {"attested_offset": None}])
def test_a_version_whose_record_is_hushed_up_is_told_all_the_same(
    copy_settings: Settings, copy_store: Store, columns: dict[str, Any]
) -> None:
    known = whole_page(copy_store)
    change(copy_store, known.id, title="Acquitted", **columns)
    first, *rest = sentences(copy_settings, copy_store)
    assert first.startswith(
        f"{known.id}: version 1 in the catalog differs from its attestation in the archive"
    )
    assert len(rest) == ("attested_as" in columns)
    assert repaired(copy_settings, copy_store) == []
    assert state(copy_store)[known.id][0] == known


@pytest.mark.each_catalog
@pytest.mark.parametrize(
    "columns", [{"attested_as": "revised"}, {"attested_as": "made", "reader_version": 99}]
)
def test_a_change_behind_the_program_s_back_is_not_attested_by_what_it_does_next(
    copy_settings: Settings, copy_store: Store, columns: dict[str, Any]
) -> None:
    known = whole_page(copy_store)
    number = len(statements(copy_settings, known.id))
    change(copy_store, known.id, title="Acquitted", attested_offset=None, **columns)
    with copy_store.changing():
        pass
    assert len(statements(copy_settings, known.id)) == number
    [first] = sentences(copy_settings, copy_store)
    assert first.startswith(
        f"{known.id}: version 1 in the catalog differs from its attestation in the archive"
    )
    assert repaired(copy_settings, copy_store) == []
    assert state(copy_store)[known.id][0] == known


@pytest.mark.each_catalog
def test_a_version_that_is_said_to_be_lost_is_compared_with_its_response_all_the_same(
    copy_settings: Settings, copy_store: Store
) -> None:
    known = whole_page(copy_store)
    offset = row_of(copy_store, known.id).attested_offset + 1
    lost = datetime(2026, 1, 1, tzinfo=UTC)
    change(copy_store, known.id, title="Acquitted", lost_at=lost, attested_offset=offset)
    assert repaired(copy_settings, copy_store) == []
    assert state(copy_store)[known.id][0] == known


def test_a_deleted_version_is_told_and_read_from_the_archive_again(
    changed_settings: Settings, tmp_path: Path
) -> None:
    settings = replace(
        changed_settings, data=Path(shutil.copytree(changed_settings.data, tmp_path / "copy"))
    )
    with closing(Store(settings)) as store:
        before = state(store)
        id_, number = next((id_, number) for id_, (_, number) in before.items() if number > 1)
        with store.writing() as connection:
            gone = (VERSION.release == id_) & (VERSION.ordinal == number)
            connection.execute(delete(tables.version).where(gone))
            connection.execute(delete(tables.event).where(tables.event.c.release == id_))
            left = {"version": number - 1}
            connection.execute(update(tables.release).where(RELEASE.id == id_), left)
        [told] = sentences(settings, store)
        assert f"missing from the catalog, for 1 release (first: {id_})" in told
        assert repaired(settings, store) == []
        assert state(store)[id_][1] == number


@pytest.mark.each_catalog
def test_a_lost_file_of_attestations_is_told_and_its_versions_are_attested_later(
    copy_settings: Settings, copy_store: Store
) -> None:
    before = state(copy_store)
    known = whole_page(copy_store)
    change(copy_store, known.id, title="Acquitted")  # at the same time
    paths = attested_files(copy_settings)
    for path in paths:
        path.unlink()
    told = sentences(copy_settings, copy_store)
    assert [each.partition(" ")[0] for each in told] == [str(path) for path in paths]
    assert repaired(copy_settings, copy_store) == []
    assert state(copy_store) == before, "compared with the responses first"
    with copy_store.writing() as connection:
        assert set(connection.scalars(select(VERSION.attested_as))) == {"later"}


@pytest.mark.each_catalog
@pytest.mark.parametrize("at", [0.1, 0.5, 0.9])
def test_a_spoilt_record_is_told_and_written_anew(
    copy_settings: Settings, copy_store: Store, at: float
) -> None:
    before = state(copy_store)
    row = row_of(copy_store, whole_page(copy_store).id)
    path = copy_settings.archive / row.attested_file
    [record] = [each for each in records(path) if each.offset == row.attested_offset]
    assert isinstance(record, Record)
    spoilt = bytearray(path.read_bytes())
    spoilt[int(record.offset + (record.end - record.offset) * at)] ^= 0xFF
    path.write_bytes(spoilt)
    first, second = sentences(copy_settings, copy_store)
    assert first.startswith(f"{path} is damaged at {record.offset}: ")
    assert second.startswith(f"{path} lacks the attestations of 1 version ")
    assert repaired(copy_settings, copy_store) == [first], "what is damaged stays, and is told"
    assert state(copy_store) == before


@pytest.mark.each_catalog
def test_a_program_that_is_killed_before_its_transaction_is_over_does_no_harm(
    copy_settings: Settings, copy_store: Store
) -> None:
    known = whole_page(copy_store)
    before, number = row_of(copy_store, known.id), len(statements(copy_settings, known.id))

    def killed() -> None:
        with copy_store.changing() as connection:
            where = VERSION.release == known.id
            values = {"title": "Amended", "attested_as": "revised", "attested_offset": None}
            connection.execute(update(tables.version).where(where), values)
            copy_store.attestor.attest(connection, "revised")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed()
    assert len(statements(copy_settings, known.id)) == number + 1
    assert findings(copy_settings, copy_store) == []
    assert row_of(copy_store, known.id) == before


@pytest.mark.each_catalog
def test_reading_anew_adds_a_record_when_applied_and_keeps_the_one_before(
    copy_settings: Settings, copy_store: Store
) -> None:
    known = whole_page(copy_store)
    misread(copy_store, known.id, title="Misread", reader_version=0)
    for is_applied in (False, True):
        before = [said for _, said in statements(copy_settings, known.id)]
        reparse_archive(known.office, copy_settings, copy_store, is_applied=is_applied)
        after = [said for _, said in statements(copy_settings, known.id)]
        assert after[: len(before)] == before
        assert len(after) == len(before) + is_applied
    assert after[-1]["occasion"] == "revised"
    assert after[-1]["facts_sha256"] == before[0]["facts_sha256"]
    assert findings(copy_settings, copy_store) == []


@pytest.mark.each_catalog
def test_a_version_set_aside_is_attested_as_such(
    copy_settings: Settings, copy_store: Store
) -> None:
    known = whole_page(copy_store)
    edited(copy_settings, copy_store, known, known.title.encode(), b"Another title")
    with copy_store.changing() as connection:  # a better reader sees no difference
        change_version(connection, known.id, 2, {"title": known.title})
        assert mark_repeats(connection, known.id) == [(2, True)]
    told = [(said["version"], said["is_repeat"]) for _, said in statements(copy_settings, known.id)]
    assert told == [(1, False), (2, False), (2, True)]
    assert findings(copy_settings, copy_store) == []


def repair(settings: Settings, store: Store) -> None:
    assert repaired(settings, store) == []


def crawl(settings: Settings, store: Store) -> None:
    with EditedSite("sample_doj") as site:
        site.crawl(settings, store)


@pytest.mark.each_catalog
@pytest.mark.parametrize("attest", [repair, crawl])
def test_versions_of_before_are_a_remark_and_attested_by_a_repair_or_a_crawl(
    copy_settings: Settings, copy_store: Store, attest: Callable[[Settings, Store], None]
) -> None:
    forget_attestations(copy_settings, copy_store)
    [remark] = findings(copy_settings, copy_store)
    assert remark.is_remark
    assert remark.sentence.startswith(
        f"{copy_store.count()} versions from an older catalog not attested"
    )
    attest(copy_settings, copy_store)
    assert findings(copy_settings, copy_store) == []
    known = whole_page(copy_store)
    [(_, said)] = statements(copy_settings, known.id)
    assert said["occasion"] == "later"
    assert said["attested_at"] > said["observed_at"]
    client = create_app(copy_settings).test_client()
    page = client.get(f"/releases/{known.id}").text
    assert "after it was read" in page
    assert f"/releases/{known.id}/attestation" in page


@pytest.mark.each_catalog
def test_what_others_observed_is_attested_as_theirs(
    copy_settings: Settings, copy_store: Store, tmp_path: Path
) -> None:
    known = whole_page(copy_store)
    with Foreign(tmp_path / "theirs.warc.gz") as file:
        page = page_of(copy_settings, known).replace(b"prisoners", b"convicts")
        file.response(known.provenance.url, page)
    [report] = import_files([file.path], "Aldania Web Archive", copy_settings, copy_store)
    assert report.added == 1
    [*_, (headers, said)] = statements(copy_settings, known.id)
    assert (said["version"], said["origin"]) == (2, "Aldania Web Archive, theirs.warc.gz")
    assert headers["WARC-Refers-To"].startswith("<urn:uuid:")
    assert findings(copy_settings, copy_store) == []


@pytest.mark.each_catalog
def test_a_backup_has_the_records_and_what_was_written_meanwhile_is_cut(
    copy_settings: Settings, copy_store: Store, tmp_path: Path
) -> None:
    newest = attested_files(copy_settings)[-1]
    with newest.open("ab") as file:
        file.write(b"\x1f\x8b\x08 half a record")
    back_up(copy_settings, copy_store, tmp_path / "backup")
    copy = Settings(data=tmp_path / "backup")
    with closing(Store(copy)) as copied:
        assert findings(copy, copied) == []
        assert len(attested_files(copy)) == len(attested_files(copy_settings))


@pytest.mark.each_catalog
def test_a_commandful_of_transactions_writes_one_file_an_office(
    copy_settings: Settings, copy_store: Store
) -> None:
    forget_attestations(copy_settings, copy_store)
    for known in copy_store.releases():
        with copy_store.changing() as connection:
            connection.execute(
                update(tables.version).where(VERSION.release == known.id), {"attested_as": MADE}
            )
    assert len(attested_files(copy_settings)) == 2
    assert findings(copy_settings, copy_store) == []
