"""What is read from stored texts, against the embedded engine's answers from its arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bench.documents import real
from corpus import Settings
from indexer.engine.document import Document
from indexer.engine.periods import STEPS, Step
from indexer.engine.results import Collocates, Filters, LineSort, Measure, Query
from indexer.opensearch_engine.index.mapping import Stored
from indexer.opensearch_engine.tools.collocates import collocates
from indexer.opensearch_engine.tools.concordance import concordance, scan
from indexer.opensearch_engine.tools.frequencies import frequencies
from indexer.query import tree
from indexer.query.parser import parse
from indexer.whoosh_engine import WhooshEngine
from indexer.whoosh_engine.search.execute import Executor
from tests.aligned import aligned
from tests.conftest import SHARED
from tests.indexer.whoosh_engine.test_plain_reader import Corpus, Judged, judged
from tests.indexer.whoosh_engine.test_trees import Vocabulary, nothing, trees, typed

pytestmark = pytest.mark.slow

OFTEN = settings(max_examples=150, deadline=None)
SORTS = st.sampled_from(get_args(LineSort))
MEASURES = st.sampled_from(get_args(Measure))
ORDERS = st.sampled_from(["relevance", "newest", "oldest", "id"])
FILTERS = st.sampled_from(
    [
        Filters(),
        Filters(),
        Filters(language=("ru", "kk")),
        Filters(office=("sample_doj",), since=date(2015, 1, 1)),
    ]
)
ASKED = (
    *("", "*", "zzzz", "title:court", "NOT court", "court", '"court"', "court OR суд", "сот*"),
    *('"the court"', '"court the"~4', '"суд по"~6', "co?rt", "c*t", "[ab]*", "cuort~2", "суда~"),
    *(
        "{a TO court]",
        "[суд TO тюрьма]",
        "court NOT fraud",
        "court ANDNOT the",
        "office:sample_gpo",
    ),
    *("sentenced lang:en", "осужденный", "сот", "қылмыс", "кылмыс", "don't", "anti-bribery"),
    *("Quimby", "Куимби", "Seitov OR Quimby", "прокурор*", "court ANDMAYBE суда", "a OR b OR c"),
    *("Seitov", "Сейітов", "script:exact Сеитов", "Uitlok", "Карасу NOT Karasu", "ісі", "иси"),
)


def stored(document: Document) -> Stored:
    """What a cluster would keep of a document."""
    names = ("id", "office", "language", "published", "url", "title", "alternates")
    facts = {name: getattr(document, name) for name in names}
    return Stored(body=document.body_text, **facts)


@dataclass
class Cluster:
    """The documents of an embedded index as a plain list, and what else a cluster tells of them."""

    index: Judged
    # Whether it knows what prefixes, ranges and the like stand for.
    is_expanding: bool = False

    @cached_property
    def stored(self) -> dict[str, Stored]:
        return {id_: stored(each) for id_, each in self.index.corpus.documents.items()}

    def hits(self, query: Query) -> Iterator[Stored]:
        return (self.stored[id_] for id_ in self.index.engine.scan(query))

    def fetch(self, ids: Sequence[str]) -> Iterable[Stored]:
        assert len({*ids}) == len(ids)
        return [self.stored[id_] for id_ in sorted(ids)]

    def words_of(self, node: tree.Node | None) -> dict[tree.Leaf, frozenset[str]]:
        """What the embedded index knows to share a key, by the leaf."""
        executor = Executor(self.index.engine.searcher())
        executor.run(node)
        return {
            leaf: frozenset(term.decode() for term in each.terms)
            for leaf, each in executor.expansions.items()
            if self.is_expanding or isinstance(leaf, tree.VariantTerm)
        }

    def frequency(self, words: Sequence[str], is_stem: bool) -> dict[str, int]:
        return {word: self.counts[is_stem][word] for word in words}

    @cached_property
    def counts(self) -> dict[bool, Counter[str]]:
        every = [token for text in self.index.corpus.texts.values() for token in text]
        return {
            False: Counter(each.written for each in every),
            True: Counter(each.stem for each in every),
        }

    def tokens(self) -> int:
        return self.counts[False].total()


@pytest.fixture(scope="module")
def index(sample_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    found = judged(sample_settings, tmp_path_factory.mktemp("stored"))
    more = aligned(20)
    found.engine.update(more, (), 3, nothing)
    return Judged(found.engine, Corpus(found.corpus.documents | {each.id: each for each in more}))


@pytest.fixture(scope="module", params=[False, True], ids=["judging", "expanding"])
def cluster(index: Judged, request: pytest.FixtureRequest) -> Cluster:
    return Cluster(index, request.param)


@pytest.fixture(scope="module")
def vocabulary(index: Judged) -> Vocabulary:
    return Vocabulary([*index.corpus.documents.values()])


def assert_lines(cluster: Cluster, query: Query, sort: LineSort, start: int, size: int) -> int:
    """A page, the numbers and all lines must be the embedded engine's; how many there are."""
    words_of, engine = cluster.words_of(query.tree), cluster.index.engine
    asked = query.tree, words_of.get, sort
    page = *asked, start, size, cluster.fetch
    found = concordance(cluster.hits(query), *page, attested=engine.attested)
    expected = engine.occurrences(query, sort, start, size)
    assert found == replace(expected, build="", warnings=())
    every = [*scan(cluster.hits(query), *asked, cluster.fetch)]
    assert every == [*engine.scan_occurrences(query, sort)]
    return found.total


