"""The catalog's tables (SQLAlchemy Core), and how a catalog of them is opened."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    create_engine,
    event,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import SQLAlchemyError

from corpus.errors import StoreError

FORMAT = 1


class Moment(TypeDecorator[datetime]):
    """An aware time in UTC, also in databases that keep no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: in UTC."""
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: aware again."""
        return value and value.replace(tzinfo=UTC)


tables = MetaData()

# `format` of the tables, and `revision`: a counter that every change of a release takes a number
# from, so that an index can ask for what came after it.
about = Table(
    "about",
    tables,
    Column("key", String, primary_key=True),
    Column("value", Integer, nullable=False),
)

release = Table(
    "release",
    tables,
    Column("id", String, primary_key=True),
    Column("office", String, nullable=False, index=True),
    Column("url", String, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
    Column("version", Integer, nullable=False),
    Column("revision", Integer, nullable=False, index=True),
)

version = Table(
    "version",
    tables,
    Column("release", ForeignKey("release.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("observed_at", Moment, nullable=False),
    Column("language", String, nullable=False),
    Column("title", String, nullable=False),
    Column("published", Date),
    Column("body", JSON, nullable=False),
    Column("place", String),
    Column("signature", String),
    Column("number", String),
    Column("topics", JSON, nullable=False),
    Column("components", JSON, nullable=False),
    Column("kind", String),
    Column("attachments", JSON(none_as_null=True)),
    Column("alternates", JSON, nullable=False),
    Column("asked_url", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("part_sha256", String),
    Column("warc_file", String, nullable=False),
    Column("warc_offset", Integer, nullable=False),
    Column("reader", String, nullable=False),
    Column("reader_version", Integer, nullable=False),
)

# The last whole answer of every URL: its validators, and where it stands in the archive.
visit = Table(
    "visit",
    tables,
    Column("office", String, primary_key=True),
    Column("url", String, primary_key=True),
    Column("language", String, primary_key=True),
    Column("etag", String),
    Column("last_modified", String),
    Column("fetched_at", Moment, nullable=False),
    Column("sha256", String, nullable=False),
    Column("warc_file", String, nullable=False),
    Column("warc_offset", Integer, nullable=False),
)

run = Table(
    "run",
    tables,
    Column("id", Integer, primary_key=True),
    Column("office", String, nullable=False, index=True),
    Column("started_at", Moment, nullable=False),
    Column("report", JSON, nullable=False),
)


def open_catalog(url: str) -> Engine:
    """A catalog ready for use, made when it is not there yet. Raises StoreError."""
    try:
        if url.startswith("sqlite:///"):
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url)
    except (SQLAlchemyError, OSError) as error:
        raise _unopened(url, error) from error
    try:
        _prepare(engine, url)
    except SQLAlchemyError as error:
        engine.dispose()
        raise _unopened(url, error) from error
    except StoreError:
        engine.dispose()
        raise
    return engine


def _prepare(engine: Engine, url: str) -> None:
    """Make the tables where there are none. Nothing is written to a catalog of a newer format."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune_sqlite)
    found = _format(engine)
    if found is not None and found > FORMAT:
        raise StoreError(
            f"The catalog {url} was written by a newer release of communique (format {found},"
            f" this one reads {FORMAT}); update the program. Nothing was changed."
        )
    tables.create_all(engine)
    if found is None:
        first = [{"key": "format", "value": FORMAT}, {"key": "revision", "value": 0}]
        with engine.begin() as connection:
            connection.execute(insert(about), first)


def _format(engine: Engine) -> int | None:
    if not inspect(engine).has_table(about.name):
        return None
    with engine.begin() as connection:
        return connection.scalar(select(about.c.value).where(about.c.key == "format"))


def _unopened(url: str, error: Exception) -> StoreError:
    reason = getattr(error, "orig", None) or error
    return StoreError(f"The catalog {url} cannot be opened: {reason}.")


def _tune_sqlite(connection: Any, _: object) -> None:
    """Readers go on while a crawl writes (write-ahead log); two jobs that write wait, not fail."""
    connection.execute("PRAGMA busy_timeout=30000")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")
