"""What is wrong with index, catalog and offices, for /healthz, `status` and /metrics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corpus import Store, offices
from corpus.errors import StoreError
from corpus.plural import pluralize
from indexer.engine.interface import Engine
from indexer.engine.results import Health

NOT_CURRENT = {"index_stale", "index_ahead", "catalog_unreadable"}


@dataclass(frozen=True)
class Reason:
    """Something that is wrong: a kind for programs, a sentence, and the office if it has one."""

    kind: str
    sentence: str
    office: str | None = None


@dataclass(frozen=True)
class Condition:
    """How the index is, and the reasons why not all is well."""

    health: Health
    reasons: tuple[Reason, ...]

    @property
    def is_usable(self) -> bool:
        """Whether searches can find anything."""
        return self.health.is_live and self.health.releases > 0

    @property
    def is_current(self) -> bool:
        """Whether the index has seen every change of the catalog."""
        return self.health.is_live and not {each.kind for each in self.reasons} & NOT_CURRENT

    @property
    def status(self) -> str:
        """In a word."""
        if not self.is_usable:
            return "unusable"
        return "degraded" if self.reasons else "ok"

    def as_json(self) -> dict[str, Any]:
        """The word and the reasons, for programs."""
        return {"status": self.status, "reasons": [vars(each) for each in self.reasons]}


def condition(store: Store, engine: Engine) -> Condition:
    """How index, catalog and offices are; a catalog that cannot be read is a reason as well."""
    health = engine.health()
    try:
        reasons = [*_index_reasons(health, store.revision()), *_office_reasons(store)]
    except StoreError as error:
        unreadable = Reason("catalog_unreadable", str(error))
        reasons = [*_index_reasons(health, health.revision), unreadable]
    return Condition(health, tuple(reasons))


def _index_reasons(health: Health, revision: int) -> Iterator[Reason]:
    if not health.is_live:
        yield Reason("index_unusable", health.problem or "There is no index.")
        return
    if not health.releases:
        yield Reason("index_empty", "The index holds no release.")
    if health.revision < revision:
        at = health.updated_at
        since = f" since {at:%Y-%m-%d %H:%M} UTC" if at else ""
        changes = pluralize(revision - health.revision, "change")
        yield Reason(
            "index_stale",
            f"The index is behind the catalog{since}, by {changes}; run `communique reindex`.",
        )
    if health.revision > revision:
        yield Reason(
            "index_ahead",
            f"The index has seen {pluralize(health.revision - revision, 'change')} that the catalog"
            " does not know: the catalog was lost, restored or replaced; run `communique verify`.",
        )


def _office_reasons(store: Store) -> Iterator[Reason]:
    """What went wrong in the last crawl of each known office."""
    for name, (at, report) in sorted(store.runs().items()):
        if name not in offices():
            continue
        run = f"{name}: the run of {at:%Y-%m-%d %H:%M} UTC"
        if report.get("quarantined"):
            yield Reason(
                "office_quarantined", f"{run} is quarantined. {report['quarantined']}", name
            )
        if report.get("error"):
            yield Reason("office_failed", f"{run} failed. {report['error']}", name)
