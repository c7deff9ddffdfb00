"""Counterparts from stored texts, against the embedded engine's from its arrays."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Settings
from indexer.analysis.analyzer import tokens
from indexer.engine.document import Document
from indexer.engine.results import Query, TranslationSuggestion
from indexer.linguistics.alignment import MOST_DECLARING
from indexer.opensearch_engine.tools.translations import StoredTranslations, translation_suggestions
from indexer.query import tree
from indexer.query.parser import parse
from indexer.whoosh_engine import WhooshEngine
from tests.aligned import LANGUAGES, aligned
from tests.indexer.opensearch_engine.test_spans import stored
from tests.indexer.whoosh_engine.test_merging import made
from tests.indexer.whoosh_engine.test_translations import engine_of
from tests.indexer.whoosh_engine.test_trees import nothing, sample_documents

SIZE = 240


@dataclass
class Both:
    """The embedded engine over documents, and what is read from the same as stored texts."""

    engine: WhooshEngine
    documents: dict[str, Document]

    @cached_property
    def texts(self) -> StoredTranslations | None:
        declaring = [each for each in self.documents.values() if each.alternates]
        random.Random(3).shuffle(declaring)

        def fetch(ids: Sequence[str]) -> Iterable[object]:
            return [stored(self.documents[id_]) for id_ in ids if id_ in self.documents]

        return StoredTranslations.of(map(stored, declaring), fetch, self.holding)  # type: ignore[arg-type]

    @cached_property
    def stems(self) -> dict[str, set[tuple[str, str]]]:
        found: dict[str, set[tuple[str, str]]] = {}
        for each in self.documents.values():
            for token in tokens(f"{each.title}\n{each.body_text}", each.language):
                found.setdefault(token.stem, set()).add((each.language, each.id))
        return found

    def holding(self, stem: str, language: str) -> int:
        return sum(own == language for own, _ in self.stems.get(stem, ()))

    def compare(self, node: tree.Node, most: int = 3) -> tuple[TranslationSuggestion, ...]:
        """What both engines say, which must be the same."""
        assert self.texts is not None
        hits = self.engine.scan(Query(node, has_boilerplate=True))
        found = translation_suggestions(self.texts, hits, node, most)
        assert found == self.engine.translation_suggestions(Query(node), most)
        return found


def both(documents: list[Document], folder: Path) -> Both:
    return Both(engine_of(documents, folder), {each.id: each for each in documents})


@pytest.fixture(scope="module")
def index(sample_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Releases in three languages, of which some were removed or replaced, beside others that are
    in one alone; a few are declared by their translations only.
    """
    documents = aligned(SIZE)
    for at in range(0, len(documents), 31):
        documents[at] = replace(documents[at], alternates=())
    more = sample_documents(sample_settings)
    opened = both([*documents, *more], tmp_path_factory.mktemp("aligned"))
    changed = [replace(each, body=(*each.body, *each.body[:1])) for each in documents[::17]]
    gone = [each.id for each in documents[5::29]]
    changed = [each for each in changed if each.id not in gone]
    opened.engine.update(changed, gone, 2, nothing)
    opened.documents |= {each.id: each for each in changed}
    opened.documents = {id_: each for id_, each in opened.documents.items() if id_ not in gone}
    yield opened
    opened.engine.close()


def test_every_stem_has_the_same_counterparts(index: Both) -> None:
    some = 0
    for stem in sorted(index.stems):
        if any(id_.startswith("office-") for _, id_ in index.stems[stem]):
            node = tree.Or(tuple(tree.Term(f"{field}_stem", stem) for field in ("title", "body")))
            some += len(index.compare(node))
    assert some > 40


@pytest.mark.parametrize("most", [0, 1, 2, 4])
@pytest.mark.parametrize(
    "asked", ["torture", "пытки", "азаптау", "Seitov", "arson fraud", "court", "карасу", "zzz", "*"]
)
def test_queries_have_the_same_counterparts(index: Both, asked: str, most: int) -> None:
    for match_scripts in (True, False):
        node = parse(asked, match_scripts=match_scripts).tree
        assert node is not None
        index.compare(node, most)


def test_works_are_the_same(index: Both) -> None:
    snapshot = index.engine.searcher()
    own = snapshot.translations
    assert own is not None
    assert index.texts is not None
    assert index.texts.alignment.size == own.size > SIZE / 2
    for id_, work in zip(index.texts.ids, index.texts.alignment.works.tolist(), strict=True):
        document = snapshot.document(id_)
        assert document is not None
        assert own.works[document] == work
    assert set(LANGUAGES) <= set(index.texts.alignment.languages)


@settings(max_examples=60, deadline=None)
@given(declared=st.lists(st.sets(st.integers(0, 14), max_size=3), min_size=1, max_size=10))
def test_declarations_join_the_same(
    declared: list[set[int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    documents = [
        replace(made(f"d{at}", "x"), alternates=tuple(sorted(f"d{n}" for n in {at, *ids})))
        if ids
        else made(f"d{at}", "x")
        for at, ids in enumerate(declared)
    ]
    compared = both(documents, tmp_path_factory.mktemp("declared"))
    snapshot = compared.engine.searcher()
    assert (compared.texts is None) == (snapshot.translations is None)
    if compared.texts is not None and snapshot.translations is not None:
        works = {
            each.id: int(snapshot.translations.works[snapshot.document(each.id) or 0])
            for each in documents
        }
        found = dict(zip(compared.texts.ids, compared.texts.alignment.works.tolist(), strict=True))
        assert {id_: work for id_, work in works.items() if work >= 0} == {
            id_: work for id_, work in found.items() if work >= 0
        }
    compared.engine.close()


def test_what_many_declare_is_not_asked_for(tmp_path: Path) -> None:
    documents = [
        replace(made(f"d{at:02}", "x"), alternates=("home", f"d{at:02}"))
        for at in range(MOST_DECLARING + 1)
    ]
    compared = both([*documents, made("home", "x", "ru")], tmp_path)
    assert compared.texts is not None
    assert "home" not in compared.texts.ids
    assert compared.texts.alignment.size == 0
    assert compared.compare(tree.Term("body_stem", "/x")) == ()
    compared.engine.close()


def test_without_translations_nothing_is_kept(tmp_path: Path) -> None:
    compared = both([made("d1", "x"), made("d2", "y", "ru")], tmp_path)
    assert compared.texts is None
    compared.engine.close()
