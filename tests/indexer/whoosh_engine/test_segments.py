"""Inversion, terms, array files and merging, each against a plainer way to the same."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import IndexUnusableError
from indexer.analysis.jit import Array
from indexer.whoosh_engine.index import postings as postings_module
from indexer.whoosh_engine.index.arrays import ArrayFile, write_arrays
from indexer.whoosh_engine.index.inversion import invert, sorted_terms, term_table
from indexer.whoosh_engine.index.postings import FieldPostings, wildcard_pattern

OFTEN = settings(max_examples=200, deadline=None)
NEXT = itertools.count()
TEXTS = st.lists(st.lists(st.integers(0, 7), max_size=9), max_size=12)
# Letters of one to four bytes, and characters that patterns must not take for their own.
TERM = st.text(alphabet="abxйқ’'é\U0001f600𝒜.+(^$|\\{-/", max_size=6)


@OFTEN
@given(texts=TEXTS, with_positions=st.booleans(), spare=st.booleans())
def test_inversion_is_that_of_a_dictionary(
    texts: list[list[int]], with_positions: bool, spare: bool
) -> None:
    expected: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for document, text in enumerate(texts):
        for position, term in enumerate(text):
            expected[term][document].append(position)
    n_terms = max(expected, default=-1) + 1 + spare
    tokens = np.array([term for text in texts for term in text], np.int32)
    lengths = np.array([len(text) for text in texts], np.int32)
    found = invert(tokens, lengths, n_terms, with_positions=with_positions)
    assert len(found["firsts"]) == n_terms + 1
    for term in range(n_terms):
        extent = slice(*found["firsts"][term : term + 2])
        assert found["documents"][extent].tolist() == [*expected[term]]
        places = [*expected[term].values()]
        if with_positions:
            spots = slice(*found["spots"][term : term + 2])
            assert found["positions"][spots].tolist() == [*itertools.chain(*places)]
        if "freqs" in found:
            assert found["freqs"][extent].tolist() == [*map(len, places)]
        else:
            assert all(len(each) == 1 for each in places)


def test_frequencies_and_positions_take_the_room_that_they_need() -> None:
    for length, kind in ((200, np.uint8), (300, np.uint16), (70_000, np.uint32)):
        tokens, lengths = np.zeros(length, np.int32), np.array([length], np.int32)
        freqs = invert(tokens, lengths, 1, with_positions=False)["freqs"]
        assert (freqs.tolist(), freqs.dtype) == ([length], kind)
        positions = invert(tokens, lengths, 1, with_positions=True)["positions"]
        assert positions.tolist() == [*range(length)]


def postings_of(folder: Path, terms: list[bytes]) -> FieldPostings:
    """Terms written and read, with no postings but empty ones."""
    path = folder / f"{next(NEXT)}.arrays"
    arrays = {f"f/{name}": array for name, array in term_table(terms).items()}
    arrays["f/firsts"] = np.zeros(len(terms) + 1, np.int64)
    arrays["f/documents"] = np.zeros(0, np.int32)
    write_arrays(path, arrays.items())
    return FieldPostings(ArrayFile(path), "f")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("segments")


@pytest.fixture(autouse=True, scope="module")
def _small_steps() -> Iterator[None]:
    """Few terms are looked at after a bisection, so that few terms take many steps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings_module, "STEP", 3)
        yield


@OFTEN
@given(
    terms=st.lists(TERM, unique=True, max_size=25),
    asked=TERM,
    wild=st.text(alphabet="abxйқ’é\U0001f600.+(^*?*?", max_size=6),
)
def test_terms_are_found_by_number_prefix_and_wildcard(
    terms: list[str], asked: str, wild: str, folder: Path
) -> None:
    ordered, ranks = sorted_terms(terms)
    assert ordered == sorted(term.encode() for term in terms)
    assert [ordered[rank].decode() for rank in ranks] == terms
    postings = postings_of(folder, ordered)
    assert len(postings) == len(terms)
    assert [*postings.terms(range(len(postings)))] == ordered
    assert [postings.term(number) for number in range(len(postings))] == ordered
    for text in (asked.encode(), *ordered):
        assert postings.lower(text) == sum(term < text for term in ordered)
        at = postings.number(text)
        assert at == (ordered.index(text) if text in ordered else None)
    for text in (asked, asked[:1], wild.strip("*?")):
        begun = [n for n, term in enumerate(ordered) if term.decode().startswith(text)]
        assert [*postings.prefix(text.encode())] == begun
    pattern, prefix = wildcard_pattern(wild)
    matching = [n for n, term in enumerate(ordered) if fnmatchcase(term.decode(), wild)]
    assert [*postings.matching(pattern, postings.prefix(prefix))] == matching
    assert [*postings.matching(pattern, range(len(postings)))] == matching


SAMPLE: dict[str, Array] = {
    "title/terms": np.frombuffer("суд\ncourt\n".encode(), np.uint8),
    "title/ends": np.array([6, 12], np.int64),
    "empty": np.zeros(0, np.int32),
    "freqs": np.arange(300, dtype=np.uint16),
    "scores": np.linspace(0, 1, 7, dtype=np.float32),
}


def same(arrays: ArrayFile) -> bool:
    """Whether a file holds the sample."""
    found = {name: arrays.get(name) for name in SAMPLE}
    return all(
        each is not None
        and each.dtype == SAMPLE[name].dtype
        and each.tolist() == SAMPLE[name].tolist()
        for name, each in found.items()
    )


@pytest.fixture(scope="module")
def whole(folder: Path) -> bytes:
    write_arrays(folder / "whole.arrays", SAMPLE.items())
    return (folder / "whole.arrays").read_bytes()


def opened(folder: Path, written: bytes) -> ArrayFile:
    path = folder / f"{next(NEXT)}.arrays"
    path.write_bytes(written)
    return ArrayFile(path)


def test_arrays_come_back_as_they_were(folder: Path, whole: bytes) -> None:
    arrays = opened(folder, whole)
    assert same(arrays)
    assert arrays.get("other") is None
    with pytest.raises(ValueError, match="read-only"):
        arrays["freqs"][0] = 1
    with pytest.raises(FileExistsError):
        write_arrays(arrays.path, SAMPLE.items())


def test_a_file_cut_short_anywhere_is_refused(folder: Path, whole: bytes) -> None:
    for end in range(1, len(whole)):
        with pytest.raises(IndexUnusableError, match="communique reindex --full"):
            opened(folder, whole[:end])


def test_an_empty_file_is_refused(folder: Path) -> None:
    with pytest.raises(IndexUnusableError, match="communique reindex --full"):
        opened(folder, b"")


def kept_silent(folder: Path, whole: bytes, places: range, change: int) -> list[int]:
    """The places at which a changed byte is not noticed although it changes what is read."""
    silent = []
    for at in places:
        damaged = bytearray(whole)
        damaged[at] ^= change
        try:
            if not same(opened(folder, bytes(damaged))):
                silent.append(at)
        except IndexUnusableError:
            continue
    return silent


@pytest.mark.parametrize("change", [0x01, 0x02, 0x10, 0x80, 0xFF])
def test_a_flipped_byte_in_an_array_is_noticed(folder: Path, whole: bytes, change: int) -> None:
    table = whole.index(b'{"title/terms')
    assert kept_silent(folder, whole, range(table), change) == []


@pytest.mark.parametrize("change", [0x01, 0x02])
def test_a_flipped_byte_in_the_table_is_noticed(folder: Path, whole: bytes, change: int) -> None:
    table = whole.index(b'{"title/terms')
    assert kept_silent(folder, whole, range(table, len(whole)), change) == []
