"""What is usual for an office, by its newest releases and its own runs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from corpus.database import tables
from corpus.database.current import CURRENT
from corpus.release import RecordLocation

RECENT_RELEASES = 200
# Fewer releases are too few to tell what is usual.
LEAST = 20
COMPARED_FACTS = ("published", "number", "topics", "components")
RECENT_WALKS = 5


@dataclass(frozen=True)
class Baseline:
    """An office by one route: how often its newest releases state each fact, and what walks found.

    `known` counts all releases of the route; `listed` are the totals of its last complete walks.
    """

    releases: int
    stated: dict[str, int]
    listed: tuple[int, ...] = ()
    known: int = 0


def read_baseline(
    connection: Connection,
    office: str,
    route: str,
    began: datetime,
    silent: frozenset[str] = frozenset(),
) -> Baseline:
    """The baseline of a run that began then, since the last run that a person accepted.

    It leaves out releases that the run itself has published, and `silent` facts, which the route or
    a layout of it never states.
    """
    c = tables.run.c
    published = (c.office == office) & (c.route == route) & c.state.in_(("accepted", "published"))
    accepted = connection.execute(
        select(c.id, c.started_at).where(published, c.is_accepted).order_by(c.id.desc()).limit(1)
    ).one_or_none()
    walks = select(c.report).where(published, c.is_walk).order_by(c.id.desc()).limit(RECENT_WALKS)
    if accepted:
        walks = walks.where(c.id >= accepted.id)
    since = accepted.started_at if accepted else None
    rows = _recent_facts(connection, office, route, began, since)
    r = tables.release.c
    known = select(func.count()).where(r.office == office, r.route == route, r.first_seen < began)
    return Baseline(
        releases=len(rows),
        stated={
            name: sum(bool(row[name]) for row in rows)
            for name in COMPARED_FACTS
            if name not in silent
        },
        listed=tuple(int(report["listed"]) for report in connection.scalars(walks)),
        known=connection.scalar(known.select_from(tables.release)) or 0,
    )


def read_shared_paragraphs(
    connection: Connection, office: str, began: datetime | None = None
) -> frozenset[str]:
    """The paragraphs that more than half of the office's newest releases share; without those that
    a run that `began` then has published.
    """
    v = tables.version.c
    counts = Counter[str]()
    query = _select_recent(office, v.body)
    rows = connection.scalars(_first_seen_before(query, began) if began else query).all()
    for body in rows:
        counts.update(set(body))
    if len(rows) < LEAST:
        return frozenset()
    return frozenset(line for line, number in counts.items() if number > len(rows) / 2)


def recent_locations(
    connection: Connection, office: str, route: str, number: int
) -> list[RecordLocation]:
    """The locations of the newest releases of a route that have a page of their own."""
    r, v = tables.release.c, tables.version.c
    query = _select_recent(office, v.warc_file, v.warc_offset)
    query = query.where(r.route == route, v.part_sha256.is_(None), v.origin.is_(None))
    return [RecordLocation(*row) for row in connection.execute(query.limit(number))]


def _recent_facts(
    connection: Connection, office: str, route: str, began: datetime, since: datetime | None
) -> list[Any]:
    r, v = tables.release.c, tables.version.c
    query = _select_recent(office, *(v[name] for name in COMPARED_FACTS)).where(r.route == route)
    query = _first_seen_before(query, began)
    if since:
        query = query.where(r.first_seen >= since)
    return list(connection.execute(query).mappings())


def _first_seen_before(query: Any, began: datetime) -> Any:
    return query.where(tables.release.c.first_seen < began)


def _select_recent(office: str, *columns: Any) -> Any:
    r, v = tables.release.c, tables.version.c
    query = select(*columns).select_from(CURRENT).where(r.office == office)
    return query.order_by(v.published.desc(), r.first_seen.desc()).limit(RECENT_RELEASES)
