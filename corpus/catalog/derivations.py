"""Derives statutes and facts of versions in older catalogs, or after a change of the rules."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, update

from corpus.catalog.mapping import DERIVED, derived_values
from corpus.catalog.store import Store
from corpus.database import tables
from corpus.database.sequence import raise_revision
from corpus.fact import RULES
from corpus.statutes import RULES_VERSION

VERSIONS_AT_ONCE = 500
VERSION, RELEASE = tables.version.c, tables.release.c
IS_OUTDATED = (VERSION.statute_rules < RULES_VERSION) | (VERSION.fact_rules < RULES)
# What rules read: an office, a language, a title, a body and a date.
Source = tuple[Any, ...]
Derive = Callable[[Iterable[Source]], Iterable[dict[str, Any]]]


def count_backlog(store: Store) -> int:
    """How many versions are in the backlog."""
    with store.reading() as connection:
        query = select(func.count()).select_from(tables.version).where(IS_OUTDATED)
        return connection.scalar(query) or 0


def derive(source: Source) -> dict[str, Any]:
    """What the current rules derive from a version, for `derive_some` to run anywhere."""
    return derived_values(*source)


def derive_here(sources: Iterable[Source]) -> Iterable[dict[str, Any]]:
    """Derive in this process."""
    return map(derive, sources)


def derive_some(store: Store, run: Derive = derive_here) -> int:
    """Derive a chunk and save it in one transaction; return how many, 0 when none are left.

    A release that now says something else gets a new revision. `run` applies `derive`.
    """
    with store.reading() as connection:
        rows = connection.execute(_outdated()).all()
    sources = ((row.office, row.language, row.title, row.body, row.published) for row in rows)
    derived = [*run(sources)]
    with store.changing() as connection:
        for row, values in zip(rows, derived, strict=True):
            _save(connection, row, values)
    return len(rows)


def _outdated() -> Select[Any]:
    """The next versions of the backlog. Versions without a release wait for a repair."""
    names = ("release", "ordinal", "language", "title", "body", "published", *DERIVED)
    known = RELEASE.office, (RELEASE.version == VERSION.ordinal).label("is_current")
    joined = tables.version.join(tables.release, RELEASE.id == VERSION.release)
    query = select(*(VERSION[name] for name in names), *known).select_from(joined)
    return query.where(IS_OUTDATED).limit(VERSIONS_AT_ONCE)


def _save(connection: Connection, row: Row[Any], values: dict[str, Any]) -> None:
    # A crawl may have replaced the version since it was read, by the current rules.
    here = (VERSION.release == row.release) & (VERSION.ordinal == row.ordinal) & IS_OUTDATED
    is_done = connection.execute(update(tables.version).where(here), values).rowcount
    is_other = any(values[name] != (getattr(row, name) or []) for name in DERIVED)
    if is_done and row.is_current and is_other:
        raise_revision(connection, row.release)
