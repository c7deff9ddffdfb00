"""The contract of every engine, over the seam: and a plainer way to the same answers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from math import inf
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import Settings, Store
from corpus.errors import IndexUnusableError
from corpus.statutes import section
from indexer import Engine, Filters, Frequency, Query, open_engine, parse
from indexer.engine.document import Document, shown_digest
from indexer.engine.periods import name as period_name
from indexer.engine.results import Order
from indexer.export.formats import release_json
from indexer.query.interpretation.prison_terms import band


@pytest.fixture(scope="module")
def rows(sample_settings: Settings) -> Iterator[list[Row]]:
    store = Store(sample_settings)
    yield [Row(release_json(release)) for release in store.releases()]
    store.close()


def cut(text: str) -> list[str]:
    """Words as the second, plainer way sees them."""
    plain = text.casefold().replace("ё", "е").replace("’", "'")
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*", plain)


class Row:
    """An exported release, cut into words independently of the index."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.fields = fields
        self.id: str = fields["id"]
        self.title = cut(fields["title"])
        # No phrase reaches from one paragraph into the next.
        texts = [fields["subtitle"] or "", *fields["body"]]
        self.body = [word for each in texts for word in [*cut(each), *["¶"] * 50]]
        self.published = fields["published"] or ""
        self.facts = defaultdict[str, list[str]](list)
        for each in fields["facts"]:
            self.facts[each["kind"]].append(each["value"])


Test = Callable[[Row], bool]


def has_phrase(words: list[str], wanted: list[str]) -> bool:
    size = len(wanted)
    return any(words[i : i + size] == wanted for i in range(len(words) - size + 1))


def quoted(phrase: str) -> Test:
    wanted = cut(phrase)
    return lambda row: has_phrase(row.title, wanted) or has_phrase(row.body, wanted)


def any_of(*words: str) -> Test:
    return lambda row: any(quoted(word)(row) for word in words)


def opening(prefix: str) -> Test:
    return lambda row: any(word.startswith(prefix) for word in [*row.title, *row.body])


def like(pattern: str) -> Test:
    return lambda row: any(re.fullmatch(pattern, word) for word in [*row.title, *row.body])


def near(first: str, second: str, most: int) -> Test:
    def test(row: Row) -> bool:
        return any(
            first == words[i] and second in words[i + 1 : i + 1 + most]
            for words in (row.title, row.body)
            for i in range(len(words))
        )

    return test


def dated(first: str, last: str) -> Test:
    return lambda row: first <= row.published <= last and row.published != ""


def has(field: str, value: str) -> Test:
    return lambda row: row.fields[field] == value


def says(kind: str, *values: str) -> Test:
    return lambda row: not {*values}.isdisjoint(row.facts[kind])


def term(least: float, most: float = inf) -> Test:
    def test(row: Row) -> bool:
        months = (inf if each == "life" else float(each) for each in row.facts["prison"])
        return any(least <= each <= most for each in months)

    return test


def topic(wanted: str) -> Test:
    return lambda row: has_phrase(cut(" ".join(row.fields["topics"])), cut(wanted))


def both(*tests: Test) -> Test:
    return lambda row: all(test(row) for test in tests)


def either(*tests: Test) -> Test:
    return lambda row: any(test(row) for test in tests)


def no(test: Test) -> Test:
    return lambda row: not test(row)


