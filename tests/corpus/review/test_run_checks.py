"""A run that does not look like its office is held: nothing of it is seen until it is accepted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from communique.main import main
from corpus import Settings, Store, office
from corpus.crawling.crawl import crawl
from corpus.crawling.sample_site import SampleSite
from corpus.database import tables
from corpus.issue import Issue
from corpus.review.baseline import Baseline
from corpus.review.publishing import accept, finish_publishing
from corpus.review.report import CrawlReport
from corpus.review.run_checks import quarantine_reason
from webui import create_app

HOST = "www.justice.gov"
ROOT = Path(__file__).resolve().parents[3]
Crawl = Callable[..., CrawlReport]
# Publishing in a process of its own that dies after a chunk.
DYING = """
import os, sys
from pathlib import Path
from corpus import Settings, Store, office
from corpus.review import publishing
publishing.OBSERVATIONS_AT_ONCE = 10
store = Store(Settings(data=Path(sys.argv[1]), catalog=os.environ.get("COMMUNIQUE_CATALOG", "")))
once = publishing._publish_chunk
def dying(*given):
    once(*given)
    os._exit(9)
publishing._publish_chunk = dying
publishing.accept(store, "us_doj", 3)
"""


@pytest.fixture
def run(settings: Settings, store: Store, small: Any) -> Crawl:
    def crawl_replica(route: str = "interface", **options: Any) -> CrawlReport:
        given = {"mirrors": {HOST: small.url}, "delay_s": 0} | options
        return crawl("us_doj", settings, store, route=route, **given)

    return crawl_replica


def seen(store: Store) -> dict[str, Any]:
    return {each.id: replace(each) for each in store.releases()}


def rows(store: Store, table: Any) -> int:
    with store.writing() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def test_a_listing_that_is_suddenly_empty_publishes_nothing(
    run: Crawl, site: Any, store: Store
) -> None:
    assert run().quarantined is None
    before, revision, visits = seen(store), store.revision(), rows(store, tables.visit)
    site.rules = [{"match": "^/opa/", "do": "gone"}]
    for _ in range(4):  # also not gone, however often
        report = run()
        assert report.quarantined
        assert report.quarantined.startswith(
            "The listing has no releases, though 60 known releases"
        )
        assert any("QUARANTINED" in line for line in report.sentences())
    assert (seen(store), store.revision()) == (before, revision)
    assert rows(store, tables.visit) == visits
    assert store.runs()["us_doj"][1]["quarantined"] == report.quarantined
    assert store.runs(good=True)["us_doj"][1]["listed"] == 60
    site.rules = []
    assert run().quarantined is None
    assert {each.last_seen for each in store.releases()} != {e.last_seen for e in before.values()}


class EmptyInterface(SampleSite):
    """An interface without items, until it has some."""

    is_empty = True

    def answer(self, path: str, language: str) -> tuple[bytes, str] | None:
        found = super().answer(path, language)
        if found is None or "/api/" not in path or not self.is_empty:
            return found
        answer = json.loads(found[0]) | {"results": []}
        answer["metadata"]["resultset"]["count"] = 0
        return json.dumps(answer).encode(), found[1]


@pytest.mark.each_catalog
def test_a_first_crawl_that_finds_nothing_is_no_measure_for_the_next(
    settings: Settings, store: Store
) -> None:
    with EmptyInterface("sample_doj") as site:
        mirrors = dict.fromkeys(office("sample_doj").route("interface").hosts, site.url)
        options: Any = {"route": "interface", "mirrors": mirrors, "delay_s": 0}
        first = crawl("sample_doj", settings, store, **options)
        assert "lists no releases" in (first.error or "")

        site.is_empty = False

        assert crawl("sample_doj", settings, store, **options).quarantined is None
        assert store.count() > 25  # so many fewer or more are never held


@pytest.mark.each_catalog
def test_a_walk_that_finds_half_of_what_there_was_is_held(
    run: Crawl, site: Any, store: Store
) -> None:
    run()
    before = seen(store)
    del site.items("press_releases")[25:]
    report = run()
    assert report.quarantined == (
        "The complete listing has 25 releases; before, it had 60. (volume)"
    )
    assert seen(store) == before


def test_a_layout_that_changes_every_body_makes_no_version(
    run: Crawl, site: Any, store: Store
) -> None:
    run("pages", limit=30)
    before = seen(store)
    site.rules = [{"match": "^/opa/", "do": "replace", "old": "<p>", "new": "<p>Share this: "}]
    report = run("pages", limit=30)
    assert report.quarantined
    assert report.quarantined.endswith("(mass_change)")
    assert seen(store) == before
    assert store.ledger() == []


@pytest.mark.each_catalog
def test_a_person_accepts_a_run_and_later_ones_are_measured_by_it(
    run: Crawl, site: Any, store: Store
) -> None:
    run()
    del site.items("press_releases")[25:]
    assert run().quarantined
    assert accept(store, "us_doj", 1) == ["interface"]
    assert sum(bool(each.gone_since) for each in store.releases()) == 35
    assert store.runs()["us_doj"][1]["quarantined"] is None
    assert run().quarantined is None
    assert accept(store, "us_doj", 1) == []
    assert (rows(store, tables.staged), rows(store, tables.staged_visit)) == (0, 0)


@pytest.mark.each_catalog
def test_publishing_that_is_killed_is_finished_later(
    run: Crawl, site: Any, store: Store, settings: Settings
) -> None:
    run()
    del site.items("press_releases")[25:]
    assert run().quarantined
    command = [sys.executable, "-c", DYING, str(settings.data)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 9
    assert 0 < rows(store, tables.staged) < 60
    finish_publishing(store, "us_doj")
    assert rows(store, tables.staged) == 0
    assert run().quarantined is None


@pytest.mark.parametrize(
    ("report", "rule"),
    [
        ({"listed": 0}, "no_listing"),
        ({"listed": 1000}, "volume"),
        ({"listed": 200, "vanished": 20, "same": 10}, "vanished"),
        ({"listed": 200, "changed": 20, "same": 10}, "mass_change"),
    ],
)
def test_each_rule_trips_on_what_it_is_for(report: dict[str, int], rule: str) -> None:
    usual = Baseline(200, {"published": 200, "number": 190, "topics": 80}, (210, 200, 190), 200)
    reason = quarantine_reason(CrawlReport("us_doj", "pages", **report), usual, True)  # type: ignore[arg-type]
    assert reason
    assert reason.endswith(f"({rule})")


@pytest.mark.parametrize(
    ("stated", "read", "is_held"),
    [
        ({"published": 50, "number": 48, "topics": 20}, 50, False),
        ({"published": 50, "number": 0, "topics": 20}, 50, True),
        ({"published": 0, "number": 3, "topics": 1}, 3, True),
        ({"published": 2, "number": 0, "topics": 0}, 2, False),  # chance can do that
        ({"published": 12, "number": 12, "topics": 0}, 12, False),
        ({"published": 60, "number": 60, "topics": 0}, 60, True),
    ],
)
def test_a_fill_rate_must_fall_more_than_by_chance(
    stated: dict[str, int], read: int, is_held: bool
) -> None:
    usual = Baseline(200, {"published": 200, "number": 190, "topics": 80}, (), 200)
    report = CrawlReport("us_doj", "pages", listed=read, same=read)
    report.stated.update(stated)
    report.languages["en"] = read
    assert bool(quarantine_reason(report, usual, False)) == is_held


@pytest.mark.parametrize(
    ("rule", "is_held"),
    [
        ("unreadable", True),
        ("robots", False),
        ("other_host", False),
        ("certificate", False),
        ("private_address", False),
    ],
)
def test_files_on_a_host_that_is_not_asked_hold_no_run(rule: str, is_held: bool) -> None:
    refused = [Issue(f"https://files.example/{n}", rule, "Why.") for n in range(20)]
    report = CrawlReport("us_doj", "pages", listed=5, new=5, refused=refused)
    assert bool(quarantine_reason(report, Baseline(0, {}), False)) == is_held


def test_an_office_without_history_is_judged_by_nothing() -> None:
    report = CrawlReport("us_doj", "pages", listed=3, new=3)
    assert quarantine_reason(report, Baseline(0, {}), True) is None


def test_status_offices_page_and_exit_status_tell_of_a_quarantine(
    settings: Settings, store: Store, small: Any
) -> None:
    environ = {
        "COMMUNIQUE_DATA": str(settings.data),
        "COMMUNIQUE_WALK_DAYS": "0",
        "COMMUNIQUE_REVISITS": "0",
    }
    command = ["crawl", "us_doj", "--delay", "0", "--mirror", f"{HOST}={small.url}"]
    call = partial(CliRunner().invoke, main, env=environ)
    assert call(command).exit_code == 0
    small.rules = [{"match": "^/opa/", "do": "gone"}]
    held = call(command)
    assert (held.exit_code, "QUARANTINED" in held.output) == (1, True)
    assert "QUARANTINED" in call(["status"]).output
    app = create_app(settings)
    page = app.test_client().get("/coverage").text
    assert "Quarantined" in page
    assert "Last successful crawl" in page
    done = call(["accept", "us_doj"])
    assert (done.exit_code, "published the crawl by" in done.output) == (0, True)
    assert "QUARANTINED" not in call(["status"]).output
    again = call(["accept", "us_doj"])
    assert (again.exit_code, "No crawl of us_doj is quarantined" in again.output) == (2, True)
    opened, engine = app.extensions["communique"]
    engine.close()
    opened.close()
