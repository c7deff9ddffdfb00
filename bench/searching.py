"""Search: building, updating, result pages, size and memory, beside Tantivy, SQLite FTS5 and plain
Whoosh.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Thread
from time import perf_counter

from bench.documents import KINDS, MADE, queries, real, recombined
from bench.engines import PEERS, TOP, Ours, Peer
from bench.site import Row
from indexer.engine.document import Document
from indexer.engine.results import Query
from indexer.query.parser import parse

ROUNDS = 5
UPDATED = 50
PUBLISHES = 20
# Plain Whoosh takes ten minutes to index the large set; it is measured on the real one alone.
SMALL_ONLY = ("whoosh",)
# Kinds of queries that are also asked without operators, so that some of the words may match.
PLAIN = ("two-word-and", "or-of-three", "long")

MEMORY = """
import json, sys
from pathlib import Path
from corpus import Settings
from webui import create_app
client = create_app(Settings(data=Path(sys.argv[1]))).test_client()
typed = json.loads(sys.stdin.read())
for number in range(1000):
    assert client.get("/", query_string={"q": typed[number % len(typed)]}).status_code == 200
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("RssAnon")))
"""


def rows() -> list[Row]:
    """All figures, at the real size and at the made one."""
    documents = real()
    asked = queries(documents)
    found = _sized(documents, documents, len(documents), asked)
    return found + _sized(documents, None, MADE, asked)


def _sized(
    models: list[Document],
    documents: list[Document] | None,
    size: int,
    asked: dict[str, list[list[str]]],
) -> list[Row]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        peers: dict[str, Peer] = {}
        built: dict[str, float] = {}
        for peer, kind in PEERS.items():
            if peer in SMALL_ONLY and documents is None:
                continue
            source = documents if documents is not None else recombined(models, size)
            place = folder / ("data/index" if peer == "ours" else peer)
            peers[peer] = kind(place)
            clock = perf_counter()
            peers[peer].build(source)
            built[peer] = perf_counter() - clock
            print(f"  {peer} indexed {size:,} in {built[peer]:.1f} s", file=sys.stderr, flush=True)
        found = [_row(f"index/time/{size}", "s", built)]
        found.append(
            {"name": f"index/rate/{size}", "unit": "releases/s", "ours": size / built["ours"]}
        )
        sizes = {peer: _size_mb(folder / ("data" if peer == "ours" else peer)) for peer in peers}
        found.append(_row(f"index/size/{size}", "MB", sizes))
        found += _pages(peers, asked, size)
        found += _tiers(peers["ours"], peers["tantivy"], asked, size)
        changed = list(islice(recombined(models, UPDATED), UPDATED))
        if documents is not None:
            changed = [
                replace(new, id=old.id) for new, old in zip(changed, documents, strict=False)
            ]
        found.append(_row(f"update/{UPDATED}/{size}", "s", _updates(peers, changed)))
        found.append(_memory(folder / "data", asked, size))
        ours = peers["ours"]
        if isinstance(ours, Ours):
            found.append(_load(ours, changed, size))
    return found


def _row(name: str, unit: str, figures: dict[str, float]) -> Row:
    row: Row = {"name": name, "unit": unit} | figures
    return row | {"ratio": figures["ours"] / figures["tantivy"]}


def _pages(peers: dict[str, Peer], asked: dict[str, list[list[str]]], size: int) -> list[Row]:
    """The median time of a results page by kind of query.

    An engine answers all queries of a kind, then the next engine does, and so on for some rounds:
    alternating with every query would measure whose code the others push out of the caches.
    """
    pages = {peer: engine.page for peer, engine in peers.items()}
    ours = peers["ours"]
    if isinstance(ours, Ours):
        pages["whole"] = ours.whole_page
    found, everything = [], {name: [] for name in pages}  # type: ignore[var-annotated]
    for kind in KINDS:
        times: dict[str, list[float]] = {name: [] for name in pages}
        for _ in range(ROUNDS):
            for name, page in pages.items():
                for words in asked[kind]:
                    clock = perf_counter()
                    page(kind, words)
                    times[name].append((perf_counter() - clock) * 1000)
        medians = {name: median(each) for name, each in times.items()}
        whole = medians.pop("whole")
        found.append(_row(f"page/{kind}/{size}", "ms", medians))
        found.append({"name": f"whole-page/{kind}/{size}", "unit": "ms", "ours": whole})
        for name, each in times.items():
            everything[name] += each
    medians = {name: median(each) for name, each in everything.items()}
    found.append({"name": f"whole-page/all/{size}", "unit": "ms", "ours": medians.pop("whole")})
    found.append(_row(f"page/all/{size}", "ms", medians))
    return found


def _tiers(ours: Peer, tantivy: Peer, asked: dict[str, list[list[str]]], size: int) -> list[Row]:
    """The median time of a page of plain words with the second tier: where it is used, beside
    Tantivy's OR query; where the first tier fills the page, beside the page without it.
    """
    assert isinstance(ours, Ours)
    plain = [words for kind in PLAIN for words in asked[kind]]
    firsts = [ours.search(" ".join(words), has_some=False).total for words in plain]
    some = [words for words, first in zip(plain, firsts, strict=True) if first < TOP]
    full = [words for words, first in zip(plain, firsts, strict=True) if first >= TOP]
    pages: dict[str, tuple[list[list[str]], Callable[[list[str]], object]]] = {
        "used": (some, lambda words: ours.search(" ".join(words))),
        "or": (some, partial(tantivy.page, "long")),
        "full": (full, lambda words: ours.search(" ".join(words))),
        "first": (full, lambda words: ours.search(" ".join(words), has_some=False)),
    }
    times: dict[str, list[float]] = {name: [] for name in pages}
    for _ in range(ROUNDS):
        for name, (queries_asked, page) in pages.items():
            for words in queries_asked:
                clock = perf_counter()
                page(words)
                times[name].append((perf_counter() - clock) * 1000)
    found: list[Row] = []
    if some:
        figures = {"ours": median(times["used"]), "tantivy": median(times["or"])}
        found.append(_row(f"page/second-tier/{len(some)} queries/{size}", "ms", figures))
    if full:
        whole, first = median(times["full"]), median(times["first"])
        row: Row = {"name": f"page/full-first-tier/{len(full)} queries/{size}", "unit": "ms"}
        found.append(row | {"ours": whole, "without": first, "ratio": whole / first})
    return found


def _updates(peers: dict[str, Peer], changed: Sequence[Document]) -> dict[str, float]:
    times = {}
    for peer, engine in peers.items():
        clock = perf_counter()
        engine.update(changed)
        times[peer] = perf_counter() - clock
    return times


def _memory(data: Path, asked: dict[str, list[list[str]]], size: int) -> Row:
    """Anonymous resident memory of a web process after 1,000 mixed queries."""
    typed = [" ".join(words) for kind in KINDS for words in asked[kind]]
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(data)],
        input=json.dumps(typed),
        capture_output=True,
        text=True,
        check=True,
    )
    return {"name": f"memory/web/{size}", "unit": "MB", "ours": int(done.stdout) / 1000}


def _load(ours: Ours, changed: Sequence[Document], size: int) -> Row:
    """Searches without end while the index is updated and published again: how many went wrong."""
    query = Query(parse("justice").tree, size=10)
    total = ours.engine.search(query).total
    wrong, asked, is_over = 0, 0, False

    def ask() -> None:
        nonlocal wrong, asked
        while not is_over:
            asked += 1
            try:
                found = ours.engine.search(query).total
                wrong += abs(found - total) > len(changed)
            except Exception:  # noqa: BLE001 (whatever it is, it is what is counted)
                wrong += 1

    readers = [Thread(target=ask) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(PUBLISHES):
        ours.engine.update(changed, (), number + 3, lambda done: None)
        ours.engine.publish(ours.engine.builds()[-1])
    is_over = True
    for reader in readers:
        reader.join()
    print(f"  {asked:,} searches during {PUBLISHES} updates", file=sys.stderr, flush=True)
    return {"name": f"load/failed-searches/{size}", "unit": f"of {asked:,}", "ours": wrong}


def _size_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
