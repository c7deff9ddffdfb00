"""Imports third parties' archive files: they are stored unchanged and read like our own.

A file is stored in `archive/imported/` with the digest of its bytes in its name. Its releases
become versions with an origin, which names the observer. First and last seen are ours alone.
"""

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
from corpus.evidence.exchanges import (
    EvidenceRef,
    Exchange,
    parse_exchange,
    provenance,
    read_exchanges,
)
from corpus.evidence.recover import accepted_drafts
from corpus.issue import Issue
from corpus.plural import pluralize
from corpus.reading.address import check_address, resolve
from corpus.reading.source import Route, Source
from corpus.release import Draft, RecordLocation, release_id
from corpus.review.office_validation import OfficeValidator
from corpus.settings import Settings
from corpus.sources import offices
from corpus.warc.containers import ForeignFile, Original, Originals, plain_name, record_files
from corpus.warc.reader import Damage, Unreadable, is_archive, records
from corpus.warc.record import Record

UNRESOLVED = "revisits of responses that are in no file of this command"
REASONS_UNREAD = {
    "not_a_page": "that are not pages",
    "reader_broke": "on which a reader failed",
    "too_slow": "that take too long to read",
}


@dataclass
class ImportReport:
    """The responses of one file by outcome, and the versions that were added."""

    file: str
    responses: int = 0
    added: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    damaged: int = 0
    problems: list[str] = field(default_factory=list)
    is_kept: bool = False

    def sentences(self) -> list[str]:
        """The report for people."""
        rest = ", ".join(f"{number:,} {words}" for words, number in self.outcomes.most_common())
        lines = [
            f"{self.file}: {pluralize(self.responses, 'response')},"
            f" {pluralize(self.added, 'version')} added{f'; {rest}' if rest else ''}."
        ]
        if not self.is_kept:
            lines.append("  Nothing was imported from it, and it was not copied.")
        return [*lines, *(f"  {problem}" for problem in self.problems)]


def import_files(
    paths: Iterable[Path], observer: str, settings: Settings, store: Store
) -> Iterator[ImportReport]:
    """Add our offices' releases from archive files, as observed by `observer`, and store those
    files; importing them again adds nothing.

    Reports of files with revisits of responses in later files come last. Raises StoreError.
    """
    importing = _Import(observer, settings, store)
    with _folder(settings) as folder:
        waiting = []
        for path in paths:
            report = importing.take(path, folder)
            if any(each.report is report for each in importing.waiting):
                waiting.append(report)
            else:
                yield report
        importing.resolve()
        yield from waiting


@contextmanager
def _folder(settings: Settings) -> Iterator[Path]:
    """An empty folder for unpacked files; what a killed import left there is removed."""
    folder = settings.data / "import.new"
    try:
        rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    except OSError as error:
        raise StoreError(f"{folder} cannot be created: {error.strerror or error}.") from error
    try:
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class _Candidate:
    """A response, its file, and the report that counts it."""

    exchange: Exchange
    file: ForeignFile
    report: ImportReport


