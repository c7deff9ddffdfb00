"""Opens third parties' archive files: a path goes in; WARC and ARC files come out, the file itself
or those in a WACZ, to be read and stored unchanged. Finds the originals of revisits in them.
"""

import hashlib
import json
import re
import shutil
import zlib
from collections.abc import Hashable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from corpus.durability import check_room, make_folder, replacing
from corpus.errors import StoreError
from corpus.settings import Settings
from corpus.warc.archive import IMPORTED, imported_files
from corpus.warc.body_coding import make_digest, read_digest
from corpus.warc.reader import read_record
from corpus.warc.record import Record

DIGITS = 16
COPY_BYTES = 1 << 20
NAME_BYTES = 200  # file systems allow 255, and prefix and suffix are added
WARC_NAME = re.compile(r"\.w?arc(\.gz)?$", re.IGNORECASE)
# Text compresses to a tenth; a hundredth indicates a file made to fill a disk.
MOST_RATIO = 100
# datapackage.json lists a few files.
PACKAGE_BYTES = 1 << 20
ZIP_DAMAGE = (BadZipFile, RuntimeError, zlib.error, EOFError, OSError, ValueError, LookupError)
# Signatures of files that the operator has to unpack.
PACKINGS = {
    b"\x04\x22\x4d\x18": "lz4",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xfd7zXZ\x00": "xz",
    b"BZh": "bzip2",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "RAR",
    # .warc.zst begins with a dictionary in one of sixteen skippable frames.
    **{bytes([0x50 + number]) + b"\x2a\x4d\x18": "zstd" for number in range(16)},
}
ZIP = b"PK\x03\x04"
# The algorithms that tools use for digests.
ALGORITHMS = ("sha1", "sha256", "md5")


@dataclass
class ForeignFile:
    """A WARC or ARC file of a third party, and its original name."""

    path: Path
    title: str
    is_kept: bool = field(default=False, init=False)

    @cached_property
    def name(self) -> str:
        """Its name in our archive, with the digest of its bytes."""
        return f"{IMPORTED}/{_name_digest(self.path)}-{self.title}"

    def keep(self, archive: Path) -> str:
        """Store the file in our archive; return its name there. Raises StoreError."""
        target = archive / self.name
        try:
            if not self.is_kept and not target.is_file():
                make_folder(target.parent)
                with replacing(target) as fresh:
                    shutil.copyfile(self.path, fresh)
                    if ForeignFile(fresh, self.title).name != self.name:
                        raise StoreError(f"{self.path} changed while it was read; import it again.")
        except OSError as error:
            raise StoreError(
                f"{self.path} cannot be copied into {archive}: {error.strerror or error}."
            ) from error
        self.is_kept = True
        return self.name


def verify_imports(settings: Settings) -> Iterator[str]:
    """A sentence for each imported file that has changed."""
    for path in imported_files(settings.archive):
        if not path.name.startswith(_name_digest(path)):
            yield f"{path} has changed since it was imported; restore it from a backup."


def _name_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:DIGITS]


def plain_name(name: str) -> str:
    """A file's name in printable characters and of limited length."""
    tame = "".join(c if c.isprintable() and c != "/" else "_" for c in name)
    return tame.encode(errors="replace")[-NAME_BYTES:].decode(errors="ignore")


def record_files(path: Path, folder: Path, problems: list[str]) -> Iterator[ForeignFile]:
    """The WARC or ARC files in a file: itself, or those of a WACZ, unpacked into a folder.

    Problems are added to `problems`, in sentences. Raises StoreError where the folder cannot be
    written.
    """
    try:
        if not path.is_file():
            problems.append("It is not a regular file.")
            return
        with path.open("rb") as file:
            start = file.read(max(map(len, PACKINGS)))
    except OSError as error:
        problems.append(f"It cannot be read: {error.strerror or error}.")
        return
    packing = next((name for magic, name in PACKINGS.items() if start.startswith(magic)), None)
    if packing:
        problems.append(f"It is compressed with {packing}; unpack it and import the result.")
    elif not start:
        problems.append("It is empty.")
    elif start.startswith(ZIP):
        yield from _unpack_zip(path, folder, problems)
    else:
        yield ForeignFile(path, plain_name(path.name))


