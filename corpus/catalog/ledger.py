"""The ledger: edits, removals and restorations that offices made after publishing, newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Select, func, select

from corpus.database import tables
from corpus.database.current import withheld_ids


@dataclass(frozen=True)
class Entry:
    """One entry: `kind` is new, changed, gone or back; `at` is when it was noticed.

    For a release that is gone, `since` is the first visit that found it missing; else it equals
    `at`. `version` is the version that an edit made, or the current one of a removal or
    restoration. `number` is the entry's position in the ledger; 0 for new, which is not in it.
    """

    number: int
    id: str
    office: str
    url: str
    title: str
    kind: Literal["new", "changed", "gone", "back"]
    at: datetime
    since: datetime
    version: int
    language: str


def read_ledger(
    connection: Connection,
    *,
    before: int | None = None,
    size: int = 50,
    office: str | None = None,
    kind: str | None = None,
) -> list[Entry]:
    """The newest entries, or those before the entry with that number."""
    e = tables.event.c
    query = _entries().where(e.release.not_in(withheld_ids())).order_by(e.id.desc()).limit(size)
    for column, value in ((e.office, office), (e.kind, kind)):
        if value is not None:
            query = query.where(column == value)
    if before is not None:
        query = query.where(e.id < before)
    return [Entry(*row) for row in connection.execute(query)]


def count_ledger(connection: Connection) -> dict[tuple[str, str], int]:
    """Count entries by office and kind."""
    entries = _entries().where(tables.event.c.release.not_in(withheld_ids())).subquery()
    c = entries.c
    query = select(c.office, c.kind, func.count()).group_by(c.office, c.kind)
    return {(office, kind): int(n) for office, kind, n in connection.execute(query)}


def read_history(connection: Connection, id_: str) -> list[Entry]:
    """The history of one release, oldest first, from when we first saw it."""
    e, r, v = tables.event.c, tables.release.c, tables.version.c
    own = (v.release == r.id) & v.origin.is_(None)
    first = connection.execute(
        select(r.id, r.office, r.url, r.first_seen, v.title, v.language, v.ordinal)
        .select_from(tables.release.join(tables.version, own))
        .where(r.id == id_, r.id.not_in(withheld_ids()))
        .order_by(v.ordinal)
        .limit(1)
    ).one_or_none()
    if first is None:
        return []
    began, number = first.first_seen, first.ordinal
    stated = (first.office, first.url, first.title)
    new = Entry(0, id_, *stated, "new", began, began, number, first.language)
    rows = connection.execute(_entries().where(e.release == id_).order_by(e.id))
    return [new, *(Entry(*row) for row in rows)]


def _entries() -> Select[Any]:
    """The columns of `Entry`, without changes that an improved reader no longer finds."""
    e, r, v = tables.event.c, tables.release.c, tables.version.c
    joined = tables.event.join(tables.release, r.id == e.release).join(
        tables.version, (v.release == e.release) & (v.ordinal == e.version)
    )
    # A change that the current reader does not find was not the office's.
    is_misread = (e.kind == "changed") & v.is_repeat
    stated = (e.office, r.url, v.title, e.kind)
    query = select(e.id, e.release, *stated, e.at, e.since, e.version, v.language)
    return query.select_from(joined).where(~is_misread)
