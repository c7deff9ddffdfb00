"""Records observations in the catalog: a new version only where a stated fact differs.

Facts are a row of `version` without those that the route never states, which stay as they were.
"""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, insert, select, update

from corpus.catalog import near_duplicates
from corpus.database import tables
from corpus.database.current import current_releases
from corpus.database.sequence import next_revision, raise_revision
from corpus.release import FACTS, LEARNED_FACTS, MADE, REVISED, Provenance

# The columns that a reader fills from a response.
READ_COLUMNS = (
    *FACTS,
    "language",
    "place",
    "signature",
    "kind",
    "alternates",
    "shapes",
    "statutes",
    "facts",
)

Outcome = Literal["new", "changed", "same"]
ChangeKind = Literal["changed", "gone", "back"]
NOT_MISSING: dict[str, Any] = {"misses": 0, "missed_at": None}
UNSTATED: dict[str, Any] = dict.fromkeys(LEARNED_FACTS)


def compare(
    connection: Connection, id_: str, facts: dict[str, Any], reread: dict[str, Any] | None
) -> tuple[Outcome, bool]:
    """The outcome of recording these facts, and whether that would change the catalog."""
    old = _read_current(connection, id_)
    if old is None or old.origin:
        return "new", True
    if is_same_bytes(old, facts):
        return "same", bool(reader_changes(old, facts) or old.lost_at)
    if reread:
        common = facts.keys() & reread.keys() & set(FACTS)
        return ("changed" if any(facts[k] != reread[k] for k in common) else "same"), True
    if differs(old, facts):
        return "changed", True
    return "same", bool(newly_stated(old, facts) or old.lost_at)


def record_observation(
    connection: Connection,
    office: str,
    id_: str,
    url: str,
    facts: dict[str, Any],
    seen_at: datetime,
    reread: dict[str, Any] | None = None,
) -> Outcome:
    """Record what an office states at a canonical URL.

    `seen_at` can be later than the observation: the server confirmed it (304). `reread` is what the
    current reader finds in the evidence of the newest version; it replaces the older reading, since
    our improvements are not the office's edits. Where the same bytes came again, the facts
    themselves are that. Where the newest version's response is lost and the office still states the
    same, this observation replaces it.
    """
    old = _read_current(connection, id_)
    number = next_ordinal(connection, id_)
    if old is None or old.origin:  # new to us: at most third parties observed it
        row = {"first_seen": facts["observed_at"], "last_seen": seen_at, "checked_at": seen_at}
        row |= {"version": number, "revision": next_revision(connection), "route": _route_of(facts)}
        put_release(connection, {"id": id_, "office": office, "url": url} | row)
        insert_version(connection, id_, number, UNSTATED | facts)
        near_duplicates.link(connection, id_, facts["body"])
        return "new"
    if rereading := facts if is_same_bytes(old, facts) else reread:
        old = _replace_reading(connection, old, rereading)
    if is_changed := differs(old, facts):
        earlier = {name: getattr(old, name) for name in FACTS}
        insert_version(connection, id_, number, earlier | facts)
        raise_revision(connection, id_, version=number)
        add_event(connection, id_, office, "changed", facts["observed_at"], number)
        near_duplicates.link(connection, id_, facts["body"])
    elif changes := facts if old.lost_at else newly_stated(old, facts):
        change_version(connection, id_, old.version, changes)
        raise_revision(connection, id_)
    mark_seen(connection, id_, seen_at, _route_of(facts))
    return "changed" if is_changed else "same"


def mark_seen(connection: Connection, id_: str, seen_at: datetime, route: str | None) -> None:
    """Note that a release was seen; one that was gone is back."""
    old = _read_release(connection, id_)
    seen: dict[str, Any] = NOT_MISSING | {"last_seen": max(old.last_seen or seen_at, seen_at)}
    seen["checked_at"] = max(old.checked_at or seen_at, seen_at)
    if route:
        seen["route"] = route
    if old.gone_since:
        seen |= {"gone_since": None, "revision": next_revision(connection)}
        add_event(connection, id_, old.office, "back", seen_at, old.version)
    _update_release(connection, id_, seen)


def mark_missing(connection: Connection, id_: str, at: datetime, enough: int) -> None:
    """Note that a visit missed a release; after `enough` in a row it is gone since the first."""
    old = _read_release(connection, id_)
    since, misses = old.missed_at or at, old.misses + 1
    counts: dict[str, Any] = {"misses": misses, "missed_at": since, "checked_at": at}
    if misses >= enough and not old.gone_since:
        counts |= {"gone_since": since, "revision": next_revision(connection)}
        add_event(connection, id_, old.office, "gone", at, old.version, since)
    _update_release(connection, id_, counts)


