"""Older spellings of addresses: a release's id is made of its address, so the release keeps the
spelling under which it was first stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sqlalchemy import Connection, select

from corpus.database import tables
from corpus.database.batches import ROWS_AT_ONCE, stream_rows
from corpus.release import release_id

# Addresses with only one spelling; most need no further check.
PLAIN = re.compile(r"https?://[a-z0-9.-]+(?:/[\w~!$&()*+,;=:@-][\w~!$&()*+,;=:@.-]*)*", re.ASCII)


def older_spellings(
    connection: Connection, office: str, canonical: Callable[[str], str]
) -> dict[str, str]:
    """The stored addresses that differ from the canonical ones, by the canonical ones.

    Where an older program stored one page as several releases, the first one is continued.
    """
    older: dict[str, str] = {}
    for url in _known_urls(connection, office):
        if not PLAIN.fullmatch(url) and (canonical_url := canonical(url)) != url:
            older.setdefault(canonical_url, url)
    for canonical_url in _canonical_in_use(connection, office, [*older]):
        del older[canonical_url]
    return older


def _canonical_in_use(connection: Connection, office: str, urls: list[str]) -> Iterator[str]:
    """Those of these canonical addresses that releases are stored under too."""
    r = tables.release.c
    for start in range(0, len(urls), ROWS_AT_ONCE):
        ids = {release_id(office, url): url for url in urls[start : start + ROWS_AT_ONCE]}
        for id_ in connection.scalars(select(r.id).where(r.id.in_(ids))).all():
            yield ids[id_]


def _known_urls(connection: Connection, office: str) -> Iterator[str]:
    """The addresses of an office's releases, then those of its staged observations."""
    r, s, run = tables.release.c, tables.staged.c, tables.run.c
    released = select(r.url).where(r.office == office).order_by(r.first_seen, r.id)
    staged = select(s.url).join_from(tables.staged, tables.run, run.id == s.run)
    for query in (released, staged.where(run.office == office).order_by(s.id)):
        yield from (row.url for row in stream_rows(connection, query))
