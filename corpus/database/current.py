"""Releases as they are now: each with its newest version, and which of them are withheld."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Label, Select, select

from corpus.database import tables

# Each release with the version that it has now.
CURRENT = tables.release.join(
    tables.version,
    (tables.version.c.release == tables.release.c.id)
    & (tables.version.c.ordinal == tables.release.c.version),
)


def withheld_ids() -> Select[Any]:
    """The ids of the releases that are withheld now."""
    c = tables.suppression.c
    return select(c.release).where(c.undone_at.is_(None))


@cache  # to put it together takes longer than to run it for one release
def current_releases(*, with_withheld: bool = False) -> Select[Any]:
    """Releases with their newest versions: the rows that `read_release` takes.

    Withheld ones are left out, unless asked for by those who keep the evidence.
    """
    r, v = tables.release.c, tables.version.c
    columns = [each for each in v if each.name != "release"]
    known = (r.id, r.office, r.url, r.first_seen, r.last_seen, r.version, r.gone_since)
    query = select(*known, _is_changed(), *columns).select_from(CURRENT)
    return query if with_withheld else query.where(r.id.not_in(withheld_ids()))


def _is_changed() -> Label[bool]:
    """Whether the ledger has a change of a release; a reading that was mended since is none."""
    e, changed = tables.event.c, tables.version.alias()
    to = (changed.c.release == e.release) & (changed.c.ordinal == e.version)
    where = (e.release == tables.release.c.id) & (e.kind == "changed") & ~changed.c.is_repeat
    query = select(e.id).join_from(tables.event, changed, to).where(where)
    return query.correlate(tables.release).exists().label("is_changed")