SENTENCE = any_of("sentence", "sentences", "sentenced", "sentencing")
QUERIES: list[tuple[str, Test]] = [
    ('"fraud"', quoted("fraud")),
    ('"Civil Rights Division"', quoted("civil rights division")),
    ('"division rights"', quoted("division rights")),
    ('"торговля" OR "пыток"', any_of("торговля", "пыток")),
    ('"заработная плата"', quoted("заработная плата")),
    ('"шахтёрам"', quoted("шахтерам")),
    ('"ШАХТЕРАМ"', quoted("шахтерам")),
    ('"жәбірленушілерге"', quoted("жәбірленушілерге")),
    ("sentenced", SENTENCE),
    ("Sentencing prison", both(SENTENCE, any_of("prison", "prisons"))),
    ('"fraud" AND "tax"', both(quoted("fraud"), quoted("tax"))),
    ('"fraud" OR "tax"', any_of("fraud", "tax")),
    ('"fraud" NOT "tax"', both(quoted("fraud"), no(quoted("tax")))),
    ('-"fraud"', no(quoted("fraud"))),
    ('-"fraud" -"the"', no(any_of("fraud", "the"))),
    ('"fraud" ANDMAYBE "tax"', quoted("fraud")),
    ('"fraud" ANDNOT "tax"', both(quoted("fraud"), no(quoted("tax")))),
    (
        '("tax" OR "torture") -"the guilty"',
        both(any_of("tax", "torture"), no(quoted("the guilty"))),
    ),
    ("traff*", opening("traff")),
    ("прокур*", opening("прокур")),
    ("*ment", like(".*ment")),
    ("c?urt", like("c.urt")),
    ('"division justice"~6', near("division", "justice", 6)),
    ('"court the"~3', near("court", "the", 3)),
    ("title:fraud", lambda row: has_phrase(row.title, ["fraud"])),
    ('title:"pleads guilty"', lambda row: has_phrase(row.title, ["pleads", "guilty"])),
    ("date:2018", dated("2018-01-01", "2018-12-31")),
    ("date:2018-03", dated("2018-03-01", "2018-03-31")),
    ("date:2020..2021-04-19", dated("2020-01-01", "2021-04-19")),
    ("date:2024..", dated("2024-01-01", "9999")),
    ("date:..2014", dated("0001", "2014-12-31")),
    ("-date:2014..", no(dated("2014-01-01", "9999"))),
    ("office:sample_gpo", has("office", "sample_gpo")),
    ("lang:ru OR lang:kk", either(has("language", "ru"), has("language", "kk"))),
    ("office:sample_gpo lang:en", both(has("office", "sample_gpo"), has("language", "en"))),
    ("topic:opioids", topic("opioids")),
    ('topic:"financial fraud"', topic("financial fraud")),
    ("stage:sentenced", says("stage", "sentenced")),
    ('stage:"Pleaded guilty"', says("stage", "pleaded_guilty")),
    ("kind:criminal", says("kind", "criminal")),
    ("kind:civil -stage:settlement", both(says("kind", "civil"), no(says("stage", "settlement")))),
    ("offense:tax OR offense:corruption", says("offense", "tax", "corruption")),
    ("prison:>=264", term(264)),
    ("prison:>264", term(264.5)),
    ("prison:<=200", term(0, 200)),
    ("prison:<264", term(0, 263.5)),
    ("prison:60..300", term(60, 300)),
    ("prison:[60 TO 300]", term(60, 300)),
    ("prison:264", term(264, 264)),
    ("prison:..300", term(0, 300)),
    ("-prison:0..", no(term(0))),
    ("number:26-812", has("number", "26-812")),
    ("number:26", has("number", "26")),
    ('"нетакогослова"', quoted("нетакогослова")),
    ("*", lambda row: True),
    ("", lambda row: True),
]


def asked(typed: str, **more: Any) -> Query:
    return Query(parse(typed).tree, **more)


def expected(rows: Iterable[Row], test: Test) -> list[str]:
    return sorted(row.id for row in rows if test(row))


@pytest.mark.parametrize(("typed", "test"), QUERIES, ids=[typed for typed, _ in QUERIES])
def test_hits_equal_a_look_through_all_texts(
    engine: Engine, rows: list[Row], typed: str, test: Test
) -> None:
    assert sorted(engine.scan(asked(typed))) == expected(rows, test)
    assert engine.search(asked(typed)).total == len(expected(rows, test))


def test_the_list_of_queries_says_something(rows: list[Row]) -> None:
    found = [len(expected(rows, test)) for _, test in QUERIES]
    assert sum(0 < number < len(rows) for number in found) > 0.8 * len(QUERIES)


@dataclass(frozen=True)
class Clause:
    """A part of a random query: how it is typed, and what it means."""

    typed: str
    test: Test


def word_clause(word: str) -> Clause:
    return Clause(f'"{word}"', quoted(word))


