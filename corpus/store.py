"""The store: releases, their versions, when each was seen. Nothing is ever deleted by a crawl."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from corpus import catalog
from corpus.archive import Place
from corpus.catalog import open_catalog
from corpus.errors import StoreError
from corpus.release import Draft, Provenance, Release, Version, release_id
from corpus.rows import (
    Coverage,
    current_releases,
    differs,
    learned,
    read_coverage,
    read_release,
    read_version,
    version_values,
)
from corpus.settings import Settings

Outcome = Literal["new", "changed", "same"]


@dataclass(frozen=True)
class Visit:
    """The last whole answer of a URL: what makes the next request conditional, where it stands."""

    etag: str | None
    last_modified: str | None
    fetched_at: datetime
    sha256: str
    place: Place


class Store:
    """The catalog of one data folder. Each method is one transaction; `writing` joins several."""

    def __init__(self, settings: Settings) -> None:
        self.url = settings.catalog_url
        self.engine = open_catalog(self.url)

    def close(self) -> None:
        """Let go of the database's files and connections."""
        self.engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, kept whole or not at all. Raises StoreError in the database's words."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(
                f"The catalog {self.url} cannot be used: {getattr(error, 'orig', None) or error}."
            ) from error

    # writing

    def add(
        self,
        connection: Connection,
        office: str,
        url: str,
        draft: Draft,
        found: Provenance,
        seen_at: datetime,
        silent: frozenset[str],
    ) -> Outcome:
        """Record what an office states at a canonical URL; a version only where a fact differs.

        `seen_at` can be later than the observation: the office answered that it still holds (304).
        `silent` facts are not stated by this route: what was known of them stays, and what was
        unknown can be learned later from another route without counting as a change.
        """
        id_ = release_id(office, url)
        values = version_values(draft, found) | dict.fromkeys(silent)
        where = catalog.release.c.id == id_
        old = connection.execute(current_releases().where(where)).one_or_none()
        if old is None:
            row = {"id": id_, "office": office, "url": url, "first_seen": found.fetched_at}
            row |= {"last_seen": seen_at, "version": 1, "revision": _next_revision(connection)}
            connection.execute(insert(catalog.release), row)
            _insert_version(connection, id_, 1, values)
            return "new"
        values |= {name: getattr(old, name) for name in silent}
        seen: dict[str, Any] = {"last_seen": max(old.last_seen, seen_at)}
        if is_changed := differs(old, values):
            seen |= {"version": old.version + 1, "revision": _next_revision(connection)}
            _insert_version(connection, id_, old.version + 1, values)
        elif news := learned(old, values):
            seen["revision"] = _next_revision(connection)
            _complete_version(connection, id_, old.version, news)
        connection.execute(update(catalog.release).where(where), seen)
        return "changed" if is_changed else "same"

    def add_visit(
        self, connection: Connection, office: str, url: str, language: str, visit: Visit
    ) -> None:
        """Remember the last whole answer of a URL. Replaces what was remembered of it."""
        key = {"office": office, "url": url, "language": language}
        values = {k: v for k, v in asdict(visit).items() if k != "place"} | asdict(visit.place)
        where = [catalog.visit.c[name] == value for name, value in key.items()]
        if connection.execute(update(catalog.visit).where(*where), values).rowcount == 0:
            connection.execute(insert(catalog.visit), key | values)

    def touch(self, id_: str, seen_at: datetime) -> Release | None:
        """Note that a release still stands unchanged, and give it; None when there is none."""
        known = self.get(id_)
        if known:
            with self.writing() as connection:
                connection.execute(
                    update(catalog.release).where(catalog.release.c.id == id_),
                    {"last_seen": seen_at},
                )
        return known

    def add_run(self, office: str, started_at: datetime, report: dict[str, Any]) -> None:
        """Keep the report of a run."""
        with self.writing() as connection:
            connection.execute(
                insert(catalog.run), {"office": office, "started_at": started_at, "report": report}
            )

    # reading

    def visit(self, office: str, url: str, language: str) -> Visit | None:
        """The last whole answer of a URL in a language ("" where none was asked for)."""
        v = catalog.visit.c
        with self.writing() as connection:
            row = connection.execute(
                select(catalog.visit).where(
                    v.office == office, v.url == url, v.language == language
                )
            ).one_or_none()
        if row is None:
            return None
        place = Place(row.warc_file, row.warc_offset)
        return Visit(row.etag, row.last_modified, row.fetched_at, row.sha256, place)

    def get(self, id_: str) -> Release | None:
        """The release of that id as it stands now."""
        with self.writing() as connection:
            query = current_releases().where(catalog.release.c.id == id_)
            row = connection.execute(query).one_or_none()
        return read_release(row) if row else None

    def first_seen(self, ids: Iterable[str]) -> dict[str, datetime]:
        """When each of these releases was first seen, by id: all there is of an undated one."""
        r, wanted = catalog.release.c, list(ids)
        if not wanted:
            return {}
        with self.writing() as connection:
            rows = connection.execute(select(r.id, r.first_seen).where(r.id.in_(wanted)))
            return {row.id: row.first_seen for row in rows}

    def releases(self, office: str | None = None, after_revision: int = 0) -> Iterator[Release]:
        """Releases as they stand now, streamed, in the order of their last change."""
        query = (
            current_releases()
            .where(catalog.release.c.revision > after_revision)
            .order_by(catalog.release.c.revision)
        )
        if office:
            query = query.where(catalog.release.c.office == office)
        with self.writing() as connection:
            for row in connection.execution_options(yield_per=500).execute(query):
                yield read_release(row)

    def versions(self, id_: str) -> list[Version]:
        """Every version of a release, oldest first."""
        with self.writing() as connection:
            v = catalog.version.c
            rows = connection.execute(
                select(catalog.version).where(v.release == id_).order_by(v.ordinal)
            ).all()
        return [read_version(row) for row in rows]

    def revision(self) -> int:
        """The number of the newest change: an index that has seen it is up to date."""
        with self.writing() as connection:
            about = catalog.about.c
            query = select(about.value).where(about.key == "revision")
            return int(connection.execute(query).scalar_one())

    def count(self) -> int:
        """How many releases there are."""
        with self.writing() as connection:
            return connection.scalar(select(func.count()).select_from(catalog.release)) or 0

    def coverage(self) -> list[Coverage]:
        """What is held of each office that holds anything, by name."""
        r, v = catalog.release.c, catalog.version.c
        joined = catalog.release.join(
            catalog.version, (v.release == r.id) & (v.ordinal == r.version)
        )
        columns = (
            r.office,
            v.language,
            func.count().label("number"),
            func.min(v.published).label("first"),
            func.max(v.published).label("last"),
            func.count(v.published).label("dated"),
        )
        with self.writing() as connection:
            rows = connection.execute(
                select(*columns).select_from(joined).group_by(r.office, v.language)
            ).all()
        return [
            read_coverage(name, [row for row in rows if row.office == name])
            for name in sorted({row.office for row in rows})
        ]

    def runs(self) -> dict[str, tuple[datetime, dict[str, Any]]]:
        """The last run of each office: when it began, and its report."""
        newest = select(func.max(catalog.run.c.id)).group_by(catalog.run.c.office)
        with self.writing() as connection:
            rows = connection.execute(select(catalog.run).where(catalog.run.c.id.in_(newest))).all()
        return {row.office: (row.started_at, row.report) for row in rows}

    def visited_files(self) -> dict[str, int]:
        """The WARC files that last answers stand in, with how many of them."""
        c = catalog.visit.c
        query = select(c.warc_file, func.count()).group_by(c.warc_file).order_by(c.warc_file)
        with self.writing() as connection:
            return {name: int(number) for name, number in connection.execute(query)}

    def places(self) -> Iterator[tuple[str, str, Place, str]]:
        """Each version's release id, answering URL, place and sha256, in the archive's order."""
        v = catalog.version.c
        query = select(v.release, v.asked_url, v.warc_file, v.warc_offset, v.sha256).order_by(
            v.warc_file, v.warc_offset
        )
        with self.writing() as connection:
            for row in connection.execution_options(yield_per=500).execute(query):
                yield row.release, row.asked_url, Place(row.warc_file, row.warc_offset), row.sha256


def _next_revision(connection: Connection) -> int:
    """Taken in the change's own transaction: the row's lock makes revisions appear in order."""
    where = catalog.about.c.key == "revision"
    connection.execute(update(catalog.about).where(where).values(value=catalog.about.c.value + 1))
    return int(connection.execute(select(catalog.about.c.value).where(where)).scalar_one())


def _insert_version(connection: Connection, id_: str, ordinal: int, values: dict[str, Any]) -> None:
    connection.execute(insert(catalog.version), {"release": id_, "ordinal": ordinal} | values)


def _complete_version(
    connection: Connection, id_: str, ordinal: int, values: dict[str, Any]
) -> None:
    where = (catalog.version.c.release == id_) & (catalog.version.c.ordinal == ordinal)
    connection.execute(update(catalog.version).where(where), values)
