"""Crawls killed with SIGKILL at random moments and taken up again, against undisturbed ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from sqlalchemy import Table, create_engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bench.site import HOST, SHARED, Row
from corpus import Settings, Store
from corpus.database import tables
from corpus.errors import StoreError
from corpus.evidence.verify import verify_catalog
from corpus.release import RecordLocation, sha256
from corpus.warc.archive import read_response, responses

ROOT = Path(__file__).resolve().parents[1]
CRAWLS, SEED = 20, 2018
# Of the saved site: listing pages of the `pages` route, and releases of the `interface` route.
LISTINGS, ITEMS = 2, 600
# What differs between two runs of one thing: times, places, and the order of arrival.
OWN = {"first_seen", "last_seen", "checked_at", "observed_at", "fetched_at", "revision"}
OWN |= {"attested_at", "attested_file", "attested_offset"}
PLACES = {"warc_file", "warc_offset"}


def rows() -> list[Row]:
    """How many crawls, killed twice and then left alone, hold what an undisturbed one holds."""
    chance, equal, hits = Random(SEED), 0, Counter[str]()
    with TemporaryDirectory() as name, small_site(Path(name)) as url:
        folder = Path(name)
        commands = [crawl_command("us_doj", HOST, url, route) for route in ("pages", "interface")]
        whole = [undisturbed(folder / command[-1], command) for command in commands]
        for number in range(CRAWLS):
            command, (expected, seconds) = commands[number % 2], whole[number % 2]
            settings = Settings(data=folder / f"killed-{number}")
            # First moments are spread over the whole run; some second ones fall in publishing.
            first = (number // 2 + chance.random()) / (CRAWLS / 2) * seconds
            second = None if number % 5 == 4 else chance.random() * max(2.0, seconds - first)
            for moment in (first, second):
                hits[kill(settings, command, moment)] += 1
            crawl_whole(settings, command)
            equal += holdings(settings) == expected
    return [
        {"name": f"crawl/killed/{CRAWLS}", "unit": f"of {CRAWLS} equal", "ours": equal},
        {"name": "crawl/killed/starting", "unit": "kills", "ours": hits[""]},
        {"name": "crawl/killed/fetching", "unit": "kills", "ours": hits["open"]},
        {"name": "crawl/killed/publishing", "unit": "kills", "ours": hits["accepted"]},
        {"name": "crawl/killed/ending", "unit": "kills", "ours": hits["published"]},
    ]


def crawl_command(office: str, host: str, url: str, route: str) -> list[str]:
    """`communique crawl` of an office whose site stands at a URL on loopback."""
    words = ["crawl", office, "--delay", "0", "--mirror", f"{host}={url}", "--route", route]
    return [sys.executable, "-m", "communique", *words]


def undisturbed(data: Path, command: list[str]) -> tuple[dict[str, Any], float]:
    """What a crawl holds that nothing disturbs, and its seconds."""
    clock = perf_counter()
    crawl_whole(Settings(data=data), command)
    seconds = perf_counter() - clock
    return holdings(Settings(data=data)), seconds


def crawl_whole(settings: Settings, command: list[str]) -> None:
    """Crawl to the end; what was killed before is taken up."""
    with start(settings, command) as process:
        assert process.wait() == 0


def start(settings: Settings, command: list[str]) -> subprocess.Popen[bytes]:
    """The command in a process of its own."""
    environ = os.environ | {
        "COMMUNIQUE_DATA": str(settings.data),
        "COMMUNIQUE_CATALOG": settings.catalog,
    }
    return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)


def kill(settings: Settings, command: list[str], moment_s: float) -> str:
    """Kill a crawl at a moment; the state of its run then. One that was faster stands."""
    with start(settings, command) as process:
        with suppress(subprocess.TimeoutExpired):
            process.wait(moment_s)
        process.kill()
    return run_state(settings)


def run_state(settings: Settings) -> str:
    """The state of the newest run; "" before there is one. Read without making a catalog."""
    if not settings.catalog and not (settings.data / "catalog.sqlite").exists():
        return ""
    engine = create_engine(settings.catalog_url, poolclass=NullPool)
    query = select(tables.run.c.state).order_by(tables.run.c.id.desc()).limit(1)
    with suppress(DBAPIError), engine.connect() as connection:
        return connection.scalar(query) or ""
    return ""  # there are no tables yet


def holdings(settings: Settings) -> dict[str, Any]:
    """What catalog and archive hold, times and places aside; each place is read on the way."""
    with closing(Store(settings)) as store:
        found: dict[str, Any] = {"problems": list(verify_catalog(settings, store))}
        with store.reading() as connection:
            for table in (tables.release, tables.version, tables.visit, tables.copy):
                found[table.name] = sorted(_lines(connection, table))
            staged = connection.execute(select(tables.staged)).all()
            found["unpublished"] = len(staged)
            places = connection.execute(select(*(tables.visit.c[name] for name in PLACES)))
            places = [RecordLocation(row.warc_file, row.warc_offset) for row in places]
    found["visited"] = sorted(sha256(read_response(settings.archive, p).body) for p in places)
    found["archive"] = sorted(set(_archived(settings)))
    return found


def _lines(connection: Any, table: Table) -> Iterator[str]:
    columns = [column for column in table.c if column.name not in OWN | PLACES]
    for row in connection.execute(select(*columns)):
        yield json.dumps([str(value) for value in row])


def _archived(settings: Settings) -> Iterator[tuple[str, int, str]]:
    """Address, status and digest of every whole response; a kill tears the last record at most."""
    for path in settings.archive.glob("*/*.warc.gz"):
        with suppress(StoreError):
            for each in responses(path):
                yield each.url, each.status, sha256(each.body)


@contextmanager
def small_site(folder: Path) -> Iterator[str]:
    """The base URL of a part of the saved site, with a listing that ends."""
    sys.path.insert(0, str(SHARED / "replica"))
    replica = import_module("replica")
    saved, root = replica.unpack(HOST), folder / "site"
    (root / "api").mkdir(parents=True)
    (root / "listing").mkdir()
    (root / "pr").symlink_to(saved / "pr")
    (root / "routes.jsonl").symlink_to(saved / "routes.jsonl")
    for number in range(LISTINGS):
        page = (saved / "listing" / f"{number:03}.html").read_bytes()
        is_last = number + 1 == LISTINGS
        page = page.replace(b"pager__item--next", b"") if is_last else page
        (root / "listing" / f"{number:03}.html").write_bytes(page)
    name = "press_releases.jsonl"
    items = (saved / "api" / name).read_text(encoding="utf-8").splitlines(keepends=True)
    (root / "api" / name).write_text("".join(items[:ITEMS]), encoding="utf-8")
    with replica.Replica(HOST, root=root) as site:
        yield site.url
