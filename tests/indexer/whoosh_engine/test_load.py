"""Searches in many threads while another updates, merges and publishes the index."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Settings
from indexer.engine.document import Document
from indexer.engine.results import Filters, Query
from indexer.query.parser import parse
from indexer.whoosh_engine import WhooshEngine
from tests.indexer.whoosh_engine.test_trees import nothing, sample_documents

UPDATES = 26
THREADS = 8
ALL = "heldbyall"
# Of every kind; each matches every document, or some.
ASKED = (
    ALL,
    f"{ALL[:5]}*",
    "*byall",
    f'"{ALL} by all"',
    f"{ALL}~",
    f'"by {ALL}"~9 OR {ALL}',
    f"{ALL} ANDMAYBE court",
    "co*",
    '"of the"',
    "*ment NOT sentenced",
    "date:2012..2019",
    "суд OR co?rt",
)
EVERYWHERE = 7


@pytest.fixture(scope="module")
def documents(sample_settings: Settings) -> list[Document]:
    found = sample_documents(sample_settings)
    return [replace(each, body=(f"{ALL} by all.", *each.body)) for each in found]


@pytest.fixture
def engine(documents: list[Document], tmp_path: Path) -> Iterator[WhooshEngine]:
    opened = WhooshEngine(tmp_path, 64)
    opened.publish(opened.build(documents[:40], 1, nothing))
    yield opened
    opened.close()


def write(
    engine: WhooshEngine, documents: list[Document], over: threading.Event, totals: set[int]
) -> int:
    """Update, and from time to time publish anew; `totals` are those of states, told beforehand.

    Returns how often it published.
    """
    live = {each.id for each in documents[:40]}
    builds = 0
    for updates in range(UPDATES):
        chosen = [documents[(updates * 5 + n * 3) % len(documents)] for n in range(4)]
        gone = documents[(updates * 7 + 1) % len(documents)].id
        coming = [
            replace(each, title=f"{each.title} {updates}") for each in chosen if each.id != gone
        ]
        live = (live | {each.id for each in coming}) - {gone}
        totals.add(len(live))
        engine.update(coming, [gone], updates, nothing)
        if updates % 6 == 5:
            fresh = [each for each in documents if each.id in live][: 30 + updates % 20]
            live = {each.id for each in fresh}
            totals.add(len(live))
            engine.publish(engine.build(fresh, updates, nothing))
            builds += 1
    over.set()
    return builds


def read(engine: WhooshEngine, first: int, over: threading.Event, totals: set[int]) -> int:
    """Ask until all is written; every answer must be whole, and of one state."""
    number = first
    while not over.is_set():
        which = number % len(ASKED)
        filters = Filters(language=("en", "ru", "kk") if number % 5 == 0 else ())
        found = engine.search(Query(parse(ASKED[which]).tree, filters, start=number % 3))
        if which < EVERYWHERE:
            assert found.total in totals, ASKED[which]
            assert found.hits
            assert all(any(m for _, m in hit.passages[0].parts) for hit in found.hits)
            assert any(each.total for each in [found])
        assert sum(count for _, count in found.facets[0].counts) == found.total
        assert sum(count for _, count in found.timeline) == found.total
        assert len({hit.id for hit in found.hits}) == len(found.hits) <= 20
        if number % 7 == 0:
            ids = [*engine.scan(Query(parse(ALL).tree))]
            assert len({*ids}) == len(ids)
            assert len(ids) in totals
        number += 1
    return number - first


def test_readers_see_whole_states_only(engine: WhooshEngine, documents: list[Document]) -> None:
    over = threading.Event()
    totals = {40}
    with ThreadPoolExecutor(THREADS + 1) as threads:
        readers = [threads.submit(read, engine, n, over, totals) for n in range(THREADS)]
        try:
            builds = write(engine, documents, over, totals)
        finally:
            over.set()
        answers = [each.result() for each in readers]
    assert min(answers) > 0
    assert builds == UPDATES // 6
    assert len(engine.builds()) == 1


def answered(engine: WhooshEngine, typed: str) -> object:
    """What a search and a scan say."""
    node = parse(typed).tree
    found = engine.search(Query(node, Filters(language=("en", "ru"))))
    return replace(found, build=""), [*engine.scan(Query(node))]


def test_answers_in_threads_are_those_alone(
    engine: WhooshEngine, documents: list[Document]
) -> None:
    engine.update(documents[35:], [documents[3].id], 2, nothing)
    alone = [answered(engine, typed) for typed in ASKED]
    engine.close()
    start = threading.Barrier(THREADS)

    def ask(first: int) -> None:
        start.wait()
        for number in range(first, first + 3 * len(ASKED)):
            which = number % len(ASKED)
            assert answered(engine, ASKED[which]) == alone[which]

    with ThreadPoolExecutor(THREADS) as threads:
        for each in [threads.submit(ask, n) for n in range(THREADS)]:
            each.result()
