"""From a page's drafts to staged observations: the gate, what differs, and how it is known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from corpus.catalog.mapping import Visit, as_json, version_values
from corpus.catalog.versioning import compare, is_same_bytes
from corpus.errors import StoreError
from corpus.evidence.exchanges import Answer, EvidenceRef, ParsedPage, read, read_anew
from corpus.issue import Issue
from corpus.reading import validation
from corpus.reading.source import Route
from corpus.release import Draft, Provenance, Release, sha256
from corpus.review.office_validation import OfficeGate
from corpus.review.report import CrawlReport, stated_facts
from corpus.review.staging import Observed, Staging
from corpus.settings import Settings
from corpus.sources import office
from corpus.warc.archive import read_response


class Intake:
    """Takes what readers found, and stages what may enter, with the visit, in one transaction."""

    def __init__(
        self, route: Route, settings: Settings, staging: Staging, report: CrawlReport
    ) -> None:
        self.name, self.source, self.route = staging.office, office(staging.office), route
        self.settings, self.staging, self.report = settings, staging, report
        self.store = staging.store
        self.gate = OfficeGate(self.name, self.store, settings)
        # A listing that carries releases is read anew once for all of them.
        self._read_last: tuple[EvidenceRef, Answer, ParsedPage | Issue] | None = None

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
        refused = news = 0
        ids = [self.staging.id_of(draft.url or wanted[0]) for draft in drafts]
        staged = self.staging.staged(ids)
        fresh = {id_: draft for id_, draft in zip(ids, drafts, strict=True) if id_ not in staged}
        known = {each.id: each for each in self.store.get_many(fresh, with_withheld=True)}
        seen_at = seen_again or visit.fetched_at
        with self.store.writing() as connection:
            for id_, draft in fresh.items():
                url = self.store.known_url(self.name, draft.url or wanted[0])
                if issue := self._check(draft, url):
                    refused += 1
                    self.report.note_refused(issue)
                    if id_ in known:
                        self.staging.add(connection, Observed(id_, url, "listed", seen_at))
                    continue
                found = self._provenance(draft, answered, visit)
                news += self._stage(connection, (id_, url), draft, found, known.get(id_), seen_at)
            if not seen_again and (not refused or refused < len(drafts)):
                self.staging.add_visit(connection, *wanted, visit)
        return news

    def _check(self, draft: Draft, url: str) -> Issue | None:
        return self.gate.check(draft, url, datetime.now(UTC).date())

    def _stage(
        self,
        connection: Connection,
        at: tuple[str, str],
        draft: Draft,
        found: Provenance,
        known: Release | None,
        seen_at: datetime,
    ) -> bool:
        """Stage a release, and report it; whether it is new or changed."""
        facts = version_values(draft, found, self.route.silent_on(draft))
        reread = self._reread(known, facts, at[1])
        outcome, is_needed = compare(connection, at[0], facts, reread)
        stated = stated_facts(draft)
        seen = Observed(*at, outcome, seen_at, draft.language, stated)
        if is_needed:
            held = reread and as_json(reread)
            seen = Observed(*at, outcome, seen_at, draft.language, stated, as_json(facts), held)
        self.staging.add(connection, seen)
        self.report.note_release(outcome, draft.language, stated)
        self.report.note_remarks(validation.remarks(draft, at[1], self.source))
        return outcome != "same"

    def _reread(
        self, known: Release | None, facts: dict[str, Any], url: str
    ) -> dict[str, Any] | None:
        """What today's reader makes of the answer that the newest version is from.

        None where that was read by today's reader, came again as it was, or cannot be read any
        more.
        """
        old = known.provenance if known else None
        if known is None or old is None or old.origin or is_same_bytes(old, facts):
            return None
        if old.reader_version == self.source.version:
            return None
        location = old.location
        if self._read_last is None or self._read_last[0].location != location:
            try:
                record = read_response(self.settings.archive, location)
            except StoreError:
                return None
            answer = Answer(record, url, known.language)
            where = EvidenceRef(self.name, self.source, location)
            self._read_last = (
                where,
                answer,
                read(answer, self.source, self.settings.reading_s, old.reader),
            )
        found = read_anew(*self._read_last, url)
        return None if isinstance(found, Issue) else found

    def _provenance(self, draft: Draft, url: str, visit: Visit) -> Provenance:
        return Provenance(
            url=url,
            fetched_at=visit.fetched_at,
            sha256=visit.sha256,
            warc_file=visit.location.warc_file,
            warc_offset=visit.location.warc_offset,
            reader=f"{self.name}/{self.route.reader(draft)}",
            reader_version=self.source.version,
            part_sha256=sha256(draft.part) if draft.part else None,
        )
