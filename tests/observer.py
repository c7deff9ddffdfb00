"""Crawls an office day by day by a clock of its own, and compares the catalog with an oracle.

The oracle knows only what the office truly answered, never what the program made of it.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from corpus import Settings, Store
from corpus.release import release_id, sha256
from corpus.warc.archive import read_response
from tests.faulty_site import FaultySite
from tests.fortnight import Day, Known
from tests.newsroom import Newsroom, letters

ROOT = Path(__file__).resolve().parents[1]
# `communique`, a command a line, each at a moment of its own; then what the process holds. It waits
# to be killed right before it would sync for the `cut`th time.
DAYS = """
import contextlib, io, json, os, sys
import time_machine
from communique.main import main
fsync = os.fsync
for line in sys.stdin:
    moment, words, cut = json.loads(line)
    def sync(number):
        global cut
        cut -= 1
        if not cut:
            print("null", file=sys.__stdout__, flush=True)
            sys.stdin.read()
        fsync(number)
    os.fsync = sync
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        time_machine.travel(moment, tick=True),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main(words)
        except SystemExit as end:
            code = end.code
    with open("/proc/self/status") as status:
        held = dict(line.split(":") for line in status)
    memory = [int(held[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM")]
    print(json.dumps([code, out.getvalue(), err.getvalue(), *memory]), flush=True)
"""


@dataclass(frozen=True)
class Done:
    """How a command ended, and the memory of its process, then and at its peak."""

    code: int
    out: str
    err: str
    memory_bytes: int
    peak_bytes: int


class Days:
    """A process that runs `communique` as if it were another day."""

    def __init__(self, settings: Settings, **given: str) -> None:
        variables = {f"COMMUNIQUE_{name}": value for name, value in given.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-c", DAYS],
            cwd=ROOT,
            env=os.environ | variables | {"COMMUNIQUE_DATA": str(settings.data)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.peak_bytes = 0

    def run(self, moment: datetime, *words: str, cut: int = 0) -> Done | None:
        """Run a command at that moment; None where it waits to be killed before a sync, or was
        killed.
        """
        assert self.process.stdin
        assert self.process.stdout
        line = json.dumps([moment.isoformat(), words, cut])
        print(line, file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline() or "null")
        if answer is None:
            return None
        done = Done(*answer)
        self.peak_bytes = done.peak_bytes
        return done

    def call(self, moment: datetime, *words: str) -> Done:
        """Run a command to its end."""
        done = self.run(moment, *words)
        assert done
        return done

    def crawl(self, moment: datetime, words: list[str]) -> dict[str, Any]:
        """The report of a crawl at that moment; a run that failed or is held also exits so."""
        done = self.call(moment, *words, "--json")
        [report] = json.loads(done.out)
        assert done.code == bool(report["error"] or report["quarantined"])
        return dict(report)

    def __enter__(self) -> Days:
        self.process.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.__exit__(None, None, None)


@contextmanager
def nobody() -> Iterator[str]:
    """An address that refuses every connection."""
    with socket.socket() as taken:  # bound and not listening: nobody else can answer there
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


class Observer:
    """Crawls an office day by day, and compares what the catalog then holds with the oracle.

    `is_daily`: every release is due every day; else the oracle meets those that are asked for.
    """

    def __init__(
        self, office: str, room: Newsroom, settings: Settings, *, is_daily: bool = True
    ) -> None:
        self.office, self.room, self.settings, self.is_daily = office, room, settings, is_daily
        self.known: dict[str, Known] = defaultdict(Known)
        self.asked: set[str] = set()

    def id_of(self, path: str) -> str:
        return release_id(self.office, f"https://{self.room.host}{path}")

    def crawl_words(self, url: str) -> list[str]:
        mirror = f"{self.room.host}={url}"
        return ["crawl", self.office, "--route", "pages", "--delay", "0", "--mirror", mirror]

    def spend(self, day: Day, moment: datetime, site: FaultySite, days: Days) -> None:
        """Crawl, and let the oracle meet each release that could be had."""
        site.pages, site.faults = self.room.pages(), list(day.faults)
        site.watch = self.asked.add
        with nobody() as closed:
            url = site.url if day.is_reachable else closed
            report = days.crawl(moment, self.crawl_words(url))
        said = report["error"] or report["quarantined"] or ""
        assert (day.says in said) if day.says else not said, said
        assert said.count("https://") <= 1, "a sentence names its URL once"
        for path, found in self.room.stands().items():
            if (self.is_daily or path in self.asked) and not re.search(day.unseen, path):
                self.known[path].meet(found, moment.date())
        self.asked.clear()

    def ledger(self) -> list[tuple[str, str, date, int]]:
        with closing(Store(self.settings, make=False)) as store:
            entries = store.ledger(size=10_000)
        return sorted((each.id, each.kind, each.at.date(), each.version) for each in entries)

    def expected_ledger(self) -> list[tuple[str, str, date, int]]:
        return sorted(
            (self.id_of(path), *entry)
            for path, known in self.known.items()
            for entry in known.history
            if entry[0] != "new"
        )

    def stated(self) -> dict[str, Known]:
        """The releases of which a page could ever be had."""
        return {path: known for path, known in self.known.items() if known.versions}

    def assert_all_is_known(self) -> None:
        """Every release, its history, where it stands now, all its versions and their evidence."""
        stated = self.stated()
        with closing(Store(self.settings, make=False)) as store:
            assert {each.id for each in store.releases()} == {self.id_of(path) for path in stated}
            for path, known in stated.items():
                self._assert_known(store, path, known)

    def _assert_known(self, store: Store, path: str, known: Known) -> None:
        release = store.get(self.id_of(path))
        assert release
        history = [(each.kind, each.at.date(), each.version) for each in store.history(release.id)]
        assert history == known.history, path
        assert (release.gone_since and release.gone_since.date()) == known.gone_since, path
        assert tuple(map(letters, release.topics)) == known.versions[-1].topics, path
        versions = store.versions(release.id)
        read = [(letters(v.title), v.published, letters("".join(v.body))) for v in versions]
        assert read == [(v.title, v.published, v.body) for v in known.versions], path
        for found in (version.provenance for version in versions):
            kept = read_response(self.settings.archive, found.location)
            assert (kept.url, sha256(kept.body)) == (found.url, found.sha256)
