"""The archive gives back what came, and says what it cannot give back."""

from __future__ import annotations

import gzip
import hashlib
import resource
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from corpus import Settings
from corpus.errors import StoreError
from corpus.evidence.verify import verify_archive
from corpus.release import RecordLocation, sha256
from corpus.warc.archive import read_response, responses
from corpus.warc.reader import Damage, records
from corpus.warc.record import Record
from corpus.warc.response import Response, Transport
from corpus.warc.writer import ArchiveWriter

NOON = datetime(2026, 1, 15, 12, 0, 0, 250000, tzinfo=UTC)
HOUR = timedelta(hours=1)


def response(number: int, body: bytes = b"", encoding: str = "") -> Response:
    text = body or f"<p>Release {number}, прокурор</p>".encode()
    headers = [("Content-Type", "text/html; charset=utf-8")]
    if encoding:
        headers.append(("Content-Encoding", encoding))
    raw = gzip.compress(text) if encoding == "gzip" else text
    url = f"https://office.example/pr/{number}?lang=ru"
    return Response(url, 200, headers, raw, NOON, [("User-Agent", "communique")])


def write(folder: Path, *given: Response, max_bytes: int = 1_000_000) -> list[RecordLocation]:
    with ArchiveWriter(folder, "an_office", max_bytes) as archive:
        return [archive.add(each) for each in given]


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_response_is_read_back_as_it_came_with_its_encoding_undone(
    tmp_path: Path, encoding: str
) -> None:
    given = [response(1, encoding=encoding), response(2, bytes(range(256)) * 40, encoding)]
    places = write(tmp_path, *given)
    for came, place in zip(given, places, strict=True):
        found = read_response(tmp_path, place)
        body = gzip.decompress(came.raw) if encoding else came.raw
        assert (found.url, found.status, found.body) == (came.url, 200, body)
        assert found.content_type == "text/html; charset=utf-8"
        assert found.fetched_at == NOON
        assert sha256(found.body) == hashlib.sha256(body).hexdigest()


def test_the_archive_keeps_the_bytes_of_the_wire_and_the_request_beside_them(
    tmp_path: Path,
) -> None:
    came = response(1, encoding="gzip")
    [place] = write(tmp_path, came)
    with (tmp_path / place.warc_file).open("rb") as file:
        kinds = []
        for record in ArchiveIterator(file, check_digests="raise"):
            kinds.append(record.rec_type)
            if record.rec_type == "response":
                assert record.raw_stream.read() == came.raw
    assert kinds == ["warcinfo", "response", "request"]