WORDS = ["fraud", "the", "court", "tax", "prosecutor", "прокурор", "и", "және", "2018", "karasu"]
LEAVES = st.one_of(
    st.sampled_from(WORDS).map(word_clause),
    st.sampled_from(["of the", "in the", "pleaded guilty", "в Карасу"]).map(word_clause),
    st.sampled_from(["pro", "tor", "про", "қ"]).map(lambda each: Clause(f"{each}*", opening(each))),
    st.integers(2012, 2026).map(
        lambda year: Clause(f"date:{year}..", dated(f"{year}-01-01", "9999"))
    ),
    st.sampled_from(["sentenced", "charged", "indicted", "settlement"]).map(
        lambda stage: Clause(f"stage:{stage}", says("stage", stage))
    ),
    st.integers(0, 400).map(lambda months: Clause(f"prison:>={months}", term(months))),
    st.sampled_from(["sample_doj", "sample_gpo"]).map(
        lambda name: Clause(f"office:{name}", has("office", name))
    ),
)
CLAUSES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(
            lambda two: Clause(f"({two[0].typed} AND {two[1].typed})", both(*(c.test for c in two)))
        ),
        st.tuples(inner, inner).map(
            lambda two: Clause(
                f"({two[0].typed} OR {two[1].typed})", either(*(c.test for c in two))
            )
        ),
        st.tuples(inner, inner).map(
            lambda two: Clause(
                f"({two[0].typed} -{two[1].typed})", both(two[0].test, no(two[1].test))
            )
        ),
        inner.map(lambda one: Clause(f"(NOT {one.typed})", no(one.test))),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(clause=CLAUSES)
def test_random_boolean_queries_equal_a_look_through_all_texts(
    engine: Engine, rows: list[Row], clause: Clause
) -> None:
    assert sorted(engine.scan(asked(clause.typed))) == expected(rows, clause.test)


FILTERS: list[tuple[Filters, Test]] = [
    (Filters(), lambda row: True),
    (Filters(office=("sample_doj",)), has("office", "sample_doj")),
    (Filters(office=("no_such",)), lambda row: False),
    (Filters(topic=("Opioids", "Tax")), either(topic("opioids"), topic("tax"))),
    (Filters(language=("ru", "kk")), either(has("language", "ru"), has("language", "kk"))),
    (Filters(year=("2018", "2021")), either(dated("2018", "2018~"), dated("2021", "2021~"))),
    (Filters(stage=("sentenced", "convicted")), says("stage", "sentenced", "convicted")),
    (
        Filters(matter=("criminal",), prison=("120-240", "240-")),
        both(says("kind", "criminal"), either(term(120, 1_000), term(120, 1_000))),
    ),
    (Filters(since=date(2018, 3, 1)), dated("2018-03-01", "9999")),
    (Filters(until=date(2018, 3, 1)), dated("0001", "2018-03-01")),
    (Filters(since=date(2018, 3, 1), until=date(2018, 3, 1)), dated("2018-03-01", "2018-03-01")),
    (
        Filters(office=("sample_gpo",), language=("en",), since=date(2016, 1, 1)),
        both(has("office", "sample_gpo"), has("language", "en"), dated("2016", "9999")),
    ),
]


@pytest.mark.parametrize("typed", ["", '"the"', '-"fraud"'])
@pytest.mark.parametrize(("filters", "test"), FILTERS)
def test_filters_narrow_the_hits(
    engine: Engine, rows: list[Row], filters: Filters, test: Test, typed: str
) -> None:
    whole = both(dict(QUERIES).get(typed, quoted("the")), test)
    assert sorted(engine.scan(asked(typed, filters=filters))) == expected(rows, whole)
    assert engine.search(asked(typed, filters=filters)).total == len(expected(rows, whole))


def facet_values(row: Row) -> dict[str, list[str]]:
    return {
        "office": [row.fields["office"]],
        "year": [row.published[:4] or "undated"],
        "language": [row.fields["language"]],
        "country": [{"sample_doj": "aldania", "sample_gpo": "karasu"}[row.fields["office"]]],
        "topic": row.fields["topics"],
        "component": row.fields["components"],
        "kind": [],
        "state": [],
        "statute": [*{section(key) for key in row.fields["statutes"]}],
        "matter": row.facts["kind"],
        "stage": [*{*row.facts["stage"]}],
        "offense": row.facts["offense"],
        "prison": [*{band(each) for each in row.facts["prison"]}],
        "court": row.facts["court"],
    }


@pytest.mark.parametrize("typed", ["", '"the"', "title:fraud", '"нетакогослова"'])
@pytest.mark.parametrize(("filters", "test"), FILTERS)
def test_facets_count_the_hits_without_their_own_filter(
    engine: Engine, rows: list[Row], filters: Filters, test: Test, typed: str
) -> None:
    known = {row.id: facet_values(row) for row in rows}
    for facet in engine.search(asked(typed, filters=filters)).facets:
        wider = replace(filters, **{facet.name: ()})
        ids = engine.scan(asked(typed, filters=wider))
        counted = Counter(value for id_ in ids for value in known[id_][facet.name])
        assert dict(facet.counts) == counted
        assert [n for _, n in facet.counts] == sorted(counted.values(), reverse=True)


