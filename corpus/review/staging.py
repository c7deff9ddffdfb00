"""What a run has seen, held in the catalog under the run until the run is judged.

Nothing of it can be seen before; a run that was killed is taken up where it was. docs/runs.md tells
the states of a run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from corpus.catalog import near_duplicates
from corpus.catalog.crawl_history import needs_walk, read_newest_run, read_rest
from corpus.catalog.mapping import Visit, read_visit, visit_values
from corpus.catalog.store import Store
from corpus.database import tables
from corpus.database.batches import chunks, streamed
from corpus.errors import RecordError, StoreError
from corpus.plural import pluralize
from corpus.review.publishing import publish_observation, publish_visits, set_aside
from corpus.review.report import CrawlReport

# A run that was interrupted longer ago is not taken up: the office has moved on.
RESUMABLE = timedelta(days=3)
OBSERVATIONS_AT_ONCE = 500
RUN, STAGED, SEEN_VISIT = tables.run.c, tables.staged.c, tables.staged_visit.c


@dataclass(frozen=True)
class Observed:
    """One thing that a run has seen of a release; `facts` None where nothing differs from before.

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


# The URL of an observation that could not be let into the catalog, and why.
Lost = tuple[str, Exception]


class Staging:
    """The staged rows of one run. `is_walk`: the listing is to be walked to its end; `lost` is what
    could not be published, of an earlier run too; `rest` the listings that the last run left.
    """

    def __init__(
        self, store: Store, office: str, route: str, now: datetime, walk_days: int
    ) -> None:
        self.store, self.office, self.route = store, office, route
        self.lost = finish_publishing(store, office)
        with store.writing() as connection:
            last = read_newest_run(connection, office, route)
            self.is_resumed = bool(
                last and last.state == "open" and last.started_at > now - RESUMABLE
            )
            self.is_walk = self.is_resumed or needs_walk(connection, last, now, walk_days)
            self.rest = read_rest(connection, office, route)
            if last and self.is_resumed:
                self.run, self.started_at = int(last.id), last.started_at
                return
            where = (RUN.office == office) & (RUN.route == route) & (RUN.state == "open")
            for run in connection.scalars(select(RUN.id).where(where)).all():
                _drop(connection, run)
            row = {"office": office, "route": route, "started_at": now, "state": "open"}
            made = connection.execute(insert(tables.run), row | {"report": {}})
            key = made.inserted_primary_key
            assert key is not None
            self.run, self.started_at = int(key[0]), now

    # while the run goes on

    def add(self, connection: Connection, seen: Observed) -> None:
        """Hold what was seen of a release; the first sight of it in a run counts."""
        if not self.staged([seen.id], connection):
            values = asdict(seen)
            row = {"run": self.run, "release": values.pop("id")} | values
            connection.execute(insert(tables.staged), row)

    def id_of(self, url: str) -> str:
        """The id of the release at a URL, canonical or not."""
        return self.store.id_of(self.office, url)

    def add_visit(self, connection: Connection, url: str, language: str, visit: Visit) -> None:
        """Hold the answer of a URL. Replaces what this run had of it."""
        key = {"run": self.run, "office": self.office, "url": url, "language": language}
        where = [SEEN_VISIT[name] == value for name, value in key.items()]
        connection.execute(delete(tables.staged_visit).where(*where))
        connection.execute(insert(tables.staged_visit), key | visit_values(visit))

    def visit(self, url: str, language: str) -> Visit | None:
        """The last whole answer of a URL, this run's own first."""
        c = SEEN_VISIT
        where = (c.run == self.run) & (c.url == url) & (c.language == language)
        with self.store.reading() as connection:
            row = connection.execute(select(tables.staged_visit).where(where)).one_or_none()
        return read_visit(row) if row else self.store.visit(self.office, url, language)

    def staged(self, ids: Iterable[str], connection: Connection | None = None) -> set[str]:
        """Which of these releases this run has seen already."""
        if connection is None:
            with self.store.reading() as opened:
                return self.staged(ids, opened)
        of_run = select(STAGED.release).where(STAGED.run == self.run)
        return {
            id_
            for some in chunks(ids)
            for id_ in connection.scalars(of_run.where(STAGED.release.in_(some)))
        }

    def counts(self) -> tuple[Counter[str], Counter[str], Counter[str]]:
        """How many of each outcome, each language, each stated fact, the resumed part included."""
        outcomes, languages, stated = Counter[str](), Counter[str](), Counter[str]()
        query = select(STAGED.outcome, STAGED.language, STAGED.stated).where(STAGED.run == self.run)
        with self.store.reading() as connection:
            for row in streamed(connection, query):
                outcomes[row.outcome] += 1
                stated.update(row.stated)
                if row.language:
                    languages[row.language] += 1
        return outcomes, languages, stated

    def add_unlisted(self) -> int:
        """After a whole walk of a listing that carries the releases themselves: those of the route
        that were not in it are missing; how many of them for the first time.
        """
        r = tables.release.c
        seen = select(STAGED.release).where(STAGED.run == self.run)
        rest = and_(r.office == self.office, r.route == self.route, r.id.not_in(seen))
        with self.store.reading() as connection:
            found = connection.execute(select(r.id, r.url, r.misses).where(rest)).all()
        # What is known under several spellings is seen under one.
        rows = [row for row in found if self.id_of(row.url) == row.id]
        with self.store.writing() as connection:
            for row in rows:
                self.add(connection, Observed(row.id, row.url, "missing", self.started_at))
        return sum(not row.misses for row in rows)

    # when it is over

    def hold(self, report: dict[str, Any], is_walk: bool) -> None:
        """Keep the run from sight until a person has looked at it; an earlier one is let go."""
        self._end("held", report, is_walk)

    def publish(self, report: dict[str, Any], is_walk: bool, gone_visits: int) -> None:
        """Let what the run has seen into the catalog."""
        self._end("accepted", report | {"gone_visits": gone_visits}, is_walk)
        self.lost += finish_publishing(self.store, self.office)

    def keep(self, report: CrawlReport) -> None:
        """Keep the report of a run whose state stays: it broke, or has more to tell."""
        with self.store.writing() as connection:
            where = RUN.id == self.run
            kept = connection.scalar(select(RUN.report).where(where)) or {}
            connection.execute(update(tables.run).where(where), {"report": kept | report.as_json()})

    def _end(self, state: str, report: dict[str, Any], is_walk: bool) -> None:
        same = (RUN.office == self.office) & (RUN.route == self.route) & (RUN.state == "held")
        with self.store.writing() as connection:
            for run in connection.scalars(select(RUN.id).where(same)).all():
                _drop(connection, run)
            values = {"state": state, "report": report, "is_walk": is_walk}
            connection.execute(update(tables.run).where(RUN.id == self.run), values)