def _unpack_zip(path: Path, folder: Path, problems: list[str]) -> Iterator[ForeignFile]:
    try:
        with ZipFile(path) as file:
            members = [each for each in file.infolist() if WARC_NAME.search(each.filename)]
            if problem := _unpack_problem(path, members):
                problems.append(problem)
                return
            check_room(folder, sum(each.file_size for each in members), f"{path}, unpacked,")
            stated = _stated_digests(file)
            for member in members:
                target = folder / f"{len([*folder.iterdir()])}"
                packed_file = ForeignFile(target, plain_name(PurePosixPath(member.filename).name))
                try:
                    with file.open(member) as packed:
                        digest = _unpack_member(packed, target)
                except ZIP_DAMAGE as error:
                    problems.append(
                        f"{packed_file.title} in it cannot be unpacked: {_error_words(error)}."
                    )
                    continue
                if stated.get(member.filename, digest) != digest:
                    problems.append(
                        f"{packed_file.title} in it does not match its datapackage.json."
                    )
                    continue
                yield packed_file
    except ZIP_DAMAGE as error:
        problems.append(f"It is a zip file that cannot be opened: {_error_words(error)}.")


def _unpack_problem(path: Path, members: list[ZipInfo]) -> str | None:
    """Why a zip file cannot be unpacked, if so."""
    if not members:
        return "It is a zip file that contains no WARC file."
    size = sum(each.file_size for each in members)
    if size > MOST_RATIO * path.stat().st_size:
        return (
            f"It was not unpacked: it would take {size / 1e6:,.0f} MB, more than {MOST_RATIO} times"
            " its size, as no archive does."
        )
    return None


def _stated_digests(file: ZipFile) -> dict[str, str]:
    """The SHA-256 of files in a WACZ, as its datapackage.json states them."""
    with suppress(*ZIP_DAMAGE, TypeError, AttributeError):
        with file.open("datapackage.json") as package:
            resources = json.loads(package.read(PACKAGE_BYTES))["resources"]
        digests = {each["path"]: each.get("hash", "").partition(":") for each in resources}
        return {path: hex_ for path, (kind, _, hex_) in digests.items() if kind == "sha256"}
    return {}


def _unpack_member(packed: IO[bytes], target: Path) -> str:
    """Unpack a file; return its SHA-256. Raises StoreError where it cannot be written."""
    digest = hashlib.sha256()
    with target.open("xb") as file:
        while piece := packed.read(COPY_BYTES):
            digest.update(piece)
            try:
                file.write(piece)
            except OSError as error:
                raise StoreError(
                    f"{target.parent} cannot be written: {error.strerror or error}."
                ) from error
    return digest.hexdigest()


def _error_words(error: Exception) -> str:
    return " ".join(f"{error}".split()).rstrip(".") or type(error).__name__


@dataclass(frozen=True)
class Original:
    """A response in a file: its offset and its URL."""

    file: ForeignFile
    offset: int
    url: str

    def restore_body(self, revisit: Record, max_bytes: int) -> Record:
        """A revisit with status, headers and body of its original. Raises StoreError."""
        record = read_record(self.file.path, self.offset, max_bytes)
        status = record.status if revisit.status in (0, 304) else revisit.status
        headers = record.headers | revisit.headers
        return replace(revisit, status=status, headers=headers, body=record.body)


class Originals:
    """The responses found so far, by office and everything that a revisit may refer to."""

    def __init__(self) -> None:
        self.originals: dict[Hashable, Original] = {}

    def add(self, office: str, record: Record, file: ForeignFile) -> Original:
        """Remember a response; of several equal ones, the first."""
        original = Original(file, record.offset, record.url)
        names = [record.id, (record.url, record.fetched_at), *_digests(record)]
        for name in filter(None, names):
            self.originals.setdefault((office, name), original)
        return original

    def find(self, office: str, revisit: Record) -> Original | None:
        """The response that a revisit refers to, if it was found."""
        names = [revisit.original_id, revisit.original, read_digest(revisit.payload_digest or "")]
        original = (self.originals.get((office, name)) for name in names if name)
        return next(filter(None, original), None)


def _digests(record: Record) -> list[Hashable]:
    """The payload digest, and digests of the decoded body: the next crawl may get it decoded."""
    made = [make_digest(algorithm, record.body) for algorithm in ALGORITHMS]
    return [read_digest(record.payload_digest or ""), *made]
