"""Concordances against a plain reading of all texts: which lines there are, their order, their
text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import get_args

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from corpus import Settings
from indexer.analysis.analyzer import WORD
from indexer.analysis.tokenizer import word_spans
from indexer.engine.results import Filters, KwicLine, LineSort, Query
from indexer.query.parser import parse
from indexer.whoosh_engine import WhooshEngine
from indexer.whoosh_engine.columns.global_ordinals import _common_numbers
from tests.indexer.whoosh_engine.test_compiled import LETTERS
from tests.indexer.whoosh_engine.test_merging import made
from tests.indexer.whoosh_engine.test_plain_reader import Judged, Span, judged
from tests.indexer.whoosh_engine.test_trees import Vocabulary, nothing, trees, typed, typed_alone

OFTEN = settings(max_examples=100, deadline=None)
SORTS = st.sampled_from(get_args(LineSort))
ORDERS = st.sampled_from(["relevance", "newest", "oldest"])
FILTERS = st.sampled_from(
    [
        Filters(),
        Filters(),
        Filters(language=("ru", "kk")),
        Filters(office=("sample_doj",), since=date(2015, 1, 1)),
    ]
)
CONTEXT = 80


@pytest.fixture(scope="module")
def index(sample_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    return judged(sample_settings, tmp_path_factory.mktemp("concordance"))


@pytest.fixture(scope="module")
def vocabulary(index: Judged) -> Vocabulary:
    return Vocabulary([*index.corpus.documents.values()])


def expected_spans(index: Judged, query: Query, sort: LineSort) -> list[Span]:
    """All occurrences in their order, by sorting what was read."""
    hits = [*index.engine.scan(query)]
    found = index.corpus.spans(query.tree, hits)
    documents = index.corpus.documents

    def beside(span: Span) -> list[str]:
        id_, first, last = span
        text = [each.written for each in index.corpus.texts[id_]]
        some = text[max(0, first - 3) : first][::-1] if sort == "left" else text[last + 1 :][:3]
        return [*some, "", "", ""][:3]

    keys: dict[str, Callable[[Span], object]] = {
        "document": lambda span: 0,
        "office": lambda span: documents[span[0]].office,
        "left": beside,
        "right": beside,
    }
    if sort == "date":
        oldest = [*index.engine.scan(Query(sort="oldest"))]
        return sorted(found, key=lambda span: oldest.index(span[0]))
    return sorted(found, key=keys[sort])  # type: ignore[arg-type]


def line(index: Judged, span: Span) -> KwicLine:
    """The line of an occurrence, read from its document."""
    id_, first, last = span
    document, words = index.corpus.documents[id_], index.corpus.texts[id_]
    text, start, end = document.body_text, words[first].start, words[last].end
    left = next(each.start for each in words if each.start >= start - CONTEXT)
    right = [each.end for each in words if each.end <= end + CONTEXT][-1]
    left = 0 if start <= CONTEXT else left
    right = len(text) if end + CONTEXT >= len(text) else right
    paragraph, offset = 0, start
    if head := document.subtitle:
        is_above = start < len(head)
        paragraph, offset = (-1, start) if is_above else (0, start - len(f"{head}\n\n\n"))
    while paragraph >= 0 and offset >= len(document.body[paragraph]):
        offset -= len(document.body[paragraph]) + 2
        paragraph += 1
    return KwicLine(
        id=id_,
        office=document.office,
        language=document.language,
        published=document.published,
        title=document.title,
        url=document.url,
        left=" ".join(f"{text[left:start]}X".split())[:-1],
        keyword=" ".join(text[start:end].split()),
        right=" ".join(f"X{text[end:right]}".split())[1:],
        paragraph=paragraph,
        offset=offset,
    )


def assert_lines(index: Judged, query: Query, sort: LineSort, start: int, size: int) -> None:
    """A page, the total and all lines must be what a plain reader finds."""
    spans = expected_spans(index, query, sort)
    found = index.engine.occurrences(query, sort, start, size)
    assert (found.total, found.releases) == (len(spans), len({id_ for id_, _, _ in spans}))
    assert [*found.mentions] == [line(index, span) for span in spans[start : start + size]]
    every = [*index.engine.scan_occurrences(query, sort)]
    assert [(each.id, each.keyword) for each in every] == [
        (each.id, each.keyword) for each in (line(index, span) for span in spans)
    ]
    assert every[start : start + size] == [*found.mentions]


def test_the_index_has_segments_deletions_and_languages(index: Judged) -> None:
    snapshot = index.engine.searcher()
    assert len(snapshot.segments) == 3
    assert sum(bool(segment.deleted) for segment in snapshot.segments) >= 2
    assert snapshot.count == len(index.corpus.documents)
    assert {*snapshot.facet("language").values} == {"en", "ru", "kk"}
    assert {*index.engine.scan(Query())} == {*index.corpus.documents}


@OFTEN
@given(data=st.data())
def test_lines_of_random_trees(data: st.DataObject, index: Judged, vocabulary: Vocabulary) -> None:
    node = data.draw(trees(vocabulary, has_negated=True))
    query = Query(node, data.draw(FILTERS), data.draw(ORDERS))
    start, size = data.draw(st.integers(0, 40)), data.draw(st.integers(0, 30))
    assert_lines(index, query, data.draw(SORTS), start, size)


@OFTEN
@given(data=st.data())
def test_lines_of_what_people_type(
    data: st.DataObject, index: Judged, vocabulary: Vocabulary
) -> None:
    languages = data.draw(st.sampled_from([(), ("en",), ("ru", "kk")]))
    node = typed_alone(parse(data.draw(typed(vocabulary)), languages).tree)
    assume(node is not None)
    query = Query(node, data.draw(FILTERS), data.draw(ORDERS))
    assert_lines(index, query, data.draw(SORTS), data.draw(st.integers(0, 20)), 20)


@OFTEN
@given(
    words=st.lists(st.sampled_from("abcd"), min_size=1, max_size=4),
    more=st.sampled_from(["", " OR b", " OR ?a", " OR b*", " OR c~"]),
    slop=st.integers(1, 6),
    sort=SORTS,
    start=st.integers(0, 200),
)
def test_lines_where_everything_overlaps(
    words: list[str], more: str, slop: int, sort: LineSort, start: int, index: Judged
) -> None:
    node = parse(f'"{" ".join(words)}"~{slop}{more}', ("en",)).tree
    assert_lines(index, Query(node), sort, start, 25)


def test_only_what_the_words_match_in_bodies_gives_lines(index: Judged) -> None:
    for asked in ("", "*", "title:court", "office:sample_doj", "NOT court", "date:2000..2030"):
        query = Query(parse(asked).tree)
        assert index.engine.occurrences(query).total == 0, asked
        assert [*index.engine.scan_occurrences(query)] == []
    with_others = Query(parse("court title:court office:sample_doj NOT zebra").tree)
    assert index.engine.occurrences(with_others).total > 0


def test_a_line_leads_to_its_place(index: Judged) -> None:
    asked = Query(parse('court* OR суд* OR "the court"').tree)
    lines = [*index.engine.scan_occurrences(asked, "right")]
    assert {each.language for each in lines} >= {"en", "ru"}
    assert max(each.paragraph for each in lines) > 0
    for each in lines:
        document = index.corpus.documents[each.id]
        is_above = each.paragraph < 0
        paragraph = (document.subtitle or "") if is_above else document.body[each.paragraph]
        assert paragraph[each.offset :].startswith(each.keyword)
        assert len(each.left) <= CONTEXT
        assert len(each.right) <= CONTEXT


def test_pages_follow_each_other(index: Judged) -> None:
    asked = Query(parse("a* OR c*").tree)
    for sort in get_args(LineSort):
        total = index.engine.occurrences(asked, sort, 0, 0).total
        pages = [
            index.engine.occurrences(asked, sort, at, 97).mentions for at in range(0, total, 97)
        ]
        assert [each for page in pages for each in page] == [
            *index.engine.scan_occurrences(asked, sort)
        ]


def test_pages_outside_are_empty(index: Judged) -> None:
    asked = Query(parse("court").tree)
    total = index.engine.occurrences(asked).total
    assert index.engine.occurrences(asked, "left", total, 10).mentions == ()
    assert len(index.engine.occurrences(asked, "left", total - 1, 10).mentions) == 1
    assert index.engine.occurrences(asked, "left", 0, -1).mentions == ()


def test_what_was_cut_short_is_told(index: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.whoosh_engine.search.expand.MOST_TERMS", 2)
    found = index.engine.occurrences(Query(parse("body:s*").tree))
    assert found.warnings == ("“s*” matches more than 2 words; only 2 of them were searched.",)


def test_an_update_is_seen(tmp_path_factory: pytest.TempPathFactory) -> None:
    engine = WhooshEngine(tmp_path_factory.mktemp("updated"), 64)
    engine.publish(engine.build([], 1, nothing))
    asked = Query(parse("fine*").tree)
    assert engine.occurrences(asked, "left").total == 0
    engine.update([made("b", "zoo fined"), made("a", "an ark fined a zoo")], (), 2, nothing)
    engine.update([replace(made("c", ""), body=("bee fines", "", "it"))], (), 3, nothing)
    found = engine.occurrences(asked, "left").mentions
    assert [(each.left, each.keyword, each.right) for each in found] == [
        ("an ark ", "fined", " a zoo"),
        ("bee ", "fines", " it"),
        ("zoo ", "fined", ""),
    ]
    engine.close()


def test_a_form_counts_where_its_language_makes_it_one(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    engine = WhooshEngine(tmp_path_factory.mktemp("languages"), 64)
    texts = [made("a", "суд и суда"), made("b", "суд и суда", "ru")]
    engine.publish(engine.build(texts, 1, nothing))
    found = engine.occurrences(Query(parse("суд", ("ru",)).tree, sort="newest")).mentions
    assert [(each.id, each.keyword) for each in found] == [
        ("a", "суд"),
        ("b", "суд"),
        ("b", "суда"),
    ]
    engine.close()


def test_no_neighbor_stands_before_any_word(tmp_path_factory: pytest.TempPathFactory) -> None:
    engine = WhooshEngine(tmp_path_factory.mktemp("none"), 64)
    texts = [made("a", "a fine a"), made("b", "fine"), made("c", "a a fine a a")]
    engine.publish(engine.build(texts, 1, nothing))
    sorts: tuple[LineSort, ...] = ("left", "right")
    for sort in sorts:
        found = engine.occurrences(Query(parse("fine").tree, sort="newest"), sort).mentions
        assert [each.id for each in found] == ["b", "a", "c"]
    engine.close()


@OFTEN
@given(text=st.text(alphabet=LETTERS, max_size=40))
def test_words_stand_where_the_pattern_finds_them(text: str) -> None:
    expected = [found.span() for found in WORD.finditer(text)]
    assert [*map(tuple, word_spans(text).tolist())] == expected


@OFTEN
@given(words=st.lists(st.sets(st.text("ab'/éя\U0001d49c", min_size=1, max_size=3)), max_size=5))
def test_words_of_segments_have_common_numbers(words: list[set[str]]) -> None:
    segments = [sorted(each.encode() for each in some) for some in words]
    blobs = [
        np.frombuffer(b"".join(b"%s\n" % each for each in some), np.uint8) for some in segments
    ]
    blob = np.concatenate([np.zeros(0, np.uint8), *blobs])
    ends, bases = np.flatnonzero(blob == 10), np.cumsum([0, *map(len, segments)])
    numbers, holders = _common_numbers(blob, ends, bases)
    every = sorted(set().union(*words))
    flat = [each.decode() for some in segments for each in some]
    assert [every[number] for number in numbers.tolist()] == flat
    assert [flat[holder] for holder in holders.tolist()] == every
