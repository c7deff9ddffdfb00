"""Finds the links of releases that are new or have changed, against the releases that share a key
with them. Updates in any order make the links that finding all at once makes.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from corpus.cases import RULES
from corpus.cases.likeness import likeness, weights
from corpus.cases.links import MOST_HOLDERS, link_of
from corpus.cases.records import CaseLink, Key, Keys, Place
from corpus.catalog.cases import touches
from corpus.catalog.store import Store
from corpus.database import tables
from corpus.database.batches import chunks
from corpus.database.current import CURRENT
from corpus.fact import Fact

RELEASES_AT_ONCE = 500
# Releases whose weighed words are kept between comparisons: some 60 megabytes.
MOST_WEIGHED = 2_000
RELEASE, VERSION = tables.release.c, tables.version.c
KEYS, KEY = tables.case_keys.c, tables.case_key.c
JOINED = CURRENT.outerjoin(tables.case_keys, KEYS.release == RELEASE.id)
IS_OUTDATED = KEYS.release.is_(None) | (KEYS.rules != RULES) | (KEYS.revision != RELEASE.revision)
Likeness = Callable[[str, str], float]


def link_some(store: Store) -> int:
    """Find the links of some releases; return of how many, 0 when none are left."""
    names = ("body", "published", "facts", "links")
    columns = RELEASE.id, RELEASE.office, RELEASE.revision, *(VERSION[name] for name in names)
    query = select(*columns).select_from(JOINED).where(IS_OUTDATED).order_by(RELEASE.id)
    with store.reading() as connection:
        rows = connection.execute(query.limit(RELEASES_AT_ONCE)).all()
    found = {row.id: _keys(row, store) for row in rows}
    with store.changing() as connection:
        relink(connection, found, {row.id: row.revision for row in rows})
    return len(rows)


def relink(connection: Connection, found: Mapping[str, Keys], revisions: Mapping[str, int]) -> None:
    """Save the keys of some releases, as of their revisions, and find their links again; and those
    of others by a name that has come to be, or is no longer, in more releases than a case has.
    """
    named = {key for each in _read_keys(connection, found).values() for key in each.keys}
    named |= {key for each in found.values() for key in each.keys}
    before = _common(connection, named)
    _save_keys(connection, found, revisions)
    turned = before ^ _common(connection, named)
    changed = {*found} | {release for _, release in _holders(connection, turned)}
    _save_links(connection, changed, _find_links(connection, changed))


def _find_links(connection: Connection, changed: set[str]) -> Iterator[CaseLink]:
    """The links of releases with any others."""
    keys = _read_keys(connection, changed)
    rare = {key for each in keys.values() for key in each.keys}
    common = _common(connection, rare)
    rare -= common
    linking = {f"l {id_}" for id_ in changed}
    held: dict[str, list[str]] = {}
    for key, release in _holders(connection, rare | linking):
        held.setdefault(key, []).append(release)
    pairs = set[tuple[str, str]]()
    for id_, each in keys.items():
        others = {other for key in each.keys.keys() & rare for other in held[key]}
        others |= {*held.get(f"l {id_}", ()), *each.linked}
        pairs |= {(min(id_, other), max(id_, other)) for other in others - {id_}}
    keys |= _read_keys(connection, {id_ for pair in pairs for id_ in pair} - keys.keys())
    measure = _likeness(connection)
    for one, two in sorted(pairs):
        if one in keys and two in keys and (link := link_of(keys[one], keys[two], common, measure)):
            yield link


def _likeness(connection: Connection) -> Likeness:
    """How alike two releases are; texts are read as they are needed."""

    @lru_cache(MOST_WEIGHED)
    def weighed(id_: str) -> dict[str, float]:
        query = select(VERSION.title, VERSION.body).select_from(CURRENT).where(RELEASE.id == id_)
        row = connection.execute(query).one()
        return weights([row.title, *row.body])

    return lambda one, two: likeness(weighed(one), weighed(two))


def _save_links(connection: Connection, changed: set[str], links: Iterable[CaseLink]) -> None:
    rows = [vars(link) | {"rules": RULES} for link in links]
    for some in chunks(changed):
        connection.execute(delete(tables.case_link).where(touches(some)))
    if rows:
        connection.execute(insert(tables.case_link), rows)


def _save_keys(
    connection: Connection, found: Mapping[str, Keys], revisions: Mapping[str, int]
) -> None:
    for some in chunks(found):
        connection.execute(delete(tables.case_keys).where(KEYS.release.in_(some)))
        connection.execute(delete(tables.case_key).where(KEY.release.in_(some)))
    whole = [
        {"release": id_, "revision": revisions[id_], "rules": RULES, "keys": _as_json(each)}
        for id_, each in found.items()
    ]
    single = [
        {"release": id_, "key": key}
        for id_, each in found.items()
        for key in (*each.keys, *(f"l {other}" for other in sorted(each.linked)))
    ]
    for table, rows in ((tables.case_keys, whole), (tables.case_key, single)):
        if rows:
            connection.execute(insert(table), rows)


def _common(connection: Connection, keys: Collection[str]) -> set[str]:
    """Those of these keys that more releases hold than one case has."""
    query = select(KEY.key).group_by(KEY.key).having(func.count() > MOST_HOLDERS)
    return {
        key for some in chunks(keys) for key in connection.scalars(query.where(KEY.key.in_(some)))
    }


def _holders(connection: Connection, keys: Collection[str]) -> Iterator[tuple[str, str]]:
    """Each of these keys with each release that holds it."""
    for some in chunks(keys):
        query = select(KEY.key, KEY.release).where(KEY.key.in_(some))
        yield from ((row.key, row.release) for row in connection.execute(query))


def _read_keys(connection: Connection, ids: Iterable[str]) -> dict[str, Keys]:
    query = select(KEYS.release, KEYS["keys"])
    rows = (
        row
        for some in chunks(ids)
        for row in connection.execute(query.where(KEYS.release.in_(some)))
    )
    return {id_: _from_json(id_, values) for id_, values in rows}


def _keys(row: Any, store: Store) -> Keys:
    from corpus.cases.keys import keys_of  # compiles patterns, which other jobs do not need

    facts = [Fact(*each) for each in row.facts or ()]
    linked = {store.id_of(row.office, each["url"]) for each in row.links or ()} - {row.id}
    return keys_of(row.id, row.body, row.published, facts, linked)


def _as_json(keys: Keys) -> dict[str, Any]:
    return {
        "kind": keys.kind,
        "published": keys.published and keys.published.isoformat(),
        "districts": sorted(keys.districts),
        "keys": {key: [each.kind, *each.place] for key, each in keys.keys.items()},
        "linked": sorted(keys.linked),
    }


def _from_json(id_: str, values: dict[str, Any]) -> Keys:
    return Keys(
        id_,
        values["kind"],
        date.fromisoformat(values["published"]) if values["published"] else None,
        frozenset(values["districts"]),
        {key: Key(kind, Place(*place)) for key, (kind, *place) in values["keys"].items()},
        frozenset(values["linked"]),
    )
