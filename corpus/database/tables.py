"""The catalog's tables (SQLAlchemy Core)."""

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
    Text,
    TypeDecorator,
    UniqueConstraint,
    cast,
    false,
    literal_column,
)

# The number of the newest file in corpus/database/migrations/versions.
FORMAT = 10


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

# `format` of the tables, and `revision`: a counter of changes of releases, so that an index can ask
# for the changes after a number.
about = Table(
    "about",
    metadata,
    Column("key", Words, primary_key=True),
    Column("value", Integer, nullable=False),
)

# First and last seen are ours: null where only third parties observed a release.
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
    # The route that last listed it, and when it was last visited, whatever the outcome.
    Column("route", Words),
    Column("checked_at", Moment),
    # How many visits in a row found it missing, and the first; `gone_since` once they suffice.
    Column("misses", Integer, nullable=False, server_default="0"),
    Column("missed_at", Moment),
    Column("gone_since", Moment),
)

# `origin` names the observer of a version that is not ours. A repeat states what the version before
# it states, by the current reader: it is kept for its evidence, and not shown.
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
    # The statutes it cites and where, by that version of the rules; 0: not derived yet.
    Column("statutes", JSON(none_as_null=True)),
    Column("statute_rules", Integer, nullable=False, server_default="0", index=True),
    # The facts that it says (kind, value, paragraph, start, end), likewise.
    Column("facts", JSON(none_as_null=True)),
    Column("fact_rules", Integer, nullable=False, server_default="0", index=True),
    Column("subtitle", Words),
    Column("links", JSON(none_as_null=True)),
    # The record in the archive that attests this row: the occasion, the time and the location; see
    # corpus/catalog/attestation.py.
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
# Few have any. Written out, since an index serves only queries that repeat its condition.
HAS_LINKS = cast(version.c.links, Text) != literal_column("'[]'")
_index_some("ix_version_links", version.c.release, HAS_LINKS)

# The ledger: what happened to releases after they were first seen: changed, gone, back.
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


# The last complete response of every URL: its validators, and its location in the archive.
visit = Table("visit", metadata, *_visit_columns())

# What a run has seen is staged in these two until the run is checked; see docs/runs.md.
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

# Bands of a MinHash of each body: bodies that share one may be near-duplicates, listed in `copy`.
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

# The keys of each release, by which those of one case find each other, as of a revision and by that
# version of the rules; each key again as a row of its own. Derived: see corpus/catalog/cases.py.
case_keys = Table(
    "case_keys",
    metadata,
    Column("release", Words, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("rules", Integer, nullable=False),
    Column("keys", JSON, nullable=False),
)

case_key = Table(
    "case_key",
    metadata,
    Column("release", Words, primary_key=True),
    Column("key", Words, primary_key=True, index=True),
)

# Releases of one case, the smaller id first: the sign, the words of both as paragraph, start and
# end, and how alike they are.
case_link = Table(
    "case_link",
    metadata,
    Column("release", Words, primary_key=True),
    Column("other", Words, primary_key=True, index=True),
    Column("sign", Words, nullable=False),
    Column("words", JSON(none_as_null=True)),
    Column("other_words", JSON(none_as_null=True)),
    Column("likeness", Float, nullable=False),
    Column("rules", Integer, nullable=False),
)

# Releases that an operator told apart, the smaller id first.
case_cut = Table(
    "case_cut",
    metadata,
    Column("release", Words, primary_key=True),
    Column("other", Words, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("note", Words, nullable=False),
)
