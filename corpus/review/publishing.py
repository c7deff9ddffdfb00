"""From a run's staged rows to the catalog: one observation, or all visits."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from corpus.catalog.mapping import from_json
from corpus.catalog.versioning import mark_listed, mark_missing, mark_seen, record
from corpus.database import tables


def publish_observation(connection: Connection, run: Row[Any], row: Row[Any]) -> None:
    """Let one thing that a run has seen of a release into the catalog."""
    if row.facts:
        facts = from_json(row.facts)
        reread = from_json(row.reread) if row.reread else None
        record(connection, run.office, row.release, row.url, facts, row.seen_at, reread)
    elif row.outcome == "same":
        mark_seen(connection, row.release, row.seen_at, run.route)
    elif row.outcome == "missing":
        mark_missing(connection, row.release, row.seen_at, run.report["gone_visits"])
    else:
        mark_listed(connection, row.release, row.seen_at)


def publish_visits(connection: Connection, run: int) -> None:
    """Let the last answers that a run has seen take the place of earlier ones."""
    v, s = tables.visit.c, tables.staged_visit.c
    names = [column.name for column in v]
    same = (v.office == s.office) & (v.url == s.url) & (v.language == s.language)
    mine = select(s.url).where(s.run == run, same).exists()
    connection.execute(delete(tables.visit).where(mine))
    rows = select(*(s[name] for name in names)).where(s.run == run)
    connection.execute(insert(tables.visit).from_select(names, rows))
    connection.execute(delete(tables.staged_visit).where(s.run == run))


def set_aside(connection: Connection, run: int) -> str | None:
    """Take out the observation that is next to be published; its URL, if there is one."""
    s = tables.staged.c
    query = select(s.id, s.url).where(s.run == run).order_by(s.id)
    row = connection.execute(query.limit(1)).one_or_none()
    if row:
        connection.execute(delete(tables.staged).where(s.id == row.id))
    return row.url if row else None
