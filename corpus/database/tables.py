"""The catalog's tables (SQLAlchemy Core)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    false,
)

# The number of the newest file in corpus/database/migrations/versions.
FORMAT = 7


class Moment(TypeDecorator[datetime]):
    """An aware time in UTC, also in databases that keep no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: in UTC."""
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: aware again."""
        if value is None or value.tzinfo:  # PostgreSQL gives it in the session's own zone
            return value and value.astimezone(UTC)
        return value.replace(tzinfo=UTC)


# Where a language's rules would sort them, names are sorted by code point, as SQLite does.
Words = String().with_variant(String(collation="C"), "postgresql")
# Other people's archive files can be larger than what 32 bits count.
Offset = Integer().with_variant(BigInteger(), "postgresql")

metadata = MetaData()

# `format` of the tables, and `revision`: a counter that every change of a release takes a number
# from, so that an index can ask for what came after it.
about = Table(
    "about",
    metadata,
    Column("key", Words, primary_key=True),
    Column("value", Integer, nullable=False),
)

# First and last seen are ours: null where others alone have seen a release.
release = Table(
    "release",
    metadata,
    Column("id", Words, primary_key=True),
    Column("office", Words, nullable=False, index=True),
    Column("url", Words, nullable=False),
    Column("first_seen", Moment),
    Column("last_seen", Moment),
    Column("version", Integer, nullable=False),
    Column("revision", Integer, nullable=False, index=True),
    # The route it was last met on, and when anybody last looked, whatever came of it.
    Column("route", Words),
    Column("checked_at", Moment),
    # How many visits in a row found it missing, since when; `gone_since` once they are enough.
    Column("misses", Integer, nullable=False, server_default="0"),
    Column("missed_at", Moment),
    Column("gone_since", Moment),
)

# `origin` names whose observation a version is, where it is not ours. A repeat says what the one
# before it says, by today's reader: it stays for the evidence it names, and is not shown.
version = Table(
    "version",
    metadata,
    Column("release", Words, ForeignKey("release.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("observed_at", Moment, nullable=False),
    Column("language", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("published", Date),
    Column("body", JSON, nullable=False),
    Column("place", Words),
    Column("signature", Words),
    Column("number", Words),
    Column("topics", JSON, nullable=False),
    Column("components", JSON, nullable=False),
    Column("kind", Words),
    Column("attachments", JSON(none_as_null=True)),
    Column("alternates", JSON, nullable=False),
    Column("asked_url", Words, nullable=False),
    Column("sha256", Words, nullable=False),
    Column("part_sha256", Words),
    Column("warc_file", Words, nullable=False, index=True),
    Column("warc_offset", Offset, nullable=False),
    Column("reader", Words, nullable=False),
    Column("reader_version", Integer, nullable=False),
    Column("origin", Words),
    Column("is_repeat", Boolean, nullable=False, server_default=false()),
    Column("shapes", JSON(none_as_null=True)),
    # Which statutes it cites and where, as the rules of that version read it; 0: by none yet.
    Column("statutes", JSON(none_as_null=True)),
    Column("statute_rules", Integer, nullable=False, server_default="0", index=True),
    # The record in the archive that attests this row: on what occasion it is written, and when and
    # where it was; see corpus/catalog/attestation.py.
    Column("attested_as", Words, nullable=False, server_default="later"),
    Column("attested_at", Moment),
    Column("attested_file", Words, index=True),
    Column("attested_offset", Offset),
    # Since when it is known that its response is lost.
    Column("lost_at", Moment),
)


def _index_some(name: str, column: Column[Any], where: ColumnElement[bool]) -> None:
    Index(name, column, sqlite_where=where, postgresql_where=where)


_index_some("ix_version_unattested", version.c.attested_as, version.c.attested_offset.is_(None))
_index_some("ix_version_lost", version.c.lost_at, version.c.lost_at.is_not(None))

# What became of releases after they were first seen: changed, gone, back.
event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("release", Words, ForeignKey("release.id"), nullable=False, index=True),
    Column("office", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("since", Moment, nullable=False),
    Column("version", Integer, nullable=False),
)


def _visit_columns() -> list[Column[Any]]:
    return [
        Column("office", Words, primary_key=True),
        Column("url", Words, primary_key=True),
        Column("language", Words, primary_key=True),
        Column("etag", Words),
        Column("last_modified", Words),
        Column("fetched_at", Moment, nullable=False),
        Column("sha256", Words, nullable=False),
        Column("warc_file", Words, nullable=False),
        Column("warc_offset", Offset, nullable=False),
        Column("status", Integer, nullable=False, server_default="200"),
    ]


# The last whole answer of every URL: its validators, and where it stands in the archive.
visit = Table("visit", metadata, *_visit_columns())

# What a run has seen is held in these two until the run was judged; see docs/runs.md.
staged_visit = Table(
    "staged_visit",
    metadata,
    Column("run", Integer, primary_key=True),
    *_visit_columns(),
    Index("ix_staged_visit_url", "url"),
)

staged = Table(
    "staged",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", Integer, nullable=False),
    Column("release", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("outcome", Words, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("language", Words),
    Column("stated", JSON, nullable=False),
    Column("facts", JSON(none_as_null=True)),
    Column("reread", JSON(none_as_null=True)),
    UniqueConstraint("run", "release"),
)

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("office", Words, nullable=False, index=True),
    Column("started_at", Moment, nullable=False),
    Column("report", JSON, nullable=False),
    Column("route", Words),
    Column("state", Words, nullable=False, server_default="published"),
    Column("is_walk", Boolean, nullable=False, server_default=false()),
    Column("is_accepted", Boolean, nullable=False, server_default=false()),
)

# Releases that a person withheld: kept, and listed without their names.
suppression = Table(
    "suppression",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("release", Words, ForeignKey("release.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("reason", Words, nullable=False),
    Column("undone_at", Moment),
)

# Bands of a MinHash of each body: two bodies that share one may be copies, which `copy` then says.
band = Table(
    "band",
    metadata,
    Column("release", Words, ForeignKey("release.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("key", Words, nullable=False, index=True),
)

copy = Table(
    "copy",
    metadata,
    Column("release", Words, ForeignKey("release.id"), primary_key=True),
    Column("other", Words, ForeignKey("release.id"), primary_key=True),
    Column("likeness", Float, nullable=False),
)
