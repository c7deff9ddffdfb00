"""Queries on the catalog by archived evidence, for checks, repairs, reparsing and imports."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, null, select, union_all, update

from corpus.catalog import near_duplicates
from corpus.catalog.versioning import (
    change_version,
    differs,
    insert_version,
    next_ordinal,
    put_release,
)
from corpus.database import tables
from corpus.database.sequence import next_revision, raise_revision

Rows = dict[int, list[Row[Any]]]


def versions_in(connection: Connection, warc_file: str) -> Rows:
    """Versions whose response is in a file, by offset, with office and URL of the release."""
    return _versions(connection, "warc", warc_file)


def attested_in(connection: Connection, warc_file: str) -> Rows:
    """Versions whose attestation is in a file, by offset, with office and URL."""
    return _versions(connection, "attested", warc_file)


def _versions(connection: Connection, column: str, warc_file: str) -> Rows:
    v, r = tables.version.c, tables.release.c
    is_there, offset = v[f"{column}_file"] == warc_file, v[f"{column}_offset"]
    query = select(tables.version, r.office, r.url)
    query = query.join_from(tables.version, tables.release, v.release == r.id)
    query = query.where(is_there, offset.is_not(None)).order_by(offset, v.release)
    return _by_offset(connection.execute(query), offset.name)


def visits_in(connection: Connection, warc_file: str) -> Rows:
    """Visits whose response is in a file, by offset; `run` is set for staged ones."""
    v, s = tables.visit.c, tables.staged_visit.c
    published = select(null().label("run"), *v).where(v.warc_file == warc_file)
    staged = select(s.run, *(s[column.name] for column in v)).where(s.warc_file == warc_file)
    return _by_offset(connection.execute(union_all(published, staged)))


def count_lost(connection: Connection) -> int:
    """How many versions are marked as having lost their response."""
    query = select(func.count()).where(tables.version.c.lost_at.is_not(None))
    return connection.scalar(query) or 0


def mark_response_lost(
    connection: Connection, rows: Iterable[Row[Any]], at: datetime | None
) -> None:
    """Set since when the responses of versions are known to be lost; None: not lost."""
    v = tables.version.c
    for row in rows:
        where = (v.release == row.release) & (v.ordinal == row.ordinal)
        connection.execute(update(tables.version).where(where), {"lost_at": at})


def _by_offset(rows: Iterable[Row[Any]], name: str = "warc_offset") -> Rows:
    by_offset: Rows = defaultdict(list)
    for row in rows:
        by_offset[getattr(row, name)].append(row)
    return by_offset


def archive_files(connection: Connection) -> set[str]:
    """The archive files that versions and visits refer to, staged ones included."""
    names: set[str] = set()
    archived = (tables.version, tables.visit, tables.staged_visit)
    columns = [*(table.c.warc_file for table in archived), tables.version.c.attested_file]
    for column in columns:
        query = select(column).where(column.is_not(None)).distinct()
        names.update(connection.execute(query).scalars())
    return names


def last_fetched_at(
    connection: Connection, office: str, url: str, language: str
) -> datetime | None:
    """When a URL was last fetched as far as the catalog knows, by quarantined and dropped runs too:
    a repair must not add what a review refused.

    A link by http may have been requested by https.
    """
    spelled = {url, url.replace("https:", "http:", 1)}
    times = [
        connection.scalar(
            select(func.max(c.fetched_at)).where(
                c.office == office, c.url.in_(spelled), c.language == language
            )
        )
        for c in (tables.visit.c, tables.staged_visit.c)
    ]
    return max(filter(None, times), default=None)


def has_release(connection: Connection, id_: str) -> bool:
    """Whether the catalog has a release."""
    return bool(connection.scalar(select(func.count()).where(tables.release.c.id == id_)))


def newest_own_version(connection: Connection, id_: str) -> Row[Any] | None:
    """The newest version of a release that we observed ourselves."""
    v = tables.version.c
    query = select(tables.version).where(v.release == id_, v.origin.is_(None))
    return connection.execute(query.order_by(v.ordinal.desc()).limit(1)).one_or_none()


def releases_without_current_version(connection: Connection) -> list[tuple[str, str, bool]]:
    """Ids and offices of releases without their current version; whether they have another."""
    r, v = tables.release.c, tables.version.c
    current = (v.release == r.id) & (v.ordinal == r.version)
    any_ = tables.version.alias()
    number = select(func.count()).where(any_.c.release == r.id).correlate(tables.release)
    query = (
        select(r.id, r.office, number.scalar_subquery())
        .select_from(tables.release.outerjoin(tables.version, current))
        .where(v.release.is_(None))
        .order_by(r.id)
    )
    return [(id_, name, bool(number)) for id_, name, number in connection.execute(query)]


def orphan_version_ids(connection: Connection) -> list[str]:
    """Release ids of versions without a release."""
    r, v = tables.release.c, tables.version.c
    query = select(v.release).distinct().where(v.release.not_in(select(r.id))).order_by(v.release)
    return list(connection.execute(query).scalars())


@contextmanager
def rebuilding_versions(connection: Connection, id_: str) -> Iterator[None]:
    """Delete a release's versions alone, to be read from the archive again in the block."""
    r, e = tables.release.c, tables.event.c
    row = connection.execute(select(tables.release).where(r.id == id_)).one_or_none()
    last_event = connection.scalar(select(func.max(e.id)).where(e.release == id_))
    connection.execute(delete(tables.version).where(tables.version.c.release == id_))
    yield
    if last_event:
        connection.execute(delete(tables.event).where(e.release == id_, e.id > last_event))
    if row:
        again = ("id", "version", "revision")
        columns = {name: value for name, value in row._mapping.items() if name not in again}
        connection.execute(update(tables.release).where(r.id == id_), columns)


