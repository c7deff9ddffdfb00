"""OpenSearch: rebuilding, and result pages beside the embedded engine, as the engine answers and as
a browser gets them; nodes that are killed while a build goes on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import monotonic, perf_counter, sleep

from bench.documents import KINDS, MADE, queries, real, recombined
from bench.engines import Ours, as_typed
from bench.site import Row
from corpus import Settings, Store
from corpus.errors import CommuniqueError
from indexer.engine.document import Document
from indexer.engine.results import Query
from indexer.opensearch_engine import OpenSearchEngine
from indexer.query.parser import parse
from tests.opensearch.server import Node, Server
from webui import create_app

# A Java machine compiles what it runs most; it takes ten thousand pages until it gets no quicker.
WARMING, ROUNDS = 120, 5
# Releases of the build that is live, and of the one that is under way when a node goes.
OLD, NEW = 2_000, 6_000
GREEN_S = 120


class Clustered(Ours):
    """The same program on a cluster."""

    def __init__(self, server: Server, name: str = "communique", replicas: int = 0) -> None:
        self.settings = Settings(
            engine="opensearch",
            opensearch_url=" ".join(server.urls),
            opensearch_index=name,
            opensearch_replicas=replicas,
        )
        self.engine = OpenSearchEngine(self.settings)  # type: ignore[assignment]
        self.revision = 0


def rows() -> list[Row]:
    """All figures."""
    documents = real()
    asked = queries(documents)
    with TemporaryDirectory() as name:
        folder = Path(name)
        embedded = Settings(data=folder)
        with Server(folder / "one", heap="2g", options=()) as server:
            ours, clustered = Ours(embedded.index), Clustered(server)
            found = _built(ours, clustered, documents)
            found += _pages(ours, clustered, asked)
            ours.engine.close()
            with closing(Store(embedded)):  # an empty catalog is enough
                found += _served(clustered, embedded, asked)
            clustered.engine.drop(clustered.engine.builds()[-1])
            found += _killed(server, documents)
        with Server(folder / "three", nodes=3, options=()) as server:
            found += _outage(server, documents)
    return found


def _built(ours: Ours, clustered: Clustered, documents: list[Document]) -> list[Row]:
    """How fast each engine is built until it is live; on the cluster also how long segments are
    joined while it is read, and how large it is then.
    """
    times = {}
    for name, engine in (("ours", clustered.engine), ("embedded", ours.engine)):
        clock = perf_counter()
        build = engine.build(recombined(documents, MADE), 1, lambda done: None)
        times[name] = MADE / (perf_counter() - clock)
        _say(f"{name}: {times[name]:,.0f} releases a second")
        clock = perf_counter()
        engine.publish(build)
        if engine is clustered.engine:
            joining = perf_counter() - clock
    client = clustered.engine.cluster.client  # type: ignore[attr-defined]
    held = client.indices.stats(index="communique-*", params={"metric": "store"})
    size = held["_all"]["primaries"]["store"]["size_in_bytes"]
    rate: Row = {"name": f"opensearch/rate/{MADE}", "unit": "releases/s"} | times
    return [
        rate | {"ratio": times["ours"] / times["embedded"]},
        {"name": f"opensearch/joining/{MADE}", "unit": "s", "ours": joining},
        {"name": f"opensearch/size/{MADE}", "unit": "KB/release", "ours": size / MADE / 1000},
    ]


def _pages(ours: Ours, clustered: Clustered, asked: dict[str, list[list[str]]]) -> list[Row]:
    """The median time of an engine's answer with all that a results page needs, by kind of query;
    the engines take turns.
    """
    pages = {"ours": clustered.whole_page, "embedded": ours.whole_page}
    every: dict[str, list[float]] = {name: [] for name in pages}
    for warmed in WARMING * KINDS:
        _forget(clustered)
        for words in asked[warmed]:
            clustered.whole_page(warmed, words)
    found = []
    for kind in KINDS:
        times: dict[str, list[float]] = {name: [] for name in pages}
        for number in range(ROUNDS + 1):
            _forget(clustered)
            for name, page in pages.items():
                for words in asked[kind]:
                    clock = perf_counter()
                    page(kind, words)
                    if number:  # the first round opens what the embedded engine reads
                        times[name].append((perf_counter() - clock) * 1000)
        found.append(_page_row(f"whole-page/{kind}", times))
        for name, each in times.items():
            every[name] += each
    return [*found, _page_row("whole-page/all", every)]


def _served(
    clustered: Clustered, embedded: Settings, asked: dict[str, list[list[str]]]
) -> list[Row]:
    """The median time of a results page as a browser gets it; the engines take turns."""
    clients = {
        "ours": create_app(replace(clustered.settings, data=embedded.data)).test_client(),
        "embedded": create_app(embedded).test_client(),
    }
    typed = [as_typed(kind, words) for kind in KINDS for words in asked[kind]]
    times: dict[str, list[float]] = {name: [] for name in clients}
    for number in range(ROUNDS + 1):
        _forget(clustered)
        for name, client in clients.items():
            for each in typed:
                clock = perf_counter()
                answer = client.get("/", query_string={"q": each})
                if number:  # the first round compiles templates
                    times[name].append((perf_counter() - clock) * 1000)
                if answer.status_code != 200:
                    raise RuntimeError(f"{each}: {answer.status}")
    return [_page_row("results-page/all", times)]


def _forget(clustered: Clustered) -> None:
    """A cluster keeps what it counted for a query; it is to count as if for the first time."""
    client = clustered.engine.cluster.client  # type: ignore[attr-defined]
    client.indices.clear_cache(params={"request": "true"})


def _page_row(what: str, times: dict[str, list[float]]) -> Row:
    medians = {name: median(each) for name, each in times.items()}
    row: Row = {"name": f"opensearch/{what}/{MADE}", "unit": "ms"} | medians
    return row | {"ratio": medians["ours"] / medians["embedded"]}


# a node that is killed


def _killed(server: Server, documents: list[Document]) -> list[Row]:
    """One node, killed in the middle of a build: started again at once, or when the job failed."""
    found = []
    for name, is_at_once in (("started-at-once", True), ("started-later", False)):
        clustered = Clustered(server, name)
        clustered.build(recombined(documents, OLD))

        def strike(is_at_once: bool = is_at_once) -> None:
            server.kill()
            if is_at_once:
                Thread(target=server.start).start()

        is_through = _attempt(clustered, documents, strike)
        if not is_at_once:
            server.start()
        server.nodes[0].wait(1)
        found += _after(f"opensearch/node-killed/{name}", clustered, documents, is_through)
    return found


def _outage(server: Server, documents: list[Document]) -> list[Row]:
    """Three nodes, of which one is killed in the middle of a build: one without a part of it, and
    the one that it is on. Searches go on all the time.
    """
    found = []
    for name, holds in (("without-build", False), ("with-build", True)):
        clustered = Clustered(server, name, replicas=1)
        clustered.build(recombined(documents, OLD))
        _wait_green(server)

        def strike(clustered: Clustered = clustered, holds: bool = holds) -> None:
            node = _node(server, clustered.engine.builds()[-1], holds=holds)
            _say(f"{node.url} is killed")
            node.kill()

        with _searching(clustered) as counts:
            is_through = _attempt(clustered, documents, strike)
            searched = f"of {counts['asked']:,}"
            wrong = counts["failed"]
        prefix = f"opensearch/one-of-three-killed/{name}"
        found.append({"name": f"{prefix}/failed-searches", "unit": searched, "ours": wrong})
        longest = round(counts["longest_ms"])
        found.append({"name": f"{prefix}/longest-search", "unit": "ms", "ours": longest})
        found += _after(prefix, clustered, documents, is_through)
        server.start()
    return found


def _attempt(clustered: Clustered, documents: list[Document], strike: Callable[[], None]) -> bool:
    """Whether a build comes to its end though something strikes when half of it was read; it is not
    published.
    """

    def coming() -> Iterator[Document]:
        for number, each in enumerate(recombined(documents, NEW)):
            if number == NEW // 2:
                strike()
            yield each

    clock = monotonic()
    try:
        clustered.engine.build(coming(), 2, lambda done: None)
    except CommuniqueError as error:
        _say(f"failed after {monotonic() - clock:.0f} s: {error}")
        return False
    _say(f"came through in {monotonic() - clock:.0f} s")
    return True


def _after(
    prefix: str, clustered: Clustered, documents: list[Document], is_through: bool
) -> list[Row]:
    """What was live before the job is done or run again, and what is afterwards."""
    engine = clustered.engine
    live = engine.search(Query(size=1)).total
    if is_through:
        engine.publish(engine.builds()[-1])
    else:
        clustered.build(recombined(documents, NEW))
    ids = [*engine.scan(Query(sort="id"))]
    return [
        {"name": f"{prefix}/build-came-through", "unit": "of 1", "ours": int(is_through)},
        {"name": f"{prefix}/live-before", "unit": f"of {OLD:,}", "ours": live},
        {"name": f"{prefix}/held-after", "unit": f"of {NEW:,}", "ours": len({*ids})},
        {"name": f"{prefix}/doubled-after", "unit": "releases", "ours": len(ids) - len({*ids})},
        {"name": f"{prefix}/builds-left", "unit": "of 1", "ours": len(engine.builds())},
    ]


@contextmanager
def _searching(clustered: Clustered) -> Iterator[dict[str, float]]:
    """Searches without end meanwhile: how many were asked, how many failed, the longest one."""
    counts: dict[str, float] = {"asked": 0, "failed": 0, "longest_ms": 0}
    is_over = Event()
    query = Query(parse("justice").tree, size=10)
    total = clustered.engine.search(query).total

    def ask() -> None:
        while not is_over.is_set():
            clock = perf_counter()
            counts["asked"] += 1
            try:
                counts["failed"] += clustered.engine.search(query).total != total
            except Exception as error:  # noqa: BLE001 (whatever it is, it is what is counted)
                _say(f"a search failed: {error!r}")
                counts["failed"] += 1
            counts["longest_ms"] = max(counts["longest_ms"], 1000 * (perf_counter() - clock))

    reader = Thread(target=ask)
    reader.start()
    try:
        yield counts
    finally:
        is_over.set()
        reader.join()


def _node(server: Server, build: str, *, holds: bool) -> Node:
    """A node that holds the releases of a build, or one that holds none."""
    parts = server.call("GET", f"/_cat/shards/*-{build}*?format=json")  # of its words, too
    holding = {each["node"] for each in parts}
    return next(node for node in server.nodes if (node.folder.name in holding) == holds)


def _wait_green(server: Server) -> None:
    deadline = monotonic() + GREEN_S
    while server.call("GET", "/_cluster/health")["status"] != "green":
        if monotonic() > deadline:
            raise RuntimeError("The cluster did not become green.")
        sleep(0.5)


def _say(words: str) -> None:
    print(f"  {words}", file=sys.stderr, flush=True)
