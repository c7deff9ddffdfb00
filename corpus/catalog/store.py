"""The store: releases, their versions, and when each was seen. A crawl never deletes anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from itertools import chain
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, insert, select

from corpus.catalog import withholding
from corpus.catalog.attachments import count_attachments
from corpus.catalog.cases import cut_link, read_case, read_cases, read_cuts, undo_cut
from corpus.catalog.coverage import read_coverage
from corpus.catalog.crawl_history import read_open_runs
from corpus.catalog.ledger import Entry, count_ledger, read_history, read_ledger
from corpus.catalog.mapping import (
    Visit,
    read_facts,
    read_versions,
    read_visits,
    release_from_row,
    save_visit,
    version_values,
)
from corpus.catalog.near_duplicates import count_near_duplicates, read_groups, read_near_duplicates
from corpus.catalog.transactions import Catalog
from corpus.catalog.versioning import Outcome, record_observation
from corpus.catalog.withholding import read_log, read_public_runs
from corpus.database import tables
from corpus.database.batches import RELEASES_AT_ONCE, chunks, stream_rows
from corpus.database.current import (
    count_readers,
    count_releases,
    current_releases,
    older_spellings,
    read_first_seen,
    read_ids,
    read_ids_until,
    read_last_withheld_at,
    read_linking,
    read_undated,
    read_withheld,
    text_size,
)
from corpus.database.sequence import read_revision
from corpus.release import (
    Alternate,
    Draft,
    LinkedRelease,
    Provenance,
    RecordLocation,
    Release,
    Version,
    release_id,
)
from corpus.settings import Settings
from corpus.sources import offices

__all__ = ["Entry", "Outcome", "Store", "Visit"]

P = ParamSpec("P")
R = TypeVar("R")
AnyLink = TypeVar("AnyLink", Alternate, LinkedRelease)


def _reading(
    function: Callable[Concatenate[Connection, P], R],
) -> Callable[Concatenate[Store, P], R]:
    """Turn a function that reads from a connection into a method that is one transaction."""

    @wraps(function)
    def read(store: Store, /, *args: P.args, **options: P.kwargs) -> R:
        with store.reading() as connection:
            return function(connection, *args, **options)

    return read


class Store(Catalog):
    """The catalog of one data folder. Each method is one transaction; `reading` and `writing`
    combine several. Methods for public pages leave withheld releases out.
    """

    def __init__(self, settings: Settings, *, make: bool = True, upgrade: bool = True) -> None:
        """Raises NoCatalogError where there is no catalog and `make` is not set. An earlier format
        is upgraded if `upgrade` is set; else reading waits until another program does that.
        """
        super().__init__(settings, make=make, upgrade=upgrade)
        self._older_spellings: dict[str, dict[str, str]] = {}

    # writing

    def add(
        self,
        connection: Connection,
        office: str,
        url: str,
        draft: Draft,
        provenance: Provenance,
        seen_at: datetime,
        silent: frozenset[str],
    ) -> Outcome:
        """Record what an office states at a canonical URL; a version only where a fact differs.

        `seen_at` can be later than the observation: the server confirmed it (304). `silent` facts
        are not stated by this route: known ones stay, and unknown ones can be added later by
        another route without counting as a change. Where the same bytes are read differently, our
        reader has changed, not the office: the version is replaced.
        """
        facts = version_values(draft, provenance, silent)
        return record_observation(connection, office, release_id(office, url), url, facts, seen_at)

    add_visit = staticmethod(save_visit)

    def add_run(self, office: str, started_at: datetime, report: dict[str, Any]) -> None:
        """Save the report of a finished run."""
        with self.writing() as connection:
            row = {"office": office, "started_at": started_at, "report": report}
            connection.execute(insert(tables.run), row)

    def withhold(self, id_: str, reason: str, *, undo: bool = False) -> None:
        """Withhold a release, with the reason for the public log; or undo that."""
        with self.changing() as connection:
            if undo:
                withholding.undo(connection, id_, datetime.now(UTC))
            else:
                withholding.withhold(connection, id_, reason, datetime.now(UTC))

    def cut_case(self, one: str, two: str, note: str, *, undo: bool = False) -> None:
        """Tell two releases apart, so that no case contains both; or undo that."""
        with self.changing() as connection:
            if undo:
                undo_cut(connection, one, two)
            else:
                cut_link(connection, one, two, note, datetime.now(UTC))

    # reading

    ids = _reading(read_ids)
    ids_until = _reading(read_ids_until)
    undated = _reading(read_undated)
    first_seen = _reading(read_first_seen)
    last_withheld_at = _reading(read_last_withheld_at)
    withholding_log = _reading(read_log)
    count = _reading(count_releases)
    text_size = _reading(text_size)
    readers = _reading(count_readers)
    revision = _reading(read_revision)
    coverage = _reading(read_coverage)
    attached = _reading(count_attachments)
    runs = _reading(read_public_runs)
    open_runs = _reading(read_open_runs)
    ledger = _reading(read_ledger)
    ledger_counts = _reading(count_ledger)
    history = _reading(read_history)
    facts_of = _reading(read_facts)
    visits = _reading(read_visits)
    linking = _reading(read_linking)
    copies = _reading(read_near_duplicates)
    copy_counts = _reading(count_near_duplicates)
    copy_groups = _reading(read_groups)
    case = _reading(read_case)
    cases = _reading(read_cases)
    case_cuts = _reading(read_cuts)

    def withheld(self, after_revision: int = 0) -> set[str]:
        """The ids of withheld releases, or of those withheld after a revision; of a catalog of an
        earlier format, too, so that the index alone can be searched before an upgrade.
        """
        with self.reading(of_any_format=True) as connection:
            return read_withheld(connection, after_revision)

    def visit(self, office: str, url: str, language: str) -> Visit | None:
        """The last visit of a URL in a language ("" where none was requested)."""
        return self.visits(office, [url], language).get(url)

    def known_url(self, office: str, url: str) -> str:
        """An address as its release's id is made of it: canonical, or as it was first stored."""
        canonical = offices()[office].canonical
        if office not in self._older_spellings:
            with self.reading() as connection:
                spellings = older_spellings(connection, office, canonical)
            self._older_spellings[office] = spellings
        return self._older_spellings[office].get(canonical(url), canonical(url))

    def id_of(self, office: str, url: str) -> str:
        """The id of the release at an address, however that is spelled."""
        return release_id(office, self.known_url(office, url))

    def get(self, id_: str, *, with_withheld: bool = False) -> Release | None:
        """The release with that id; a withheld one only `with_withheld`."""
        return next(iter(self.get_many([id_], with_withheld=with_withheld)), None)

    def get_many(self, ids: Iterable[str], *, with_withheld: bool = False) -> list[Release]:
        """The releases with these ids, in their order, as `get` returns them; no missing ones."""
        releases = []
        for some in chunks(ids, RELEASES_AT_ONCE):
            by_id = self._get_by_id(some, with_withheld=with_withheld)
            releases += [by_id[id_] for id_ in some if id_ in by_id]
        return releases

    def _get_by_id(self, ids: list[str], *, with_withheld: bool) -> dict[str, Release]:
        """Some releases by id; what they link to leaves withheld ones out, too."""
        query = current_releases(with_withheld=with_withheld).where(tables.release.c.id.in_(ids))
        with self.reading() as connection:
            rows = connection.execute(query).all()
        releases = [release_from_row(row) for row in rows]
        if not with_withheld and any(row.has_withheld for row in rows):
            hidden = self.withheld()
            releases = [self._without_links_to(hidden, each) for each in releases]
        return {each.id: each for each in releases}

    def _without_links_to(self, hidden: set[str], release: Release) -> Release:
        """A release without hidden ones among its translations and links."""
        alternates = self._leave_out(hidden, release.office, release.alternates)
        links = release.links and self._leave_out(hidden, release.office, release.links)
        return replace(release, alternates=alternates, links=links)

    def _leave_out(
        self, hidden: set[str], office: str, links: Iterable[AnyLink]
    ) -> tuple[AnyLink, ...]:
        """Links of an office's release without those to hidden ones."""
        if office not in offices():
            return tuple(links)
        return tuple(each for each in links if self.id_of(office, each.url) not in hidden)

    def releases(self, office: str | None = None, after_revision: int = 0) -> Iterator[Release]:
        """Stream releases in the order of their last change."""
        r = tables.release.c
        query = current_releases().where(r.revision > after_revision).order_by(r.revision)
        if office:
            query = query.where(r.office == office)
        with self.reading() as connection:
            yield from map(release_from_row, stream_rows(connection, query))

    def versions(self, id_: str) -> list[Version]:
        """The versions of a release without repeats, oldest first, third parties' among ours."""
        return self.versions_of([id_]).get(id_, [])

    def versions_of(self, ids: Iterable[str]) -> dict[str, list[Version]]:
        """The versions of releases that are not withheld, by id: no repeats, oldest first; their
        links leave withheld ones out, too.
        """
        with self.reading() as connection:
            found = read_versions(connection, ids)
        if hidden := self.withheld():
            for each in chain.from_iterable(found.values()):
                if links := each.facts["links"]:
                    office = each.provenance.reader.partition("/")[0]
                    each.facts["links"] = self._leave_out(hidden, office, links)
        return found

    def locations(self) -> Iterator[tuple[str, str, RecordLocation, str]]:
        """Each version's release id, response URL, location and sha256, in the archive's order."""
        v = tables.version.c
        columns = v.release, v.asked_url, v.warc_file, v.warc_offset, v.sha256
        query = select(*columns).order_by(v.warc_file, v.warc_offset)
        with self.reading() as connection:
            for row in stream_rows(connection, query):
                location = RecordLocation(row.warc_file, row.warc_offset)
                yield row.release, row.asked_url, location, row.sha256