def assert_frequencies(cluster: Cluster, query: Query, step: Step) -> None:
    words_of = cluster.words_of(query.tree)
    hits = cluster.hits(query)
    found = frequencies(hits, query.tree, words_of.get, step)
    expected = cluster.index.engine.frequencies(query, step)
    assert found == replace(expected, build="", warnings=())


def assert_collocates(
    cluster: Cluster, query: Query, window: int, measure: Measure, least: int, *, is_stem: bool
) -> Collocates:
    words_of = cluster.words_of(query.tree)
    found = collocates(
        cluster.hits(query),
        query.tree,
        words_of.get,
        cluster.frequency,
        cluster.tokens,
        window,
        measure,
        least,
        1000,
        is_stem=is_stem,
    )
    engine = cluster.index.engine
    expected = engine.collocates(query, window, measure, least, 1000, is_stem=is_stem)
    assert found == replace(expected, build="", warnings=())
    return found


@OFTEN
@given(data=st.data())
def test_lines_of_random_trees(
    data: st.DataObject, cluster: Cluster, vocabulary: Vocabulary
) -> None:
    node = data.draw(trees(vocabulary, has_negated=True))
    query = Query(node, data.draw(FILTERS), data.draw(ORDERS))
    start, size = data.draw(st.integers(0, 40)), data.draw(st.integers(0, 30))
    assert_lines(cluster, query, data.draw(SORTS), start, size)


@OFTEN
@given(data=st.data())
def test_lines_of_what_people_type(
    data: st.DataObject, cluster: Cluster, vocabulary: Vocabulary
) -> None:
    languages = data.draw(st.sampled_from([(), ("en",), ("ru", "kk")]))
    node = parse(data.draw(typed(vocabulary)), languages).tree
    assume(node is not None)
    query = Query(node, data.draw(FILTERS), data.draw(ORDERS))
    assert_lines(cluster, query, data.draw(SORTS), data.draw(st.integers(0, 20)), 20)


@OFTEN
@given(
    words=st.lists(st.sampled_from("abcd"), min_size=1, max_size=4),
    more=st.sampled_from(["", " OR b", " OR ?a", " OR b*", " OR c~"]),
    slop=st.integers(1, 6),
    sort=SORTS,
    start=st.integers(0, 200),
)
def test_lines_where_everything_overlaps(
    words: list[str], more: str, slop: int, sort: LineSort, start: int, cluster: Cluster
) -> None:
    node = parse(f'"{" ".join(words)}"~{slop}{more}', ("en",)).tree
    assert_lines(cluster, Query(node), sort, start, 25)