def test_only_what_is_wanted_comes_with_an_answer(engine: Engine) -> None:
    whole = engine.search(Query(parse("court").tree))
    asked = Query(
        parse("court").tree, facets=("year", "office"), has_timeline=False, is_explained=False
    )
    found = engine.search(asked)
    assert (found.hits, found.total) == (whole.hits, whole.total)
    counts = {facet.name: facet for facet in whole.facets}
    assert found.facets == (counts["year"], counts["office"])
    assert (found.timeline, found.explanation) == ((), None)
    assert whole.timeline
    assert whole.explanation


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
@pytest.mark.parametrize("typed", ["", '"the"', "prosecutor OR прокурор"])
@pytest.mark.parametrize("size", [1, 7, 100])
def test_pages_neither_skip_nor_repeat(engine: Engine, typed: str, sort: Any, size: int) -> None:
    whole = list(engine.scan(asked(typed, sort=sort)))
    pages: list[str] = []
    for start in range(0, len(whole) + size, size):
        results = engine.search(asked(typed, sort=sort, start=start, size=size))
        assert results.total == len(whole)
        pages += [hit.id for hit in results.hits]
    assert pages == whole


def test_sorts_are_by_date_or_by_score(engine: Engine) -> None:
    hits = {
        sort: engine.search(asked('"the"', sort=sort, size=100)).hits
        for sort in ("relevance", "newest", "oldest")
    }
    newest = [hit.published for hit in hits["newest"]]
    assert newest == sorted(newest, reverse=True)
    assert [hit.published for hit in hits["oldest"]] == sorted(newest)
    scores = [hit.score for hit in hits["relevance"]]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) > 1


def test_a_word_in_the_title_weighs_more_than_one_in_the_body(engine: Engine) -> None:
    hits = engine.search(asked("torture", size=100)).hits
    assert any("ortur" in word for word, is_marked in hits[0].title.parts if is_marked)


SHOWING = [
    *("sentenced", '"fraud"', '"Civil Rights Division"', "traff*", "*ment", "c?urt", "frad~"),
    *(
        "cuort~2",
        '"court the"~3',
        "прокуроры",
        "[tax TO team]",
        "ransomware-attack",
        "title:fraud",
    ),
]


@pytest.mark.parametrize("typed", SHOWING)
def test_every_hit_shows_where_it_matches(engine: Engine, typed: str) -> None:
    results = engine.search(asked(typed, size=100))
    assert results.hits
    for hit in results.hits:
        shown = (hit.title, *hit.passages)
        assert any(is_marked for passage in shown for _, is_marked in passage.parts), hit.id


def test_a_hit_tells_what_the_release_is(engine: Engine, rows: list[Row]) -> None:
    known = {row.id: row.fields for row in rows}
    for hit in engine.search(asked("", size=100)).hits:
        row = known[hit.id]
        assert (hit.office, hit.language, hit.url) == (row["office"], row["language"], row["url"])
        assert (hit.published and hit.published.isoformat()) == row["published"]
        assert hit.title.text == row["title"]


def test_health_and_has_tell_what_is_held(engine: Engine, rows: list[Row]) -> None:
    health = engine.health()
    assert (health.is_live, health.releases, health.problem) == (True, len(rows), None)
    assert engine.builds() == [health.build]
    assert engine.exists([rows[0].id, "sample_doj-none"]) == [True, False]
    assert engine.exists([rows[0].id, "sample_doj-none"], health.build) == [True, False]
    assert engine.search(asked("")).build == health.build


# Writing.


def made(key: int, words: str, published: date | None = None, **more: Any) -> Document:
    whole: dict[str, Any] = {
        "id": f"sample_doj-{key:016x}",
        "office": "sample_doj",
        "country": "Aldania",
        "language": "en",
        "published": published,
        "url": f"https://example.org/{key}",
        "title": f"Release {key}",
        "body": (words,),
        "topics": (),
        "components": (),
        "number": None,
        "place": None,
    }
    return Document(**whole | more)


def ignore(done: int) -> None:
    pass