def mark_listed(connection: Connection, id_: str, at: datetime) -> None:
    """Note that a release is still listed, though it could not be read."""
    _update_release(connection, id_, NOT_MISSING | {"checked_at": at})


def add_event(
    connection: Connection,
    id_: str,
    office: str,
    kind: ChangeKind,
    at: datetime,
    version: int,
    since: datetime | None = None,
) -> None:
    """Add an entry to the ledger."""
    row = {"release": id_, "office": office, "kind": kind, "at": at, "version": version}
    connection.execute(insert(tables.event), row | {"since": since or at})


def put_release(connection: Connection, row: dict[str, Any]) -> None:
    """Insert or update a release's row; rows that refer to it stay."""
    where = tables.release.c.id == row["id"]
    if connection.execute(update(tables.release).where(where), row).rowcount == 0:
        connection.execute(insert(tables.release), row)


def replace_version(
    connection: Connection, id_: str, old: Row[Any], values: dict[str, Any]
) -> tuple[str, ...]:
    """Replace a version's columns by what the current reader finds in its evidence; return the
    names of those that differ.

    The release gets a new revision only if some differ.
    """
    changes = reader_changes(old, values)
    if changes:
        change_version(connection, id_, old.ordinal, changes)
    facts = tuple(name for name in READ_COLUMNS if name in changes)
    if facts:
        raise_revision(connection, id_)
    return facts


def insert_version(connection: Connection, id_: str, ordinal: int, values: dict[str, Any]) -> None:
    """Add a version; it is attested at the end of the transaction."""
    row = {"release": id_, "ordinal": ordinal, "attested_as": MADE} | values
    connection.execute(insert(tables.version), row)


def change_version(connection: Connection, id_: str, ordinal: int, values: dict[str, Any]) -> None:
    """Change a version; it is attested again at the end of the transaction."""
    where = (tables.version.c.release == id_) & (tables.version.c.ordinal == ordinal)
    rereading = {"attested_as": REVISED, "attested_offset": None} | values
    connection.execute(update(tables.version).where(where), rereading)


def next_ordinal(connection: Connection, id_: str) -> int:
    """The number of a release's next version; numbers are permanent."""
    v = tables.version.c
    newest = connection.scalar(select(func.max(v.ordinal)).where(v.release == id_))
    return int(newest or 0) + 1


def _replace_reading(connection: Connection, old: Row[Any], reread: dict[str, Any]) -> Row[Any]:
    """Replace the reading of the newest version."""
    if "body" in replace_version(connection, old.id, old, reread):
        near_duplicates.link(connection, old.id, reread["body"])
    current = _read_current(connection, old.id)
    assert current is not None
    return current


def _route_of(facts: dict[str, Any]) -> str:
    """The middle one of office/route/layout."""
    return str(facts["reader"]).partition("/")[2].partition("/")[0]


def _read_current(connection: Connection, id_: str) -> Row[Any] | None:
    return connection.execute(
        current_releases(with_withheld=True).where(tables.release.c.id == id_)
    ).one_or_none()


def _read_release(connection: Connection, id_: str) -> Row[Any]:
    return connection.execute(select(tables.release).where(tables.release.c.id == id_)).one()


def _update_release(connection: Connection, id_: str, values: dict[str, Any]) -> None:
    connection.execute(update(tables.release).where(tables.release.c.id == id_), values)


def differs(old: Row[Any], values: dict[str, Any]) -> bool:
    """Whether a stated fact differs; what was unknown does not count."""
    for name in values.keys() & set(FACTS):
        was, now = getattr(old, name), values[name]
        if was != now and not (name in LEARNED_FACTS and None in (was, now)):
            return True
    return False


def is_same_bytes(old: Row[Any] | Provenance, values: dict[str, Any]) -> bool:
    """Whether both were read from the same bytes, so that differences are our reader's."""
    names = ("part_sha256",) if old.part_sha256 and values["part_sha256"] else ("sha256",)
    return all(getattr(old, name) == values[name] for name in names)


def reader_changes(old: Row[Any], values: dict[str, Any]) -> dict[str, Any]:
    """The columns, its version included, that the current reader reads differently."""
    read_by = ("reader", "reader_version", "part_sha256", "statute_rules", "fact_rules")
    names = values.keys() & {*READ_COLUMNS, *read_by}
    return {name: values[name] for name in names if getattr(old, name) != values[name]}


def newly_stated(old: Row[Any], values: dict[str, Any]) -> dict[str, Any]:
    """The stated facts that were unknown before."""
    return {
        name: values[name]
        for name in FACTS
        if getattr(old, name) is None and values.get(name) is not None
    }
