"""The store: releases, their versions, when each was seen. Nothing is ever deleted by a crawl."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Text, cast, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from corpus.catalog import withholding
from corpus.catalog.address_spellings import older_spellings
from corpus.catalog.attachments import Attached, count_attached
from corpus.catalog.attestation import Attestor
from corpus.catalog.coverage import Coverage, read_coverage
from corpus.catalog.crawl_history import read_open_runs, read_runs
from corpus.catalog.ledger import Entry, count_ledger, read_history, read_ledger
from corpus.catalog.mapping import (
    Visit,
    read_release,
    read_version,
    read_visit,
    version_values,
    visit_values,
)
from corpus.catalog.near_duplicates import Copy, count_copies, read_copies, read_groups
from corpus.catalog.row_check import unreadable
from corpus.catalog.versioning import Outcome, record
from corpus.catalog.withholding import WithholdingEntry, read_log
from corpus.database import tables
from corpus.database.batches import BATCH, chunks, streamed
from corpus.database.current import CURRENT, current_releases, withheld_ids
from corpus.database.opening import check_pages, failed, not_whole, open_catalog, shown
from corpus.database.sequence import hold
from corpus.database.sqlite_file import check_unchanged
from corpus.errors import NoCatalogError
from corpus.plural import pluralize
from corpus.release import (
    LATER,
    MADE,
    REVISED,
    Draft,
    Provenance,
    RecordLocation,
    Release,
    Version,
    release_id,
)
from corpus.settings import Settings
from corpus.sources import offices
from corpus.warc.archive import own_files

__all__ = ["Entry", "Outcome", "Store", "Visit"]


class Store:
    """The catalog of one data folder. Each method is one transaction; `reading` and `writing`
    join several.

    Withheld releases are in nothing that it gives to be shown.
    """

    def __init__(self, settings: Settings, *, make: bool = True) -> None:
        """Raises NoCatalogError where there is no catalog and `make` does not ask for one."""
        self.url = settings.catalog_url
        try:
            self.engine = open_catalog(self.url, make=make)
        except NoCatalogError as error:
            raise NoCatalogError(_missing(settings)) from error
        self._older_spellings: dict[str, dict[str, str]] = {}
        self.attestor = Attestor(settings.archive, settings.warc_mb * 1_000_000)

    def close(self) -> None:
        """Let go of the database's files and connections."""
        self.engine.dispose()

    def check(self) -> None:
        """Raise DamagedCatalogError where the file is not whole, or a row cannot be read."""
        check_pages(self.engine, self.url)
        with self.reading() as connection:
            if found := unreadable(connection):
                raise not_whole(self.url, found)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that writes nothing: it is taken back. Raises StoreError as `writing`."""
        with self._used(), self.engine.connect() as connection:
            yield connection
            check_unchanged(connection)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, kept whole or not at all. Raises StoreError in the database's words."""
        with self._used(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def _used(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise failed(self.url, error, "used") from error

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """`writing` for changes of releases: of two programs one waits, as SQLite makes them.

        Versions that were made or changed are attested at its end.
        """
        with self.writing() as connection:
            hold(connection)
            # What was there before without a record was not made by this program: not attested.
            suspect = self.attestor.left(connection, MADE, REVISED)
            yield connection
            is_over = not connection.in_transaction()  # all was taken back
            while not is_over and self.attestor.attest(connection, MADE, REVISED, but=suspect):
                pass

    def attest_older(self) -> int:
        """Attest some of the versions that have no record yet; how many, 0 when none are left."""
        with self.changing() as connection:
            return self.attestor.attest(connection, LATER)

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
        unknown can be learned later from another route without counting as a change. Where the same
        bytes are read otherwise our reader has changed, not the office: the version is replaced.
        """
        facts = version_values(draft, found, silent)
        return record(connection, office, release_id(office, url), url, facts, seen_at)

    def add_visit(
        self, connection: Connection, office: str, url: str, language: str, visit: Visit
    ) -> None:
        """Remember the last whole answer of a URL. Replaces what was remembered of it."""
        key = {"office": office, "url": url, "language": language}
        where = [tables.visit.c[name] == value for name, value in key.items()]
        values = visit_values(visit)
        if connection.execute(update(tables.visit).where(*where), values).rowcount == 0:
            connection.execute(insert(tables.visit), key | values)

    def add_run(self, office: str, started_at: datetime, report: dict[str, Any]) -> None:
        """Keep the report of a run that is over."""
        with self.writing() as connection:
            connection.execute(
                insert(tables.run), {"office": office, "started_at": started_at, "report": report}
            )

    def withhold(self, id_: str, reason: str, *, undo: bool = False) -> None:
        """Take a release out of sight, for a reason that the public log gives; or bring it back."""
        with self.changing() as connection:
            if undo:
                withholding.undo(connection, id_, datetime.now(UTC))
            else:
                withholding.withhold(connection, id_, reason, datetime.now(UTC))

    # reading

    def visit(self, office: str, url: str, language: str) -> Visit | None:
        """The last whole answer of a URL in a language ("" where none was asked for)."""
        return self.visits(office, [url], language).get(url)

    def visits(self, office: str, urls: Iterable[str], language: str) -> dict[str, Visit]:
        """The last whole answers of these URLs, by URL; those that gave none are left out."""
        v = tables.visit.c
        found: dict[str, Visit] = {}
        for some in chunks(urls):
            here = (v.office == office, v.url.in_(some), v.language == language)
            with self.reading() as connection:
                rows = connection.execute(select(tables.visit).where(*here))
                found |= {row.url: read_visit(row) for row in rows}
        return found

    def known_url(self, office: str, url: str) -> str:
        """The spelling of an address that its release is known by, and its id made of: the
        canonical one, unless the catalog keeps the release under an older one.
        """
        canonical = offices()[office].canonical
        if office not in self._older_spellings:
            with self.reading() as connection:
                found = older_spellings(connection, office, canonical)
            self._older_spellings[office] = found
        return self._older_spellings[office].get(canonical(url), canonical(url))

    def id_of(self, office: str, url: str) -> str:
        """The id of the release at an address, however that is spelled."""
        return release_id(office, self.known_url(office, url))

    def get(self, id_: str, *, with_withheld: bool = False) -> Release | None:
        """The release of that id as it stands now; one that is withheld only `with_withheld`."""
        return next(iter(self.get_many([id_], with_withheld=with_withheld)), None)

    def get_many(self, ids: Iterable[str], *, with_withheld: bool = False) -> list[Release]:
        """The releases of these ids in their order, each as `get` gives it; those that it does not
        give are left out.
        """
        found = []
        for some in chunks(ids, BATCH):
            held = self._held(some, with_withheld=with_withheld)
            found += [held[id_] for id_ in some if id_ in held]
        return found

    def _held(self, ids: list[str], *, with_withheld: bool) -> dict[str, Release]:
        """Some releases by id."""
        query = current_releases(with_withheld=with_withheld).where(tables.release.c.id.in_(ids))
        with self.reading() as connection:
            found = [read_release(row) for row in connection.execute(query)]
        return {each.id: each for each in (found if with_withheld else self._shown(found))}

    def _shown(self, releases: list[Release]) -> list[Release]:
        """Releases that name no withheld ones as their translations."""
        hidden = self.withheld() if any(each.alternates for each in releases) else None
        return [self._without(each, hidden) for each in releases] if hidden else releases

    def _without(self, release: Release, hidden: set[str]) -> Release:
        """A release that names none of these as its translation."""
        if release.office not in offices():
            return release
        left = [a for a in release.alternates if self.id_of(release.office, a.url) not in hidden]
        return replace(release, alternates=tuple(left))

    def first_seen(self, ids: Iterable[str]) -> dict[str, datetime]:
        """When we first saw each of these releases, by id: all there is of an undated one."""
        r, wanted = tables.release.c, list(ids)
        if not wanted:
            return {}
        with self.reading() as connection:
            seen = r.id.in_(wanted) & r.first_seen.is_not(None)
            rows = connection.execute(select(r.id, r.first_seen).where(seen))
            return {row.id: row.first_seen for row in rows}

    def undated(self) -> list[str]:
        """The ids of the releases without a date, those that we saw first most lately before."""
        r, v = tables.release.c, tables.version.c
        query = (
            select(r.id)
            .select_from(CURRENT)
            .where(v.published.is_(None), r.id.not_in(withheld_ids()))
            .order_by(func.coalesce(r.first_seen, v.observed_at).desc(), r.id.desc())
        )
        with self.reading() as connection:
            return list(connection.scalars(query))

    def releases(self, office: str | None = None, after_revision: int = 0) -> Iterator[Release]:
        """Releases as they stand now, streamed, in the order of their last change."""
        query = (
            current_releases()
            .where(tables.release.c.revision > after_revision)
            .order_by(tables.release.c.revision)
        )
        if office:
            query = query.where(tables.release.c.office == office)
        with self.reading() as connection:
            for row in streamed(connection, query):
                yield read_release(row)

    def ids(self, after_revision: int = 0) -> set[str]:
        """The ids of all releases, or of those that changed after a revision, withheld ones
        included.
        """
        r = tables.release.c
        with self.reading() as connection:
            return set(connection.scalars(select(r.id).where(r.revision > after_revision)))

    def ids_until(self, revision: int, most: int) -> list[str]:
        """The ids of the releases whose last change is of a revision or before, newest first."""
        r = tables.release.c
        query = (
            current_releases()
            .with_only_columns(r.id)
            .where(r.revision <= revision)
            .order_by(r.revision.desc())
            .limit(most)
        )
        with self.reading() as connection:
            return list(connection.scalars(query))

    def versions(self, id_: str) -> list[Version]:
        """Every version of a release that is no repeat, oldest first, other people's among ours."""
        return self.versions_of([id_]).get(id_, [])

    def versions_of(self, ids: Iterable[str]) -> dict[str, list[Version]]:
        """The versions of these releases by id, each as `versions` gives them."""
        v = tables.version.c
        found: dict[str, list[Version]] = {}
        for some in chunks(dict.fromkeys(ids), BATCH):
            query = (
                select(tables.version)
                .where(v.release.in_(some), ~v.is_repeat, v.release.not_in(withheld_ids()))
                .order_by(v.observed_at, v.ordinal)
            )
            with self.reading() as connection:
                for row in connection.execute(query):
                    found.setdefault(row.release, []).append(read_version(row))
        return found

    def ledger(
        self,
        *,
        before: int | None = None,
        size: int = 50,
        office: str | None = None,
        kind: str | None = None,
    ) -> list[Entry]:
        """The newest changes, removals and returns; those older than entry `before` for a page."""
        with self.reading() as connection:
            return read_ledger(connection, before, size, office, kind)

    def ledger_counts(self) -> dict[tuple[str, str], int]:
        """How many entries of the ledger each office has of each kind."""
        with self.reading() as connection:
            return count_ledger(connection)

    def history(self, id_: str) -> list[Entry]:
        """All that became of a release, oldest first; empty where there is none."""
        with self.reading() as connection:
            return read_history(connection, id_)

    def copies(self, id_: str) -> list[Copy]:
        """Releases with nearly the same body, the most alike first."""
        with self.reading() as connection:
            return read_copies(connection, id_)

    def copy_counts(self, ids: Iterable[str]) -> dict[str, int]:
        """How many copies each of these releases has; those with none are left out."""
        with self.reading() as connection:
            return count_copies(connection, ids)

    def copy_groups(self) -> dict[str, str]:
        """The group of each release that has copies; releases of one group are copies of others in
        it.
        """
        with self.reading() as connection:
            return read_groups(connection)

    def withheld(self, after_revision: int = 0) -> set[str]:
        """The ids that are out of sight, or those that went so after a revision."""
        r = tables.release.c
        query = select(r.id).where(r.id.in_(withheld_ids()), r.revision > after_revision)
        with self.reading() as connection:
            return set(connection.scalars(query))

    def last_withheld_at(self) -> datetime | None:
        """When the last of those went out of sight."""
        c = tables.suppression.c
        query = select(c.at).where(c.undone_at.is_(None)).order_by(c.at.desc()).limit(1)
        with self.reading() as connection:
            return connection.scalar(query)

    def withholding_log(self) -> list[WithholdingEntry]:
        """The public log of what was withheld, newest first; it names no release."""
        with self.reading() as connection:
            return read_log(connection)

    def revision(self) -> int:
        """The number of the newest change: an index that has seen it is up to date."""
        with self.reading() as connection:
            about = tables.about.c
            query = select(about.value).where(about.key == "revision")
            return int(connection.execute(query).scalar_one())

    def count(self) -> int:
        """How many releases there are."""
        query = select(func.count()).where(tables.release.c.id.not_in(withheld_ids()))
        with self.reading() as connection:
            return connection.scalar(query.select_from(tables.release)) or 0

    def text_size(self) -> int:
        """How many bytes titles and bodies of all releases take in the catalog."""
        v = tables.version.c
        size = func.length(v.title) + func.length(cast(v.body, Text))
        query = current_releases().with_only_columns(func.sum(size))
        with self.reading() as connection:
            return int(connection.scalar(query) or 0)

    def coverage(self) -> list[Coverage]:
        """What is held of each office that holds anything, by name."""
        with self.reading() as connection:
            return read_coverage(connection)

    def runs(self, *, good: bool = False) -> dict[str, tuple[datetime, dict[str, Any]]]:
        """The last run of each office that is over: when it began, and its report, which names no
        withheld release.

        `good`: the last one that was published without an error.
        """
        with self.reading() as connection:
            runs = read_runs(connection, good)
            names = withholding.names(connection)
        return {
            office: (at, withholding.without(names, report))
            for office, (at, report) in runs.items()
        }

    def open_runs(self) -> dict[str, datetime]:
        """When the run of each office began that is under way, or was interrupted."""
        with self.reading() as connection:
            return read_open_runs(connection)

    def readers(self) -> dict[str, int]:
        """How many versions stand as each reader read them."""
        v = tables.version.c
        query = select(v.reader, func.count()).group_by(v.reader)
        with self.reading() as connection:
            return {name: int(number) for name, number in connection.execute(query)}

    def attached(self, office: str) -> Attached:
        """How many attached files an office's releases name, and how many are archived."""
        with self.reading() as connection:
            return count_attached(connection, office)

    def locations(self) -> Iterator[tuple[str, str, RecordLocation, str]]:
        """Each version's release id, answering URL, location and sha256, in the archive's order."""
        v = tables.version.c
        query = select(v.release, v.asked_url, v.warc_file, v.warc_offset, v.sha256).order_by(
            v.warc_file, v.warc_offset
        )
        with self.reading() as connection:
            for row in streamed(connection, query):
                yield (
                    row.release,
                    row.asked_url,
                    RecordLocation(row.warc_file, row.warc_offset),
                    row.sha256,
                )


def _missing(settings: Settings) -> str:
    """That there is no catalog, and what to run."""
    place = shown(settings.catalog) if settings.catalog else str(settings.data)
    if files := len(own_files(settings.archive)):
        return (
            f"There is no catalog in {place}, though the archive in {settings.archive} has"
            f" {pluralize(files, 'file')}: restore the catalog from a backup, or run"
            " `communique verify --repair`, which rebuilds it from the archive."
        )
    setting = "COMMUNIQUE_CATALOG" if settings.catalog else "COMMUNIQUE_DATA"
    return (
        f"There is no catalog in {place}. Run `communique crawl` to make one, or set {setting}"
        " to where yours is."
    )
