"""A WARC file record by record: damage is found where it is, and a torn end is cut off exactly."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import StoreError
from corpus.release import RecordLocation
from corpus.warc.archive import read_response
from corpus.warc.reader import Damage, read_record, records, truncate_partial_record
from corpus.warc.record import Record
from tests.corpus.warc.test_writer import response, write
from tests.foreign_archives import BODIES, URLS, arc, arc_head, digested, packed


def whole(path: Path) -> list[Record]:
    return [each for each in records(path) if isinstance(each, Record)]


def damage(path: Path) -> list[Damage]:
    return [each for each in records(path) if isinstance(each, Damage)]


@pytest.fixture
def places(tmp_path: Path) -> list[RecordLocation]:
    return write(tmp_path, response(1), response(2), response(3))


@pytest.fixture
def path(tmp_path: Path, places: list[RecordLocation]) -> Path:
    return tmp_path / places[0].warc_file


def test_records_stand_one_after_another_to_the_end_of_the_file(path: Path) -> None:
    found = whole(path)
    assert [each.kind for each in found] == ["warcinfo", *["response", "request"] * 3]
    ends = [each.end for each in found]
    assert [each.offset for each in found] == [0, *ends[:-1]]
    assert ends[-1] == path.stat().st_size
    assert damage(path) == []
    assert truncate_partial_record(path) == 0


def test_a_file_cut_anywhere_is_cut_back_to_its_last_whole_record(path: Path) -> None:
    packed = path.read_bytes()
    ends = [0, *(each.end for each in whole(path))]
    for size in range(len(packed)):
        path.write_bytes(packed[:size])
        kept = max(end for end in ends if end <= size)
        assert truncate_partial_record(path) == size - kept
        assert path.read_bytes() == packed[:kept]
        assert [each.end for each in whole(path)] == ends[1 : ends.index(kept) + 1]


@pytest.mark.parametrize("number", range(7))
def test_a_changed_byte_spoils_one_record_and_no_other_and_nothing_is_cut(
    path: Path, number: int
) -> None:
    packed, before = bytearray(path.read_bytes()), whole(path)
    spoilt = before.pop(number)
    packed[(spoilt.offset + spoilt.end) // 2] ^= 0x10
    path.write_bytes(packed)
    [found] = damage(path)
    assert (found.offset, found.is_last) == (spoilt.offset, number == 6)
    assert whole(path) == before
    if number < 6:
        assert truncate_partial_record(path) == 0
        assert path.read_bytes() == bytes(packed)


def test_a_torn_end_is_cut_though_an_earlier_record_is_spoilt(path: Path) -> None:
    packed, before = bytearray(path.read_bytes()), whole(path)
    packed[before[1].offset + 30] ^= 0x10
    path.write_bytes(packed[:-5])
    assert [each.is_last for each in damage(path)] == [False, True]
    assert truncate_partial_record(path) == before[-1].end - before[-1].offset - 5
    assert whole(path) == [before[0], *before[2:-1]]


def test_an_empty_file_is_damage_and_nothing_is_cut(path: Path) -> None:
    path.write_bytes(b"")
    assert damage(path) == [Damage(0, "it is empty", is_last=True)]
    assert truncate_partial_record(path) == 0


def test_records_packed_as_one_are_damage_and_nothing_is_cut(path: Path) -> None:
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())))
    [found] = damage(path)
    assert (found.offset, found.is_last) == (0, False)
    assert "compressed as one" in found.reason
    assert truncate_partial_record(path) == 0


def test_what_stands_before_a_torn_end_is_read_as_before(
    tmp_path: Path, path: Path, places: list[RecordLocation]
) -> None:
    path.write_bytes(path.read_bytes()[: places[2].warc_offset + 40])
    truncate_partial_record(path)
    for place, number in zip(places[:2], (1, 2), strict=True):
        assert read_response(tmp_path, place).body == response(number).raw


SOURCES = {
    "plain": b"".join(map(digested, range(3))),
    "packed": packed(*map(digested, range(3))),
    "mixed": digested(0) + packed(digested(1)) + digested(2),
    "arc": arc_head() + arc(0) + arc(1) + arc(2),
}


@pytest.mark.parametrize("name", SOURCES)
def test_records_are_found_one_after_another_and_each_by_its_offset(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / "theirs"
    path.write_bytes(SOURCES[name])
    found = [each for each in whole(path) if each.status]
    assert [each.body for each in found] == BODIES[:3]
    assert [each.url for each in found] == URLS[:3]
    assert damage(path) == []
    for each in found:
        again = read_record(path, each.offset)
        assert (again.url, again.body, again.end) == (each.url, each.body, each.end)
    with pytest.raises(StoreError, match="has no intact record at 7"):
        read_record(path, 7)


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from([*SOURCES]),
    at=st.integers(0, 10**6),
    put=st.binary(max_size=40),
    gone=st.integers(0, 4000),
)
def test_whatever_is_changed_the_rest_is_read_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, name: str, at: int, put: bytes, gone: int
) -> None:
    data = SOURCES[name]
    at %= len(data)
    path = tmp_path_factory.getbasetemp() / "changed"
    path.write_bytes(data[:at] + put + data[at + gone :])
    found = {each.body for each in records(path, max_bytes=10**6) if isinstance(each, Record)}
    if name == "arc":  # has no digests
        return
    assert found - {b""} <= {*BODIES[:3]}
    assert len(found & {*BODIES[:3]}) >= (1 if gone < 3000 else 0)


@pytest.mark.parametrize("name", ["plain", "packed", "arc"])
def test_of_a_large_record_nothing_is_read_but_where_it_ends(tmp_path: Path, name: str) -> None:
    path = tmp_path / "theirs"
    path.write_bytes(SOURCES[name])
    most = min(map(len, BODIES[:3]))
    found = [*records(path, most)]
    small = [number for number in range(3) if len(BODIES[number]) <= most]
    assert [each.body for each in found if isinstance(each, Record) and each.status] == [
        BODIES[number] for number in small
    ]
    reasons = {each.reason for each in found if isinstance(each, Damage)}
    assert reasons == {"larger than 0 MB"}
