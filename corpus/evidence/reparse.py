"""The archive read anew by today's readers: what they make of each observation replaces what was
made of it before. No version is added: our improvements are not the office's edits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Row

from corpus.catalog.store import Store
from corpus.catalog.versioning import replace_version
from corpus.evidence import queries
from corpus.evidence.exchanges import (
    UNREADABLE,
    Answer,
    EvidenceRef,
    ParsedPage,
    answers,
    read,
    read_anew,
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
    """A version that today's reader reads otherwise, and the facts that differ."""

    release: str
    version: int
    facts: tuple[str, ...]


OnProgress = Callable[["RereadReport"], None]


@dataclass
class RereadReport:
    """What reading an office's archive anew would change, or has changed."""

    office: str
    is_applied: bool
    read: int = 0
    differences: list[Difference] = field(default_factory=list)
    repeats: list[tuple[str, int]] = field(default_factory=list)
    restored: list[tuple[str, int]] = field(default_factory=list)
    left: list[Issue] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The report as it is printed for programs; of long lists the first ones."""
        return {
            name: value[:LISTED_ISSUES] if isinstance(value, list) else value
            for name, value in asdict(self).items()
        }

    def sentences(self) -> list[str]:
        """The report for people."""
        would = "were" if self.is_applied else "would be"
        versions = pluralize(self.read, "version")
        lines = [f"{self.office}: {versions} read anew, {len(self.differences):,} otherwise."]
        facts = Counter(fact for each in self.differences for fact in each.facts)
        if facts:
            told = ", ".join(f"{name} {number:,}" for name, number in facts.most_common())
            first = self.differences[0]
            lines.append(f"  {would} replaced: {told}; the first: {first.release}")
        if self.repeats:
            told = pluralize(len(self.repeats), "version")
            lines.append(
                f"  {told} {would} set aside: they say what the version before says;"
                f" the first: {self.repeats[0][0]}, version {self.repeats[0][1]}"
            )
        if self.restored:
            lines.append(
                f"  {pluralize(len(self.restored), 'version')} {would} no longer set aside"
            )
        for rule, number in Counter(each.rule for each in self.left).most_common():
            refusal = next(each for each in self.left if each.rule == rule)
            lines.append(
                f"  {number:,} left as they are ({rule}), the first: {refusal.url}:"
                f" {refusal.reason}"
            )
        if not self.is_applied and (self.differences or self.repeats or self.restored):
            lines.append("  Nothing was changed; say it again with --apply to do so.")
        return lines


def reread_archive(
    name: str,
    settings: Settings,
    store: Store,
    *,
    is_applied: bool = False,
    on_progress: OnProgress = lambda report: None,
) -> RereadReport:
    """Read every version of an office anew, other people's too, in one transaction.

    It is taken back unless `is_applied`: the dry report tells what the same steps would do.
    A version that now says what the one before it says is set aside, not removed: a later reader
    may tell them apart again. Raises OfficeError and StoreError.
    """
    report = RereadReport(name, is_applied)
    with store.changing() as connection:
        for file in sorted(queries.files(connection)):
            versions = queries.versions_in(connection, file)
            ours = {
                at: [row for row in rows if row.office == name] for at, rows in versions.items()
            }
            if any(ours.values()):
                _reread_file(connection, settings, report, file, ours)
                on_progress(report)
        for id_ in sorted({each.release for each in report.differences}):
            for ordinal, is_repeat in queries.fold(connection, id_):
                (report.repeats if is_repeat else report.restored).append((id_, ordinal))
        if not is_applied:
            connection.rollback()
    return report


def _reread_file(
    connection: Connection, settings: Settings, report: RereadReport, file: str, versions: Rows
) -> None:
    source = office(report.office)
    wanted = {at: rows[0].url for at, rows in queries.visits_in(connection, file).items()}
    found = _answers(settings, file, versions)
    for offset, rows in versions.items():
        where = EvidenceRef(report.office, source, RecordLocation(file, offset))
        answer = found.get(offset)
        reading: ParsedPage | Issue = Issue("", "unreadable", UNREADABLE)
        if answer and rows:
            answer = replace(answer, wanted=wanted.get(offset, answer.wanted))
            reading = read(answer, source, settings.reading_s, rows[0].reader)
        for row in rows:
            report.read += 1
            if answer is None:
                reason = f"There is no whole record in {file} at {offset}; run `communique verify`."
                report.left.append(Issue(row.url, "no_evidence", reason))
            elif refusal := _reread_version(connection, report, row, where, answer, reading):
                report.left.append(refusal)


def _reread_version(
    connection: Connection,
    report: RereadReport,
    row: Row[Any],
    where: EvidenceRef,
    answer: Answer,
    reading: ParsedPage | Issue,
) -> Issue | None:
    """Replace a version where it reads otherwise; why it is left as it is, if so."""
    found = read_anew(where, answer, reading, row.url)
    if isinstance(found, Issue):
        return found
    if facts := replace_version(connection, row.release, row, found):
        report.differences.append(Difference(row.release, row.ordinal, facts))
    return None


def _answers(settings: Settings, file: str, wanted: Rows) -> dict[int, Answer]:
    """The wanted answers of a file that can be read, by offset."""
    path = settings.archive / file
    most = settings.response_mb * 1_000_000 if path.parent.name == IMPORTED else None
    found = answers(records(path, most)) if path.is_file() else ()
    return {each.record.offset: each for each in found if each.record.offset in wanted}
