"""The store: releases, their versions, when each was seen. Nothing is ever deleted by a crawl."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import SQLAlchemyError

from corpus.catalog import withholding
from corpus.catalog.address_spellings import older_spellings
from corpus.catalog.attachments import count_attached
from corpus.catalog.attestation import Attestor
from corpus.catalog.coverage import read_coverage
from corpus.catalog.crawl_history import read_open_runs
from corpus.catalog.ledger import Entry, count_ledger, read_history, read_ledger
from corpus.catalog.mapping import (
    Visit,
    put_visit,
    read_release,
    read_versions,
    read_visits,
    version_values,
)
from corpus.catalog.near_duplicates import count_copies, read_copies, read_groups
from corpus.catalog.row_check import unreadable
from corpus.catalog.versioning import Outcome, record
from corpus.catalog.withholding import read_log, read_public_runs
from corpus.database import tables
from corpus.database.batches import RELEASES_AT_ONCE, chunks, streamed
from corpus.database.current import (
    count_readers,
    count_releases,
    current_releases,
    read_first_seen,
    read_ids,
    read_ids_until,
    read_last_withheld_at,
    read_undated,
    read_withheld,
    text_size,
)
from corpus.database.opening import check_pages, failed, not_whole, open_catalog, shown
from corpus.database.sequence import hold, read_revision
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

Given = ParamSpec("Given")
Found = TypeVar("Found")


def _reading(
    function: Callable[Concatenate[Connection, Given], Found],
) -> Callable[Concatenate[Store, Given], Found]:
    """A function that reads from a connection, as a method that is one transaction."""

    @wraps(function)
    def read(store: Store, /, *given: Given.args, **options: Given.kwargs) -> Found:
        with store.reading() as connection:
            return function(connection, *given, **options)

    return read


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
            suspect = self.attestor.pending(connection, MADE, REVISED)
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

    add_visit = staticmethod(put_visit)

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

    ids = _reading(read_ids)
    ids_until = _reading(read_ids_until)
    undated = _reading(read_undated)
    first_seen = _reading(read_first_seen)
    withheld = _reading(read_withheld)
    last_withheld_at = _reading(read_last_withheld_at)
    withholding_log = _reading(read_log)
    count = _reading(count_releases)
    text_size = _reading(text_size)
    readers = _reading(count_readers)
    revision = _reading(read_revision)
    coverage = _reading(read_coverage)
    attached = _reading(count_attached)
    runs = _reading(read_public_runs)
    open_runs = _reading(read_open_runs)
    ledger = _reading(read_ledger)
    ledger_counts = _reading(count_ledger)
    history = _reading(read_history)
    versions_of = _reading(read_versions)
    visits = _reading(read_visits)
    copies = _reading(read_copies)
    copy_counts = _reading(count_copies)
    copy_groups = _reading(read_groups)

    def visit(self, office: str, url: str, language: str) -> Visit | None:
        """The last whole answer of a URL in a language ("" where none was asked for)."""
        return self.visits(office, [url], language).get(url)

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
        for some in chunks(ids, RELEASES_AT_ONCE):
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

    def versions(self, id_: str) -> list[Version]:
        """Every version of a release that is no repeat, oldest first, other people's among ours."""
        return self.versions_of([id_]).get(id_, [])

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
