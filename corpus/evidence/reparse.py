"""Parses the archive again with the current readers; their results replace the earlier ones. No
version is added: our improvements are not the office's edits.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from corpus.catalog.store import Store
from corpus.catalog.versioning import replace_version
from corpus.evidence import queries
from corpus.evidence.exchanges import (
    UNREADABLE,
    EvidenceRef,
    Exchange,
    ParsedPage,
    parse_exchange,
    read_exchanges,
    read_facts,
)
from corpus.evidence.queries import Rows
from corpus.issue import Issue
from corpus.plural import pluralize
from corpus.release import RecordLocation
from corpus.review.report import LISTED_ISSUES
from corpus.settings import Settings
from corpus.sources import office
from corpus.warc.archive import IMPORTED
from corpus.warc.reader import records


@dataclass(frozen=True)
class Difference:
    """A version that the current reader reads differently, and the facts that differ."""

    release: str
    version: int
    facts: tuple[str, ...]


OnProgress = Callable[["ReparseReport"], None]


@dataclass
class ReparseReport:
    """What parsing an office's archive again would change, or has changed."""

    office: str
    is_applied: bool
    read: int = 0
    differences: list[Difference] = field(default_factory=list)
    repeats: list[tuple[str, int]] = field(default_factory=list)
    restored: list[tuple[str, int]] = field(default_factory=list)
    left: list[Issue] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The report for programs, with long lists cut."""
        return {
            name: value[:LISTED_ISSUES] if isinstance(value, list) else value
            for name, value in asdict(self).items()
        }

    def sentences(self) -> list[str]:
        """The report for people."""
        would = "were" if self.is_applied else "would be"
        versions = pluralize(self.read, "version")
        lines = [
            f"{self.office}: {versions} parsed again, {len(self.differences):,} with differences."
        ]
        facts = Counter(fact for each in self.differences for fact in each.facts)
        if facts:
            counts = ", ".join(f"{name} {number:,}" for name, number in facts.most_common())
            first = self.differences[0]
            lines.append(f"  {would} replaced: {counts}; the first: {first.release}")
        if self.repeats:
            counts = pluralize(len(self.repeats), "version")
            lines.append(
                f"  {counts} {would} hidden as repeats of the version before;"
                f" the first: {self.repeats[0][0]}, version {self.repeats[0][1]}"
            )
        if self.restored:
            lines.append(f"  {pluralize(len(self.restored), 'version')} {would} shown again")
        for rule, number in Counter(each.rule for each in self.left).most_common():
            refusal = next(each for each in self.left if each.rule == rule)
            lines.append(
                f"  {number:,} unchanged ({rule}), the first: {refusal.url}: {refusal.reason}"
            )
        if not self.is_applied and (self.differences or self.repeats or self.restored):
            lines.append("  Nothing was changed; run the command with --apply to apply this.")
        return lines


def reparse_archive(
    name: str,
    settings: Settings,
    store: Store,
    *,
    is_applied: bool = False,
    on_progress: OnProgress = lambda report: None,
) -> ReparseReport:
    """Parse every version of an office again, third parties' too, in one transaction.

    It is rolled back unless `is_applied`, so that the report tells what would change. A version
    that now repeats the one before it is hidden, not removed: a later reader may tell them apart.
    Raises OfficeError and StoreError.
    """
    report = ReparseReport(name, is_applied)
    with store.changing() as connection:
        for file in sorted(queries.archive_files(connection)):
            versions = queries.versions_in(connection, file)
            of_office = {
                at: [row for row in rows if row.office == name] for at, rows in versions.items()
            }
            if any(of_office.values()):
                _reparse_file(connection, settings, report, file, of_office)
                on_progress(report)
        for id_ in sorted({each.release for each in report.differences}):
            for ordinal, is_repeat in queries.mark_repeats(connection, id_):
                (report.repeats if is_repeat else report.restored).append((id_, ordinal))
        if not is_applied:
            connection.rollback()
    return report


def _reparse_file(
    connection: Connection, settings: Settings, report: ReparseReport, file: str, versions: Rows
) -> None:
    source = office(report.office)
    wanted = {at: rows[0].url for at, rows in queries.visits_in(connection, file).items()}
    exchanges = _read_exchanges_at(settings, file, versions)
    for offset, rows in versions.items():
        evidence = EvidenceRef(report.office, source, RecordLocation(file, offset))
        exchange = exchanges.get(offset)
        parsed: ParsedPage | Issue = Issue("", "unreadable", UNREADABLE)
        if exchange and rows:
            exchange = replace(exchange, requested_url=wanted.get(offset, exchange.requested_url))
            parsed = parse_exchange(exchange, source, settings.reading_s, rows[0].reader)
        for row in rows:
            report.read += 1
            if exchange is None:
                reason = f"{file} has no intact record at {offset}; run `communique verify`."
                report.left.append(Issue(row.url, "no_evidence", reason))
                continue
            facts = read_facts(evidence, exchange, parsed, row.url)
            if isinstance(facts, Issue):
                report.left.append(facts)
            elif names := replace_version(connection, row.release, row, facts):
                report.differences.append(Difference(row.release, row.ordinal, names))


def _read_exchanges_at(settings: Settings, file: str, wanted: Rows) -> dict[int, Exchange]:
    """The readable responses of a file at the wanted offsets."""
    path = settings.archive / file
    most = settings.response_mb * 1_000_000 if path.parent.name == IMPORTED else None
    exchanges = read_exchanges(records(path, most)) if path.is_file() else ()
    return {each.record.offset: each for each in exchanges if each.record.offset in wanted}
