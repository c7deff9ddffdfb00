"""Withheld releases are at once in no answer and in no number: a build that still holds them
answers as one without them, in every engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from corpus import Settings
from indexer import Engine, Filters, Query, open_engine, parse
from indexer.engine.document import Document
from indexer.engine.results import LineSort, Order, Position, Results
from tests.aligned import aligned
from tests.engines import ENGINES, placed
from tests.indexer.whoosh_engine.test_trees import sample_documents

QUERIES = [
    *("", '"the court"', "tort*", "c?urt", "cuort~2", "torture", "Seitov", "прокурор", "пытки"),
    *("fraud NOT tax", '"court the"~3 office:sample_doj', "court lang:en"),
]
ALONE = "xylophonist"


class Index:
    """An engine over documents, of which it is told which are withheld."""

    def __init__(self, settings: Settings) -> None:
        self.hidden: set[str] = set()
        self.engine = open_engine(settings, lambda: self.hidden)

    def fill(self, documents: list[Document]) -> None:
        self.engine.publish(self.engine.build(documents, 1, lambda done: None))


@pytest.fixture(params=ENGINES)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Index]:
    made = Index(placed(request, Settings(data=tmp_path)))
    yield made
    for build in made.engine.builds():
        made.engine.drop(build)
    made.engine.close()


@pytest.fixture
def documents(sample_settings: Settings) -> list[Document]:
    """Releases of sample offices, some of them copies of each other, and translations."""
    found = [*sample_documents(sample_settings)[::2], *aligned(15)]
    return [replace(each, group="g" if at % 7 < 2 else None) for at, each in enumerate(found)]


def answers(engine: Engine) -> dict[str, Any]:
    """All that an engine tells, but for scores, and so the order by them, and the build's name."""
    found: dict[str, Any] = {"shown": dict(engine.shown())}
    for words in QUERIES:
        query = Query(parse(words).tree, sort="newest", size=1000, step="auto")
        narrowed = replace(query, filters=Filters(year=("2018", "2020"), language=("en",)))
        found[words] = [
            *(_plain(engine.search(replace(query, sort=sort))) for sort in get_args(Order)),
            _plain(engine.search(narrowed)),
            _plain(engine.search(replace(query, is_folded=True, size=5))),
            [*engine.scan(query)],
            engine.total(narrowed),
            [replace(engine.occurrences(query, by), build="") for by in get_args(LineSort)],
            [*engine.scan_occurrences(query, "left")],
            replace(engine.collocates(query, least=1, most=1000), build=""),
            replace(engine.collocates(query, least=1, most=1000, is_stem=True), build=""),
            replace(engine.frequencies(query, "month"), build=""),
            engine.translation_suggestions(query),
        ]
    for id_ in sorted(found["shown"])[::3]:
        found[id_] = {hit.id for hit in engine.more_like_this(id_, 1000)}
    for begun in ("t", "tor", "про", "қ", ALONE[:4]):
        found[f"{begun}…"] = engine.autocomplete(begun, 5), engine.autocomplete(begun, 1000)
    for misspelled in ("tortrue", "cuort", "прокурро", "xylophonits", "fruad"):
        found[f"{misspelled}?"] = engine.spell_suggest(misspelled)
    return found


def _plain(results: Results) -> Results:
    hits = tuple(replace(each, score=0.0) for each in results.hits)
    if results.more_after is None:
        hits = tuple(sorted(hits, key=lambda each: each.id))
    return replace(results, hits=hits, build="")


def test_all_numbers_are_those_of_a_build_without_what_is_withheld(
    index: Index, documents: list[Document]
) -> None:
    engine = index.engine
    own = replace(documents[3], id="sample_doj-own", body=(f"The court fined a {ALONE}.",))
    documents = [*documents, own]
    hidden = {own.id, *(each.id for each in documents[::4])}
    index.fill(documents)
    usual = answers(engine)
    assert usual[f"{ALONE[:4]}…"] == ([ALONE], [ALONE])
    index.hidden |= hidden
    told = answers(engine)
    assert not set(told["shown"]) & hidden
    assert engine.exists([own.id, documents[1].id]) == [False, True]
    assert engine.more_like_this(own.id, 5) == ()
    assert not {hit.id for hit in engine.more_like_this(documents[1].id, 100)} & hidden
    assert told[f"{ALONE[:4]}…"] == ([], [])
    index.hidden.clear()
    assert answers(engine) == usual
    index.hidden |= hidden
    engine.update([], hidden, 2, lambda done: None)
    updated = answers(engine)
    index.fill([each for each in documents if each.id not in hidden])
    expected = answers(engine)
    for asked in expected:
        assert told[asked] == expected[asked], asked
        assert updated[asked] == expected[asked], asked


def test_pages_are_as_long_as_ever_and_none_ends_at_what_is_withheld(
    index: Index, documents: list[Document]
) -> None:
    index.fill(documents)
    every = [*index.engine.scan(Query(sort="newest"))]
    index.hidden |= {*every[2:9], every[-1]}
    shown = [id_ for id_ in every if id_ not in index.hidden]
    query = Query(sort="newest", size=3)
    walked: list[str] = []
    while True:
        results = index.engine.search(query)
        assert len(results.hits) == min(3, len(shown) - len(walked))
        walked += [hit.id for hit in results.hits]
        if results.more_after is None:
            break
        assert results.more_after == Position(results.hits[-1].published, walked[-1])
        query = replace(query, after=results.more_after)
    assert walked == shown
