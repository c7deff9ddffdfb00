"""The archive folder: its files and their responses."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from corpus.errors import StoreError
from corpus.release import RecordLocation
from corpus.warc.reader import Damage, read_record, records
from corpus.warc.record import Record

# The folder of third parties' files.
IMPORTED = "imported"
# Files up to this size are continued: a file for each crawl would make thousands in a year.
CONTINUED_BYTES = 5_000_000


def read_response(folder: Path, location: RecordLocation) -> Record:
    """The response at a location, or the one that a revisit there refers to. Raises StoreError."""
    path = folder / location.warc_file
    record = read_record(path, location.warc_offset)
    if record.kind != "revisit":
        return record
    for each in sorted(path.parent.glob("*.warc*")):
        for response in responses(each):
            if (response.url, response.fetched_at) == record.original:
                return response
    raise StoreError(
        f"{path} has a revisit at {location.warc_offset} of a response that is missing from"
        f" {path.parent}; run `communique verify`."
    )


def own_files(folder: Path) -> list[Path]:
    """The WARC files of our own crawls, by office and time."""
    return [path for path in sorted(folder.glob("*/*.warc.gz")) if path.parent.name != IMPORTED]


def file_to_continue(folder: Path, office: str, kind: str = "") -> str:
    """The newest file of an office and of a kind (as ArchiveWriter names it), if it is small and
    every record in it is intact; else "".
    """
    files = sorted(folder.glob(f"{office}/{office}-{kind}[0-9]*.warc.gz"))
    with suppress(OSError):
        if files and files[-1].stat().st_size < CONTINUED_BYTES:
            is_intact = not any(isinstance(each, Damage) for each in records(files[-1]))
            return f"{office}/{files[-1].name}" if is_intact else ""
    return ""


def imported_files(folder: Path) -> list[Path]:
    """The archive files of third parties."""
    paths = folder.glob(f"{IMPORTED}/{'[0-9a-f]' * 16}-*")  # the digest of its bytes
    return sorted(path for path in paths if path.is_file() and path.suffix != ".new")


def responses(path: Path) -> Iterator[Record]:
    """Every response of one WARC file, in order. Raises StoreError at the first damaged record."""
    for each in records(path):
        if isinstance(each, Damage):
            raise StoreError(f"{path} is damaged at {each.offset}: {each.reason}.")
        if each.kind == "response":
            yield each


def records_at(path: Path, offsets: list[int]) -> dict[int, Record]:
    """The intact records of an imported file at some offsets, by offset."""
    intact = {}
    for offset in offsets:
        with suppress(StoreError):
            intact[offset] = read_record(path, offset)
    return intact
