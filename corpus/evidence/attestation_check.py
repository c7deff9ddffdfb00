"""Compares versions, and what is derived from them, with their attestations in the archive."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import Row, func, select

from corpus.catalog.attestation import MEDIA_TYPE, Values, claims, make_statement, select_unattested
from corpus.catalog.mapping import derived_from
from corpus.catalog.store import Store
from corpus.database import tables
from corpus.database.batches import chunks, stream_rows
from corpus.evidence.attestation_repair import Statement, attest_again, attest_older, repair_version
from corpus.evidence.queries import Rows
from corpus.fact import RULES
from corpus.issue import Finding
from corpus.plural import pluralize
from corpus.release import LATER, MADE, REVISED
from corpus.settings import Settings
from corpus.statutes import RULES_VERSION
from corpus.warc.record import Record

R, V = tables.release.c, tables.version.c
RESTORE_CATALOG = (
    "restore the catalog from a backup, or run `communique verify --repair` to restore it from the"
    " archive."
)


class AttestationCheck:
    """One pass: `findings_in` or `_of_missing` files, then `findings_of_unattested` versions."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings, self.store = settings, store
        self.statements_of: dict[tuple[str, int], list[Statement]] = defaultdict(list)
        # By release: statements on versions that the catalog lacks.
        self.missing: dict[str, list[Statement]] = defaultdict(list)
        with store.reading() as connection:
            self.unattested = store.attestor.pending(connection, MADE, REVISED, LATER)

    def findings_in(
        self, path: Path, claimed: dict[int, Record], attested: Rows
    ) -> Iterator[Finding]:
        """Versions that differ from their attestations in a file, or lack them there."""
        unmatched = []
        found = {at: read_statement(record) for at, record in claimed.items()}
        statements = {at: statement for at, statement in found.items() if statement}
        for offset, rows in attested.items():
            statement = statements.get(offset)
            for row in rows:
                if statement is None or _version_key(statement) != (row.release, row.ordinal):
                    unmatched.append(row)
                elif names := differing_names(dict(row._mapping), statement):
                    yield Finding(
                        f"{row.release}: version {row.ordinal} in the catalog differs from its"
                        f" attestation in {path} at {offset} ({', '.join(names)});"
                        f" {RESTORE_CATALOG}",
                        partial(repair_version, self.settings, self.store, row, statement),
                    )
        yield from self._findings_of_unmatched(path, unmatched)
        if statements:
            self._remember([*statements.values()])

    def findings_of_missing(self, path: Path, attested: Rows) -> Iterator[Finding]:
        """Versions whose attestations were in a missing file."""
        yield from self._findings_of_unmatched(path, [*chain(*attested.values())])

    def findings_of_unattested(self) -> Iterator[Finding]:
        """Versions without a known attestation: one finding for those that older programs left, one
        for each that the archive contradicts. A record that a killed program could not note is no
        contradiction.
        """
        with self.store.reading() as connection:
            rows = [
                row
                for row in stream_rows(connection, select_unattested(MADE, REVISED, LATER))
                if row.attested_as != LATER or (row.release, row.ordinal) in self.statements_of
            ]
        for row in rows:
            statements = self.statements_of[row.release, row.ordinal]
            # This program writes a version and its attestation together, or neither.
            if row.attested_as != LATER or _is_contradicted(dict(row._mapping), statements):
                yield Finding(
                    f"{row.release}: version {row.ordinal} in the catalog differs from its"
                    f" attestation in the archive; {RESTORE_CATALOG}",
                    partial(attest_again, self.settings, self.store, [row]),
                )
        with self.store.reading() as connection:
            query = select(func.count()).select_from(select_unattested(LATER).subquery())
            number = connection.scalar(query) or 0
        if number:
            yield Finding(
                f"{pluralize(number, 'version')} from an older catalog not attested in the archive"
                " yet; the next crawl attests them, or run `communique verify --repair`.",
                partial(attest_older, self.store),
                is_remark=True,
            )

    def _findings_of_unmatched(self, path: Path, rows: list[Row[Any]]) -> Iterator[Finding]:
        if rows:
            yield Finding(
                f"{path} lacks the attestations of {pluralize(len(rows), 'version')} (first:"
                f" {rows[0].release}); restore it from a backup, or run `communique verify"
                " --repair` to compare them with their responses and attest them again.",
                partial(attest_again, self.settings, self.store, rows),
            )

    def releases_with_missing_versions(self) -> dict[str, set[str]]:
        """By office, the releases that lack an attested version though they were seen after it. A
        killed program may have attested a version that was never published; the next crawl adds it.
        """
        seen: dict[str, datetime] = {}
        with self.store.reading() as connection:
            for some in chunks(self.missing):
                rows = connection.execute(select(R.id, R.last_seen).where(R.id.in_(some)))
                seen |= {row.id: row.last_seen for row in rows}
        by_office: dict[str, set[str]] = defaultdict(set)
        for id_, statements in self.missing.items():
            times = [datetime.fromisoformat(each["observed_at"]) for each in statements]
            if id_ in seen and min(times) <= seen[id_]:
                by_office[id_.rpartition("-")[0]].add(id_)
        return by_office

    def _remember(self, statements: list[Statement]) -> None:
        """Remember statements on versions without an attestation, and on missing versions."""
        for statement in statements:
            if _version_key(statement) in self.unattested:
                self.statements_of[_version_key(statement)].append(statement)
        cataloged: set[tuple[str, int]] = set()
        with self.store.reading() as connection:
            for some in chunks(dict.fromkeys(statement["release"] for statement in statements)):
                query = select(V.release, V.ordinal).where(V.release.in_(some))
                cataloged |= {(row.release, row.ordinal) for row in connection.execute(query)}
        for statement in statements:
            # Observations of third parties may be of any time: an import may have been interrupted.
            if _version_key(statement) not in cataloged and not statement["origin"]:
                self.missing[statement["release"]].append(statement)


def _version_key(statement: Statement) -> tuple[str, int]:
    """The release and number of the version that is attested."""
    return statement["release"], statement["version"]


def read_statement(record: Record) -> Statement | None:
    """The statement in a record that attests a version; None for other records."""
    if (record.kind, record.content_type) != ("metadata", MEDIA_TYPE):
        return None
    statement: Statement = json.loads(record.body)
    return statement


def differing_names(row: Values, statement: Statement) -> list[str]:
    """The columns of a version that differ from its attestation or do not follow from it."""
    claimed = make_statement(row, row["attested_at"])
    names = [name for name in statement if claimed.get(name) != statement[name]]
    if row["statute_rules"] >= RULES_VERSION and row["fact_rules"] >= RULES:
        derived = derived_from(row)
        names += [name for name in derived if row[name] != derived[name]]
    return names


def _is_contradicted(row: Values, statements: list[Statement]) -> bool:
    """Whether every statement by the same reader on a version differs from the catalog."""
    claimed = claims(row)
    read_by = "reader", "reader_version"
    same = [each for each in statements if all(each[name] == claimed[name] for name in read_by)]
    return bool(same) and not any(claimed.items() <= each.items() for each in same)
