"""Withheld releases: kept, hidden from public view, and logged without names."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from corpus.catalog.crawl_history import read_runs
from corpus.catalog.near_duplicates import raise_group_revisions
from corpus.database import tables
from corpus.database.current import withheld_ids
from corpus.errors import StoreError

# Shorter titles could occur in a sentence by chance.
LEAST_NAME_LENGTH = 16
MASK = "[withheld]"


@dataclass(frozen=True)
class WithholdingEntry:
    """One entry of the public log: office, time, reason, and when it was undone, if so."""

    office: str
    at: datetime
    reason: str
    undone_at: datetime | None


def withhold(connection: Connection, id_: str, reason: str, now: datetime) -> None:
    """Withhold a release. Raises StoreError where there is none, or it is withheld already."""
    _check_exists(connection, id_)
    if connection.scalar(withheld_ids().where(tables.suppression.c.release == id_)):
        raise StoreError(f"{id_} is withheld already. To undo that, use --undo.")
    row = {"release": id_, "at": now, "reason": reason}
    connection.execute(insert(tables.suppression), row)
    raise_group_revisions(connection, id_)


def undo(connection: Connection, id_: str, now: datetime) -> None:
    """Undo a withholding. Raises StoreError where the release is not withheld."""
    _check_exists(connection, id_)
    c = tables.suppression.c
    where = (c.release == id_) & c.undone_at.is_(None)
    if not connection.execute(update(tables.suppression).where(where), {"undone_at": now}).rowcount:
        raise StoreError(f"{id_} is not withheld; nothing was changed.")
    raise_group_revisions(connection, id_)


def read_log(connection: Connection) -> list[WithholdingEntry]:
    """The public log, newest first."""
    c, r = tables.suppression.c, tables.release.c
    query = select(r.office, c.at, c.reason, c.undone_at).join(tables.release, r.id == c.release)
    return [WithholdingEntry(*row) for row in connection.execute(query.order_by(c.id.desc()))]


def read_public_runs(
    connection: Connection, *, good: bool = False
) -> dict[str, tuple[datetime, dict[str, Any]]]:
    """Start and report of each office's last finished run, without the names of withheld releases.
    `good`: of the last one that was published without an error.
    """
    withheld = withheld_names(connection)
    runs = read_runs(connection, good)
    return {office: (at, redact(withheld, report)) for office, (at, report) in runs.items()}


def withheld_names(connection: Connection) -> list[str]:
    """The names of withheld releases: ids, addresses and titles."""
    r, v = tables.release.c, tables.version.c
    joined = tables.release.join(tables.version, v.release == r.id)
    query = select(r.id, r.url, v.asked_url, v.title).select_from(joined)
    rows = connection.execute(query.where(r.id.in_(withheld_ids()))).all()
    names = {name for id_, *urls, title in rows for name in (id_, *urls, title)}
    return sorted((name for name in names if len(name) >= LEAST_NAME_LENGTH), key=len, reverse=True)


def redact(names: list[str], report: dict[str, Any]) -> dict[str, Any]:
    """A report with these names masked."""
    words = json.dumps(report, ensure_ascii=False)
    for name in names:
        words = words.replace(json.dumps(name, ensure_ascii=False)[1:-1], MASK)
    redacted: dict[str, Any] = json.loads(words) if names else report
    return redacted


def _check_exists(connection: Connection, id_: str) -> None:
    r = tables.release.c
    if not connection.scalar(select(r.id).where(r.id == id_)):
        raise StoreError(
            f"There is no release {id_!r}. The ID is on the release's page, under Record."
        )
