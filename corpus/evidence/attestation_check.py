"""Versions against the records that attest them: what of a catalog is not what the archive attests.

What is derived from attested facts is derived again and compared, too.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import Row, func, select

from corpus.catalog.attestation import MEDIA_TYPE, Values, claims, statement
from corpus.catalog.attestation import unattested as query_unattested
from corpus.catalog.mapping import statute_values
from corpus.catalog.store import Store
from corpus.database import tables
from corpus.database.batches import chunks, streamed
from corpus.evidence.attestation_repair import Said, attest_anew, attest_older, mend
from corpus.evidence.finding import Finding
from corpus.evidence.queries import Rows
from corpus.plural import pluralize
from corpus.release import LATER, MADE, REVISED
from corpus.settings import Settings
from corpus.statutes import RULES_VERSION
from corpus.warc.record import Record

R, V = tables.release.c, tables.version.c
MEND = "restore the catalog from a backup, or `communique verify --repair` reads it from there."


class AttestationCheck:
    """One look at all files: `findings_in` each of them, `findings_of_missing` ones, and at last
    `findings_of_unattested` versions, which no row leads from to a record.
    """

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings, self.store = settings, store
        self.said_of: dict[tuple[str, int], list[Said]] = defaultdict(list)
        # By release: the versions that the archive attests and the catalog has not.
        self.gone: dict[str, list[Said]] = defaultdict(list)
        with store.reading() as connection:
            found = query_unattested(MADE, REVISED, LATER).subquery()
            rows = connection.execute(select(found.c.release, found.c.ordinal))
            self.unattested = {(row.release, row.ordinal) for row in rows}

    def findings_in(self, path: Path, held: dict[int, Record], attested: Rows) -> Iterator[Finding]:
        """Versions that are not what the records in a file say, or have none where they should."""
        lost = []
        told = {at: said for at, record in held.items() if (said := read_statement(record))}
        for offset, rows in attested.items():
            said = told.get(offset)
            for row in rows:
                if said is None or (said["release"], said["version"]) != (row.release, row.ordinal):
                    lost.append(row)
                elif names := differing(dict(row._mapping), said):
                    yield Finding(
                        f"{row.release}: version {row.ordinal} in the catalog is not what {path}"
                        f" attests at {offset} ({', '.join(names)}); {MEND}",
                        partial(mend, self.settings, self.store, row, said),
                    )
        yield from self._findings_of_lost(path, lost)
        if told:
            self._remember([*told.values()])

    def findings_of_missing(self, path: Path, attested: Rows) -> Iterator[Finding]:
        """Versions whose records stood in a file that is not there."""
        yield from self._findings_of_lost(path, [*chain(*attested.values())])

    def findings_of_unattested(self) -> Iterator[Finding]:
        """Versions of which no record is known: told by their number, unless the archive has one
        that says something else. What a killed program wrote and had no time to note is not meant.
        """
        with self.store.reading() as connection:
            rows = [
                row
                for row in streamed(connection, query_unattested(MADE, REVISED, LATER))
                if row.attested_as != LATER or (row.release, row.ordinal) in self.said_of
            ]
        for row in rows:
            told = self.said_of[row.release, row.ordinal]
            # With a version that this program makes comes its record, or neither.
            if row.attested_as != LATER or _is_contradicted(dict(row._mapping), told):
                yield Finding(
                    f"{row.release}: version {row.ordinal} in the catalog is not what the archive"
                    f" attests; {MEND}",
                    partial(attest_anew, self.settings, self.store, [row]),
                )
        with self.store.reading() as connection:
            query = select(func.count()).select_from(query_unattested(LATER).subquery())
            number = connection.scalar(query) or 0
        if number:
            yield Finding(
                f"{pluralize(number, 'version')} of before are not attested in the archive yet;"
                " the next crawl does it, or `communique verify --repair`.",
                partial(attest_older, self.store),
                is_remark=True,
            )

    def _findings_of_lost(self, path: Path, rows: list[Row[Any]]) -> Iterator[Finding]:
        if rows:
            yield Finding(
                f"{path} does not attest {pluralize(len(rows), 'version')} where the catalog says"
                f" so, {rows[0].release} the first; restore it from a backup, or `communique verify"
                " --repair` compares them with their responses and attests them anew.",
                partial(attest_anew, self.settings, self.store, rows),
            )

    def releases_of_lost_versions(self) -> dict[str, set[str]]:
        """By office, the releases that lack a version which the archive attests, though they were
        seen after it. A killed program may have attested one that was never published; the next
        crawl makes it.
        """
        seen: dict[str, datetime] = {}
        with self.store.reading() as connection:
            for some in chunks(self.gone):
                rows = connection.execute(select(R.id, R.last_seen).where(R.id.in_(some)))
                seen |= {row.id: row.last_seen for row in rows}
        by_office: dict[str, set[str]] = defaultdict(set)
        for id_, told in self.gone.items():
            first = min(datetime.fromisoformat(said["observed_at"]) for said in told)
            if id_ in seen and first <= seen[id_]:
                by_office[id_.rpartition("-")[0]].add(id_)
        return by_office

    def _remember(self, told: list[Said]) -> None:
        """Keep what records say of versions without one, and of those that are not there."""
        for said in told:
            key = said["release"], said["version"]
            if key in self.unattested:
                self.said_of[key].append(said)
        held: set[tuple[str, int]] = set()
        with self.store.reading() as connection:
            for some in chunks(dict.fromkeys(said["release"] for said in told)):
                query = select(V.release, V.ordinal).where(V.release.in_(some))
                held |= {(row.release, row.ordinal) for row in connection.execute(query)}
        for said in told:
            # What others observed may be of any time: an import that broke off tells nothing.
            if (said["release"], said["version"]) not in held and not said["origin"]:
                self.gone[said["release"]].append(said)


def read_statement(record: Record) -> Said | None:
    """What a record says, where it attests a version."""
    if (record.kind, record.content_type) != ("metadata", MEDIA_TYPE):
        return None
    said: Said = json.loads(record.body)
    return said


def differing(row: Values, said: Said) -> list[str]:
    """What of a version is not as its record says, or not as it follows from that."""
    held = statement(row, row["attested_at"])
    names = [name for name in said if held.get(name) != said[name]]
    if row["statute_rules"] >= RULES_VERSION:
        derived = statute_values(row["office"], row["language"], row["title"], row["body"])
        names += [name for name in derived if row[name] != derived[name]]
    return names


def _is_contradicted(row: Values, told: list[Said]) -> bool:
    """Whether records say something else of a version, as the same reader read it."""
    held = claims(row)
    read_by = "reader", "reader_version"
    same = [said for said in told if all(said[name] == held[name] for name in read_by)]
    return bool(same) and not any(held.items() <= said.items() for said in same)
