"""Attached files: fetched once, archived as they came, counted, and never searched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Text, cast, select

from corpus.database import tables
from corpus.database.batches import streamed
from corpus.database.current import CURRENT

GONE = frozenset({404, 410})


@dataclass(frozen=True)
class Attached:
    """How many files an office's releases name, how many are archived, how many are not there.

    The rest stands on other hosts, or gave no answer yet.
    """

    named: int = 0
    archived: int = 0
    missing: int = 0


def named(connection: Connection, office: str) -> Iterator[str]:
    """The addresses of all files that the newest versions of an office's releases name."""
    r, v = tables.release.c, tables.version.c
    query = select(v.attachments).select_from(CURRENT)
    # Most releases name none; reading thousands of empty lists takes longer than the rest.
    names_some = cast(v.attachments, Text).not_in(("[]", "null"))
    where = (r.office == office, names_some, v.origin.is_(None))
    for row in streamed(connection, query.where(*where)):
        yield from (each["url"] for each in row.attachments)


def count_attached(connection: Connection, office: str) -> Attached:
    """What is known of an office's attached files."""
    c = tables.visit.c
    urls = {*named(connection, office)}
    if not urls:  # spares most offices a look through all their visits
        return Attached()
    rows = connection.execute(select(c.url, c.status).where(c.office == office)).all()
    statuses = [row.status for row in rows if row.url in urls]
    archived = statuses.count(200)
    return Attached(len(urls), archived, sum(status in GONE for status in statuses))
