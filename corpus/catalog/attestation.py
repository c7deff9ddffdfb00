"""Attests versions in the archive, so that changes of the catalog can be detected.

New and changed rows of `version` go in; metadata records (docs/evidence.md) come out, which are
synced to disk before the transaction of these rows ends.
"""

import json
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select, tuple_, update

from corpus.database import tables
from corpus.errors import StoreError
from corpus.release import FACTS, sha256
from corpus.warc.archive import file_to_continue
from corpus.warc.reader import read_record
from corpus.warc.writer import ArchiveWriter

MEDIA_TYPE = "application/vnd.communique.attestation+json"
# Part of the file names.
KIND = "attested-"
# Columns that a record repeats; the facts that an office states are in it by digest only.
CLEAR_COLUMNS = (
    *("observed_at", "asked_url", "sha256", "part_sha256", "warc_file", "warc_offset"),
    *("reader", "reader_version", "origin", "is_repeat"),
    *("language", "place", "signature", "kind", "alternates", "shapes"),
)
# Facts that earlier versions of the program did not read, and left out of the digest.
LATER_FACTS = ("subtitle", "links")
RECORDS_AT_ONCE = 500
VERSION, RELEASE = tables.version.c, tables.release.c

# A row of `version`, with the `url` of its release.
Values = Mapping[str, Any]


def canonical_json(value: Any) -> bytes:
    """Canonical JSON (RFC 8785) of values with whole numbers and ASCII names."""
    words = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return words.encode()


def facts_sha256(row: Values) -> str:
    """The digest of the facts that an office states; without a later one that is not known."""
    names = [name for name in FACTS if name not in LATER_FACTS or row[name] is not None]
    return sha256(canonical_json({name: _json_value(row[name]) for name in names}))


def claims(row: Values) -> dict[str, Any]:
    """What is attested of a version."""
    named = {"release": row["release"], "version": row["ordinal"], "url": row["url"]}
    digest = {"facts_sha256": facts_sha256(row)}
    return named | digest | {name: _json_value(row[name]) for name in CLEAR_COLUMNS}


def make_statement(row: Values, at: datetime | None) -> dict[str, Any]:
    """The content of a record written at a time."""
    return claims(row) | {"occasion": row["attested_as"], "attested_at": _json_value(at)}


def _json_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def select_unattested(*occasions: str) -> Select[Any]:
    """Versions to be attested, each with its release's office and URL."""
    joined = tables.version.join(tables.release, RELEASE.id == VERSION.release)
    query = select(*VERSION, RELEASE.office, RELEASE.url).select_from(joined)
    where = VERSION.attested_offset.is_(None) & VERSION.attested_as.in_(occasions)
    return query.where(where).order_by(RELEASE.office, VERSION.warc_file, VERSION.warc_offset)


class Attestor:
    """Writes attestations, those of an office to one file."""

    def __init__(self, archive: Path, max_bytes: int) -> None:
        self.archive, self.max_bytes = archive, max_bytes
        self.open_files: dict[str, str] = {}

    def pending(self, connection: Connection, *occasions: str) -> set[tuple[str, int]]:
        """The versions, by release and number, that are still to be attested."""
        query = select_unattested(*occasions).with_only_columns(VERSION.release, VERSION.ordinal)
        return {(row.release, row.ordinal) for row in connection.execute(query)}

    def attest(
        self, connection: Connection, *occasions: str, but: Collection[tuple[str, int]] = ()
    ) -> int:
        """Attest some pending versions, none in `but`; return how many. Raises StoreError."""
        query = select_unattested(*occasions).limit(RECORDS_AT_ONCE)
        if but:
            query = query.where(tuple_(VERSION.release, VERSION.ordinal).not_in(but))
        rows = connection.execute(query).all()
        for office, some in groupby(rows, key=lambda row: str(row.office)):
            locations = self._write(office, [*some])
            of = (VERSION.release == bindparam("id")) & (VERSION.ordinal == bindparam("version"))
            connection.execute(update(tables.version).where(of), locations)
        return len(rows)

    def _write(self, office: str, rows: list[Row[Any]]) -> list[dict[str, Any]]:
        locations, now = [], datetime.now(UTC)
        file_name = self.open_files.get(office) or file_to_continue(self.archive, office, KIND)
        with ArchiveWriter(self.archive, office, self.max_bytes, KIND, file_name) as archive:
            for (file, offset), some in groupby(rows, key=lambda r: (r.warc_file, r.warc_offset)):
                about = _record_id(self.archive / file, offset)
                for row in some:
                    body = canonical_json(make_statement(dict(row._mapping), now))
                    location = archive.add_metadata(row.url, MEDIA_TYPE, body, now, about)
                    row_of = {"id": row.release, "version": row.ordinal, "attested_at": now}
                    columns = {
                        "attested_file": location.warc_file,
                        "attested_offset": location.warc_offset,
                    }
                    locations.append(row_of | columns)
        self.open_files[office] = archive.name
        return locations


def _record_id(path: Path, offset: int) -> str | None:
    """The id of a response's record, if it has one."""
    try:
        return read_record(path, offset).id
    except StoreError:  # the response is lost; the version is attested all the same
        return None
