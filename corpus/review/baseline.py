"""What is usual for an office, from its newest releases and its own runs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from corpus.database import tables
from corpus.database.current import CURRENT
from corpus.release import RecordLocation

SAMPLE = 200
# Fewer releases than these tell nothing of what most have.
LEAST = 20
FILLED = ("published", "number", "topics", "components")
RUNS = 5


@dataclass(frozen=True)
class Baseline:
    """An office by one route: how often its releases state each fact, and what its walks found.

    `held` counts the releases of the route; `listed` are the totals of its last whole walks.
    """

    releases: int
    stated: dict[str, int]
    listed: tuple[int, ...] = ()
    held: int = 0


def read_baseline(
    connection: Connection, office: str, route: str, silent: frozenset[str] = frozenset()
) -> Baseline:
    """The baseline, begun anew with the last run that a person accepted.

    Nothing is usual of `silent` facts: the route, or a layout of it, never states them.
    """
    c = tables.run.c
    mine = (c.office == office) & (c.route == route) & c.state.in_(("accepted", "published"))
    accepted = connection.execute(
        select(c.id, c.started_at).where(mine, c.is_accepted).order_by(c.id.desc()).limit(1)
    ).one_or_none()
    walks = select(c.report).where(mine, c.is_walk).order_by(c.id.desc()).limit(RUNS)
    if accepted:
        walks = walks.where(c.id >= accepted.id)
    rows = _newest(connection, office, route, accepted.started_at if accepted else None)
    r = tables.release.c
    held = select(func.count()).where(r.office == office, r.route == route)
    return Baseline(
        releases=len(rows),
        stated={
            name: sum(bool(row[name]) for row in rows) for name in FILLED if name not in silent
        },
        listed=tuple(int(report["listed"]) for report in connection.scalars(walks)),
        held=connection.scalar(held.select_from(tables.release)) or 0,
    )


def read_boilerplate(connection: Connection, office: str) -> frozenset[str]:
    """The paragraphs that more than half of the office's newest releases share."""
    v = tables.version.c
    counts = Counter[str]()
    rows = connection.scalars(_sample(office, v.body)).all()
    for body in rows:
        counts.update(set(body))
    if len(rows) < LEAST:
        return frozenset()
    return frozenset(line for line, number in counts.items() if number > len(rows) / 2)


def newest_locations(
    connection: Connection, office: str, route: str, number: int
) -> list[RecordLocation]:
    """Where the pages of the newest releases stand that have one of their own on a route."""
    r, v = tables.release.c, tables.version.c
    query = _sample(office, v.warc_file, v.warc_offset)
    query = query.where(r.route == route, v.part_sha256.is_(None), v.origin.is_(None))
    return [RecordLocation(*row) for row in connection.execute(query.limit(number))]


def _newest(connection: Connection, office: str, route: str, since: datetime | None) -> list[Any]:
    r, v = tables.release.c, tables.version.c
    query = _sample(office, *(v[name] for name in FILLED)).where(r.route == route)
    if since:
        query = query.where(r.first_seen >= since)
    return list(connection.execute(query).mappings())


def _sample(office: str, *columns: Any) -> Any:
    r, v = tables.release.c, tables.version.c
    query = select(*columns).select_from(CURRENT).where(r.office == office)
    return query.order_by(v.published.desc(), r.first_seen.desc()).limit(SAMPLE)
