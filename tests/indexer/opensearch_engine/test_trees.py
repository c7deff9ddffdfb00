"""Any tree matches the same releases in both engines, scored alike, after updates and removals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import Settings
from indexer import Engine, Filters, Query, open_engine, parse
from indexer.engine.document import Document
from indexer.engine.periods import Step
from tests.aligned import aligned
from tests.indexer.whoosh_engine.test_trees import (
    Vocabulary,
    nothing,
    sample_documents,
    trees,
    typed,
)

Engines = tuple[Engine, Engine]
SETTINGS = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def documents(sample_settings: Settings) -> list[Document]:
    return sample_documents(sample_settings)


@pytest.fixture(scope="module")
def vocabulary(documents: list[Document]) -> Vocabulary:
    return Vocabulary(documents)


@pytest.fixture(scope="module")
def engines(
    documents: list[Document], opensearch: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engines]:
    """Both, updated twice: with releases replaced, added and removed."""
    own = Settings(data=tmp_path_factory.mktemp("trees"))
    distant = replace(own, engine="opensearch", opensearch_url=opensearch, opensearch_index="trees")
    opened = open_engine(own), open_engine(distant)
    third = len(documents) // 3
    changed = [
        replace(each, title=f"{each.title} again", body=each.body[::-1]) for each in documents[:9]
    ]
    for engine in opened:
        engine.publish(engine.build(documents[: third * 2], 1, nothing))
        more = [*changed, *documents[third * 2 :]]
        engine.update(more, [documents[12].id], 2, nothing)
        engine.update(documents[20:24], [documents[-1].id], 3, nothing)
    yield opened
    for build in opened[1].builds():
        opened[1].drop(build)
    for engine in opened:
        engine.close()


@SETTINGS
@given(data=st.data())
def test_random_trees(data: st.DataObject, engines: Engines, vocabulary: Vocabulary) -> None:
    query = Query(data.draw(trees(vocabulary, has_negated=True)), sort="id")
    one, other = ([*engine.scan(query)] for engine in engines)
    assert one == other


@SETTINGS
@given(data=st.data())
def test_what_people_type(data: st.DataObject, engines: Engines, vocabulary: Vocabulary) -> None:
    words = data.draw(typed(vocabulary))
    query = Query(parse(words).tree, sort="id", size=100)
    one, other = (engine.search(query) for engine in engines)
    assert [hit.id for hit in one.hits] == [hit.id for hit in other.hits]
    assert (one.total, one.facets, one.variant_total) == (
        other.total,
        other.facets,
        other.variant_total,
    )
    for mine, theirs in zip(one.hits, other.hits, strict=True):
        assert (mine.title, mine.passages) == (theirs.title, theirs.passages)


def test_frequencies_and_counterparts(
    opensearch: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Of releases in three languages that declare each other."""
    own = Settings(data=tmp_path_factory.mktemp("aligned"))
    distant = replace(own, engine="opensearch", opensearch_url=opensearch, opensearch_index="words")
    engines = open_engine(own), open_engine(distant)
    for engine in engines:
        engine.publish(engine.build(aligned(120), 1, nothing))
    offered = 0
    for word in ("torture", "взяточничество", "өртеу", "Seitov", "release"):
        query = Query(parse(word, match_scripts=False).tree)
        one, other = (engine.translation_suggestions(query) for engine in engines)
        assert one == other
        offered += len(one)
    assert offered > 4
    steps: list[Step] = ["day", "week", "month", "year"]
    for step in steps:
        for words in ("", "lang:kk", "torture"):
            query = Query(parse(words).tree, filters=Filters(language=("kk", "en")))
            found = [replace(engine.frequencies(query, step), build="") for engine in engines]
            assert found[0] == found[1]
    engines[1].drop(engines[1].builds()[0])
    for engine in engines:
        engine.close()


def test_an_update_that_was_cut_off_is_made_good(
    documents: list[Document], opensearch: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The words of a killed update are counted anew by the next, as those of a build would be."""
    anew = open_engine(Settings(data=tmp_path_factory.mktemp("anew")))
    cut = replace(
        Settings(), engine="opensearch", opensearch_url=opensearch, opensearch_index="cut"
    )
    engine = open_engine(cut)
    late = [replace(each, id=f"sample_doj-{n:016x}") for n, each in enumerate(documents[:8])]

    def cut_off() -> Iterator[Document]:
        yield from late[:5]
        raise KeyboardInterrupt

    engine.publish(engine.build(documents, 1, nothing))
    with pytest.raises(KeyboardInterrupt):
        engine.update(cut_off(), (), 2, nothing)
    assert engine.health().revision == 1
    assert engine.update(late, [documents[3].id], 2, nothing) == 8
    kept = [each for each in documents if each is not documents[3]]
    anew.publish(anew.build([*kept, *late], 2, nothing))
    for words in ("sentenced", "fra*", "Karasu", "prosecutor", "прокурор"):
        query = Query(parse(words).tree, sort="id")
        one, other = anew.search(query), engine.search(query)
        assert (one.total, one.explanation) == (other.total, other.explanation)
        near = [replace(each.collocates(query), build="") for each in (anew, engine)]
        assert near[0] == near[1]
    assert engine.health().releases == len(documents) + 7
    engine.drop(engine.builds()[0])
    anew.close()
    engine.close()
