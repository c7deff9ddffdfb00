"""Stages what a run has seen until the run is checked.

Nothing staged is public; a run that was killed is resumed. docs/runs.md lists the states of a run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from corpus.catalog.crawl_history import (
    has_full_run,
    needs_walk,
    read_last_listed,
    read_newest_run,
    read_remaining_listings,
)
from corpus.catalog.mapping import Visit, visit_from_row, visit_values
from corpus.catalog.store import Store
from corpus.database import tables
from corpus.database.batches import chunks, stream_rows
from corpus.review.publishing import finish_publishing, publish_new
from corpus.review.report import CrawlReport

# A run that was interrupted longer ago is not resumed: its listings are outdated.
RESUMABLE = timedelta(days=3)
RUN, STAGED, STAGED_VISIT = tables.run.c, tables.staged.c, tables.staged_visit.c


@dataclass(frozen=True)
class Observation:
    """What a run has seen of a release; `facts` is None where nothing differs from the catalog.

    `outcome`: new, changed, same; missing (404, 410, no longer listed); listed (but unreadable).
    """

    id: str
    url: str
    outcome: str
    seen_at: datetime
    language: str | None = None
    stated: tuple[str, ...] = ()
    facts: dict[str, Any] | None = None
    reread: dict[str, Any] | None = None


class Staging:
    """The staged rows of one run. `is_first`: no run by this route was published yet, or limits cut
    all of them short. `is_walk`: the listing is to be walked to its end. `unpublished` is what
    could not be published, of an earlier run too; `rest` the listings that the last run left;
    `last_listed` how many releases the last complete walk listed.
    """

    def __init__(
        self, store: Store, office: str, route: str, now: datetime, walk_days: int
    ) -> None:
        self.store, self.office, self.route = store, office, route
        self.unpublished = finish_publishing(store, office)
        with store.writing() as connection:
            last = read_newest_run(connection, office, route)
            self.is_first = not has_full_run(connection, office, route)
            self.is_resumed = bool(
                last and last.state == "open" and last.started_at > now - RESUMABLE
            )
            self.is_walk = self.is_resumed or needs_walk(connection, last, now, walk_days)
            self.rest = read_remaining_listings(connection, office, route)
            self.last_listed = read_last_listed(connection, office, route)
            if last and self.is_resumed:
                self.run, self.started_at = int(last.id), last.started_at
                return
            where = (RUN.office == office) & (RUN.route == route) & (RUN.state == "open")
            for run in connection.scalars(select(RUN.id).where(where)).all():
                _drop_run(connection, run)
            row = {"office": office, "route": route, "started_at": now, "state": "open"}
            made = connection.execute(insert(tables.run), row | {"report": {}})
            key = made.inserted_primary_key
            assert key is not None
            self.run, self.started_at = int(key[0]), now

    # during the run

    def add(self, connection: Connection, seen: Observation) -> None:
        """Stage an observation of a release; only the first one of a run counts."""
        if not self.staged_ids([seen.id], connection):
            values = asdict(seen)
            row = {"run": self.run, "release": values.pop("id")} | values
            connection.execute(insert(tables.staged), row)

    def id_of(self, url: str) -> str:
        """The id of the release at a URL, canonical or not."""
        return self.store.id_of(self.office, url)

    def add_visit(self, connection: Connection, url: str, language: str, visit: Visit) -> None:
        """Stage a visit. Replaces an earlier one of this run."""
        key = {"run": self.run, "office": self.office, "url": url, "language": language}
        where = [STAGED_VISIT[name] == value for name, value in key.items()]
        connection.execute(delete(tables.staged_visit).where(*where))
        connection.execute(insert(tables.staged_visit), key | visit_values(visit))

    def visit(self, url: str, language: str) -> Visit | None:
        """The last complete visit of a URL, preferably of this run."""
        c = STAGED_VISIT
        where = (c.run == self.run) & (c.url == url) & (c.language == language)
        with self.store.reading() as connection:
            row = connection.execute(select(tables.staged_visit).where(where)).one_or_none()
        return visit_from_row(row) if row else self.store.visit(self.office, url, language)

    def staged_ids(self, ids: Iterable[str], connection: Connection | None = None) -> set[str]:
        """Which of these releases this run has seen already."""
        if connection is None:
            with self.store.reading() as opened:
                return self.staged_ids(ids, opened)
        of_run = select(STAGED.release).where(STAGED.run == self.run)
        return {
            id_
            for some in chunks(ids)
            for id_ in connection.scalars(of_run.where(STAGED.release.in_(some)))
        }

    def count_outcomes(self) -> tuple[Counter[str], Counter[str], Counter[str]]:
        """Count outcomes, languages and stated facts, the resumed part included."""
        outcomes, languages, stated = Counter[str](), Counter[str](), Counter[str]()
        query = select(STAGED.outcome, STAGED.language, STAGED.stated).where(STAGED.run == self.run)
        with self.store.reading() as connection:
            for row in stream_rows(connection, query):
                outcomes[row.outcome] += 1
                stated.update(row.stated)
                if row.language:
                    languages[row.language] += 1
        return outcomes, languages, stated

    def publish_new(self) -> int:
        """Publish the new releases that the run has seen so far; return how many are published."""
        self.unpublished += publish_new(self.store, self.run)
        return self.count_published()

    def count_published(self) -> int:
        """Count the new releases that were published while the run was open."""
        is_new = (STAGED.run == self.run) & (STAGED.outcome == "new")
        query = select(func.count()).where(is_new, STAGED.facts.is_(None))
        with self.store.reading() as connection:
            return connection.scalar(query.select_from(tables.staged)) or 0

    def add_missing(self) -> int:
        """After a complete walk of a listing that carries the releases themselves, stage the other
        releases of the route as missing; return how many are missing for the first time.
        """
        r = tables.release.c
        seen = select(STAGED.release).where(STAGED.run == self.run)
        rest = and_(r.office == self.office, r.route == self.route, r.id.not_in(seen))
        with self.store.reading() as connection:
            known = connection.execute(select(r.id, r.url, r.misses).where(rest)).all()
        # A release with several spellings is seen under one.
        rows = [row for row in known if self.id_of(row.url) == row.id]
        with self.store.writing() as connection:
            for row in rows:
                self.add(connection, Observation(row.id, row.url, "missing", self.started_at))
        return sum(not row.misses for row in rows)

    # after the run

    def quarantine(self, report: dict[str, Any], is_walk: bool) -> None:
        """Keep the run unpublished until a person accepts it; drop an earlier one."""
        self._finish("held", report, is_walk)

    def publish(self, report: dict[str, Any], is_walk: bool, gone_visits: int) -> None:
        """Publish what the run has seen."""
        self._finish("accepted", report | {"gone_visits": gone_visits}, is_walk)
        self.unpublished += finish_publishing(self.store, self.office)

    def save_report(self, report: CrawlReport) -> None:
        """Save the report of a run whose state stays as it is."""
        with self.store.writing() as connection:
            where = RUN.id == self.run
            saved = connection.scalar(select(RUN.report).where(where)) or {}
            connection.execute(
                update(tables.run).where(where), {"report": saved | report.as_json()}
            )

    def _finish(self, state: str, report: dict[str, Any], is_walk: bool) -> None:
        same = (RUN.office == self.office) & (RUN.route == self.route) & (RUN.state == "held")
        with self.store.writing() as connection:
            for run in connection.scalars(select(RUN.id).where(same)).all():
                _drop_run(connection, run)
            values = {"state": state, "report": report, "is_walk": is_walk}
            connection.execute(update(tables.run).where(RUN.id == self.run), values)


def _drop_run(connection: Connection, run: int) -> None:
    """Drop a run; its visits stay, so that a repair does not add their responses."""
    connection.execute(delete(tables.staged).where(STAGED.run == run))
    connection.execute(update(tables.run).where(RUN.id == run), {"state": "dropped"})
