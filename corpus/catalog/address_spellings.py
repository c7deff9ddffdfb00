"""Addresses that the catalog keeps releases under, in spellings of earlier versions: a release's id
is made of its address, and goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sqlalchemy import Connection, select

from corpus.database import tables
from corpus.database.batches import ROWS_AT_ONCE, streamed
from corpus.release import release_id

# Spelled alike by every version; spares most addresses a closer look.
PLAIN = re.compile(r"https?://[a-z0-9.-]+(?:/[\w~!$&()*+,;=:@-][\w~!$&()*+,;=:@.-]*)*", re.ASCII)


def older_spellings(
    connection: Connection, office: str, canonical: Callable[[str], str]
) -> dict[str, str]:
    """The addresses that stand in place of canonical ones, by these.

    Where an earlier version took one page for several releases, the first that it saw goes on.
    """
    older: dict[str, str] = {}
    for url in _held(connection, office):
        if not PLAIN.fullmatch(url) and (now := canonical(url)) != url:
            older.setdefault(now, url)
    for now in _also_held(connection, office, [*older]):
        del older[now]
    return older


def _also_held(connection: Connection, office: str, urls: list[str]) -> Iterator[str]:
    """Those of these canonical addresses that releases are held under, too."""
    r = tables.release.c
    for start in range(0, len(urls), ROWS_AT_ONCE):
        ids = {release_id(office, url): url for url in urls[start : start + ROWS_AT_ONCE]}
        for id_ in connection.scalars(select(r.id).where(r.id.in_(ids))).all():
            yield ids[id_]


def _held(connection: Connection, office: str) -> Iterator[str]:
    """The addresses of an office's releases, then those that its runs hold."""
    r, s, run = tables.release.c, tables.staged.c, tables.run.c
    released = select(r.url).where(r.office == office).order_by(r.first_seen, r.id)
    staged = select(s.url).join_from(tables.staged, tables.run, run.id == s.run)
    for query in (released, staged.where(run.office == office).order_by(s.id)):
        yield from (row.url for row in streamed(connection, query))
