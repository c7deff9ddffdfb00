"""Queries on current releases, without withheld ones; and older spellings of addresses."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Label, Select, Text, cast, func, select

from corpus.database import tables
from corpus.database.batches import chunks, stream_rows
from corpus.release import release_id

# Each release joined with its current version.
CURRENT = tables.release.join(
    tables.version,
    (tables.version.c.release == tables.release.c.id)
    & (tables.version.c.ordinal == tables.release.c.version),
)
# Addresses with only one spelling; most need no further check.
PLAIN_ADDRESS = re.compile(r"(?a)https?://[a-z0-9.-]+(?:/[\w~!$&()*+,;=:@-][\w~!$&()*+,;=:@.-]*)*")


def withheld_ids() -> Select[Any]:
    """The ids of the releases that are withheld now."""
    c = tables.suppression.c
    return select(c.release).where(c.undone_at.is_(None))


@cache  # building it takes longer than running it for one release
def current_releases(*, with_withheld: bool = False) -> Select[Any]:
    """Releases with their current versions, the rows for `release_from_row`."""
    r, v = tables.release.c, tables.version.c
    columns = [each for each in v if each.name != "release"]
    known = (r.id, r.office, r.url, r.first_seen, r.last_seen, r.version, r.gone_since)
    query = select(*known, _is_changed(), _has_withheld(), *columns).select_from(CURRENT)
    return query if with_withheld else query.where(r.id.not_in(withheld_ids()))


def _has_withheld() -> Label[bool]:
    """Whether any release is withheld, which others may link to."""
    return withheld_ids().exists().label("has_withheld")


def _is_changed() -> Label[bool]:
    """Whether the ledger has an edit of a release that the current reader still finds."""
    e, changed = tables.event.c, tables.version.alias()
    to = (changed.c.release == e.release) & (changed.c.ordinal == e.version)
    where = (e.release == tables.release.c.id) & (e.kind == "changed") & ~changed.c.is_repeat
    query = select(e.id).join_from(tables.event, changed, to).where(where)
    return query.correlate(tables.release).exists().label("is_changed")


def read_ids(connection: Connection, after_revision: int = 0) -> set[str]:
    """The ids of all releases, or of those that changed after a revision; withheld ones, too."""
    r = tables.release.c
    return {*connection.scalars(select(r.id).where(r.revision > after_revision))}


def read_ids_until(connection: Connection, revision: int, most: int) -> list[str]:
    """The ids of the releases last changed at a revision or before, newest first."""
    r = tables.release.c
    query = current_releases().with_only_columns(r.id).where(r.revision <= revision)
    return [*connection.scalars(query.order_by(r.revision.desc()).limit(most))]


def read_undated(connection: Connection) -> list[str]:
    """The ids of the releases without a date, the most recently first seen ones first."""
    r, v = tables.release.c, tables.version.c
    query = select(r.id).select_from(CURRENT)
    query = query.where(v.published.is_(None), r.id.not_in(withheld_ids()))
    newest = func.coalesce(r.first_seen, v.observed_at).desc()
    return [*connection.scalars(query.order_by(newest, r.id.desc()))]


def read_linking(connection: Connection, url: str) -> list[str]:
    """The ids of the releases that link to one by its canonical address, newest first."""
    r, v = tables.release.c, tables.version.c
    names_it = cast(v.links, Text).contains(json.dumps(url), autoescape=True)
    query = select(r.id, v.links).select_from(CURRENT).order_by(v.published.desc(), r.id)
    rows = connection.execute(query.where(tables.HAS_LINKS, names_it, r.id.not_in(withheld_ids())))
    return [row.id for row in rows if any(each["url"] == url for each in row.links)]


def read_first_seen(connection: Connection, ids: Iterable[str]) -> dict[str, datetime]:
    """When we first saw each of these releases, by id."""
    r, wanted = tables.release.c, [*ids]
    if not wanted:
        return {}
    query = select(r.id, r.first_seen).where(r.id.in_(wanted), r.first_seen.is_not(None))
    return {row.id: row.first_seen for row in connection.execute(query)}


def read_withheld(connection: Connection, after_revision: int = 0) -> set[str]:
    """The ids of withheld releases, or of those withheld after a revision."""
    r = tables.release.c
    query = select(r.id).where(r.id.in_(withheld_ids()), r.revision > after_revision)
    return {*connection.scalars(query)}


def read_last_withheld_at(connection: Connection) -> datetime | None:
    """When a release was last withheld."""
    c = tables.suppression.c
    query = select(c.at).where(c.undone_at.is_(None)).order_by(c.at.desc()).limit(1)
    return connection.scalar(query)


def count_releases(connection: Connection) -> int:
    """How many releases there are, without withheld ones."""
    query = select(func.count()).where(tables.release.c.id.not_in(withheld_ids()))
    return connection.scalar(query.select_from(tables.release)) or 0


def text_size(connection: Connection) -> int:
    """The size of titles and bodies of all releases, in bytes."""
    v = tables.version.c
    size = func.length(v.title) + func.length(cast(v.body, Text))
    return int(connection.scalar(current_releases().with_only_columns(func.sum(size))) or 0)


def count_readers(connection: Connection) -> dict[str, int]:
    """How many versions each reader has read."""
    v = tables.version.c
    query = select(v.reader, func.count()).group_by(v.reader)
    return {name: int(number) for name, number in connection.execute(query)}


def older_spellings(
    connection: Connection, office: str, canonical: Callable[[str], str]
) -> dict[str, str]:
    """The stored addresses that differ from the canonical ones, by the canonical ones: a release's
    id is made of its address, so it keeps the spelling under which it was first stored.
    """
    older: dict[str, str] = {}
    for url in _known_urls(connection, office):
        if not PLAIN_ADDRESS.fullmatch(url) and (canonical_url := canonical(url)) != url:
            older.setdefault(canonical_url, url)
    r = tables.release.c
    for some in chunks([*older]):
        ids = {release_id(office, url): url for url in some}
        for id_ in connection.scalars(select(r.id).where(r.id.in_(ids))):
            del older[ids[id_]]
    return older


def _known_urls(connection: Connection, office: str) -> Iterator[str]:
    """The addresses of an office's releases, then those of its staged observations."""
    r, s, run = tables.release.c, tables.staged.c, tables.run.c
    released = select(r.url).where(r.office == office).order_by(r.first_seen, r.id)
    staged = select(s.url).join_from(tables.staged, tables.run, run.id == s.run)
    for query in (released, staged.where(run.office == office).order_by(s.id)):
        yield from (row.url for row in stream_rows(connection, query))
