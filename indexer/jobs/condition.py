"""What is wrong with index, catalog and offices, for /healthz, `status` and /metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

from corpus import Store, offices
from corpus.errors import CommuniqueError, StoreError, describe
from corpus.plural import pluralize
from indexer.engine.interface import Engine
from indexer.engine.results import Health
from indexer.jobs.probe import LONGEST_S, Probe

UNREADABLE = "catalog_unreadable"
NOT_CURRENT = {"index_stale", "index_ahead", UNREADABLE}
IN_TIME = f"within {LONGEST_S:g} seconds"
# What everybody may know of a reason; its own sentence can name paths, addresses and commands.
PUBLIC_SENTENCES = {
    "index_unusable": "The index cannot be searched.",
    "index_empty": "The index has no releases.",
    "index_stale": "The index is behind the catalog.",
    "index_ahead": "The index is ahead of the catalog.",
    UNREADABLE: "The catalog cannot be read.",
    "office_failed": "The last crawl failed.",
    "office_quarantined": "The last crawl is quarantined.",
}


@dataclass(frozen=True)
class Reason:
    """Something that is wrong: a kind for programs, a sentence, and the office if it has one."""

    kind: str
    sentence: str
    office: str | None = None


@dataclass(frozen=True)
class Condition:
    """How the index is, the reasons why not all is well, and when the last crawl of each office
    began that was published without an error.
    """

    health: Health
    reasons: tuple[Reason, ...]
    last_good_crawls: dict[str, datetime | None]
    is_catalog_usable: bool = True

    @property
    def is_catalog_readable(self) -> bool:
        """Whether all of the catalog can be read."""
        return UNREADABLE not in {each.kind for each in self.reasons}

    @property
    def is_index_usable(self) -> bool:
        """Whether there is something to find in the index."""
        return self.health.is_live and self.health.releases > 0

    @property
    def is_usable(self) -> bool:
        """Whether searches can find anything."""
        return self.is_index_usable and self.is_catalog_usable

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

    def as_public_json(self) -> dict[str, Any]:
        """The condition for everybody."""
        now = datetime.now(UTC)
        return {
            "ok": self.status == "ok",
            "status": self.status,
            "reasons": [
                vars(each) | {"sentence": PUBLIC_SENTENCES[each.kind]} for each in self.reasons
            ],
            "checked_at": now.isoformat(timespec="seconds"),
            "last_good_crawl_age_s": {
                name: round((now - at).total_seconds()) if at else None
                for name, at in self.last_good_crawls.items()
            },
            "is_live": self.health.is_live,
            "build": self.health.build,
            "releases": self.health.releases,
            "is_current": self.is_current,
            "cluster": self.health.cluster,
        }


class CatalogState(NamedTuple):
    """What of the catalog the condition depends on: each office's last run and its last good one,
    with start and report.
    """

    revision: int
    runs: dict[str, tuple[datetime, dict[str, Any]]]
    good_runs: dict[str, tuple[datetime, dict[str, Any]]]
    problem: str | None = None

    def last_good_crawls(self) -> dict[str, datetime | None]:
        """When the last good run of each known office began."""
        names = sorted(self.runs.keys() & offices().keys())
        return {each: self.good_runs[each][0] if each in self.good_runs else None for each in names}


def read_catalog(store: Store) -> CatalogState:
    """The state of a catalog. Raises StoreError where searches cannot be answered, too."""
    store.withheld()  # every search needs it
    revision = store.revision()
    try:
        return CatalogState(revision, store.runs(), store.runs(good=True))
    except StoreError as error:
        return CatalogState(revision, {}, {}, str(error))


class Watch:
    """How index, catalog and offices are, for those who ask often: each part is asked in a thread
    of its own and has two seconds to answer; an answer is good for a second.
    """

    def __init__(self, read_catalog: Callable[[], CatalogState], engine: Engine) -> None:
        self._index, self._catalog = Probe(engine.health), Probe(read_catalog)

    def condition(self) -> Condition:
        """The condition; what does not answer in time is unusable. Never raises."""
        for each in (self._index, self._catalog):
            each.ask()
        try:
            health = self._index.answer()
        except TimeoutError:
            health = Health(False, None, 0, 0, f"The index did not answer {IN_TIME}.")
        try:
            catalog = self._catalog.answer()
        except TimeoutError:
            problem = f"The catalog did not answer {IN_TIME}."
        except Exception as error:  # noqa: BLE001 (any error means a bad condition)
            problem = str(error) if isinstance(error, CommuniqueError) else describe(error)
        else:
            reasons = [*_index_reasons(health, catalog.revision), *_office_reasons(catalog)]
            if catalog.problem:
                reasons.append(Reason(UNREADABLE, catalog.problem))
            return Condition(health, tuple(reasons), catalog.last_good_crawls())
        unreadable = Reason(UNREADABLE, problem)
        reasons = [*_index_reasons(health, health.revision), unreadable]
        return Condition(health, tuple(reasons), {}, is_catalog_usable=False)


def condition(store: Store, engine: Engine) -> Condition:
    """How index, catalog and offices are now."""
    return Watch(partial(read_catalog, store), engine).condition()


def condition_without_catalog(error: StoreError, engine: Engine) -> Condition:
    """How the index is, where the catalog cannot be opened."""

    def unreadable() -> CatalogState:
        raise error

    return Watch(unreadable, engine).condition()


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


def _office_reasons(catalog: CatalogState) -> Iterator[Reason]:
    """What went wrong in the last crawl of each known office."""
    for name, (at, report) in sorted(catalog.runs.items()):
        if name not in offices():
            continue
        run = f"{name}: the run of {at:%Y-%m-%d %H:%M} UTC"
        if report.get("quarantined"):
            yield Reason(
                "office_quarantined", f"{run} is quarantined. {report['quarantined']}", name
            )
        if report.get("error"):
            yield Reason("office_failed", f"{run} failed. {report['error']}", name)