def mark_repeats(connection: Connection, id_: str) -> list[tuple[int, bool]]:
    """Mark versions that repeat the one before them, by origin; return the marks that changed.

    The current version becomes the last one that is no repeat, ours before third parties'.
    """
    v, r = tables.version.c, tables.release.c
    order = (v.observed_at, v.ordinal)
    rows = connection.execute(select(tables.version).where(v.release == id_).order_by(*order))
    last: dict[str | None, Row[Any]] = {}
    changed = []
    for row in rows.all():
        before = last.get(row.origin)
        is_repeat = before is not None and not differs(before, dict(row._mapping))
        if not is_repeat:
            last[row.origin] = row
        if is_repeat != row.is_repeat:
            changed.append((row.ordinal, is_repeat))
            change_version(connection, id_, row.ordinal, {"is_repeat": is_repeat})
    if last:
        current = last.get(None) or max(last.values(), key=lambda row: row.observed_at)
        connection.execute(update(tables.release).where(r.id == id_), {"version": current.ordinal})
        near_duplicates.link(connection, id_, current.body)
    if changed:
        raise_revision(connection, id_)
    return changed


def forget_visit(connection: Connection, row: Row[Any]) -> None:
    """Delete a visit, so that the next crawl requests the page, and what was staged from it."""
    c = (tables.visit if row.run is None else tables.staged_visit).c
    where = (c.office == row.office) & (c.url == row.url) & (c.language == row.language)
    if row.run is None:
        connection.execute(delete(tables.visit).where(where))
        return
    connection.execute(delete(tables.staged_visit).where(where, c.run == row.run))
    s = tables.staged.c
    place = s.facts["warc_file"].as_string(), s.facts["warc_offset"].as_integer()
    is_from_there = (place[0] == row.warc_file) & (place[1] == row.warc_offset)
    connection.execute(delete(tables.staged).where(s.run == row.run, is_from_there))


def add_third_party_version(
    connection: Connection, release: dict[str, Any], values: dict[str, Any]
) -> bool:
    """Add an observation of a third party where it differs from their last one; return whether it
    does.

    Our own observations stay: the current version, and when the release was seen.
    """
    v, id_ = tables.version.c, release["id"]
    same_origin = (v.release == id_) & (v.origin == values["origin"])
    earlier = select(tables.version).where(same_origin, v.observed_at <= values["observed_at"])
    before = connection.execute(
        earlier.order_by(v.observed_at.desc(), v.ordinal.desc()).limit(1)
    ).one_or_none()
    if before and not differs(before, values):
        return False
    if not has_release(connection, id_):
        put_release(connection, release | {"version": 1, "revision": next_revision(connection)})
    insert_version(connection, id_, next_ordinal(connection, id_), values)
    mark_repeats(connection, id_)
    raise_revision(connection, id_)
    return True
