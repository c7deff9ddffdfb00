"""A WARC file record by record: damage is found where it is, and a torn end is cut off exactly."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from corpus.archive import Place, read_response
from corpus.records import Damage, Record, cut_torn_end, records
from tests.test_corpus_archive import response, write


def whole(path: Path) -> list[Record]:
    return [each for each in records(path) if isinstance(each, Record)]


def damage(path: Path) -> list[Damage]:
    return [each for each in records(path) if isinstance(each, Damage)]


@pytest.fixture
def places(tmp_path: Path) -> list[Place]:
    return write(tmp_path, response(1), response(2), response(3))


@pytest.fixture
def path(tmp_path: Path, places: list[Place]) -> Path:
    return tmp_path / places[0].warc_file


def test_records_stand_one_after_another_to_the_end_of_the_file(path: Path) -> None:
    found = whole(path)
    assert [each.kind for each in found] == ["warcinfo", *["response", "request"] * 3]
    ends = [each.end for each in found]
    assert [each.offset for each in found] == [0, *ends[:-1]]
    assert ends[-1] == path.stat().st_size
    assert damage(path) == []
    assert cut_torn_end(path) == 0


def test_a_file_cut_anywhere_is_cut_back_to_its_last_whole_record(path: Path) -> None:
    packed = path.read_bytes()
    ends = [0, *(each.end for each in whole(path))]
    for size in range(len(packed)):
        path.write_bytes(packed[:size])
        kept = max(end for end in ends if end <= size)
        assert cut_torn_end(path) == size - kept
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
        assert cut_torn_end(path) == 0
        assert path.read_bytes() == bytes(packed)


def test_a_torn_end_is_cut_though_an_earlier_record_is_spoilt(path: Path) -> None:
    packed, before = bytearray(path.read_bytes()), whole(path)
    packed[before[1].offset + 30] ^= 0x10
    path.write_bytes(packed[:-5])
    assert [each.is_last for each in damage(path)] == [False, True]
    assert cut_torn_end(path) == before[-1].end - before[-1].offset - 5
    assert whole(path) == [before[0], *before[2:-1]]


def test_an_empty_file_is_damage_and_nothing_is_cut(path: Path) -> None:
    path.write_bytes(b"")
    assert damage(path) == [Damage(0, "it is empty", is_last=True)]
    assert cut_torn_end(path) == 0


def test_records_packed_as_one_are_damage(path: Path) -> None:
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())))
    [found] = damage(path)
    assert found.is_last
    assert found.offset == 0


def test_what_stands_before_a_torn_end_is_read_as_before(
    tmp_path: Path, path: Path, places: list[Place]
) -> None:
    path.write_bytes(path.read_bytes()[: places[2].warc_offset + 40])
    cut_torn_end(path)
    for place, number in zip(places[:2], (1, 2), strict=True):
        assert read_response(tmp_path, place).body == response(number).raw
