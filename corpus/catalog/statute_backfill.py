"""Versions whose statutes older rules derived, or none yet: derived now, once.

What a crawl or an import stores has today's; an older catalog, or newer rules, leave the rest.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, update

from corpus.catalog.mapping import statute_values
from corpus.catalog.store import Store
from corpus.database import tables
from corpus.database.sequence import next_revision
from corpus.statutes import RULES_VERSION

VERSIONS_AT_ONCE = 500
VERSION, RELEASE = tables.version.c, tables.release.c
IS_OLDER = VERSION.statute_rules < RULES_VERSION


def count_backlog(store: Store) -> int:
    """How many versions wait."""
    with store.reading() as connection:
        query = select(func.count()).select_from(tables.version).where(IS_OLDER)
        return connection.scalar(query) or 0


def clear_some(store: Store) -> int:
    """Derive a chunk of them in one transaction; how many that were, 0 when none are left.

    The index hears of releases that turn out to cite something else than before.
    """
    with store.changing() as connection:
        rows = connection.execute(_waiting()).all()
        for row in rows:
            _derive(connection, row)
    return len(rows)


def _waiting() -> Select[Any]:
    """Those that stray versions name have no office; they wait until they are mended."""
    names = ("release", "ordinal", "language", "title", "body", "statutes")
    known = RELEASE.office, (RELEASE.version == VERSION.ordinal).label("is_current")
    joined = tables.version.join(tables.release, RELEASE.id == VERSION.release)
    query = select(*(VERSION[name] for name in names), *known).select_from(joined)
    return query.where(IS_OLDER).limit(VERSIONS_AT_ONCE)


def _derive(connection: Connection, row: Row[Any]) -> None:
    values = statute_values(row.office, row.language, row.title, row.body)
    # A crawl may have replaced it since it was read: with what today's rules make of it.
    here = (VERSION.release == row.release) & (VERSION.ordinal == row.ordinal) & IS_OLDER
    is_done = connection.execute(update(tables.version).where(here), values).rowcount
    if is_done and row.is_current and values["statutes"] != (row.statutes or []):
        heard = {"revision": next_revision(connection)}
        connection.execute(update(tables.release).where(RELEASE.id == row.release), heard)