class _Import:
    """The files of one command, and the revisits whose originals were not found yet."""

    def __init__(self, observer: str, settings: Settings, store: Store) -> None:
        self.observer, self.archive, self.store = observer, settings.archive, store
        self.most = settings.response_mb * 1_000_000
        self.validators = {each: OfficeValidator(each, store, settings) for each in offices()}
        self.originals = Originals()
        self.waiting: list[_Candidate] = []

    def take(self, path: Path, folder: Path) -> ImportReport:
        """Add the releases of a file, except for those revisits."""
        report = ImportReport(plain_name(path.name))
        for file in record_files(path, folder, report.problems):
            for exchange in read_exchanges(_readable_records(file.path, self.most, report)):
                report.responses += 1
                # URLs as browsers spell them: without the default port that Heritrix writes.
                record = replace(exchange.record, url=resolve(exchange.record.url))
                plain = Exchange(record, resolve(exchange.requested_url), exchange.language)
                self._take(_Candidate(plain, file, report))
        return report

    def resolve(self) -> None:
        """Add the revisits whose originals were found since, and count the others."""
        waiting, self.waiting = self.waiting, []
        for candidate in waiting:
            self._take(candidate)
        for left in self.waiting:
            left.report.outcomes[UNRESOLVED] += 1

    def _take(self, candidate: _Candidate) -> None:
        """Add the releases of a response; a revisit gets the body of its original."""
        record = candidate.exchange.record
        office, source = _office_at(record.url)
        if source is None:
            candidate.report.outcomes["from hosts of no office"] += 1
        elif record.kind != "revisit":
            added = self.originals.add(office, record, candidate.file)
            self._read(candidate, office, source, added)
        elif original := self.originals.find(office, record):
            restored = replace(candidate.exchange, record=original.restore_body(record, self.most))
            self._read(replace(candidate, exchange=restored), office, source, original)
        else:
            self.waiting.append(candidate)

    def _read(self, candidate: _Candidate, office: str, source: Source, original: Original) -> None:
        """Add the releases of a response, and count the outcome."""
        exchange, outcomes = candidate.exchange, candidate.report.outcomes
        if exchange.record.status != 200:
            outcomes[f"with status {exchange.record.status}"] += 1
            return
        parsed = parse_exchange(exchange, source, self.validators[office].reading_s)
        if isinstance(parsed, Issue):
            outcomes[REASONS_UNREAD.get(parsed.rule, "that no reader can read")] += 1
        else:
            accepted = accepted_drafts(parsed, self.validators[office], exchange)
            if refused := len(parsed.drafts) - len(accepted):
                outcomes["refused"] += refused
            if accepted:
                evidence = EvidenceRef(office, source, self._keep(candidate, original))
                self._add(candidate, evidence, original.url, parsed.route, accepted)

    def _keep(self, candidate: _Candidate, original: Original) -> RecordLocation:
        """Store the file in our archive; return the location of the response in it."""
        candidate.file.keep(self.archive)
        candidate.report.is_kept = True
        return RecordLocation(original.file.keep(self.archive), original.offset)

    def _add(
        self,
        candidate: _Candidate,
        evidence: EvidenceRef,
        asked: str,
        route: Route,
        drafts: dict[str, Draft],
    ) -> None:
        record, report = candidate.exchange.record, candidate.report
        origin = f"{self.observer}, {report.file}"
        with self.store.changing() as connection:
            for url, draft in drafts.items():
                seen = provenance(evidence, record, route, draft)
                seen = replace(seen, url=asked, origin=origin)
                silent = route.silent_on(draft)
                values = version_values(draft, seen, silent) | dict.fromkeys(silent)
                id_ = release_id(evidence.office, url)
                release = {"id": id_, "office": evidence.office, "url": url}
                report.added += queries.add_third_party_version(connection, release, values)


def _readable_records(path: Path, most: int, report: ImportReport) -> Iterator[Record]:
    """The records of a file that can be read; the others go to the report."""
    damage: list[Damage] = []
    readable = 0
    try:
        for each in records(path, most):
            if isinstance(each, Record):
                readable += 1
                yield each
            elif isinstance(each, Unreadable):
                readable += 1
                report.outcomes[each.reason] += 1
            else:
                damage.append(each)
    except OSError as error:
        report.problems.append(f"It cannot be read to its end: {error.strerror or error}.")
    if damage:
        report.damaged += len(damage)
        if not readable and not is_archive(path):
            report.problems.append("It is not a WARC, ARC or WACZ file.")
            return
        report.problems.append(
            f"{pluralize(len(damage), 'record')} {'is' if len(damage) == 1 else 'are'} damaged, the"
            f" first at {damage[0].offset:,}: {damage[0].reason}; the others were read."
        )


def _office_at(url: str) -> tuple[str, Source | None]:
    for name, source in offices().items():
        if not check_address(url, source.hosts):
            return name, source
    return "", None
