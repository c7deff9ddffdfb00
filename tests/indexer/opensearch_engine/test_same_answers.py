"""Both engines give the same answers, over a third of the saved releases of justice.gov: queries of
every kind, drawn from the texts.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from corpus import Settings
from corpus.database.batches import chunks
from indexer import Engine, Filters, Query, open_engine, parse
from indexer.analysis.analyzer import words
from indexer.engine.document import Document, field_terms
from indexer.query.abbreviations import MOST_LETTERS
from indexer.query.sounds import sound_key

pytest.importorskip("tantivy")
documents_module = pytest.importorskip("bench.documents")

Engines = tuple[Engine, Engine]
MANY = 120
FILTERS = (
    Filters(),
    Filters(year=("2016", "2017")),
    Filters(topic=("Drug Trafficking",), since=date(2015, 3, 1)),
    Filters(component=("Criminal Division",), until=date(2016, 6, 30)),
)


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    if not documents_module.SHARED.is_dir():
        pytest.skip("needs the saved releases in ../shared")
    found: list[Document] = documents_module.real(3)
    # Some of them as copies of each other, for what folding has to do.
    return [
        replace(each, group=f"group-{number // 7}") if number % 50 < 3 else each
        for number, each in enumerate(found)
    ]


@pytest.fixture(scope="module")
def engines(
    documents: list[Document], opensearch: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engines]:
    settings = Settings(data=tmp_path_factory.mktemp("same"))
    distant = replace(
        settings, engine="opensearch", opensearch_url=opensearch, opensearch_index="same"
    )
    opened = open_engine(settings), open_engine(distant)
    for engine in opened:
        engine.publish(engine.build(documents, 1, lambda done: None))
    yield opened
    for build in opened[1].builds():
        opened[1].drop(build)
    for engine in opened:
        engine.close()


@pytest.fixture(scope="module")
def asked(documents: list[Document]) -> list[str]:
    """Queries as they are typed: words by how many texts hold them, alone and joined."""
    draw = random.Random(20261122)
    held: Counter[str] = Counter()
    for document in documents:
        held.update({*words(document.body_text)})
    plain = sorted(each for each in held if each.isascii() and each.isalpha() and len(each) > 2)
    common = [each for each in plain if held[each] > 100]
    rare = [each for each in plain if 2 <= held[each] <= 20]
    texts = [words(document.body_text) for document in draw.sample(documents, 300)]

    def phrase(size: int) -> str:
        text = draw.choice([each for each in texts if len(each) > size])
        at = draw.randrange(len(text) - size)
        return " ".join(text[at : at + size])

    kinds = (
        lambda: draw.choice(common),
        lambda: draw.choice(rare),
        lambda: draw.choice(plain).capitalize(),
        lambda: f'"{draw.choice(plain)}"',
        lambda: " ".join(draw.sample(common, 2)),
        lambda: " ".join(draw.sample(common, 3)),
        lambda: " OR ".join(draw.sample(plain, 3)),
        lambda: f"{draw.choice(common)} -{draw.choice(common)}",
        lambda: f'"{phrase(2)}"',
        lambda: f'"{phrase(4)}"',
        lambda: f'"{phrase(2)}"~{draw.randrange(2, 9)}',
        lambda: f'"{phrase(3)}"~{draw.randrange(2, 9)}',
        lambda: draw.choice(common)[:4] + "*",
        lambda: draw.choice(common)[:3] + "?" + draw.choice(common)[-2:] + "*",
        lambda: draw.choice(plain) + "~",
        lambda: f"title:{draw.choice(common)}",
        lambda: f"{draw.choice(common)} date:{draw.randrange(2013, 2018)}",
        lambda: f"({draw.choice(rare)} OR {draw.choice(rare)}) {draw.choice(common)}^2",
        lambda: f"{draw.choice(common)} ANDMAYBE {draw.choice(rare)}",
        lambda: f"{draw.choice(rare)}-{draw.choice(common)}",
    )
    return [kinds[number % len(kinds)]() for number in range(MANY)]


def test_totals_facets_and_histograms_are_identical(engines: Engines, asked: list[str]) -> None:
    differing = []
    for number, typed in enumerate(asked):
        query = Query(
            parse(typed).tree,
            filters=FILTERS[number % len(FILTERS)],
            step=("auto", "day", "week", "month", "year")[number % 5],
            is_folded=number % 3 == 0,
        )
        one, other = (engine.search(query) for engine in engines)
        differing += [
            (typed, name)
            for name in (
                "total",
                "facets",
                "step",
                "timeline",
                "folded",
                "variant_total",
                "explanation",
            )
            if getattr(one, name) != getattr(other, name)
        ]
    assert differing == []


def test_the_top_ten_are_the_same_but_for_what_lucene_rounds(
    engines: Engines, asked: list[str]
) -> None:
    shares = []
    for typed in asked:
        query = Query(parse(typed).tree, size=10)
        one, other = ({hit.id for hit in engine.search(query).hits} for engine in engines)
        shares.append(len(one & other) / len(one) if one else 1.0)
    assert sum(share >= 0.9 for share in shares) / len(shares) >= 0.98
    assert min(shares) >= 0.7


def test_orders_by_date_and_by_id_are_identical(engines: Engines, asked: list[str]) -> None:
    for typed in asked[::10]:
        for sort in ("newest", "oldest", "id"):
            query = Query(parse(typed).tree, sort=sort, is_folded=True, start=3)
            one, other = (engine.search(query) for engine in engines)
            assert [hit.id for hit in one.hits] == [hit.id for hit in other.hits], typed
            assert [hit.folded for hit in one.hits] == [hit.folded for hit in other.hits], typed
            assert one.hits == tuple(
                replace(mine, score=hit.score)
                for hit, mine in zip(one.hits, other.hits, strict=True)
            ), typed
            assert one.more_after == other.more_after


def test_all_hits_are_the_same(engines: Engines, asked: list[str]) -> None:
    for typed in asked[::7]:
        query = Query(parse(typed).tree, sort="id")
        one, other = ([*engine.scan(query)] for engine in engines)
        assert one == other, typed
        whole = replace(query, has_boilerplate=True)
        assert engines[1].total(query) == len([*engines[0].scan(whole)])
        # Folding is a page's: copies are exported and counted as all else.
        assert [*engines[1].scan(replace(query, is_folded=True))] == one, typed


def test_what_stands_in_texts_is_counted_alike(engines: Engines, asked: list[str]) -> None:
    for typed in asked[3::25]:
        query = Query(parse(typed).tree, sort="newest")
        lines = [replace(engine.occurrences(query, "left"), build="") for engine in engines]
        assert lines[0] == lines[1], typed
        counts = [replace(engine.frequencies(query, "month"), build="") for engine in engines]
        assert counts[0] == counts[1], typed
        near = [replace(engine.collocates(query), build="") for engine in engines]
        assert near[0] == near[1], typed


def test_suggestions_are_the_same(engines: Engines, documents: list[Document]) -> None:
    one, other = engines
    for word in ("sentensed", "fentanil", "consipracy", "zzzzq", "prosecuter"):
        assert one.spell_suggest(word) == other.spell_suggest(word)
    for prefix in ("sent", "fra", "x", "kidn"):
        assert one.autocomplete(prefix, 8) == other.autocomplete(prefix, 8)
    for document in documents[:5]:
        mine = [hit.id for hit in one.more_like_this(document.id, 5)]
        theirs = [hit.id for hit in other.more_like_this(document.id, 5)]
        assert len({*mine} & {*theirs}) >= 4


def test_what_texts_attest_is_the_same(engines: Engines, documents: list[Document]) -> None:
    terms = {term for document in documents for term in field_terms(document)["attested"]}
    keys = sorted({term.partition(sign)[0] for term in terms for sign in "=:"})
    keys = [key for key in keys if len(key) <= MOST_LETTERS]
    found = 0
    for some in chunks([*keys[::3], "us", "fbi", "doj", "nothing"], 40):
        one, other = (engine.attested(some) for engine in engines)
        assert one == other
        found += sum(bool(each.forms or each.abbreviations) for each in one.values())
    assert found > 100


def test_names_that_sound_alike_have_the_same_counts(
    engines: Engines, documents: list[Document]
) -> None:
    """As counted from the texts. A word that only some texts have without a capital may be a name
    to one engine alone, which decides so in each segment.
    """
    held: Counter[str] = Counter()
    small: set[str] = set()
    for document in documents:
        held.update({*words(document.body_text)})
        small.update(re.findall(r"(?<![^\W\d_])[a-z]+", document.body_text))
    names = ["steven", "stephen", "usama", "hezbollah", "smyth", "muhammad", "fraud"]
    found = 0
    for engine in engines:
        answers = engine.sound_alikes(names)
        for name in names:
            answer, key = answers.get(name, {}), sound_key(name)
            sure = {word for word in held if word not in small and sound_key(word) == key}
            assert sure <= answer.keys(), name
            assert answer == {word: held[word] for word in answer}
            assert all(sound_key(word) == key for word in answer)
            found += len(sure)
    assert found > 20


@pytest.mark.parametrize(
    "typed", ["pretrial", "US Attorney", "U.S. Attorney fraud", "1,000,000", "1000000"]
)
def test_other_written_forms_are_found_alike(engines: Engines, typed: str) -> None:
    parsed, same = (parse(typed, attested=engine.attested) for engine in engines)
    assert parsed == same
    assert parsed.readings
    query = Query(parsed.tree, some=parsed.some, size=50)
    one, other = (engine.search(query) for engine in engines)
    assert (one.total, one.total_some) == (other.total, other.total_some)
    assert one.explanation == other.explanation
    missing, others = ({hit.id: hit.missing for hit in each.hits} for each in (one, other))
    assert all(missing[id_] == others[id_] for id_ in missing.keys() & others.keys())