def numbers(engine: Engine, typed: str, **more: Any) -> list[int]:
    return [int(id_.rpartition("-")[2], 16) for id_ in engine.scan(asked(typed, **more))]


def fill(engine: Engine, *documents: Document) -> str:
    build = engine.build(documents, 1, ignore)
    engine.publish(build)
    return build


def test_before_anything_is_published_the_engine_says_what_to_do(empty: Engine) -> None:
    assert not empty.health().is_live
    assert "reindex --full" in (empty.health().problem or "")
    assert empty.builds() == []
    with pytest.raises(IndexUnusableError, match="reindex --full"):
        empty.search(asked("fraud"))


def test_words_of_a_component_or_topic_can_be_apart(empty: Engine) -> None:
    fill(
        empty,
        made(1, "one", components=("National Security Division",), topics=("Cyber and Crime",)),
        made(2, "two", components=("Division of National Parks",)),
    )
    assert empty.search(asked('component:"national division"~2')).total == 1
    assert empty.search(asked('component:"national division"')).total == 0
    assert empty.search(asked('component:"national security division"~2')).total == 1
    assert empty.search(asked('topic:"cyber crime"~2')).total == 1


def test_a_build_is_not_live_until_it_is_published(empty: Engine) -> None:
    first = fill(empty, made(1, "old words"))
    second = empty.build([made(2, "new words")], 2, ignore)
    assert empty.builds() == [first, second]
    assert numbers(empty, "words") == [1]
    assert empty.exists([made(2, "").id], second) == [True]
    empty.publish(second)
    assert numbers(empty, "words") == [2]
    assert empty.builds() == [second]
    assert empty.health().revision == 2


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest", "id"])
def test_hits_say_in_any_order_by_which_other_spelling_they_were_found(
    empty: Engine, sort: Order
) -> None:
    fill(
        empty,
        made(1, "Kozhasharov, Kozhasharov and once more Kozhasharov spoke.", date(2021, 1, 3)),
        made(2, "Кожашаров, Кожашаров и ещё раз Кожашаров.", date(2021, 1, 2), language="ru"),
        made(3, "Nobody spoke.", date(2021, 1, 1)),
    )
    results = empty.search(asked("Kozhasharov", sort=sort))
    assert {hit.id[-1]: hit.variants for hit in results.hits} == {"1": (), "2": ("Кожашаров",)}
    assert [hit.score < 0 for hit in results.hits] == [bool(hit.variants) for hit in results.hits]
    assert results.variant_total == 1


def test_a_build_that_is_dropped_leaves_nothing(empty: Engine) -> None:
    first = fill(empty, made(1, "old words"))
    empty.drop(empty.build([made(2, "new words")], 2, ignore))
    assert empty.builds() == [first]


def test_an_empty_build_answers_with_nothing(empty: Engine) -> None:
    fill(empty)
    results = empty.search(asked("fraud"))
    assert (results.hits, results.total) == ((), 0)
    assert empty.search(asked("")).total == 0
    assert empty.health().is_live


def test_a_release_updated_is_found_by_its_new_words_only(empty: Engine) -> None:
    fill(empty, made(1, "the old words"), made(2, "other words"))
    assert empty.update([made(1, "the new words")], (), 2, ignore) == 1
    assert numbers(empty, "old") == []
    assert numbers(empty, "new") == [1]
    assert sorted(numbers(empty, "words")) == [1, 2]
    assert empty.search(asked("words")).total == 2
    assert dict(empty.search(asked("")).facets[0].counts) == {"sample_doj": 2}
    assert empty.health().releases == 2
    assert empty.health().revision == 2


def test_an_added_release_is_found_beside_the_others(empty: Engine) -> None:
    fill(empty, made(1, "some words"))
    empty.update([made(number, "more words") for number in (2, 3)], (), 2, ignore)
    assert sorted(numbers(empty, "words")) == [1, 2, 3]
    assert sorted(numbers(empty, "-some")) == [2, 3]


def test_what_is_shown_of_each_release_has_a_digest(empty: Engine) -> None:
    first, second, third = (made(n, f"words {n}\n\nпрокурор") for n in (1, 2, 3))
    fill(empty, first, second)
    empty.update([replace(second, title="New\ntitle"), third], [first.id], 2, ignore)
    expected = {
        each.id: shown_digest(vars(each) | {"body": each.body_text})
        for each in (replace(second, title="New title"), third)
    }
    assert dict(empty.shown()) == expected
    assert len({*expected.values(), shown_digest(vars(second) | {"body": second.body_text})}) == 3


