"""Reads from the catalog what decides whether a release or an address is due for a visit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from corpus.catalog.attachments import GONE
from corpus.crawling.schedule import RevisitState
from corpus.database import tables
from corpus.database.batches import chunks, stream_rows
from corpus.database.current import CURRENT

# A listed address that answers 404 has no date: it is visited like a release a month old.
AGE_OF_DEAD = timedelta(days=30)


def revisit_states(connection: Connection, ids: Iterable[str]) -> dict[str, RevisitState]:
    """The revisit states of those of these releases that are known, by id."""
    states: dict[str, RevisitState] = {}
    for some in chunks(ids):
        rows = connection.execute(_select_states().where(tables.release.c.id.in_(some)))
        states |= {row.id: _revisit_state(row) for row in rows}
    return states


def releases_of_route(
    connection: Connection, office: str, route: str, run: int
) -> Iterator[tuple[str, str, RevisitState]]:
    """Stream id, URL and state of a route's releases that a run has not seen yet."""
    r, s = tables.release.c, tables.staged.c
    seen = select(s.release).where(s.run == run)
    query = _select_states().where(r.office == office, r.route == route, r.id.not_in(seen))
    for row in stream_rows(connection, query):
        yield row.id, row.url, _revisit_state(row)


def dead_links(connection: Connection, office: str, urls: Iterable[str]) -> dict[str, RevisitState]:
    """The revisit states of those of these URLs that were missing (404 or 410) last time."""
    v = tables.visit.c
    of_office = select(v.url, v.fetched_at).where(v.office == office, v.status.in_(GONE))
    day = (datetime.now(UTC) - AGE_OF_DEAD).date()
    return {
        row.url: RevisitState(day, row.fetched_at)
        for some in chunks(urls)
        for row in connection.execute(of_office.where(v.url.in_(some)))
    }


def _select_states() -> Select[Any]:
    r, v = tables.release.c, tables.version.c
    checked = func.coalesce(r.checked_at, r.last_seen).label("checked")
    known, stated = (
        (r.id, r.url, r.first_seen, r.misses, r.gone_since),
        (v.published, v.attachments),
    )
    # What others alone have seen is as unknown to us as any address.
    query = select(*known, *stated, v.lost_at, checked).select_from(CURRENT)
    return query.where(v.origin.is_(None))


def _revisit_state(row: Row[Any]) -> RevisitState:
    day = row.published or row.first_seen.date()
    is_in_doubt = bool((row.misses and not row.gone_since) or row.lost_at)
    return RevisitState(day, row.checked, is_in_doubt, bool(row.misses), row.attachments is None)
