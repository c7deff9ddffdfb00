"""From a page's drafts to staged observations: the gate, what differs, and how it is known."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from corpus import gate
from corpus.archive import Place, read_response, sha256
from corpus.baseline import furniture, newest_places
from corpus.errors import PageError, StoreError
from corpus.gate import Refusal
from corpus.observation import compare
from corpus.page import Page
from corpus.release import Draft, Provenance, Release, release_id
from corpus.report import CrawlReport, stated_facts
from corpus.rows import Visit, as_json, version_values
from corpus.settings import Settings
from corpus.source import Route, Source
from corpus.staging import Observed, Staging

# So many pages tell whether an office ends its pages as HTML says; not all do.
ENDS = 3
END, END_BYTES = b"</html", 2000


class Intake:
    """Takes what readers found, and stages what may enter, with the visit, in one transaction."""

    def __init__(
        self,
        source: Source,
        route: Route,
        settings: Settings,
        staging: Staging,
        report: CrawlReport,
    ) -> None:
        self.name, self.source, self.route = staging.office, source, route
        self.settings, self.staging, self.report = settings, staging, report
        self.store = staging.store
        self.newest: date | None = None

    def id_of(self, url: str) -> str:
        """The id of the release at a URL, canonical or not."""
        return release_id(self.name, self.source.canonical(url))

    def keep(
        self,
        drafts: list[Draft],
        wanted: tuple[str, str],
        answered: str,
        visit: Visit,
        seen_again: datetime | None,
    ) -> int:
        """Stage what may enter; how many of the drafts are new or changed.

        `answered` is the URL that answered, after redirects; `seen_again` is when the office said
        that an answer we have still holds (304). An answer of which nothing may enter is not
        remembered: the next visit asks for it whole.
        """
        before, refused = self.report.news, 0
        ids = [self.id_of(draft.url or wanted[0]) for draft in drafts]
        staged = self.staging.staged(ids)
        for draft in drafts:
            self.note_date(draft.published)
        fresh = {id_: draft for id_, draft in zip(ids, drafts, strict=True) if id_ not in staged}
        known = {id_: self.store.get(id_, sealed=True) for id_ in fresh}
        with self.store.writing() as connection:
            for id_, draft in fresh.items():
                found = self._provenance(draft, answered, visit)
                seen_at = seen_again or visit.fetched_at
                url = self.source.canonical(draft.url or wanted[0])
                if refusal := self._check(draft, url):
                    refused += 1
                    self.report.refused.append(refusal)
                    if known[id_]:
                        self.staging.add(connection, Observed(id_, url, "listed", seen_at))
                    continue
                self._stage(connection, (id_, url), draft, found, known[id_], seen_at)
            if not seen_again and (not refused or refused < len(drafts)):
                self.staging.add_visit(connection, *wanted, visit)
        return self.report.news - before

    def note_date(self, published: date | None) -> None:
        """Remember the newest day that the releases of a listing page have."""
        self.newest = max(filter(None, (self.newest, published)), default=None)

    def _check(self, draft: Draft, url: str) -> Refusal | None:
        return gate.check(draft, url, self.source, datetime.now(UTC).date(), self.furniture)

    def check_end(self, page: Page) -> Refusal | None:
        """Whether a page breaks off before its end, where the office's pages have one."""
        has_end = END in page.body[-END_BYTES:].lower()
        if not has_end and len(self._ends) >= ENDS and all(self._ends):
            reason = "It breaks off before </html>, which this office's pages end with."
            return Refusal(page.url, "truncated", reason)
        self._ends.append(has_end)
        return None

    @cached_property
    def _ends(self) -> deque[bool]:
        """Whether the last pages had their end: those of earlier runs, then those of this one."""
        with self.store.writing() as connection:
            places = newest_places(connection, self.name, self.route.name, ENDS)
        bodies = [read_response(self.settings.archive, place).body for place in places]
        return deque((END in body[-END_BYTES:].lower() for body in bodies), maxlen=4 * ENDS)

    @cached_property
    def furniture(self) -> frozenset[str]:
        """The paragraphs that most releases of the office share."""
        with self.store.writing() as connection:
            return furniture(connection, self.name)

    def _stage(
        self,
        connection: Connection,
        at: tuple[str, str],
        draft: Draft,
        found: Provenance,
        known: Release | None,
        seen_at: datetime,
    ) -> None:
        facts, reread = self._facts(draft, found), self._reread(known, found, at[1])
        outcome, is_needed = compare(connection, at[0], facts, reread)
        stated = stated_facts(draft)
        seen = Observed(*at, outcome, seen_at, draft.language, stated)
        if is_needed:
            held = reread and as_json(reread)
            seen = Observed(*at, outcome, seen_at, draft.language, stated, as_json(facts), held)
        self.staging.add(connection, seen)
        self.report.count(outcome, draft.language, stated)
        self.report.remarks += gate.remarks(draft, at[1], self.source)

    def _facts(self, draft: Draft, found: Provenance) -> dict[str, Any]:
        values = version_values(draft, found)
        return {name: value for name, value in values.items() if name not in self.route.silent}

    def _reread(self, known: Release | None, found: Provenance, url: str) -> dict[str, Any] | None:
        """What today's reader makes of the answer that the newest version is from.

        None where that was read by today's reader, or on another route, or cannot be read any more.
        """
        if known is None or known.provenance.origin or known.provenance.reader != found.reader:
            return None
        old = known.provenance
        if old.reader_version == found.reader_version:
            return None
        try:
            place = Place(old.warc_file, old.warc_offset)
            kept = read_response(self.settings.archive, place)
            page = Page(kept.url, kept.body, known.language if self.route.languages else None)
            # A release with a part of its own came in a listing.
            drafts = (
                self.route.links(page).drafts if old.part_sha256 else [self.route.release(page)]
            )
        except (PageError, StoreError):
            return None
        for draft in drafts:
            if draft.url is None or self.source.canonical(draft.url) == url:
                part = sha256(draft.part) if draft.part else None
                read = replace(old, reader_version=found.reader_version, part_sha256=part)
                return self._facts(draft, read)
        return None

    def _provenance(self, draft: Draft, url: str, visit: Visit) -> Provenance:
        return Provenance(
            url=url,
            fetched_at=visit.fetched_at,
            sha256=visit.sha256,
            warc_file=visit.place.warc_file,
            warc_offset=visit.place.warc_offset,
            reader=f"{self.name}/{self.route.name}",
            reader_version=self.source.version,
            part_sha256=sha256(draft.part) if draft.part else None,
        )
