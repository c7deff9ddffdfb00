"""A year of daily crawls and reindexes by a fake clock, with updates, a restore, power cuts and a
full disk: what the ledger holds against an oracle, and how disk and memory grow.
"""

from __future__ import annotations

import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from bench.site import SHARED, Row
from corpus import Settings
from tests.newsroom import saved_newsroom
from tests.observer import Observer
from tests.power_cut import Disk
from tests.year import Plan, Year

DAYS, RELEASES, NEWS, SEED = 365, 200, 140, 2018
DISK_BYTES = 1_000_000_000
INCIDENTS = {
    0: "begin_with_first_format",
    90: "cut_power_in_crawl",
    120: "update_catalog",
    177: "back_up",
    180: "restore",
    240: "update_index",
    270: "cut_power_in_reindex",
    300: "fill_disk",
}
PARTS = ("archive", "catalog", "index", "other")


def rows() -> list[Row]:
    """Whether ledger and versions are right, and what is on disk and in memory by quarter."""
    sys.path.insert(0, str(SHARED / "replica"))
    room = saved_newsroom(import_module("replica"), RELEASES)
    began, right, quarters = perf_counter(), 0, list[Counter[str]]()
    with TemporaryDirectory() as name, Disk(Path(name), DISK_BYTES) as disk:
        settings = Settings(data=disk.path / "data", contact="bench")
        observer = Observer("us_doj", room, settings, is_daily=False)
        plan = Plan(room, DAYS, NEWS, SEED)
        year = Year(Path(name), disk, observer, plan, INCIDENTS)
        for number in year.live():
            right += observer.ledger() == observer.expected_ledger()
            if len(quarters) < (number + 1) * 4 // DAYS:
                observer.assert_all_is_known()
                quarters.append(sizes(settings.data) + Counter(memory=year.memory_bytes))
                print(f"  day {number}: {dict(quarters[-1])}", file=sys.stderr, flush=True)
        kinds = Counter(kind for _, kind, _, _ in observer.ledger())
        stated = observer.stated().values()
    return [
        {"name": "year/days", "unit": "minutes", "ours": (perf_counter() - began) / 60},
        {"name": "year/ledger", "unit": f"days of {DAYS} right", "ours": right},
        *({"name": f"year/{kind}", "unit": "entries", "ours": kinds[kind]} for kind in kinds),
        {"name": "year/releases", "unit": "releases", "ours": len(stated)},
        {
            "name": "year/versions",
            "unit": "versions",
            "ours": sum(len(known.versions) for known in stated),
        },
        {"name": "year/edits", "unit": f"seen of {plan.edits}", "ours": len(year.lags)},
        {"name": "year/edits/median", "unit": "days until seen", "ours": median(year.lags)},
        {"name": "year/edits/longest", "unit": "days until seen", "ours": max(year.lags)},
        *(_growth(f"year/{part}", "MB", part, quarters, 1e6) for part in (*PARTS, "memory")),
        *(_growth(f"year/{part}/files", "files", f"{part} files", quarters) for part in PARTS),
    ]


def sizes(data: Path) -> Counter[str]:
    """The bytes and files of each part of a data folder."""
    found = Counter[str]()
    for path in data.rglob("*"):
        if path.is_file():
            name = path.relative_to(data).parts[0].partition(".")[0]
            part = name if name in PARTS else "other"
            found[part] += path.stat().st_size
            found[f"{part} files"] += 1
    return found


def _growth(name: str, unit: str, part: str, quarters: list[Counter[str]], per: float = 1) -> Row:
    """What a part has at the end of each quarter."""
    *before, last = [quarter[part] / per if per > 1 else quarter[part] for quarter in quarters]
    return {"name": name, "unit": unit, "ours": last} | {
        f"quarter {number}": value for number, value in enumerate(before, 1)
    }
