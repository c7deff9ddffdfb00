"""The gauges that /metrics reads at each request: offices, catalog and index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from math import inf
from typing import Any

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from corpus import Store, offices
from corpus.errors import CommuniqueError, StoreError
from indexer import Engine, Health
from indexer.engine.results import built_at
from indexer.jobs.condition import Condition, Watch

OUTCOMES = ("refused", "failed", "remarks")


class Gauges(Collector):
    """The gauges of one data folder; what cannot be read is left out."""

    def __init__(self, store: Store, engine: Engine, watch: Watch) -> None:
        self.store, self.engine, self.watch = store, engine, watch

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """All of them."""
        found, is_readable = self.watch.condition(), False
        yield from self._index(found)
        if found.is_catalog_readable:
            with suppress(StoreError):
                yield from self._catalog(found.health)
                is_readable = True
        yield _gauge("catalog_readable", "Whether the catalog can be read", int(is_readable))

    def _index(self, found: Condition) -> Iterator[GaugeMetricFamily]:
        health = found.health
        yield _gauge(
            "index_usable", "Whether searches can find anything", int(found.is_index_usable)
        )
        yield _gauge("index_releases", "Releases in the live build", health.releases)
        if not health.build:
            return
        try:
            yield _gauge("index_bytes", "Size of the live build", self.engine.size_bytes())
        except (CommuniqueError, OSError):  # or another was published just now
            return
        built = "Seconds since the live build was made"
        yield _gauge("index_age_seconds", built, _age_s(built_at(health.build)))
        if health.updated_at:
            written = "Seconds since the live build was made or updated"
            yield _gauge("index_update_age_seconds", written, _age_s(health.updated_at))

    def _catalog(self, health: Health) -> Iterator[GaugeMetricFamily]:
        runs, good_runs = self.store.runs(), self.store.runs(good=True)
        lag = self.store.revision() - health.revision
        yield _gauge("catalog_revision_lag", "Changes that the index has not seen", lag)
        names = sorted({*runs, *self.store.open_runs()} & offices().keys())
        ages = {name: _age_s(good_runs[name][0]) if name in good_runs else inf for name in names}
        yield _office_gauge(
            "office_last_good_crawl_age_seconds",
            "Seconds since the last crawl began that was published without an error",
            ages,
        )
        for state, key in (("failed", "error"), ("quarantined", "quarantined")):
            words = f"Whether the last crawl {'failed' if key == 'error' else 'is quarantined'}"
            values = {name: int(bool(_report(runs, name).get(key))) for name in names}
            yield _office_gauge(f"office_{state}", words, values)
        yield _issues({name: _report(runs, name) for name in names})


def _issues(reports: dict[str, dict[str, Any]]) -> GaugeMetricFamily:
    """How many pages of each office's last run each rule refused, and so on."""
    family = GaugeMetricFamily(
        "communique_office_issues",
        "Pages of the last crawl that were refused, not answered or remarked on",
        labels=("office", "outcome", "rule"),
    )
    for office, report in reports.items():
        for outcome in OUTCOMES:
            by_rule = report.get(f"{outcome}_by_rule")
            if by_rule is None:  # reports of earlier versions
                by_rule = Counter(each["rule"] for each in report.get(outcome, ()))
            for rule, number in by_rule.items():
                family.add_metric((office, outcome, rule), number)
    return family


def _report(runs: dict[str, tuple[datetime, dict[str, Any]]], name: str) -> dict[str, Any]:
    return runs[name][1] if name in runs else {}


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"communique_{name}", words, value=value)


def _office_gauge(name: str, words: str, values: dict[str, Any]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"communique_{name}", words, labels=("office",))
    for office, value in values.items():
        family.add_metric((office,), value)
    return family


def _age_s(at: datetime) -> float:
    return (datetime.now(UTC) - at).total_seconds()
