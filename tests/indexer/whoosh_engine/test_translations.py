"""Counterparts in other languages: a plain count over all texts, and what must come out, and what
must not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from math import log, log2
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Settings
from indexer.analysis.analyzer import fold, stem, tokens
from indexer.engine.document import Document
from indexer.engine.results import Query
from indexer.linguistics.alignment import MOST_DECLARING
from indexer.linguistics.translation_lexicon import (
    LEAST_DICE,
    LEAST_LIKELIHOOD,
    LEAST_RELEASES,
    MOST_NEAR,
    NEAR_BEST,
)
from indexer.query import tree
from indexer.query.parser import parse
from indexer.whoosh_engine import WhooshEngine
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.index.writer import SegmentWriter
from tests.aligned import DEEDS, LANGUAGES, PEOPLE, aligned
from tests.indexer.whoosh_engine.test_merging import made
from tests.indexer.whoosh_engine.test_trees import nothing, sample_documents

SIZE = 120
Found = dict[str, list[str]]


def engine_of(documents: list[Document], folder: Path) -> WhooshEngine:
    """An index of documents."""
    engine = WhooshEngine(folder, 64)
    engine.publish(engine.build(documents, 1, nothing))
    return engine


def snapshot_of(documents: list[Document], folder: Path) -> Snapshot:
    """What a reader sees of an index of documents."""
    SegmentWriter(folder / "index", 64).create(documents, nothing)
    return Snapshot(folder / "index")


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return aligned(SIZE)


@pytest.fixture(scope="module")
def engine(
    documents: list[Document], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WhooshEngine]:
    opened = engine_of(documents, tmp_path_factory.mktemp("aligned"))
    yield opened
    opened.close()


def ask(engine: WhooshEngine, word: str, most: int = 3) -> Found:
    """The counterparts of a word by language, without their numbers; names in their own script."""
    node = parse(word, match_scripts=False).tree
    found = engine.translation_suggestions(Query(node), most)
    return {each.language: [word for word, _ in each.words] for each in found}


def is_form(word: str, forms: tuple[str, ...], language: str) -> bool:
    return stem(fold(word), language) in {stem(fold(form), language) for form in forms}


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed[0])
def test_what_was_done_has_its_counterparts(engine: WhooshEngine, deed: tuple[str, ...]) -> None:
    forms = {"en": deed[:1], "ru": deed[1:3], "kk": deed[3:]}
    for source, language in (("en", "en"), ("ru", "ru"), ("kk", "kk")):
        found = ask(engine, forms[source][-1])
        for other in {*LANGUAGES} - {language}:
            if fold(forms[source][-1]) in {fold(each) for each in forms[other]}:
                continue  # the same word
            assert found.get(other), (forms[source], other, found)
            assert all(is_form(word, forms[other], other) for word in found[other]), found


def test_releases_of_a_counterpart_are_counted(
    engine: WhooshEngine, documents: list[Document]
) -> None:
    found = {
        each.language: each.words
        for each in engine.translation_suggestions(Query(parse("arson").tree))
    }
    for language, words in found.items():
        for word, releases in words:
            wanted = Query(parse(word, (language,)).tree, has_boilerplate=True)
            every = {each.id for each in documents if each.language == language}
            assert releases == len(every.intersection(engine.scan(wanted))) > 0
    assert {*found} == {"ru", "kk"}


@pytest.mark.parametrize(("person"), PEOPLE, ids=lambda person: person[0])
def test_names_have_their_counterparts(engine: WhooshEngine, person: tuple[str, ...]) -> None:
    found = ask(engine, person[0])
    assert is_form(found["ru"][0], person[1:2], "ru")
    assert is_form(found["kk"][0], person[2:], "kk")


def test_a_name_that_is_found_in_another_script_needs_no_counterpart(engine: WhooshEngine) -> None:
    assert engine.translation_suggestions(Query(parse("Seitov").tree)) == ()


@pytest.mark.parametrize("word", ["the", "court", "prosecutor", "суд", "прокурор", "сот", "zebra"])
def test_what_is_everywhere_or_nowhere_has_none(engine: WhooshEngine, word: str) -> None:
    assert ask(engine, word) == {}


def test_a_tree_without_words_has_none(engine: WhooshEngine) -> None:
    assert engine.translation_suggestions(Query()) == ()


def test_two_releases_prove_nothing(documents: list[Document], tmp_path: Path) -> None:
    about = [each.alternates for each in documents if "arson" in each.title][: LEAST_RELEASES - 1]
    others = [each.alternates for each in documents if "arson" in each.title]
    few = [e for e in documents if e.alternates in about or e.alternates not in others]
    engine = engine_of(few, tmp_path)
    assert engine.total(Query(parse("arson").tree)) == len(about)
    assert ask(engine, "arson") == {}
    assert ask(engine, "torture")
    engine.close()


def test_words_that_the_releases_cannot_tell_apart_are_none(tmp_path: Path) -> None:
    alike = "сарай амбар овин гумно"
    pairs = [aligned(1, seed)[:2] for seed in range(40)]
    documents = []
    for number, (one, other) in enumerate(pairs):
        ids = (f"{number}a", f"{number}b")
        barn, barns = (("A barn.",), (alike,)) if number < 8 else ((), ())
        documents.append(replace(one, id=ids[0], body=one.body + barn, alternates=ids))
        documents.append(replace(other, id=ids[1], body=other.body + barns, alternates=ids))
    engine = engine_of(documents, tmp_path)
    assert ask(engine, "barn", most=3) == {}
    assert sorted(ask(engine, "barn", most=4)["ru"]) == sorted(alike.split())
    engine.close()


def test_the_sample_office_says_torture_in_three_languages(
    sample_settings: Settings, tmp_path: Path
) -> None:
    """Its content interface numbers the translations of a text one after another."""
    numbers = {
        int(each.url.rpartition("/")[2].partition("?")[0]): each
        for each in sample_documents(sample_settings)
        if each.office == "sample_gpo" and "/details/" in each.url
    }
    firsts = [number for number in numbers if number - 1 not in numbers]
    declared = []
    for first in firsts:
        own = [numbers[number] for number in range(first, first + 3) if number in numbers]
        ids = tuple(sorted(each.id for each in own))
        declared += [replace(each, alternates=ids) for each in own]
    assert len(declared) == len(numbers) >= 27
    # Nine releases tell no word from another; among others they do.
    engine = engine_of([*declared, *aligned(40)], tmp_path)
    found = ask(engine, "torture")
    assert is_form(found["ru"][0], ("пытки", "пыток"), "ru")
    assert is_form(found["kk"][0], ("азаптау",), "kk")
    engine.close()


# a plain count


class Plain:
    """Every text as its stems, release by release and language by language."""

    def __init__(self, documents: list[Document]) -> None:
        self.stems: dict[str, dict[str, set[str]]] = defaultdict(dict)
        for each in documents:
            text = f"{each.title}\n{each.body_text}"
            own = {token.stem for token in tokens(text, each.language)}
            self.stems[min(each.alternates)][each.language] = own

    def weighed(
        self, one: str, other: str, asked: set[str], own: set[str]
    ) -> dict[str, tuple[float, float, set[str]]]:
        """logDice, log-likelihood and releases of every word of another language."""
        held = [w for w, texts in self.stems.items() if one in texts and other in texts]
        found = {}
        for word in {word for work in held for word in self.stems[work][other]} - own:
            works = {work for work in held if word in self.stems[work][other]}
            both = len(works & asked)
            if both >= LEAST_RELEASES and word[1:].isalpha():
                table = Counter((work in asked, work in works) for work in held)
                rows = Counter(work in asked for work in held)
                columns = Counter(work in works for work in held)
                likelihood = 2 * sum(
                    seen * log(seen * len(held) / rows[row] / columns[column])
                    for (row, column), seen in table.items()
                )
                if both * len(held) <= len(asked) * len(works):
                    likelihood = 0.0
                dice = 14 + log2(2 * both / (len(asked) + len(works)))
                found[word] = dice, likelihood, works
        return found

    def translation_suggestions(self, word: str, one: str, other: str, most: int) -> set[str]:
        """The stems that an engine should show."""
        held = {w for w, texts in self.stems.items() if one in texts and other in texts}
        asked = {work for work in held if word in self.stems[work][one]}
        there = {work for work in asked if word in self.stems[work][other]}
        if len(asked) < LEAST_RELEASES or 2 * len(there) > len(asked):
            return set()
        sure = {
            each: (dice, works)
            for each, (dice, likelihood, works) in self.weighed(one, other, asked, {word}).items()
            if dice >= LEAST_DICE and likelihood >= LEAST_LIKELIHOOD
        }
        best = max((dice for dice, _ in sure.values()), default=0.0)
        near = {each: pair for each, pair in sure.items() if pair[0] >= best - NEAR_BEST}
        chosen = {
            each
            for each, (dice, works) in near.items()
            if all(d <= dice for d, _, _ in self.weighed(other, one, works, {word}).values())
        }
        return chosen if len(near) <= MOST_NEAR and len(chosen) <= most else set()


@pytest.mark.parametrize("size", [40, SIZE])
def test_all_words_have_what_a_plain_count_gives(size: int, tmp_path: Path) -> None:
    documents = aligned(size, seed=size)
    engine, plain = engine_of(documents, tmp_path), Plain(documents)
    texts, some = [*plain.stems.values()], 0
    for language in LANGUAGES:
        for word in sorted({word for each in texts for word in each[language]}):
            if any(word in each[other] for each in texts for other in {*LANGUAGES} - {language}):
                continue  # which language such a word is of, its hits decide
            node = tree.Or(tuple(tree.Term(f"{field}_stem", word) for field in ("title", "body")))
            found = {
                each.language: each.words for each in engine.translation_suggestions(Query(node))
            }
            for other in {*LANGUAGES} - {language}:
                shown = {stem(fold(w), other) for w, _ in found.get(other, ())}
                assert shown == plain.translation_suggestions(word, language, other, 3), (
                    word,
                    other,
                )
                some += bool(shown)
    assert some > size / 3
    engine.close()


# which documents are translations of each other


@settings(max_examples=100, deadline=None)
@given(
    declared=st.lists(st.sets(st.integers(0, 14), max_size=3), min_size=1, max_size=10),
    removed=st.sets(st.integers(0, 9), max_size=3),
)
def test_works_are_what_declarations_join(
    declared: list[set[int]], removed: set[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    documents = [
        replace(made(f"d{at}", "x"), alternates=tuple(sorted(f"d{n}" for n in {at, *ids})))
        if ids
        else made(f"d{at}", "x")
        for at, ids in enumerate(declared)
    ]
    folder = tmp_path_factory.mktemp("works")
    writer = SegmentWriter(folder / "index", 64)
    writer.create(documents[:5], nothing)
    gone = {f"d{at}" for at in removed}
    writer.update(documents[5:], gone & {each.id for each in documents[:5]}, nothing)
    live = [e for e in documents if e.id not in gone or e in documents[5:]]
    snapshot = Snapshot(folder / "index")
    joined = {each.id: {each.id} for each in live}
    for _ in live:
        for one in live:
            for other in live:
                names = {one.id, *one.alternates} & {other.id, *other.alternates}
                if names and (one.alternates or other.alternates):
                    joined[one.id] |= joined[other.id]
    numbers = snapshot.translations.works if snapshot.translations else None
    for one in live:
        at = snapshot.document(one.id)
        assert at is not None
        own = {
            other.id
            for other in live
            if numbers is not None
            and numbers[at] >= 0
            and numbers[snapshot.document(other.id)] == numbers[at]
        }
        assert (own or {one.id}) == joined[one.id]


def test_an_address_that_many_declare_is_no_translation(tmp_path: Path) -> None:
    documents = [
        replace(made(f"d{at:02}", "x"), alternates=("home", f"d{at:02}"))
        for at in range(MOST_DECLARING + 1)
    ]
    home = made("home", "x", "ru")
    for size, expected in ((MOST_DECLARING, 1), (MOST_DECLARING + 1, 0)):
        folder = tmp_path / str(size)
        folder.mkdir()
        translations = snapshot_of([*documents[:size], home], folder).translations
        assert translations is not None
        assert translations.size == expected


def test_an_index_without_translations_has_nothing_to_look_at(tmp_path: Path) -> None:
    assert snapshot_of([made("d1", "x"), made("d2", "y", "ru")], tmp_path).translations is None