def test_a_run_without_a_response_makes_no_file(tmp_path: Path) -> None:
    write(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_two_runs_write_two_files_and_the_second_leaves_the_first_alone(tmp_path: Path) -> None:
    [first] = write(tmp_path, response(1))
    before = (tmp_path / first.warc_file).read_bytes()
    [second] = write(tmp_path, response(2))
    assert first.warc_file != second.warc_file
    assert (tmp_path / first.warc_file).read_bytes() == before


def test_a_file_that_has_grown_to_its_limit_is_followed_by_another(tmp_path: Path) -> None:
    places = write(tmp_path, *(response(n) for n in range(3)), max_bytes=1)
    assert len({place.warc_file for place in places}) == 3
    assert [read_response(tmp_path, place).url[-9] for place in places] == ["0", "1", "2"]


@pytest.mark.parametrize("lost", [1, 20, 300])
def test_a_torn_last_record_is_reported_and_earlier_ones_are_still_read(
    tmp_path: Path, lost: int
) -> None:
    body = hashlib.sha512(b"no gzip packs this").hexdigest().encode() * 20
    places = write(tmp_path, response(1), response(2, body))
    path = tmp_path / places[0].warc_file
    whole = path.read_bytes()
    path.write_bytes(whole[: places[1].warc_offset + lost])
    assert read_response(tmp_path, places[0]).status == 200
    with pytest.raises(StoreError, match="has no intact record at"):
        read_response(tmp_path, places[1])
    found = responses(path)
    assert next(found).url == response(1).url
    with pytest.raises(StoreError, match="is damaged"):
        list(found)


def test_a_file_cut_off_anywhere_is_reported(tmp_path: Path) -> None:
    [place] = write(tmp_path, response(1))
    path = tmp_path / place.warc_file
    whole = path.read_bytes()
    ends = [whole.find(b"\x1f\x8b\x08", 3), whole.rfind(b"\x1f\x8b\x08")]  # between records
    for end in set(range(1, len(whole))) - set(ends):
        path.write_bytes(whole[:end])
        with pytest.raises(StoreError, match="is damaged"):
            list(responses(path))
        with suppress(StoreError):  # or, with only the last bytes of its packing lost, it is whole
            assert read_response(tmp_path, place).body == response(1).raw


def test_a_torn_request_behind_its_response_is_reported_too(tmp_path: Path) -> None:
    [place] = write(tmp_path, response(1))
    path = tmp_path / place.warc_file
    path.write_bytes(path.read_bytes()[:-20])
    settings = Settings(data=tmp_path.parent)
    (tmp_path.parent / "archive").symlink_to(tmp_path)
    assert len(list(verify_archive(settings))) == 1
    assert read_response(tmp_path, place).status == 200


def test_an_altered_byte_is_found_by_the_digests(tmp_path: Path) -> None:
    [place] = write(tmp_path, response(1))
    path = tmp_path / place.warc_file
    members = split_members(path.read_bytes())
    altered = [gzip.decompress(each).replace(b"Release 1", b"Release 7") for each in members]
    path.write_bytes(b"".join(gzip.compress(each) for each in altered))
    with pytest.raises(StoreError, match="is damaged"):
        list(responses(path))


def split_members(packed: bytes) -> list[bytes]:
    starts = [i for i in range(len(packed)) if packed[i : i + 3] == b"\x1f\x8b\x08"]
    return [packed[a:b] for a, b in zip(starts, [*starts[1:], len(packed)], strict=True)]


def test_a_place_that_does_not_exist_gives_an_error_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no intact record at 0 .*; run `communique verify`\."):
        read_response(tmp_path, RecordLocation("an_office/none.warc.gz", 0))


def test_an_archive_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "an_office").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match=r"^The archive in .*an_office cannot be written: .*\.$"):
        write(tmp_path, response(1))


# revisits


def kinds(path: Path) -> list[str]:
    return [each.kind for each in records(path) if isinstance(each, Record)]


def revisits(path: Path) -> list[ArcWarcRecord]:
    with path.open("rb") as file:
        return [each for each in ArchiveIterator(file) if each.rec_type == "revisit"]


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_the_same_bytes_again_are_a_revisit_and_the_place_is_the_first_ones(
    tmp_path: Path, encoding: str
) -> None:
    first = response(1, encoding=encoding)
    [place] = write(tmp_path, first)
    with ArchiveWriter(tmp_path, "an_office", 1_000_000) as archive:
        assert archive.add(replace(first, fetched_at=NOON + HOUR), place) == place
    path = tmp_path / archive.name
    assert kinds(path) == ["warcinfo", "revisit", "request"]
    [again] = revisits(path)
    says = again.rec_headers.get_header
    assert says("WARC-Profile").endswith("/1.1/revisit/identical-payload-digest")
    assert says("WARC-Refers-To-Target-URI") == first.url
    assert says("WARC-Refers-To-Date") == "2026-01-15T12:00:00.250000Z"
    [original] = [
        each for each in records(tmp_path / place.warc_file) if getattr(each, "status", 0)
    ]
    assert isinstance(original, Record)
    assert says("WARC-Payload-Digest") == original.payload_digest
    assert again.http_headers.get_statuscode() == "200"


@pytest.mark.parametrize(
    "change",
    [
        {"raw": b"<p>Edited</p>"},
        {"url": "https://office.example/pr/2"},
        {"status": 404},
    ],
    ids=lambda change: "-".join(change),
)
def test_an_answer_that_differs_is_no_revisit(tmp_path: Path, change: dict[str, Any]) -> None:
    [place] = write(tmp_path, response(1))
    with ArchiveWriter(tmp_path, "an_office", 1_000_000) as archive:
        changed = archive.add(replace(response(1), **change), place)
    assert changed.warc_file == archive.name
    assert read_response(tmp_path, changed).kind == "response"


