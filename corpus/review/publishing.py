"""Publishes runs: their staged observations and visits move to the catalog."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    delete,
    insert,
    select,
    update,
)

from corpus.catalog import near_duplicates
from corpus.catalog.mapping import from_json
from corpus.catalog.store import Store
from corpus.catalog.versioning import mark_listed, mark_missing, mark_seen, record_observation
from corpus.database import tables
from corpus.errors import RecordError, StoreError
from corpus.plural import pluralize

OBSERVATIONS_AT_ONCE = 500
RUN, STAGED = tables.run.c, tables.staged.c
# New releases that are not published yet.
IS_PENDING = (STAGED.outcome == "new") & STAGED.facts.is_not(None)

# The URL of an observation that could not be published, and why.
Unpublished = tuple[str, Exception]


def accept(store: Store, office: str, gone_visits: int) -> list[str]:
    """Publish the quarantined runs of an office; return their routes.

    Later runs are compared with them: they start the office's history anew.
    """
    with store.writing() as connection:
        where = (RUN.office == office) & (RUN.state == "held")
        rows = connection.execute(select(tables.run).where(where)).all()
        for row in rows:
            report = row.report | {"quarantined": None, "gone_visits": gone_visits}
            values = {"state": "accepted", "is_accepted": True, "report": report}
            connection.execute(update(tables.run).where(RUN.id == row.id), values)
    if unpublished := finish_publishing(store, office):
        url, error = unpublished[0]
        raise StoreError(
            f"{pluralize(len(unpublished), 'release')} of {office} could not be published; the"
            f" first is {url} ({error!r}). The rest was published. Crawl again to fetch what is"
            " missing."
        )
    return [row.route for row in rows]


def finish_publishing(store: Store, office: str) -> list[Unpublished]:
    """Publish what accepted runs of an office still have staged, one chunk a transaction, so that a
    kill in between loses nothing; return what could not be published.

    Versions from an older catalog are then attested and searched for near-duplicates, once.
    """
    unpublished = _publish_runs(store, (RUN.office == office) & (RUN.state == "accepted"))
    while store.attest_older():
        pass
    has_more = True
    while has_more:
        with store.changing() as connection:
            has_more = near_duplicates.link_pending(connection)
    return unpublished


def publish_new(store: Store, run: int) -> list[Unpublished]:
    """Publish the new releases that an open run has staged so far; return what could not be
    published.
    """
    return _publish_runs(store, RUN.id == run)


def _publish_runs(store: Store, where: ColumnElement[bool]) -> list[Unpublished]:
    with store.reading() as connection:
        runs = connection.execute(select(tables.run).where(where)).all()
    unpublished: list[Unpublished] = []
    for run in runs:
        while _publish_some(store, run, OBSERVATIONS_AT_ONCE, unpublished):
            pass
    return unpublished


def _publish_some(store: Store, run: Row[Any], number: int, unpublished: list[Unpublished]) -> bool:
    """Publish a chunk; where that fails, one by one, so that an error costs one release only."""
    try:
        return _publish_chunk(store, run, number)
    except Exception as error:
        if isinstance(error, StoreError) and not isinstance(error, RecordError):
            raise
        if number > 1:
            return all(_publish_some(store, run, 1, unpublished) for _ in range(number))
        with store.writing() as connection:
            url = _drop_next(connection, run)
        if url is None:
            raise
        unpublished.append((url, error))
        return True


def _publish_chunk(store: Store, run: Row[Any], number: int) -> bool:
    with store.changing() as connection:
        rows = connection.execute(_select_pending(run).limit(number)).all()
        for row in rows:
            _publish_observation(connection, run, row)
        if rows:
            _note_published(connection, run, rows[-1].id)
        elif run.state != "open":
            _publish_visits(connection, run.id)
            connection.execute(update(tables.run).where(RUN.id == run.id), {"state": "published"})
    return bool(rows)


def _select_pending(run: Row[Any]) -> Select[Any]:
    """The staged observations that are to be published: of an open run, its new releases."""
    query = select(tables.staged).where(STAGED.run == run.id).order_by(STAGED.id)
    return query.where(IS_PENDING) if run.state == "open" else query


def _note_published(connection: Connection, run: Row[Any], last: int) -> None:
    """Delete the observations up to the last published one. Those of an open run stay, without
    facts: they tell what it has seen.
    """
    done = (STAGED.run == run.id) & (STAGED.id <= last)
    if run.state == "open":
        statement = update(tables.staged).values(facts=None, reread=None)
        connection.execute(statement.where(done, IS_PENDING))
    else:
        connection.execute(delete(tables.staged).where(done))


def _publish_observation(connection: Connection, run: Row[Any], row: Row[Any]) -> None:
    """Publish one staged observation of a release."""
    if row.facts:
        facts = from_json(row.facts)
        reread = from_json(row.reread) if row.reread else None
        record_observation(connection, run.office, row.release, row.url, facts, row.seen_at, reread)
    elif row.outcome == "same":
        mark_seen(connection, row.release, row.seen_at, run.route)
    elif row.outcome == "missing":
        mark_missing(connection, row.release, row.seen_at, run.report["gone_visits"])
    elif row.outcome == "listed":
        mark_listed(connection, row.release, row.seen_at)
    # A new release without facts was published while the run was open.


def _publish_visits(connection: Connection, run: int) -> None:
    """Replace earlier visits by those of a run."""
    v, s = tables.visit.c, tables.staged_visit.c
    names = [column.name for column in v]
    same = (v.office == s.office) & (v.url == s.url) & (v.language == s.language)
    mine = select(s.url).where(s.run == run, same).exists()
    connection.execute(delete(tables.visit).where(mine))
    rows = select(*(s[name] for name in names)).where(s.run == run)
    connection.execute(insert(tables.visit).from_select(names, rows))
    connection.execute(delete(tables.staged_visit).where(s.run == run))


def _drop_next(connection: Connection, run: Row[Any]) -> str | None:
    """Delete the staged observation that is next; return its URL, if there is one."""
    row = connection.execute(_select_pending(run).limit(1)).one_or_none()
    if row:
        connection.execute(delete(tables.staged).where(STAGED.id == row.id))
    return row.url if row else None