@pytest.mark.parametrize("asked", ASKED)
def test_answers_to_queries(cluster: Cluster, asked: str) -> None:
    for languages in ((), ("en",), ("ru", "kk")):
        query = Query(parse(asked, languages).tree, sort="newest")
        for sort in get_args(LineSort):
            assert_lines(cluster, query, sort, 3, 20)
        for step in STEPS:
            assert_frequencies(cluster, query, step)
        for measure in get_args(Measure):
            for is_stem in (False, True):
                assert_collocates(cluster, query, 5, measure, 2, is_stem=is_stem)


def test_the_queries_find_enough_to_compare(cluster: Cluster) -> None:
    totals = [assert_lines(cluster, Query(parse(each).tree), "left", 0, 9) for each in ASKED]
    assert sum(total > 0 for total in totals) >= 30
    assert max(totals) > 1000
    query = Query(parse("court").tree)
    found = assert_collocates(cluster, query, 5, "log_likelihood", 1, is_stem=True)
    assert len(found.collocates) > 20
    assert None in {each.published for each in cluster.stored.values()}
    scripts = cluster.index.engine.occurrences(Query(parse("Seitov").tree)).mentions
    assert {each.keyword[:4] for each in scripts} == {"Seit", "Сеит", "Сейі"}


@OFTEN
@given(data=st.data())
def test_frequencies_of_random_trees(
    data: st.DataObject, cluster: Cluster, vocabulary: Vocabulary
) -> None:
    node = data.draw(trees(vocabulary, has_negated=True))
    query = Query(node, data.draw(FILTERS))
    assert_frequencies(cluster, query, data.draw(st.sampled_from(STEPS)))


@OFTEN
@given(data=st.data())
def test_collocates_of_random_trees(
    data: st.DataObject, cluster: Cluster, vocabulary: Vocabulary
) -> None:
    node = data.draw(trees(vocabulary, has_negated=True))
    window, least = data.draw(st.integers(0, 12)), data.draw(st.integers(1, 5))
    measure, is_stem = data.draw(MEASURES), data.draw(st.booleans())
    query = Query(node, data.draw(FILTERS))
    assert_collocates(cluster, query, window, measure, least, is_stem=is_stem)


def test_names_are_judged_by_how_they_stand_where_nothing_tells_them(cluster: Cluster) -> None:
    node = tree.VariantTerm("body", "names", "quimby", "kuimbi")
    texts = ["Mr Quimby met a quimby", "Куимби, Куимбиге и куимби"]
    some = [replace(next(iter(cluster.stored.values())), id=each, body=each) for each in texts]
    found = scan(some, node, lambda leaf: None, "document", cluster.fetch)
    keys = {each.keyword for each in found}
    assert keys == {"Quimby", "Куимби", "Куимбиге"}


@pytest.fixture(scope="module")
def real_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if not SHARED.exists():
        pytest.skip("needs the saved real pages in ../shared")
    documents = {each.id: each for each in real(6)}
    engine = WhooshEngine(tmp_path_factory.mktemp("real"), 256)
    engine.publish(engine.build(documents.values(), 1, nothing))
    yield Cluster(Judged(engine, Corpus(documents)))
    engine.close()


@pytest.mark.parametrize(
    "asked", ["sentenced", '"the court"~3', "sent* NOT drug", "Martinez", "fruad~2 OR [a TO ab]"]
)
def test_answers_about_real_releases(real_cluster: Cluster, asked: str) -> None:
    for sort in get_args(LineSort):
        assert (
            assert_lines(
                real_cluster, Query(parse(asked).tree, has_boilerplate=True), sort, 100, 50
            )
            > 0
        )
    assert_frequencies(real_cluster, Query(parse(asked).tree, has_boilerplate=True), "month")
    for measure in get_args(Measure):
        for is_stem in (False, True):
            query = Query(parse(asked).tree, has_boilerplate=True)
            assert_collocates(real_cluster, query, 5, measure, 3, is_stem=is_stem)