def accept(store: Store, office: str, gone_visits: int) -> list[str]:
    """Publish the runs of an office that were held, whatever they look like; the routes.

    What comes later is measured by them: they begin the office's history anew.
    """
    with store.writing() as connection:
        where = (RUN.office == office) & (RUN.state == "held")
        rows = connection.execute(select(tables.run).where(where)).all()
        for row in rows:
            report = row.report | {"quarantined": None, "gone_visits": gone_visits}
            values = {"state": "accepted", "is_accepted": True, "report": report}
            connection.execute(update(tables.run).where(RUN.id == row.id), values)
    if lost := finish_publishing(store, office):
        url, error = lost[0]
        raise StoreError(
            f"{pluralize(len(lost), 'release')} of {office} could not be published, {url} the first"
            f" ({error!r}); all else was."
        )
    return [row.route for row in rows]


def finish_publishing(store: Store, office: str) -> list[Lost]:
    """Let in what accepted runs of an office still hold, a chunk a transaction: a kill between
    loses none. What could not be let in is given back.

    What an older catalog brought is then attested, and looked through for copies, once.
    """
    with store.reading() as connection:
        where = (RUN.office == office) & (RUN.state == "accepted")
        runs = connection.execute(select(tables.run).where(where)).all()
    lost: list[Lost] = []
    for run in runs:
        while _publish_some(store, run, OBSERVATIONS_AT_ONCE, lost):
            pass
    while store.attest_older():
        pass
    is_left = True
    while is_left:
        with store.changing() as connection:
            is_left = near_duplicates.link_older(connection)
    return lost


def _publish_some(store: Store, run: Row[Any], number: int, lost: list[Lost]) -> bool:
    """Publish a chunk; where that breaks, one by one, so that it costs no release but its own."""
    try:
        return _publish_chunk(store, run, number)
    except Exception as error:
        if isinstance(error, StoreError) and not isinstance(error, RecordError):
            raise
        if number > 1:
            return all(_publish_some(store, run, 1, lost) for _ in range(number))
        with store.writing() as connection:
            url = set_aside(connection, run.id)
        if url is None:
            raise
        lost.append((url, error))
        return True


def _publish_chunk(store: Store, run: Row[Any], number: int) -> bool:
    with store.changing() as connection:
        query = select(tables.staged).where(STAGED.run == run.id).order_by(STAGED.id)
        rows = connection.execute(query.limit(number)).all()
        for row in rows:
            publish_observation(connection, run, row)
        if rows:
            done = (STAGED.run == run.id) & (STAGED.id <= rows[-1].id)
            connection.execute(delete(tables.staged).where(done))
            return True
        publish_visits(connection, run.id)
        connection.execute(update(tables.run).where(RUN.id == run.id), {"state": "published"})
    return False


def _drop(connection: Connection, run: int) -> None:
    """Its visits stay, for the archive has their answers: a repair takes in what nobody knows."""
    connection.execute(delete(tables.staged).where(STAGED.run == run))
    connection.execute(update(tables.run).where(RUN.id == run), {"state": "dropped"})