def test_removed_ids_vanish(empty: Engine) -> None:
    fill(empty, *(made(number, "some words") for number in range(5)))
    empty.update([], [made(2, "").id, made(4, "").id], 2, ignore)
    assert sorted(numbers(empty, "words")) == sorted(numbers(empty, "")) == [0, 1, 3]
    assert empty.exists([made(2, "").id, made(3, "").id]) == [False, True]
    assert sorted(numbers(empty, "-absent")) == [0, 1, 3]
    assert dict(empty.search(asked("")).facets[0].counts) == {"sample_doj": 3}


def test_many_updates_keep_every_release_once(empty: Engine) -> None:
    fill(empty, *(made(number, "round0 words") for number in range(20)))
    for round_ in range(1, 9):
        empty.update([made(n, f"round{round_} words") for n in range(round_, 20)], (), 1, ignore)
    assert sorted(numbers(empty, "words")) == list(range(20))
    assert [len(numbers(empty, f'"round{each}"')) for each in range(9)] == [1] * 8 + [12]


def test_suggestions_count_all_releases_however_they_came(empty: Engine) -> None:
    texts = {"abba abed": 4, "abbot": 3, "abbey abide": 4, "abbot abba": 1}
    keys = iter(range(100))
    rounds = [[made(next(keys), words) for _ in range(often)] for words, often in texts.items()]
    every = [each for documents in rounds for each in documents]

    def suggested() -> list[list[str]]:
        words = [empty.autocomplete("ab", most) for most in (1, 2, 5)]
        like = [[hit.id for hit in empty.more_like_this(each.id, 50)] for each in every]
        return [*words, [empty.spell_suggest("abboi") or ""], *like]

    fill(empty, *rounds[0])
    for documents in rounds[1:]:
        empty.update(documents, (), 2, ignore)
    found = suggested()
    assert found[:3] == [["abba"], ["abba", "abbey"], ["abba", "abbey", "abbot", "abed", "abide"]]
    fill(empty, *every)
    assert found == suggested()


def test_kinds_and_components_are_whole_values(empty: Engine) -> None:
    kinds = {1: "Guilty plea", 2: "Sentencing", 3: None}
    parts = {1: ("Tax Division", "Fraud"), 2: ("Tax Division",), 3: ()}
    fill(empty, *(made(n, "words", kind=kinds[n], components=parts[n]) for n in kinds))
    facets = {each.name: dict(each.counts) for each in empty.search(asked("words")).facets}
    assert facets["kind"] == {"Guilty plea": 1, "Sentencing": 1}
    assert facets["component"] == {"Tax Division": 2, "Fraud": 1}
    assert numbers(empty, "", filters=Filters(kind=("Guilty plea",))) == [1]
    assert numbers(empty, "", filters=Filters(component=("Tax",))) == []
    assert sorted(numbers(empty, "", filters=Filters(component=("Tax Division",)))) == [1, 2]


def test_an_update_makes_copies_and_unmakes_them(empty: Engine) -> None:
    def shown() -> list[tuple[int, int]]:
        results = empty.search(asked("words", is_folded=True))
        assert (results.total, results.folded) == (4, 4 - len(results.hits))
        return [(int(hit.id.rpartition("-")[2], 16), hit.folded) for hit in results.hits]

    days = {n: date(2018, 1, n) for n in (1, 2, 3, 4)}
    fill(empty, *(made(n, "words", days[n]) for n in days))
    assert shown() == [(4, 0), (3, 0), (2, 0), (1, 0)]
    empty.update([made(n, "words", days[n], group="a") for n in (1, 3)], (), 2, ignore)
    assert shown() == [(4, 0), (3, 1), (2, 0)]
    empty.update([made(2, "words", days[2], group="a")], (), 3, ignore)
    assert shown() == [(4, 0), (3, 2)]
    empty.update([made(3, "words", days[3])], (), 4, ignore)
    assert shown() == [(4, 0), (3, 0), (2, 1)]


