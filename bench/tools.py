"""Researchers' tools: lines around a common word and the words around it at the made size, and the
completion of two words; pages, as the server makes them, over the real releases.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from bench.documents import MADE, queries, real, recombined
from bench.engines import Ours
from bench.site import Row
from corpus import Settings
from indexer.assist.completion import completions
from indexer.engine.document import Document
from indexer.engine.interface import Engine
from indexer.engine.results import Query
from indexer.query.parser import parse
from webui import create_app

ROUNDS = 9
SCANNED = 20_000


def rows() -> list[Row]:
    """The median time of a first page, of two orders, and of collocates as words and as stems."""
    documents = real()
    words = [parse(word).tree for (word,) in queries(documents)["one-word"]]
    with TemporaryDirectory() as name:
        ours = Ours(Path(name))
        ours.build(recombined(documents, MADE))
        engine = ours.engine
        asked = max(map(Query, words), key=lambda query: engine.occurrences(query).total)
        first = _milliseconds(lambda: engine.collocates(asked), 1)
        total = engine.occurrences(asked).total
        print(f"  {total:,} occurrences of {asked.tree}", file=sys.stderr, flush=True)
        kinds: dict[str, Callable[[], object]] = {
            "concordance": lambda: engine.occurrences(asked),
            "concordance-by-left": lambda: engine.occurrences(asked, "left"),
            "collocates": lambda: engine.collocates(asked),
            "collocates-of-stems": lambda: engine.collocates(asked, is_stem=True),
        }
        for task in kinds.values():  # once, so that what is compiled is there
            task()
        found = [_row(f"{kind}/common-word/{MADE}", task) for kind, task in kinds.items()]
        found += _completion_rows(documents, engine)
        clock = perf_counter()
        scanned = sum(1 for _ in islice(engine.scan_occurrences(asked), SCANNED))
        rate = scanned / (perf_counter() - clock)
        engine.close()
    found.append({"name": f"collocates/first-of-all/{MADE}", "unit": "ms", "ours": first})
    found.append({"name": f"concordance/scan/{MADE}", "unit": "lines/s", "ours": rate})
    return [*found, *_pages(documents)]


def _completion_rows(documents: list[Document], engine: Engine) -> list[Row]:
    """The median and the slowest of some completions, in time of the processor."""
    begun = [f"{one} {other[:2]}" for one, other in queries(documents)["phrase"]]
    tasks = (partial(completions, typed, engine, "en") for typed in begun)
    each = [_milliseconds(task, ROUNDS, clock=process_time) for task in tasks]
    numbers = {"completion": median(each), "completion-slowest": max(each)}
    return [
        {"name": f"{name}/{MADE}", "unit": "ms", "ours": number} for name, number in numbers.items()
    ]


def _pages(documents: list[Document]) -> list[Row]:
    """The median time of each page, all that the server does for it."""
    asked = queries(documents)
    words, others = [word for (word,) in asked["one-word"]], asked["phrase"]
    urls = {
        "context": [f"/concordance?q={word}" for word in words],
        "context-by-left": [f"/concordance?q={word}&by=left" for word in words],
        "trends": [f"/trends?q={word}" for word in words],
        "trends-of-six": ["/trends?q=" + "&q=".join(words[at : at + 6]) for at in (0, 3, 6)],
        "trends-of-phrases": [f'/trends?q="{one} {other}"&measure=rate' for one, other in others],
        "collocates": [f"/collocates?q={word}" for word in words],
    }
    with TemporaryDirectory() as name:
        settings = Settings(data=Path(name))
        Ours(settings.index).build(documents)
        app = create_app(settings)
        client = app.test_client()
        found: list[Row] = [
            {
                "name": f"page/{page}/{len(documents)}",
                "unit": "ms",
                "ours": median(_milliseconds(partial(client.get, url), ROUNDS) for url in some),
            }
            for page, some in urls.items()
        ]
        store, engine = app.extensions["communique"]
        engine.close()
        store.close()
    return found


def _row(name: str, task: Callable[[], object]) -> Row:
    return {"name": name, "unit": "ms", "ours": _milliseconds(task, ROUNDS)}


def _milliseconds(
    task: Callable[[], object], rounds: int, *, clock: Callable[[], float] = perf_counter
) -> float:
    times = []
    for _ in range(rounds):
        start = clock()
        task()
        times.append((clock() - start) * 1000)
    return median(times)
