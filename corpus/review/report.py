"""What one run of one office saw and did, in numbers and plain sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
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
    """Counts and lists of one run. `error` says why the office failed as a whole, if it did;
    `interrupted` by which signal, so that the run is not over; `cut_short` where an option ended it
    before the office's listing did; `quarantined` why nothing of the run is published. `not_due`
    counts known releases whose visit was not due, `vanished` known ones that were not
    there for the first time, `resumed` what an interrupted run had seen; `attachments` are files
    archived in this run. `absent` names listings, newer than all that were found, that need not be
    there yet, `rest` those that a run left to the next one when its budget was spent.
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
    def news(self) -> int:
        """Releases that are new or have changed."""
        return self.new + self.changed

    @property
    def releases(self) -> int:
        """Releases that were read and may enter, or were found unchanged."""
        return self.new + self.changed + self.same

    def count(self, outcome: str, language: str | None, stated: Iterable[str]) -> None:
        """Note what came of a release that was read, and which facts it has."""
        setattr(self, outcome, getattr(self, outcome) + 1)
        if language:
            self.languages[language] += 1
        self.stated.update(stated)

    def unstated(self) -> list[str]:
        """Facts that not one of the releases read in this run has."""
        read = sum(self.languages.values())
        return [name for name in OPTIONAL if read and not self.stated[name]]

    def unheard(self) -> list[str]:
        """Languages that the office declares, with not one release among those read in this run."""
        return [
            name
            for name in office(self.office).languages
            if self.languages and not self.languages[name]
        ]

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
        lines = [
            f"{self.office} ({self.route}): {self.new:,} new, {self.changed:,} changed,"
            f" {self.same:,} as before; {self.listed:,} listed on"
            f" {pluralize(self.listings, 'listing page')}"
            f" in {self.seconds:.1f} s.",
            f"  {pluralize(self.fetched, 'answer')} downloaded ({self.bytes / 1e6:.1f} MB),"
            f" {self.unchanged:,} not modified (304).",
        ]
        if self.missing:
            lines.append(
                f"  {len(self.missing):,} listed but not there (404 or 410),"
                f" the first: {self.missing[0]}"
            )
        if self.not_due:
            lines.append(f"  {pluralize(self.not_due, 'known release')} not looked at: not due yet")
        if self.vanished:
            lines.append(f"  {pluralize(self.vanished, 'known release')} not there any more")
        if self.attachments or self.attachments_missing:
            lines.append(
                f"  {pluralize(self.attachments, 'attached file')} archived (files are not"
                f" searched), {self.attachments_missing:,} not there (404 or 410)"
            )
        if self.resumed:
            lines.append(f"  {self.resumed:,} of these from the run before, which was interrupted")
        if self.absent:
            lines.append(f"  not there (yet), and older listings walked: {', '.join(self.absent)}")
        lines += _by_rule("refused", self.refused) + _by_rule("without an answer", self.failed)
        lines += _by_rule("stored with a remark", self.remarks)
        if self.languages:
            lines.append(
                "  languages read: "
                + ", ".join(f"{name} {n:,}" for name, n in sorted(self.languages.items()))
            )
        if unheard := self.unheard():
            lines.append(
                f"  no release in {', '.join(unheard)}, though the office declares that language"
            )
        if unstated := self.unstated():
            lines.append(f"  stated by none of the releases read: {', '.join(unstated)}")
        if self.ended_early:
            lines.append(f"  the listing could not be walked to its end: {self.ended_early}")
        if self.cut_short:
            lines.append(f"  cut short as asked, {self.cut_short}; what follows was not looked at")
        if self.quarantined:
            lines += [
                f"  QUARANTINED: {self.quarantined} Nothing of this run is published;"
                f" look, then `communique accept {self.office}`."
            ]
        if self.interrupted:
            lines.append(
                f"  INTERRUPTED by {self.interrupted}: what was seen is kept, and the next crawl"
                " goes on from there"
            )
        if self.error:
            lines.append(f"  FAILED: {self.error}")
        return lines


def stated_facts(draft: Draft) -> tuple[str, ...]:
    """The facts that a draft has, of those that not every release has."""
    return tuple(name for name in OPTIONAL if getattr(draft, name))


def _by_rule(what: str, refusals: list[Issue]) -> list[str]:
    lines = []
    for rule, number in Counter(each.rule for each in refusals).most_common():
        first = next(each for each in refusals if each.rule == rule)
        lines.append(f"  {number:,} {what} ({rule}), the first: {first.url}: {first.reason}")
    return lines