def test_undated_releases_sort_last_and_are_in_no_range(empty: Engine) -> None:
    days = {1: date(2018, 5, 1), 2: None, 3: date(2016, 5, 1), 4: None}
    fill(empty, *(made(number, "words", day) for number, day in days.items()))
    assert numbers(empty, "words", sort="newest") == [1, 3, 2, 4]
    assert numbers(empty, "words", sort="oldest") == [3, 1, 2, 4]
    assert numbers(empty, "words") == [1, 3, 2, 4]
    assert numbers(empty, "words date:..2017") == [3]
    assert numbers(empty, "words", filters=Filters(until=date(2017, 1, 1))) == [3]
    assert sorted(numbers(empty, "", filters=Filters(year=("undated", "2018")))) == [1, 2, 4]
    years = dict(next(f for f in empty.search(asked("")).facets if f.name == "year").counts)
    assert years == {"undated": 2, "2018": 1, "2016": 1}


def test_frequencies_count_hits_and_the_words_of_their_bodies_by_period(
    engine: Engine, rows: list[Row]
) -> None:
    found = engine.frequencies(asked('"court"', filters=Filters(office=("sample_doj",))), "month")
    counted: dict[str, list[int]] = {}
    for row in rows:
        if row.fields["office"] == "sample_doj" and quoted("court")(row):
            period = counted.setdefault(row.published[:7], [0, 0, 0])
            n_words = len(row.body) - row.body.count("¶")
            one = (1, row.body.count("court"), n_words)
            counted[row.published[:7]] = [a + b for a, b in zip(period, one, strict=True)]
    shown = {
        period_name("month", number): [each.releases, each.mentions, each.tokens]
        for number, each in found.periods
    }
    assert shown == counted
    assert len(shown) > 2
    assert (found.step, found.undated) == ("month", Frequency(0, 0, 0))


def test_a_failed_build_leaves_nothing_behind(empty: Engine) -> None:
    first = fill(empty, made(1, "old words"))

    def failing() -> Iterator[Document]:
        yield made(2, "new words")
        raise IndexUnusableError("This one fails.")

    with pytest.raises(IndexUnusableError, match="This one fails"):
        empty.build(failing(), 2, ignore)
    assert empty.builds() == [first]
    with pytest.raises(IndexUnusableError, match="This one fails"):
        empty.update(failing(), (), 2, ignore)
    assert numbers(empty, "") == [1]
    assert empty.update([made(2, "new words")], (), 2, ignore) == 1


@pytest.mark.parametrize("words", ["\x00", "\ud7ff\U0001f600", "x" * 40_000, "ﷺ صلى", "½ ² ﬁ İ"])
def test_no_text_of_a_release_is_too_odd_to_index(empty: Engine, words: str) -> None:
    fill(empty, made(1, f"{words} fraud", title=words, topics=(words,), number=words, place=words))
    (hit,) = empty.search(asked("fraud")).hits
    assert hit.title.text == words
    assert numbers(empty, f'"{words} fraud"') in ([1], [])


def test_decomposed_text_is_found_by_composed_words(empty: Engine) -> None:
    fill(empty, made(1, "За\u0301мок и\u0306од cafe\u0301"))
    assert numbers(empty, '"замок йод café"') == [1]


def test_a_reader_opened_before_sees_updates_and_builds(
    empty: Engine, empty_settings: Settings
) -> None:
    fill(empty, made(1, "words"))
    reader = open_engine(empty_settings)
    assert numbers(reader, "words") == [1]
    empty.update([made(2, "words")], (), 2, ignore)
    assert sorted(numbers(reader, "words")) == [1, 2]
    fill(empty, made(3, "words"))
    assert numbers(reader, "words") == [3]
    reader.close()
    assert numbers(reader, "words") == [3]
    reader.close()


def test_what_is_published_before_the_first_item_is_drawn_is_what_is_read(
    empty: Engine, empty_settings: Settings
) -> None:
    fill(empty, made(1, "words"))
    reader = open_engine(empty_settings)
    ids, lines = reader.scan(asked("words")), reader.scan_occurrences(asked("words"))
    shown = reader.shown()
    fill(empty, made(2, "words"), made(3, "words"))
    expected = [made(2, "").id, made(3, "").id]
    assert sorted(ids) == expected
    assert sorted(line.id for line in lines) == expected
    assert sorted(id_ for id_, _ in shown) == expected
    reader.close()


def test_the_live_build_takes_room(engine: Engine, empty: Engine) -> None:
    assert engine.size_bytes() > 10_000
    with pytest.raises(IndexUnusableError):
        empty.size_bytes()
