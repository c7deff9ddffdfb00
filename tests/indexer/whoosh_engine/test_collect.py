"""Filters, facets, timeline, order and paging, against plain counts over the same documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Settings
from corpus.statutes import section
from indexer.analysis.analyzer import fold
from indexer.engine.document import Document
from indexer.engine.periods import STEPS, fitting
from indexer.engine.results import FACETS, UNDATED, Facet, Filters, Query
from indexer.query import tree
from indexer.query.interpretation.prison_terms import band
from indexer.query.parser import parse
from indexer.whoosh_engine import WhooshEngine
from tests.indexer.whoosh_engine.test_trees import nothing, sample_documents

OFTEN = settings(max_examples=120, deadline=None)
ASKED = [
    "",
    "*",
    "court",
    "суд",
    "the OR тыс",
    "sentenced",
    "year:2018",
    "co*",
    '"to the"',
    "absent",
    'statute:"18 USC 924(c)" OR court',
    "statute:190-бап",
]
CITED = ("us/usc/18/1343", "us/usc/18/924", "us/usc/18/924/c", "kz/cc/190", "kz/cc/190/4")
SORTS = ("relevance", "newest", "oldest")


def copies(documents: list[Document]) -> list[Document]:
    """Each document several times, so that scores are equal, on other days and of more offices."""
    found = []
    for number in range(6):
        for place, each in enumerate(documents):
            day = None
            if (number + place) % 7 and each.published:
                day = each.published.replace(year=2012 + (number * place) % 9, day=1 + place % 5)
            found.append(
                replace(
                    each,
                    id=f"{each.id}-{(number * 31 + place * 17) % 97:02}-{number}",
                    office=f"{each.office}_{place % 3}",
                    published=day,
                    topics=(*each.topics, *("Fraud", "Bribery", "Сыбайлас")[: number % 4]),
                )
            )
    return found


@pytest.fixture(scope="module")
def documents(sample_settings: Settings) -> dict[str, Document]:
    """The live documents by their ids: some were replaced after the build, some removed."""
    made = {each.id: each for each in copies(sample_documents(sample_settings))}
    for number, id_ in enumerate([*made][5:300:9]):
        made[id_] = replace(made[id_], published=date(2021, 3, 1), topics=("Fraud", "Later"))
        state = (("changed",), ("gone",), ("changed", "gone"), ())[number % 4]
        made[id_] = replace(made[id_], state=state, kind=(None, "Plea", "Суд")[number % 3])
        made[id_] = replace(made[id_], components=("Fraud Section", "Later", "Tax")[: number % 4])
        made[id_] = replace(made[id_], group=(None, "a", "b", "c")[number % 4])
        made[id_] = replace(made[id_], statutes=CITED[: number % 6])
    for id_ in [*made][3:300:11]:
        del made[id_]
    return made


@pytest.fixture(scope="module")
def engine(
    documents: dict[str, Document],
    sample_settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[WhooshEngine]:
    first = copies(sample_documents(sample_settings))
    opened = WhooshEngine(tmp_path_factory.mktemp("answer"), 64)
    opened.publish(opened.build(first[:250], 1, nothing))
    opened.update(first[250:], (), 2, nothing)
    changed = [documents[each.id] for each in first if documents.get(each.id) not in (each, None)]
    gone = [each.id for each in first if each.id not in documents]
    assert len(changed) > 20
    assert len(gone) > 20
    opened.update(changed, gone, 3, nothing)
    yield opened
    opened.close()


def values(document: Document, facet: str) -> tuple[str, ...]:
    """What a document counts for in a facet."""
    if facet in ("topic", "component"):
        return tuple(set(getattr(document, f"{facet}s")))
    if facet in ("country", "kind"):
        value = getattr(document, facet)
        return ((fold(value) if facet == "country" else value),) if value else ()
    if facet == "year":
        return (str(document.published.year) if document.published else UNDATED,)
    if facet == "state":
        return document.state
    if facet == "statute":  # what is narrower counts for its section or article
        return tuple({section(key) for key in document.statutes})
    if facet in ("matter", "stage", "offense", "prison", "court"):
        found = {value for field, value in document.facts if field == facet}
        return tuple({band(value) for value in found} if facet == "prison" else found)
    return (getattr(document, facet),)


def passes(document: Document, filters: Filters, *, besides: str = "") -> bool:
    """Whether a document lies within filters, that of one facet left out."""
    if filters.since or filters.until:
        day = document.published
        if not day or not (filters.since or day) <= day <= (filters.until or day):
            return False
    return all(
        set(values(document, name)) & set(filters.values(name))
        for name in FACETS
        if name != besides and filters.values(name)
    )


def counted(name: str, documents: list[Document]) -> Facet:
    """A facet, counted plainly: most first, then by value."""
    found = Counter(value for each in documents for value in values(each, name))
    return Facet(name, tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0].encode()))))


def some(*choices: str) -> st.SearchStrategy[tuple[str, ...]]:
    """A few of the values, often none."""
    return st.just(()) | st.lists(st.sampled_from(choices), max_size=3).map(tuple)


DAYS = st.none() | st.dates(date(2011, 1, 1), date(2022, 1, 1))
FILTERS = st.builds(
    Filters,
    office=some("sample_doj_0", "sample_gpo_2", "sample_doj_1", "absent"),
    year=some("2012", "2016", "2021", UNDATED, "1999"),
    language=some("en", "ru", "kk", "xx"),
    country=some("aldania", "karasu", "absent"),
    topic=some("Fraud", "Bribery", "Сыбайлас", "Later", "absent"),
    component=some("Fraud Section", "Tax", "absent"),
    kind=some("Plea", "Суд", "absent"),
    state=some("changed", "gone", "absent"),
    statute=some("us/usc/18/924", "kz/cc/190", "kz/cc/190/4", "absent"),
    matter=some("criminal", "civil", "absent"),
    stage=some("sentenced", "indicted", "plea_agreement", "absent"),
    prison=some("24-60", "240-", "life"),
    since=DAYS,
    until=DAYS,
)


@OFTEN
@given(typed=st.sampled_from(ASKED), filters=FILTERS)
def test_counts_are_plain_counts(
    typed: str, filters: Filters, engine: WhooshEngine, documents: dict[str, Document]
) -> None:
    node = parse(typed).tree
    matching = [documents[id_] for id_ in engine.scan(Query(node))]
    answered = engine.search(Query(node, filters, size=3))
    kept = [each for each in matching if passes(each, filters)]
    assert answered.total == len(kept) == engine.total(Query(node, filters))
    assert {*engine.scan(Query(node, filters))} == {each.id for each in kept}
    assert answered.facets == tuple(
        counted(name, [each for each in matching if passes(each, filters, besides=name)])
        for name in FACETS
    )
    months = Counter(f"{each.published:%Y-%m}" for each in kept if each.published)
    assert answered.timeline == tuple(sorted(months.items()))


@OFTEN
@given(typed=st.sampled_from(ASKED), filters=FILTERS, step=st.sampled_from((*STEPS, "auto")))
def test_a_timeline_counts_plainly_by_any_step(
    typed: str,
    filters: Filters,
    step: Any,
    engine: WhooshEngine,
    documents: dict[str, Document],
) -> None:
    asked = Query(parse(typed).tree, filters, step=step)
    answered = engine.search(asked)
    days = sorted(day for id_ in engine.scan(asked) if (day := documents[id_].published))
    assert answered.step == (step if step != "auto" else fitting(*span(days)))
    names = {
        "day": date.isoformat,
        "week": lambda day: "{:04}-W{:02}".format(*day.isocalendar()),
        "month": lambda day: f"{day:%Y-%m}",
        "year": lambda day: f"{day:%Y}",
    }
    assert answered.timeline == tuple(sorted(Counter(map(names[answered.step], days)).items()))
    years = next(each for each in answered.facets if each.name == "year")
    assert years == engine.search(replace(asked, step="month")).facets[FACETS.index("year")]


def span(days: list[date]) -> tuple[date, date]:
    return (days[0], days[-1]) if days else (date.min, date.min)


@OFTEN
@given(
    typed=st.sampled_from(ASKED),
    filters=FILTERS,
    sort=st.sampled_from(SORTS),
    size=st.integers(1, 60),
)
def test_of_copies_the_best_placed_hit_is_shown_and_counts_the_others(
    typed: str,
    filters: Filters,
    sort: Any,
    size: int,
    engine: WhooshEngine,
    documents: dict[str, Document],
) -> None:
    asked = Query(parse(typed).tree, filters, sort)
    held: dict[str, int] = {}
    groups: dict[str, str] = {}
    for id_ in engine.scan(asked):
        first = groups.setdefault(documents[id_].group or id_, id_)
        held[first] = held.get(first, -1) + 1
    size = max(size, len(held) // 8)
    pages = [
        engine.search(replace(asked, start=start, size=size, is_folded=True))
        for start in range(0, len(held) + size, size)
    ]
    assert [(hit.id, hit.folded) for page in pages for hit in page.hits] == [*held.items()]
    whole = engine.search(asked)
    for page in pages:
        assert (page.total, page.facets, page.timeline) == (
            whole.total,
            whole.facets,
            whole.timeline,
        )
        assert page.folded == whole.total - len(held)
    assert whole.folded == 0


def test_every_document_is_counted_when_nothing_is_asked(
    engine: WhooshEngine, documents: dict[str, Document]
) -> None:
    assert {*engine.scan(Query())} == {*documents}
    assert engine.search(Query()).total == engine.health().releases == len(documents)
    assert engine.exists(documents) == [True] * len(documents)


def place_of(sort: str, document: Document, score: float) -> tuple[float, float, str]:
    """Where a hit belongs."""
    day = document.published.toordinal() if document.published else 0
    if sort == "oldest":
        return 0.0, day or 1e9, document.id
    return -score if sort == "relevance" else 0.0, -day, document.id


@OFTEN
@given(typed=st.sampled_from(ASKED), sort=st.sampled_from(SORTS), size=st.integers(1, 400))
def test_pages_of_any_size_make_up_the_scan(
    typed: str, sort: str, size: int, engine: WhooshEngine, documents: dict[str, Document]
) -> None:
    asked = Query(parse(typed).tree, Filters(), sort)
    ids = [*engine.scan(asked)]
    whole = engine.search(replace(asked, size=1000))
    assert [hit.id for hit in whole.hits] == ids
    places = [place_of(sort, documents[hit.id], hit.score) for hit in whole.hits]
    assert places == sorted(places)
    size = max(size, len(ids) // 12)
    paged = [
        hit.id
        for start in range(0, len(ids) + size, size)
        for hit in engine.search(replace(asked, start=start, size=size)).hits
    ]
    assert paged == ids


@OFTEN
@given(start=st.integers(0, 500), size=st.integers(1, 60), sort=st.sampled_from(SORTS))
def test_a_page_anywhere_is_a_slice_of_the_scan(
    start: int, size: int, sort: str, engine: WhooshEngine
) -> None:
    asked = Query(parse("court OR суд OR сот").tree, Filters(office=("sample_doj_0",)), sort)
    page = engine.search(replace(asked, start=start, size=size))
    expected = islice(engine.scan(asked), start, start + size)
    assert [hit.id for hit in page.hits] == [*expected]


def test_many_hits_have_equal_scores(engine: WhooshEngine) -> None:
    hits = engine.search(Query(parse("court").tree, size=1000)).hits
    assert len({hit.score for hit in hits}) * 3 < len(hits)


@pytest.mark.parametrize(
    ("typed", "sort"),
    [
        ("", "relevance"),
        ("court", "relevance"),
        ("court", "newest"),
        ("court", "oldest"),
        ("absent", "relevance"),
    ],
)
def test_a_page_of_no_hits_still_counts(typed: str, sort: str, engine: WhooshEngine) -> None:
    asked = Query(parse(typed).tree, Filters(), sort, size=0)
    page = engine.search(asked)
    assert page.hits == ()
    assert page.total == engine.total(asked)


def test_a_page_beyond_the_end_is_empty(engine: WhooshEngine) -> None:
    page = engine.search(Query(parse("court").tree, start=10_000))
    assert page.hits == ()
    assert page.total > 0


def test_scores_that_differ_outweigh_dates(engine: WhooshEngine) -> None:
    boosted = tree.Or((tree.Term("language", "kk", boost=2.0), tree.Term("language", "ru")))
    languages = [hit.language for hit in engine.search(Query(boosted, size=1000)).hits]
    assert languages == sorted(languages)
    assert {*languages} == {"kk", "ru"}


def test_the_explanation_counts_live_releases_only(engine: WhooshEngine) -> None:
    answered = engine.search(Query(parse("body:court").tree))
    assert answered.explanation
    assert answered.explanation.count == answered.total


def test_what_asks_nothing_is_in_the_order_of_time(engine: WhooshEngine) -> None:
    newest = [*engine.scan(Query(sort="newest"))]
    assert newest == [*engine.scan(Query())] == [*engine.scan(Query(tree.Every()))]
