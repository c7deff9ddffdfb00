"""What the catalog tells of runs: the last ones that are over, and those that are not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from corpus.database import tables

PUBLISHED = ("accepted", "published")


def read_runs(connection: Connection, good: bool) -> dict[str, tuple[datetime, dict[str, Any]]]:
    """The last run of each office that is over or broke, or the last `good` one: its start, its
    report.
    """
    c = tables.run.c
    error = c.report["error"].as_string()
    over = c.state.in_(PUBLISHED if good else (*PUBLISHED, "held"))
    if good:
        over &= error.is_(None)
    else:
        over |= (c.state == "open") & error.is_not(None)
    newest = select(func.max(c.id)).where(over).group_by(c.office)
    rows = connection.execute(select(tables.run).where(c.id.in_(newest)))
    return {row.office: (row.started_at, row.report) for row in rows}


def read_open_runs(connection: Connection) -> dict[str, datetime]:
    """When the run of each office began that is not over."""
    c = tables.run.c
    began = func.max(c.started_at).label("began")
    query = select(c.office, began).where(c.state == "open").group_by(c.office)
    return {row.office: row.began for row in connection.execute(query)}
