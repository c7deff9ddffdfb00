"""What one run of one office saw and did, in numbers and plain sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from corpus.issue import Issue
from corpus.plural import pluralize
from corpus.release import Draft
from corpus.sources import office

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
# Counts are whole; of lists, which can be long on a broken site, the report keeps the first ones.
KEPT = 1000


@dataclass
class CrawlReport:
    """Counts and lists of one run, made of what happens in it: each kind of event is a method, and
    how the run ended is noted by `corpus.crawling.crawl`, which owns the report.

    `error` says why the office failed as a whole, if it did; `interrupted` by which signal, so that
    the run is not over; `cut_short` where an option or a budget ended it before the office's
    listing did; `quarantined` why nothing of the run is published. `not_due` counts known releases
    whose visit was not due, `vanished` known ones that were not there for the first time, `resumed`
    what an interrupted run had seen; `attachments` are files archived in this run. `absent` names
    listings, newer than all that were found, that need not be there yet, `rest` those that a run
    left to the next one when its budget was spent.
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

    @property
    def releases(self) -> int:
        """Releases that were read and may enter, or were found unchanged."""
        return self.new + self.changed + self.same

    @property
    def is_whole(self) -> bool:
        """Whether nothing ended the run before it was over."""
        return not (self.error or self.ended_early or self.cut_short)

    def note_resumed(
        self, outcomes: Counter[str], languages: Counter[str], stated: Counter[str]
    ) -> None:
        """An interrupted run had seen this before this one goes on from there."""
        self.new, self.changed, self.same = (outcomes[n] for n in ("new", "changed", "same"))
        self.vanished, self.resumed = outcomes["missing"], outcomes.total()
        self.languages, self.stated = languages, stated

    def note_downloaded(self, size: int) -> None:
        """An answer came, of so many bytes."""
        self.fetched += 1
        self.bytes += size

    def note_not_modified(self) -> None:
        """An answer that we have is said to hold still (304)."""
        self.unchanged += 1

    def note_listing(self, listed: int) -> None:
        """A page of a listing was read, which names so many releases that no other named."""
        self.listings += 1
        self.listed += listed

    def note_absent_listing(self, url: str) -> None:
        """A listing newer than all that were found is not there (yet)."""
        self.absent.append(url)

    def note_release(
        self, outcome: str, language: str | None = None, stated: Iterable[str] = ()
    ) -> None:
        """A release was seen: new, changed or the same; which facts it has, where it was read."""
        setattr(self, outcome, getattr(self, outcome) + 1)
        if language:
            self.languages[language] += 1
        self.stated.update(stated)

    def note_not_due(self) -> None:
        """A known release was not visited, since that was not due."""
        self.not_due += 1

    def note_not_found(self, url: str) -> None:
        """An address that was listed, or known, is not there."""
        self.missing.append(url)

    def note_newly_missing(self, number: int) -> None:
        """So many known releases were missing for the first time."""
        self.vanished += number

    def note_attachment(self, *, is_there: bool) -> None:
        """An attached file was archived, or is not there."""
        self.attachments += is_there
        self.attachments_missing += not is_there

    def note_refused(self, issue: Issue) -> None:
        """Something may not enter."""
        self.refused.append(issue)

    def note_failed(self, issue: Issue) -> None:
        """An address gave no answer that is of any use."""
        self.failed.append(issue)

    def note_remarks(self, issues: Iterable[Issue]) -> None:
        """Something is odd about what enters all the same."""
        self.remarks += issues

    def note_ended_early(self, reason: str) -> None:
        """A listing could not be walked to its end."""
        self.ended_early = reason

    def note_cut_short(self, reason: str, rest: Iterable[tuple[str, str]] = ()) -> None:
        """An option or a budget ends the walk, or the run; the next run goes on with the rest."""
        self.cut_short, self.rest = reason, [*rest]

    def unstated(self) -> list[str]:
        """Facts that not one of the releases read in this run has."""
        read = sum(self.languages.values())
        return [name for name in OPTIONAL if read and not self.stated[name]]

    def unheard(self) -> list[str]:
        """Languages that the office declares, with not one release among those read in this run."""
        declared = office(self.office).languages if self.languages else ()
        return [name for name in declared if not self.languages[name]]

    def as_json(self) -> dict[str, Any]:
        """The report as it is kept and printed for programs."""
        whole = asdict(self)
        for name in ("missing", "refused", "failed", "remarks"):
            whole[f"{name}_count"], whole[name] = len(whole[name]), whole[name][:KEPT]
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
            f"  {pluralize(self.fetched, 'answer')} downloaded ({self.bytes / 1e6:.1f} MB),"
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
        if unheard := self.unheard():
            yield f"  no release in {', '.join(unheard)}, though the office declares that language"
        if unstated := self.unstated():
            yield f"  missing from every release read: {', '.join(unstated)}"

    def _endings(self) -> Iterator[str]:
        if self.ended_early:
            yield f"  the listing could not be read to its end: {self.ended_early}"
        if self.cut_short:
            yield f"  stopped early as requested, {self.cut_short}"
        if self.quarantined:
            yield (
                f"  QUARANTINED: {self.quarantined} Nothing from this crawl is published."
                f" Review it, then run `communique accept {self.office}`."
            )
        if self.interrupted:
            yield (
                f"  INTERRUPTED by {self.interrupted}: progress is saved, and the next crawl"
                " continues from there"
            )
        if self.error:
            yield f"  FAILED: {self.error}"


def stated_facts(draft: Draft) -> tuple[str, ...]:
    """The facts that a draft has, of those that not every release has."""
    return tuple(name for name in OPTIONAL if getattr(draft, name))


def _by_rule(what: str, issues: list[Issue]) -> Iterator[str]:
    for rule, number in Counter(each.rule for each in issues).most_common():
        first = next(each for each in issues if each.rule == rule)
        yield f"  {number:,} {what} ({rule}), the first: {first.url}: {first.reason}"
