"""An office crawled every day of a fortnight, while it edits, removes, moves house and breaks down.

What each day must come to is told by an oracle that knows only what the script did to the site.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from corpus import Settings, Store
from corpus.evidence.verify import verify_archive, verify_catalog
from corpus.release import release_id, sha256
from corpus.warc.archive import read_response
from tests.faulty_site import FaultySite
from tests.fortnight import GONE_VISITS, Day, Fortnight, Known
from tests.newsroom import Newsroom, letters, sample_newsroom, saved_newsroom

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
MEMORY_MB = 500
SETTINGS = {"REVISITS": "1", "GONE_VISITS": str(GONE_VISITS), "TIMEOUT_S": "2", "RETRIES": "1"}
# `communique`, a command a line, each on a day of its own; then the process's peak of memory.
DAYS = """
import contextlib, io, json, sys
import time_machine
from communique.main import main
for line in sys.stdin:
    moment, words = json.loads(line)
    out, code = io.StringIO(), 0
    with time_machine.travel(moment, tick=True), contextlib.redirect_stdout(out):
        try:
            main(words)
        except SystemExit as end:
            code = end.code
    with open("/proc/self/status") as status:
        peak = next(line for line in status if line.startswith("VmHWM:"))
    print(json.dumps([code, out.getvalue(), int(peak.split()[1]) * 1024]), flush=True)
"""


@contextmanager
def nobody() -> Iterator[str]:
    """An address that refuses every connection."""
    with socket.socket() as taken:  # bound and not listening: nobody else can answer there
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


class Days:
    """A process that runs `communique` as if it were another day."""

    def __init__(self, settings: Settings) -> None:
        given = {f"COMMUNIQUE_{name}": value for name, value in SETTINGS.items()}
        environ = os.environ | given | {"COMMUNIQUE_DATA": str(settings.data)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", DAYS],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.peak_bytes = 0

    def crawl(self, moment: datetime, office: str, host: str, url: str) -> dict[str, Any]:
        """The report of a crawl at that moment; a run that failed or is held also exits so."""
        assert self.process.stdin
        assert self.process.stdout
        words = ["crawl", office, "--route", "pages", "--delay", "0", "--mirror", f"{host}={url}"]
        print(
            json.dumps([moment.isoformat(), [*words, "--json"]]),
            file=self.process.stdin,
            flush=True,
        )
        code, out, self.peak_bytes = json.loads(self.process.stdout.readline())
        [report] = json.loads(out)
        assert code == bool(report["error"] or report["quarantined"])
        return dict(report)

    def __enter__(self) -> Days:
        self.process.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.__exit__(None, None, None)


class Observer:
    """Crawls an office day by day, and compares what the catalog then holds with the oracle."""

    def __init__(self, office: str, room: Newsroom, settings: Settings, store: Store) -> None:
        self.office, self.room, self.settings, self.store = office, room, settings, store
        self.known: dict[str, Known] = defaultdict(Known)

    def id_of(self, path: str) -> str:
        return release_id(self.office, f"https://{self.room.host}{path}")

    def spend(self, day: Day, moment: datetime, site: FaultySite, days: Days) -> None:
        """Crawl, and let the oracle meet each release that could be had."""
        site.pages, site.faults = self.room.pages(), list(day.faults)
        with nobody() as closed:
            url = site.url if day.is_reachable else closed
            report = days.crawl(moment, self.office, self.room.host, url)
        said = report["error"] or report["quarantined"] or ""
        assert (day.says in said) if day.says else not said, said
        assert said.count("https://") <= 1, "a sentence names its URL once"
        for path, found in self.room.stands().items():
            if not re.search(day.unseen, path):
                self.known[path].meet(found, moment.date())

    def ledger(self) -> list[tuple[str, str, date, int]]:
        entries = self.store.ledger(size=10_000)
        return sorted((each.id, each.kind, each.at.date(), each.version) for each in entries)

    def expected_ledger(self) -> list[tuple[str, str, date, int]]:
        return sorted(
            (self.id_of(path), *entry)
            for path, known in self.known.items()
            for entry in known.history
            if entry[0] != "new"
        )

    def assert_all_is_known(self) -> None:
        """Every release, its history, where it stands now, all its versions and their evidence."""
        stated = {path: known for path, known in self.known.items() if known.versions}
        assert {each.id for each in self.store.releases()} == {self.id_of(path) for path in stated}
        for path, known in stated.items():
            release = self.store.get(self.id_of(path))
            assert release
            history = self.store.history(release.id)
            actual = [(each.kind, each.at.date(), each.version) for each in history]
            assert actual == known.history, path
            assert (release.gone_since and release.gone_since.date()) == known.gone_since, path
            assert tuple(map(letters, release.topics)) == known.versions[-1].topics, path
            versions = self.store.versions(release.id)
            read = [(letters(v.title), v.published, letters("".join(v.body))) for v in versions]
            assert read == [(v.title, v.published, v.body) for v in known.versions], path
            for found in (version.provenance for version in versions):
                place = found.location
                kept = read_response(self.settings.archive, place)
                assert (kept.url, sha256(kept.body)) == (found.url, found.sha256)


def live_through(observer: Observer) -> int:
    """A crawl a day, each a minute later than the day before; the crawling process's peak."""
    room = observer.room
    noon = datetime.combine(room.newest, time(12), UTC) + timedelta(days=1)
    with FaultySite() as site, Days(observer.settings) as days:
        for number, day in enumerate(Fortnight(room).days()):
            observer.spend(day, noon + number * timedelta(days=1, minutes=1), site, days)
            assert observer.ledger() == observer.expected_ledger(), f"on day {number}"
    return days.peak_bytes


@pytest.mark.parametrize("name", ["sample_doj", "us_doj"])
def test_a_fortnight_of_troubles_leaves_every_true_change_and_no_false_one(
    name: str,
    settings: Settings,
    store: Store,
    request: pytest.FixtureRequest,
    record_testsuite_property: Any,
) -> None:
    if name == "us_doj":
        room = saved_newsroom(request.getfixturevalue("replica"), 32)
    else:
        room = sample_newsroom()
    observer = Observer(name, room, settings, store)
    peak_bytes = live_through(observer)
    kinds = Counter(kind for _, kind, _, _ in observer.ledger())
    assert kinds == {"changed": 15, "gone": 2, "back": 2}
    observer.assert_all_is_known()
    assert list(verify_archive(settings)) == []
    assert list(verify_catalog(settings, store)) == []
    record_testsuite_property(f"fortnight_{name}_peak_mb", peak_bytes / 1e6)
    assert peak_bytes < MEMORY_MB * 1e6