def test_not_modified_is_a_revisit_of_what_was_seen(tmp_path: Path) -> None:
    [place] = write(tmp_path, response(1))
    answer = Response(response(1).url, 304, [("ETag", '"1"')], b"", NOON + HOUR, [])
    with ArchiveWriter(tmp_path, "an_office", 1_000_000) as archive:
        assert archive.add(answer, place) == place
    [again] = revisits(tmp_path / archive.name)
    says = again.rec_headers.get_header
    assert says("WARC-Profile").endswith("/1.1/revisit/server-not-modified")
    assert says("WARC-Refers-To-Date") == "2026-01-15T12:00:00.250000Z"
    assert again.http_headers.get_statuscode() == "304"


def test_a_revisit_tells_what_it_came_over_and_its_header_bytes(tmp_path: Path) -> None:
    [place] = write(tmp_path, response(1))
    transport = Transport(("http/1.1", "tls/1.3"), "TLS_AES_256_GCM_SHA384", "ab" * 32)
    headers = [*response(1).headers, ("Server", "n\xfcginx")]
    again = replace(response(1), headers=headers, transport=transport)
    with ArchiveWriter(tmp_path, "an_office", 1_000_000) as archive:
        assert archive.add(replace(again, fetched_at=NOON + HOUR), place) == place
    path = tmp_path / archive.name
    [told] = [dict(each.rec_headers.headers) for each in revisits(path)]
    assert told["WARC-Protocol"] == "tls/1.3"  # the last of two
    assert told["WARC-Certificate-Digest"] == f"sha256:{'ab' * 32}"
    assert b"\r\nServer: n\xfcginx\r\n" in gzip.decompress(path.read_bytes())
    assert all(isinstance(each, Record) for each in records(path))


def test_the_same_bytes_in_another_encoding_are_archived_anew(tmp_path: Path) -> None:
    first = replace(response(1), headers=[("Content-Type", "text/html; charset=windows-1251")])
    [place] = write(tmp_path, first)
    with ArchiveWriter(tmp_path, "an_office", 1_000_000) as archive:
        renamed = replace(first, headers=[("content-type", "text/plain;charset=cp1251")])
        assert archive.add(renamed, place) == place, "a label of the same encoding"
        fresh = archive.add(response(1), place)
    assert fresh != place
    assert read_response(tmp_path, fresh).content_type == "text/html; charset=utf-8"


@pytest.mark.parametrize("is_missing", [True, False])
def test_a_response_whose_original_is_lost_is_archived_whole(
    tmp_path: Path, is_missing: bool
) -> None:
    [place] = write(tmp_path, response(1))
    path = tmp_path / place.warc_file
    if is_missing:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[: place.warc_offset + 40])
    with ArchiveWriter(tmp_path, "an_office", 1_000_000) as archive:
        fresh = archive.add(response(1), place)
    assert read_response(tmp_path, fresh).body == response(1).raw


def test_a_place_that_points_at_a_revisit_gives_the_original(tmp_path: Path) -> None:
    [place] = write(tmp_path, response(1))
    with ArchiveWriter(tmp_path, "an_office", 1_000_000) as archive:
        archive.add(replace(response(1), fetched_at=NOON + HOUR), place)
    [offset] = [
        each.offset
        for each in records(tmp_path / archive.name)
        if isinstance(each, Record) and each.kind == "revisit"
    ]
    at = RecordLocation(archive.name, offset)
    found = read_response(tmp_path, at)
    assert (found.body, found.fetched_at) == (response(1).raw, NOON)
    (tmp_path / place.warc_file).unlink()
    with pytest.raises(StoreError, match=r"a revisit at \d+ of a response that is missing from"):
        read_response(tmp_path, at)


@pytest.mark.parametrize("before", [0, 1])
def test_a_disk_that_refuses_leaves_no_half_record_behind(tmp_path: Path, before: int) -> None:
    noise = b"".join(hashlib.sha512(bytes([n])).digest() for n in range(200))
    with ArchiveWriter(tmp_path, "an_office", 1_000_000) as archive:
        kept = [archive.add(response(n)) for n in range(before)]
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, limit[1]))  # a disk that is full at 4 kB
        try:
            with pytest.raises(StoreError, match=r"^The archive in .* cannot be written: .*\.$"):
                archive.add(response(9, noise))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    [path] = tmp_path.glob("*/*")
    assert kinds(path) == ["warcinfo", *["response", "request"] * before]
    assert not any(isinstance(each, Damage) for each in records(path))
    for place in kept:
        assert read_response(tmp_path, place).body == response(0).raw
