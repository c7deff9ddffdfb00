"""Other people's archive files: kept as they are, read as ours are, and never taken for ours.

A file lies in `archive/imported/`, the digest of its bytes in its name. What is read from it
becomes versions with an origin: whose observation it is. First and last seen stay ours alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import rmtree

from corpus.catalog.mapping import version_values
from corpus.catalog.store import Store
from corpus.errors import StoreError
from corpus.evidence import queries
from corpus.evidence.exchanges import Answer, EvidenceRef, answers, provenance, read
from corpus.evidence.recover import admitted
from corpus.issue import Issue
from corpus.plural import pluralize
from corpus.reading.address import check_address, resolve
from corpus.reading.source import Route, Source
from corpus.release import Draft, RecordLocation, release_id
from corpus.review.office_validation import OfficeValidator
from corpus.settings import Settings
from corpus.sources import offices
from corpus.warc.containers import ForeignFile, plain_name, record_files
from corpus.warc.originals import Original, Originals
from corpus.warc.reader import Damage, Unreadable, is_archive, records
from corpus.warc.record import Record

UNRESOLVED = "revisits of answers that are in no file of this command"
REASONS_UNREAD = {
    "not_a_page": "of other files than pages",
    "reader_broke": "on which a reader broke",
    "too_slow": "that take too long to read",
}
NO_ARCHIVE = "It is no WARC, ARC or WACZ file."


@dataclass
class ImportReport:
    """What one file held: answers by what came of them, and versions that were added."""

    file: str
    answers: int = 0
    added: int = 0
    came_to: Counter[str] = field(default_factory=Counter)
    damaged: int = 0
    problems: list[str] = field(default_factory=list)
    is_kept: bool = False

    def sentences(self) -> list[str]:
        """The report for people."""
        rest = ", ".join(f"{number:,} {words}" for words, number in self.came_to.most_common())
        lines = [
            f"{self.file}: {pluralize(self.answers, 'answer')}, {pluralize(self.added, 'version')}"
            f" added{f'; {rest}' if rest else ''}."
        ]
        if not self.is_kept:
            lines.append("  Nothing of it was taken in, and it was not copied.")
        return [*lines, *(f"  {problem}" for problem in self.problems)]


def import_files(
    paths: Iterable[Path], who: str, settings: Settings, store: Store
) -> Iterator[ImportReport]:
    """Add what archive files hold of our offices' releases, as observed by `who`, and keep those
    files; importing them again adds nothing.

    Reports of files whose revisits may repeat what a later file holds come last. Raises StoreError.
    """
    importing = _Import(who, settings, store)
    with _folder(settings) as folder:
        late = []
        for path in paths:
            report = importing.take(path, folder)
            if any(each.report is report for each in importing.waiting):
                late.append(report)
            else:
                yield report
        importing.resolve()
        yield from late


@contextmanager
def _folder(settings: Settings) -> Iterator[Path]:
    """A folder for what is unpacked; what a killed import left in it is removed."""
    folder = settings.data / "import.new"
    try:
        rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    except OSError as error:
        raise StoreError(f"{folder} cannot be made: {error.strerror or error}.") from error
    try:
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class _Found:
    """An answer, in which file, and the report that counts it."""

    answer: Answer
    file: ForeignFile
    report: ImportReport


class _Import:
    """The files of one command, and the revisits whose originals were not met yet."""

    def __init__(self, who: str, settings: Settings, store: Store) -> None:
        self.who, self.archive, self.store = who, settings.archive, store
        self.most = settings.response_mb * 1_000_000
        self.validators = {each: OfficeValidator(each, store, settings) for each in offices()}
        self.originals = Originals()
        self.waiting: list[_Found] = []

    def take(self, path: Path, folder: Path) -> ImportReport:
        """Add what a file holds, but for those revisits."""
        report = ImportReport(plain_name(path.name))
        for file in record_files(path, folder, report.problems):
            for answer in answers(_sound(file.path, self.most, report)):
                report.answers += 1
                self._take(_Found(_with_plain_urls(answer), file, report))
        return report

    def resolve(self) -> None:
        """Add those revisits whose originals were met since, and count the others."""
        waiting, self.waiting = self.waiting, []
        for found in waiting:
            self._take(found)
        for left in self.waiting:
            left.report.came_to[UNRESOLVED] += 1

    def _take(self, found: _Found) -> None:
        """Add what an answer holds; a revisit brings the body of its original."""
        record = found.answer.record
        office, source = _office(record.url)
        if source is None:
            found.report.came_to["of hosts that no office has"] += 1
        elif record.kind != "revisit":
            self._read(found, office, source, self.originals.add(office, record, found.file))
        elif original := self.originals.find(office, record):
            repeated = replace(found.answer, record=original.repeated(record, self.most))
            self._read(replace(found, answer=repeated), office, source, original)
        else:
            self.waiting.append(found)

    def _read(self, found: _Found, office: str, source: Source, original: Original) -> None:
        """Add the releases that an answer holds, and count what came of it."""
        answer, came_to = found.answer, found.report.came_to
        if answer.record.status != 200:
            came_to[f"of status {answer.record.status}"] += 1
            return
        reading = read(answer, source, self.validators[office].reading_s)
        if isinstance(reading, Issue):
            came_to[REASONS_UNREAD.get(reading.rule, "that no reader can make out")] += 1
        else:
            entering = admitted(reading, self.validators[office], answer)
            if refused := len(reading.drafts) - len(entering):
                came_to["refused"] += refused
            if entering:
                where = EvidenceRef(office, source, self._keep(found, original))
                self._add(found, where, original.url, reading.route, entering)

    def _keep(self, found: _Found, original: Original) -> RecordLocation:
        """Where the answer stands in our archive, once its file is there."""
        found.file.keep(self.archive)
        found.report.is_kept = True
        return RecordLocation(original.file.keep(self.archive), original.offset)

    def _add(
        self, found: _Found, where: EvidenceRef, asked: str, route: Route, drafts: dict[str, Draft]
    ) -> None:
        record, report = found.answer.record, found.report
        origin = f"{self.who}, {report.file}"
        with self.store.changing() as connection:
            for url, draft in drafts.items():
                seen = provenance(where, record, route, draft)
                seen = replace(seen, url=asked, origin=origin)
                silent = route.silent_on(draft)
                values = version_values(draft, seen, silent) | dict.fromkeys(silent)
                release = {"id": release_id(where.office, url), "office": where.office, "url": url}
                report.added += queries.add_foreign(connection, release, values)


def _sound(path: Path, most: int, report: ImportReport) -> Iterator[Record]:
    """The records of a file that can be read; the report tells of the others."""
    damage: list[Damage] = []
    whole = 0
    try:
        for each in records(path, most):
            if isinstance(each, Record):
                whole += 1
                yield each
            elif isinstance(each, Unreadable):
                whole += 1
                report.came_to[each.reason] += 1
            else:
                damage.append(each)
    except OSError as error:
        report.problems.append(f"It cannot be read to its end: {error.strerror or error}.")
    if damage:
        report.damaged += len(damage)
        report.problems.append(_damage_summary(damage) if whole or is_archive(path) else NO_ARCHIVE)


def _damage_summary(damage: list[Damage]) -> str:
    number, first = len(damage), damage[0]
    verb = "is" if number == 1 else "are"
    return (
        f"{pluralize(number, 'record')} {verb} damaged, the first at {first.offset:,}:"
        f" {first.reason}; all that is whole was read."
    )


def _with_plain_urls(answer: Answer) -> Answer:
    """As browsers spell them: without the port that goes without saying, which Heritrix writes."""
    record = replace(answer.record, url=resolve(answer.record.url))
    return replace(answer, record=record, wanted=resolve(answer.wanted))


def _office(url: str) -> tuple[str, Source | None]:
    for name, source in offices().items():
        if not check_address(url, source.hosts):
            return name, source
    return "", None
