"""Other people's WARC files: kept as they are, read as ours are, and never taken for ours.

A file lies in `archive/imported/`, the digest of its bytes in its name. What is read from it
becomes versions with an origin: whose observation it is. First and last seen stay ours alone.
"""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from corpus import evidence
from corpus.answers import Answer, Reading, answers, read
from corpus.archive import IMPORTED, Place, imported_files
from corpus.errors import StoreError
from corpus.office_gate import OfficeGate
from corpus.records import DAMAGE, Record, iterate, read_record
from corpus.release import release_id
from corpus.replay import Taken, admitted, provenance
from corpus.report import counted
from corpus.rows import version_values
from corpus.settings import Settings
from corpus.source import Source, offices
from corpus.store import Store

DIGITS = 16
DEFAULT_PORT = {"http": ":80", "https": ":443"}


@dataclass
class ImportReport:
    """What one file held: answers by what came of them, and versions that were added."""

    file: str
    answers: int = 0
    added: int = 0
    came_to: Counter[str] = field(default_factory=Counter)
    problem: str | None = None

    def sentences(self) -> list[str]:
        """The report for people."""
        rest = ", ".join(f"{number:,} {words}" for words, number in self.came_to.most_common())
        lines = [
            f"{self.file}: {counted(self.answers, 'answer')}, {counted(self.added, 'version')}"
            f" added{f'; {rest}' if rest else ''}."
        ]
        return [*lines, f"  {self.problem}"] if self.problem else lines


def import_file(path: Path, who: str, settings: Settings, store: Store) -> ImportReport:
    """Keep a WARC file and add what it holds of our offices' releases, as observed by `who`.

    Importing it again adds nothing. Raises StoreError.
    """
    name = _keep(path, settings)
    report = ImportReport(path.name)
    origin = f"{who}, {path.name}"
    gates = {each: OfficeGate(each, store, settings.archive) for each in offices()}
    try:
        for answer, offset in _answers(settings.archive / name):
            report.answers += 1
            _add(answer, Place(name, offset), origin, gates, report)
    except DAMAGE as error:
        words = " ".join(str(error).split())
        report.problem = f"It cannot be read to its end ({words}); what stands before was taken in."
    return report


def _keep(path: Path, settings: Settings) -> str:
    """The file's name in the archive, once it is there whole."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        name = f"{IMPORTED}/{digest[:DIGITS]}-{path.name}"
        kept = settings.archive / name
        if not kept.is_file():
            kept.parent.mkdir(parents=True, exist_ok=True)
            fresh = kept.with_name(f"{kept.name}.new")
            shutil.copyfile(path, fresh)
            fresh.replace(kept)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be copied into {settings.archive}: {error.strerror or error}."
        ) from error
    return name


def _answers(path: Path) -> Iterator[tuple[Answer, int]]:
    """Answers with bodies and where those stand; a revisit brings the body of its original."""
    originals: dict[str, int] = {}
    with path.open("rb") as file:
        for answer in answers(iterate(file)):
            record = answer.record
            if record.kind == "response":
                originals.setdefault(record.payload_digest or "", record.offset)
                yield _with_plain_urls(answer), record.offset
            elif (at := originals.get(record.payload_digest or "-")) is not None:
                body = read_record(path, at).body
                yield _with_plain_urls(replace(answer, record=replace(record, body=body))), at


def _with_plain_urls(answer: Answer) -> Answer:
    record = replace(answer.record, url=_plain(answer.record.url))
    return replace(answer, record=record, wanted=_plain(answer.wanted))


def _plain(url: str) -> str:
    """Without the port that goes without saying, which Heritrix writes."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.removesuffix(_port(parts.scheme))))


def _port(scheme: str) -> str:
    return DEFAULT_PORT.get(scheme, ":")


def _add(
    answer: Answer,
    place: Place,
    origin: str,
    gates: dict[str, OfficeGate],
    report: ImportReport,
) -> None:
    """Add the releases that an answer holds, and count what came of it."""
    office, source = _office(answer.record.url)
    if source is None:
        report.came_to["of hosts that no office has"] += 1
    elif answer.record.status != 200:
        report.came_to[f"of status {answer.record.status}"] += 1
    elif (reading := read(answer, source)) is None:
        report.came_to["that no reader can make out"] += 1
    else:
        where = Taken(office, source, place)
        _add_releases(answer, reading, where, origin, gates[office], report)


def _add_releases(
    answer: Answer,
    reading: Reading,
    where: Taken,
    origin: str,
    gate: OfficeGate,
    report: ImportReport,
) -> None:
    entering = admitted(reading, gate, answer)
    if refused := len(reading.drafts) - len(entering):
        report.came_to["refused"] += refused
    with gate.store.changing() as connection:
        for url, draft in entering.items():
            found = replace(provenance(where, answer.record, reading.route, draft), origin=origin)
            silent = reading.route.silent_on(draft)
            values = version_values(draft, found, silent) | dict.fromkeys(silent)
            release = {"id": release_id(where.office, url), "office": where.office, "url": url}
            report.added += evidence.add_foreign(connection, release, values)


def _office(url: str) -> tuple[str, Source | None]:
    host = urlsplit(url).netloc.lower()
    for name, source in offices().items():
        if any(host in route.hosts for route in source.routes):
            return name, source
    return "", None


def verify_imports(settings: Settings) -> Iterator[str]:
    """A sentence for each imported file that is not what it was."""
    for path in imported_files(settings.archive):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if not path.name.startswith(digest[:DIGITS]):
            yield f"{path} has changed since it was imported."


def records_at(path: Path, offsets: list[int]) -> dict[int, Record]:
    """The whole records of an imported file at some offsets, by offset."""
    found = {}
    for offset in offsets:
        try:
            record = read_record(path, offset)
        except StoreError:
            continue
        found[offset] = replace(record, url=_plain(record.url))
    return found
