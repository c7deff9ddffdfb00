"""From a page's drafts to staged observations: validated, compared, with provenance."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from corpus.catalog.mapping import Visit, as_json, version_values
from corpus.catalog.versioning import compare, is_same_bytes
from corpus.errors import StoreError
from corpus.evidence.exchanges import EvidenceRef, Exchange, ParsedPage, parse_exchange, read_facts
from corpus.issue import Issue
from corpus.reading import validation
from corpus.reading.source import Route
from corpus.release import Draft, Provenance, Release, sha256
from corpus.review.office_validation import OfficeValidator
from corpus.review.report import CrawlReport, stated_facts
from corpus.review.staging import Observation, Staging
from corpus.settings import Settings
from corpus.sources import office
from corpus.warc.archive import read_response


class Ingester:
    """Validates drafts and stages them with the visit, in one transaction."""

    def __init__(
        self, route: Route, settings: Settings, staging: Staging, report: CrawlReport
    ) -> None:
        self.name, self.source, self.route = staging.office, office(staging.office), route
        self.settings, self.staging, self.report = settings, staging, report
        self.store = staging.store
        self.validator = OfficeValidator(self.name, self.store, settings, staging.started_at)
        # A listing that carries releases is parsed again once for all of them.
        self._last_read: tuple[EvidenceRef, Exchange, ParsedPage | Issue] | None = None

    def stage_drafts(
        self,
        drafts: list[Draft],
        request: tuple[str, str],
        page_url: str,
        visit: Visit,
        seen_again: datetime | None,
    ) -> int:
        """Stage the drafts that pass validation; return how many are new or changed.

        `page_url` is the URL after redirects; `seen_again` is when the server confirmed an
        archived response (304). A response of which every draft is refused is not remembered, so
        that the next visit requests it whole.
        """
        refused = changed = 0
        ids = [self.staging.id_of(draft.url or request[0]) for draft in drafts]
        staged = self.staging.staged_ids(ids)
        unstaged = {id_: draft for id_, draft in zip(ids, drafts, strict=True) if id_ not in staged}
        releases = {each.id: each for each in self.store.get_many(unstaged, with_withheld=True)}
        seen_at = seen_again or visit.fetched_at
        with self.store.writing() as connection:
            for id_, draft in unstaged.items():
                url = self.store.known_url(self.name, draft.url or request[0])
                if issue := self._check(draft, url):
                    refused += 1
                    self.report.note_refused(issue)
                    if id_ in releases:
                        self.staging.add(connection, Observation(id_, url, "listed", seen_at))
                    continue
                provenance = self._provenance(draft, page_url, visit)
                key, known = (id_, url), releases.get(id_)
                changed += self._stage_draft(connection, key, draft, provenance, known, seen_at)
            if not seen_again and (not refused or refused < len(drafts)):
                self.staging.add_visit(connection, *request, visit)
        return changed

    def _check(self, draft: Draft, url: str) -> Issue | None:
        return self.validator.check(draft, url, datetime.now(UTC).date())

    def _stage_draft(
        self,
        connection: Connection,
        key: tuple[str, str],
        draft: Draft,
        provenance: Provenance,
        known: Release | None,
        seen_at: datetime,
    ) -> bool:
        """Stage and report a release; return whether it is new or changed."""
        facts = version_values(draft, provenance, self.route.silent_on(draft))
        reread = self._reread(known, facts, key[1])
        outcome, is_needed = compare(connection, key[0], facts, reread)
        stated = stated_facts(draft)
        values = (as_json(facts), reread and as_json(reread)) if is_needed else (None, None)
        observation = Observation(*key, outcome, seen_at, draft.language, stated, *values)
        self.staging.add(connection, observation)
        self.report.note_release(outcome, draft.language, stated)
        self.report.note_remarks(validation.remarks(draft, key[1], self.source))
        return outcome != "same"

    def _reread(
        self, known: Release | None, facts: dict[str, Any], url: str
    ) -> dict[str, Any] | None:
        """The facts that the current reader finds in the evidence of the newest version.

        None where the current reader read it already, where the same bytes came again, or where it
        cannot be read any more.
        """
        old = known.provenance if known else None
        if known is None or old is None or old.origin or is_same_bytes(old, facts):
            return None
        if old.reader_version == self.source.version:
            return None
        location = old.location
        if self._last_read is None or self._last_read[0].location != location:
            try:
                record = read_response(self.settings.archive, location)
            except StoreError:
                return None
            exchange = Exchange(record, url, known.language)
            evidence = EvidenceRef(self.name, self.source, location)
            self._last_read = (
                evidence,
                exchange,
                parse_exchange(exchange, self.source, self.settings.reading_s, old.reader),
            )
        values = read_facts(*self._last_read, url)
        return None if isinstance(values, Issue) else values

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
