"""The report of one run: counts, issues, and the same in sentences."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from corpus.issue import Issue
from corpus.plural import pluralize
from corpus.release import Draft
from corpus.review.progress import Progress
from corpus.sources import office

log = logging.getLogger(__name__)

OPTIONAL = (
    "published",
    "place",
    "signature",
    "number",
    "topics",
    "components",
    "kind",
    "attachments",
    "alternates",
)
# Lists can be long on a broken site: the report keeps the first items and the full count.
LISTED_ISSUES = 1000


@dataclass
class CrawlReport:
    """Counts and lists of one run; each kind of event is a method. `corpus.crawling.crawl`, which
    owns the report, notes how the run ended.

    `error` says why the run failed, `interrupted` which signal interrupted it, `cut_short` which
    option or budget ended it early, `quarantined` why it is not published. `not_due` counts known
    releases whose visit was not due, `vanished` known ones that are missing for the first time,
    `resumed` the observations of the interrupted run before, `published_early` the new releases
    that a first crawl published before its end; `attachments` are files archived in this run.
    `absent` names missing listings that may not exist yet, `rest` the listings that the run left
    to the next one, `progress` how far a run is that is not over.
    """

    office: str
    route: str
    listings: int = 0
    listed: int = 0
    fetched: int = 0
    unchanged: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    not_due: int = 0
    vanished: int = 0
    resumed: int = 0
    published_early: int = 0
    attachments: int = 0
    attachments_missing: int = 0
    missing: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    refused: list[Issue] = field(default_factory=list)
    failed: list[Issue] = field(default_factory=list)
    remarks: list[Issue] = field(default_factory=list)
    languages: Counter[str] = field(default_factory=Counter)
    stated: Counter[str] = field(default_factory=Counter)
    bytes: int = 0
    seconds: float = 0.0
    ended_early: str | None = None
    cut_short: str | None = None
    rest: list[tuple[str, str]] = field(default_factory=list)
    quarantined: str | None = None
    interrupted: str | None = None
    error: str | None = None
    progress: Progress | None = None

    @property
    def releases(self) -> int:
        """Releases that were accepted or found unchanged."""
        return self.new + self.changed + self.same

    @property
    def is_whole(self) -> bool:
        """Whether nothing ended the run early."""
        return not (self.error or self.ended_early or self.cut_short)

    def note_resumed(
        self, outcomes: Counter[str], languages: Counter[str], stated: Counter[str]
    ) -> None:
        """The run resumes an interrupted one, which had seen this."""
        self.new, self.changed, self.same = (outcomes[n] for n in ("new", "changed", "same"))
        self.vanished, self.resumed = outcomes["missing"], outcomes.total()
        self.languages, self.stated = languages, stated

    def note_downloaded(self, size: int) -> None:
        """A response was downloaded, of so many bytes."""
        self.fetched += 1
        self.bytes += size

    def note_not_modified(self) -> None:
        """The server confirmed an archived response (304)."""
        self.unchanged += 1

    def note_listing(self, listed: int) -> None:
        """A listing page was read, with so many releases that no earlier page listed."""
        self.listings += 1
        self.listed += listed

    def note_absent_listing(self, url: str) -> None:
        """A listing that may not exist yet is missing."""
        self.absent.append(url)

    def note_release(
        self, outcome: str, language: str | None = None, stated: Iterable[str] = ()
    ) -> None:
        """A release was seen: new, changed or the same; with its facts, if it was read."""
        setattr(self, outcome, getattr(self, outcome) + 1)
        if language:
            self.languages[language] += 1
        self.stated.update(stated)

    def note_not_due(self) -> None:
        """A known release was not due for a visit."""
        self.not_due += 1

    def note_not_found(self, url: str) -> None:
        """A listed or known address is missing (404 or 410)."""
        self.missing.append(url)

    def note_newly_missing(self, number: int) -> None:
        """So many known releases are missing for the first time."""
        self.vanished += number

    def note_attachment(self, *, is_there: bool) -> None:
        """An attached file was archived, or is missing."""
        self.attachments += is_there
        self.attachments_missing += not is_there

    def note_refused(self, issue: Issue) -> None:
        """A page, draft or address was refused."""
        log.info("%s refused (%s): %s", issue.url, issue.rule, issue.reason)
        self.refused.append(issue)

    def note_failed(self, issue: Issue) -> None:
        """A request failed."""
        log.warning("%s failed (%s): %s", issue.url, issue.rule, issue.reason)
        self.failed.append(issue)

    def note_remarks(self, issues: Iterable[Issue]) -> None:
        """Something is odd about accepted pages or drafts."""
        self.remarks += issues

    def note_ended_early(self, reason: str) -> None:
        """A listing could not be read to its end."""
        self.ended_early = reason

    def note_cut_short(self, reason: str, rest: Iterable[tuple[str, str]] = ()) -> None:
        """An option or a budget ends the walk or the run; the next run continues with `rest`."""
        self.cut_short, self.rest = reason, [*rest]

    def missing_facts(self) -> list[str]:
        """Facts that are missing from every release read in this run."""
        read = sum(self.languages.values())
        return [name for name in OPTIONAL if read and not self.stated[name]]

    def missing_languages(self) -> list[str]:
        """Languages that the office declares and no release read in this run has."""
        declared = office(self.office).languages if self.languages else ()
        return [name for name in declared if not self.languages[name]]

    def as_json(self) -> dict[str, Any]:
        """The report as it is stored, and printed for programs."""
        whole = asdict(self)
        for name in ("missing", "refused", "failed", "remarks"):
            whole[f"{name}_count"], whole[name] = len(whole[name]), whole[name][:LISTED_ISSUES]
        for name in ("refused", "failed", "remarks"):
            whole[f"{name}_by_rule"] = dict(Counter(each.rule for each in getattr(self, name)))
        whole["languages"], whole["stated"] = dict(self.languages), dict(self.stated)
        return whole

    def sentences(self) -> list[str]:
        """The report for people."""
        return [*self._counts(), *self._findings(), *self._endings()]

    def _counts(self) -> Iterator[str]:
        yield (
            f"{self.office} ({self.route}): {self.new:,} new, {self.changed:,} edited,"
            f" {self.same:,} unchanged; {self.listed:,} listed on"
            f" {pluralize(self.listings, 'listing page')} in {self.seconds:.1f} s."
        )
        yield (
            f"  {pluralize(self.fetched, 'response')} downloaded ({self.bytes / 1e6:.1f} MB),"
            f" {self.unchanged:,} not modified (304)."
        )
        if self.missing:
            yield (
                f"  {len(self.missing):,} listed but missing (404 or 410),"
                f" the first: {self.missing[0]}"
            )
        if self.not_due:
            yield f"  {pluralize(self.not_due, 'known release')} not yet due for a visit"
        if self.vanished:
            yield f"  {pluralize(self.vanished, 'known release')} no longer on the website"
        if self.attachments or self.attachments_missing:
            yield (
                f"  {pluralize(self.attachments, 'attached file')} archived (files are not"
                f" searchable), {self.attachments_missing:,} missing (404 or 410)"
            )
        if self.resumed:
            yield f"  {self.resumed:,} of these from the interrupted crawl before"
        if self.absent:
            yield f"  missing listings, older ones read instead: {', '.join(self.absent)}"

    def _findings(self) -> Iterator[str]:
        yield from _by_rule("refused", self.refused)
        yield from _by_rule("failed to load", self.failed)
        yield from _by_rule("stored with a remark", self.remarks)
        if self.languages:
            read = (f"{name} {n:,}" for name, n in sorted(self.languages.items()))
            yield f"  languages read: {', '.join(read)}"
        if languages := self.missing_languages():
            yield f"  no release in {', '.join(languages)}, which the office declares"
        if facts := self.missing_facts():
            yield f"  missing from every release read: {', '.join(facts)}"

    def _endings(self) -> Iterator[str]:
        if self.ended_early:
            yield f"  the listing could not be read to its end: {self.ended_early}"
        if self.cut_short:
            yield f"  stopped early as requested, {self.cut_short}"
        if self.quarantined:
            yield (
                f"  QUARANTINED: {self.quarantined} {self._unpublished()} Review it, then run"
                f" `communique accept {self.office}`."
            )
        if self.interrupted:
            yield (
                f"  INTERRUPTED by {self.interrupted}: progress is saved, and the next crawl"
                " continues from there"
            )
        if self.error:
            yield f"  FAILED: {self.error}"

    def _unpublished(self) -> str:
        """What of a quarantined run is not published, in a sentence."""
        if not self.published_early:
            return "Nothing from this crawl is published."
        early = pluralize(self.published_early, "release")
        return f"{early} had been published before; the rest of this crawl is not published."


def stated_facts(draft: Draft) -> tuple[str, ...]:
    """The optional facts that a draft has."""
    return tuple(name for name in OPTIONAL if getattr(draft, name))


def _by_rule(what: str, issues: list[Issue]) -> Iterator[str]:
    for rule, number in Counter(each.rule for each in issues).most_common():
        first = next(each for each in issues if each.rule == rule)
        yield f"  {number:,} {what} ({rule}), the first: {first.url}: {first.reason}"
