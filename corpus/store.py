"""The store: releases, their versions, when each was seen. Nothing is ever deleted by a crawl."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from corpus import catalog
from corpus.archive import Place
from corpus.catalog import open_catalog
from corpus.errors import StoreError
from corpus.release import (
    FACTS,
    Alternate,
    Attachment,
    Draft,
    Provenance,
    Release,
    Version,
    release_id,
)
from corpus.settings import Settings

Outcome = Literal["new", "changed", "same"]


@dataclass(frozen=True)
class Visit:
    """The last whole answer of a URL: what makes the next request conditional, and where the answer
    stands.
    """

    etag: str | None
    last_modified: str | None
    fetched_at: datetime
    sha256: str
    place: Place


@dataclass(frozen=True)
class Coverage:
    """What is held of an office: releases, their first and last date, and how many have no date."""

    office: str
    releases: int
    first: date | None
    last: date | None
    undated: int
    languages: dict[str, int]


class Store:
    """The catalog of one data folder. Every method is one transaction; `writing` makes one of
    several.
    """

    def __init__(self, settings: Settings) -> None:
        self.url = settings.catalog_url
        self.engine = open_catalog(self.url)

    def close(self) -> None:
        """Let go of the database's files and connections."""
        self.engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it is kept, or none. Raises StoreError with the database's own
        words.
        """
        try:
            with self.engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(
                f"The catalog {self.url} cannot be used: {getattr(error, 'orig', None) or error}."
            ) from error

    # writing

    def add(
        self, connection: Connection, office: str, url: str, draft: Draft, found: Provenance, seen_at: datetime,
        silent: frozenset[str],
    ) -> Outcome:  # fmt: skip
        """Record what an office states at a canonical URL. A version is added only where a stated
        fact differs.

        `seen_at` can be later than the observation: the office answered that it still holds (304).
        `silent` facts are not stated by this route: what was known of them stays, and what was
        unknown can be
        learned later from another route without counting as a change.
        """
        id_ = release_id(office, url)
        values = _values(draft, found) | dict.fromkeys(silent)
        old = connection.execute(_current().where(catalog.release.c.id == id_)).one_or_none()
        if old is None:
            connection.execute(
                insert(catalog.release),
                {"id": id_, "office": office, "url": url, "first_seen": found.fetched_at, "last_seen": seen_at,
                 "version": 1, "revision": _next_revision(connection)},
            )  # fmt: skip
            _insert_version(connection, id_, 1, values)
            return "new"
        values |= {name: getattr(old, name) for name in silent}
        if _differ(old, values):
            connection.execute(
                update(catalog.release).where(catalog.release.c.id == id_),
                {
                    "version": old.version + 1,
                    "revision": _next_revision(connection),
                    "last_seen": seen_at,
                },
            )
            _insert_version(connection, id_, old.version + 1, values)
            return "changed"
        learned = {
            name: values[name]
            for name in FACTS
            if getattr(old, name) is None and values[name] is not None
        }
        seen: dict[str, Any] = {"last_seen": max(old.last_seen, seen_at)}
        if learned:
            seen["revision"] = _next_revision(connection)
            where = (catalog.version.c.release == id_) & (catalog.version.c.ordinal == old.version)
            connection.execute(update(catalog.version).where(where), learned)
        connection.execute(update(catalog.release).where(catalog.release.c.id == id_), seen)
        return "same"

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
        """Note that a release still stands unchanged, and give it; None when there is no such
        release.
        """
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
            row = connection.execute(_current().where(catalog.release.c.id == id_)).one_or_none()
        return row and _release(row)

    def releases(self, office: str | None = None, after_revision: int = 0) -> Iterator[Release]:
        """Releases as they stand now, in the order of their last change; streamed, whatever their
        number.
        """
        query = (
            _current()
            .where(catalog.release.c.revision > after_revision)
            .order_by(catalog.release.c.revision)
        )
        if office:
            query = query.where(catalog.release.c.office == office)
        with self.writing() as connection:
            for row in connection.execution_options(yield_per=500).execute(query):
                yield _release(row)

    def versions(self, id_: str) -> list[Version]:
        """Every version of a release, oldest first."""
        with self.writing() as connection:
            v = catalog.version.c
            rows = connection.execute(
                select(catalog.version).where(v.release == id_).order_by(v.ordinal)
            ).all()
        return [
            Version(
                row.ordinal,
                row.observed_at,
                row.title,
                row.published,
                tuple(row.body),
                _provenance(row),
            )
            for row in rows
        ]

    def revision(self) -> int:
        """The number of the newest change: an index that has seen it is up to date."""
        with self.writing() as connection:
            return int(
                connection.scalar(
                    select(catalog.about.c.value).where(catalog.about.c.key == "revision")
                )
                or 0
            )

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
            func.count(),
            func.min(v.published),
            func.max(v.published),
            func.count(v.published),
        )
        with self.writing() as connection:
            rows = connection.execute(
                select(*columns).select_from(joined).group_by(r.office, v.language)
            ).all()
        return [
            _coverage(name, [row for row in rows if row[0] == name])
            for name in sorted({row[0] for row in rows})
        ]

    def runs(self) -> dict[str, tuple[datetime, dict[str, Any]]]:
        """The last run of each office: when it began, and its report."""
        newest = select(func.max(catalog.run.c.id)).group_by(catalog.run.c.office)
        with self.writing() as connection:
            rows = connection.execute(select(catalog.run).where(catalog.run.c.id.in_(newest))).all()
        return {row.office: (row.started_at, row.report) for row in rows}

    def places(self) -> Iterator[tuple[str, str, Place, str]]:
        """Every version's release id, URL asked for, place in the archive and sha256, in the
        archive's order.
        """
        v = catalog.version.c
        query = select(v.release, v.asked_url, v.warc_file, v.warc_offset, v.sha256).order_by(
            v.warc_file, v.warc_offset
        )
        with self.writing() as connection:
            for row in connection.execution_options(yield_per=500).execute(query):
                yield row.release, row.asked_url, Place(row.warc_file, row.warc_offset), row.sha256


def _current() -> Select[Any]:
    r, v = catalog.release.c, catalog.version.c
    columns = [each for each in v if each.name != "release"]
    joined = catalog.release.join(catalog.version, (v.release == r.id) & (v.ordinal == r.version))
    return select(
        r.id, r.office, r.url, r.first_seen, r.last_seen, r.version, *columns
    ).select_from(joined)


def _next_revision(connection: Connection) -> int:
    """Taken inside the transaction of the change: the row's lock makes revisions appear in their
    order.
    """
    where = catalog.about.c.key == "revision"
    connection.execute(update(catalog.about).where(where).values(value=catalog.about.c.value + 1))
    return connection.execute(select(catalog.about.c.value).where(where)).scalar_one()


def _values(draft: Draft, found: Provenance) -> dict[str, Any]:
    """A draft and its provenance as a row of `version`; lists and dataclasses as JSON takes them."""
    facts = {k: v for k, v in asdict(draft).items() if k not in ("url", "part")}
    seen = asdict(found)
    return facts | {"asked_url": seen.pop("url"), "observed_at": seen.pop("fetched_at")} | seen


def _differ(old: Row[Any], values: dict[str, Any]) -> bool:
    """Whether a stated fact differs; attachments that were unknown so far are learned, not changed."""
    for name in FACTS:
        was, now = getattr(old, name), values[name]
        if was != now and not (name == "attachments" and None in (was, now)):
            return True
    return False


def _insert_version(connection: Connection, id_: str, ordinal: int, values: dict[str, Any]) -> None:
    connection.execute(insert(catalog.version), {"release": id_, "ordinal": ordinal} | values)


def _provenance(row: Row[Any]) -> Provenance:
    return Provenance(
        row.asked_url,
        row.observed_at,
        row.sha256,
        row.warc_file,
        row.warc_offset,
        row.reader,
        row.reader_version,
        row.part_sha256,
    )


def _release(row: Row[Any]) -> Release:
    return Release(
        id=row.id, office=row.office, url=row.url, language=row.language, title=row.title, published=row.published,
        body=tuple(row.body), place=row.place, signature=row.signature, number=row.number, topics=tuple(row.topics),
        components=tuple(row.components), kind=row.kind,
        attachments=None if row.attachments is None else tuple(Attachment(**each) for each in row.attachments),
        alternates=tuple(Alternate(**each) for each in row.alternates),
        provenance=_provenance(row), first_seen=row.first_seen, last_seen=row.last_seen, version=row.version,
    )  # fmt: skip


def _coverage(name: str, rows: Sequence[Row[Any]]) -> Coverage:
    total = sum(row[2] for row in rows)
    return Coverage(
        office=name,
        releases=total,
        first=min((row[3] for row in rows if row[3]), default=None),
        last=max((row[4] for row in rows if row[4]), default=None),
        undated=total - sum(row[5] for row in rows),
        languages={row[1]: row[2] for row in rows},
    )
