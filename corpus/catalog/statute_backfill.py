"""Derives the statutes of versions in older catalogs, or after a change of the rules."""

from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, update

from corpus.catalog.mapping import statute_values
from corpus.catalog.store import Store
from corpus.database import tables
from corpus.database.sequence import raise_revision
from corpus.statutes import RULES_VERSION

VERSIONS_AT_ONCE = 500
VERSION, RELEASE = tables.version.c, tables.release.c
IS_OUTDATED = VERSION.statute_rules < RULES_VERSION


def count_backlog(store: Store) -> int:
    """How many versions are in the backlog."""
    with store.reading() as connection:
        query = select(func.count()).select_from(tables.version).where(IS_OUTDATED)
        return connection.scalar(query) or 0


def derive_some(store: Store) -> int:
    """Derive the statutes of a chunk in one transaction; return how many, 0 when none are left.

    A release that now cites other statutes gets a new revision.
    """
    with store.changing() as connection:
        rows = connection.execute(_outdated()).all()
        for row in rows:
            _derive(connection, row)
    return len(rows)


def _outdated() -> Select[Any]:
    """The next versions of the backlog. Versions without a release wait for a repair."""
    names = ("release", "ordinal", "language", "title", "body", "statutes")
    known = RELEASE.office, (RELEASE.version == VERSION.ordinal).label("is_current")
    joined = tables.version.join(tables.release, RELEASE.id == VERSION.release)
    query = select(*(VERSION[name] for name in names), *known).select_from(joined)
    return query.where(IS_OUTDATED).limit(VERSIONS_AT_ONCE)


def _derive(connection: Connection, row: Row[Any]) -> None:
    values = statute_values(row.office, row.language, row.title, row.body)
    # A crawl may have replaced the version since it was read, by the current rules.
    here = (VERSION.release == row.release) & (VERSION.ordinal == row.ordinal) & IS_OUTDATED
    is_done = connection.execute(update(tables.version).where(here), values).rowcount
    if is_done and row.is_current and values["statutes"] != (row.statutes or []):
        raise_revision(connection, row.release)
