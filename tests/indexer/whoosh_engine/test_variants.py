"""Names in any script, words in any language: an invented prosecutor in releases in three."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from indexer import Filters, Query, parse
from indexer.assist.spelling import did_you_mean
from indexer.engine.document import Document
from indexer.engine.fields import LENGTHS_OF, TEXTS
from indexer.engine.results import Hit, Results
from indexer.highlight.highlighter import Highlighter
from indexer.query.variants import KINDS
from indexer.whoosh_engine import WhooshEngine
from indexer.whoosh_engine.index.builder import SegmentBuilder
from indexer.whoosh_engine.index.codec import ArraySegment
from indexer.whoosh_engine.index.merge import merged
from tests.indexer.whoosh_engine.test_trees import nothing

# Language, title, text, by the release's id.
TEXT = {
    "en-torture": (
        "en",
        "Officer convicted of torture",
        "A court in Teniztau found an officer guilty of torturing a detainee.\n\n"
        "The case was prosecuted by Damir Kozhasharov, who asked for nine years.",
    ),
    "en-fraud": (
        "en",
        "Accountant sentenced for fraud",
        "Prosecutor Kozhasharov's statement says that the accountant stole from a school.",
    ),
    "en-other": ("en", "A bridge is opened", "The bridge at Teniztau was paid for by the city."),
    "ru-torture": (
        "ru",
        "Осуждён за пытки",
        "Суд признал сотрудника виновным в пытках.\n\n"
        "Обвинение поддерживал прокурор Дамир Кожашаров. Пыток задержанный не вынес.",
    ),
    "ru-fraud": (
        "ru",
        "Приговор по делу о мошенничестве",
        "Дело направлено в суд прокурором Кожашаровым. Бухгалтер похитил деньги школы.",
    ),
    "ru-other": ("ru", "Открыт мост", "Мост через реку оплатил город Тенизтау."),
    "kk-torture": (
        "kk",
        "Азаптау үшін сотталды",
        "Сот қызметкерді азаптағаны үшін кінәлі деп таныды.\n\n"
        "Айыптауды прокурор Дамир Қожашаров қолдады.",
    ),
    "kk-fraud": (
        "kk",
        "Алаяқтық ісі бойынша үкім",
        "Прокурор Қожашаровтың айтуынша, есепші мектептің ақшасын ұрлаған. Бұл қылмыс.",
    ),
    "kk-other": ("kk", "Көпір ашылды", "Өзен үстіндегі көпірді Теңізтау қаласы төледі."),
}
NAMED = {id_ for id_ in TEXT if not id_.endswith("other")}
SPELLINGS = {
    "en": ("Kozhasharov", "kozhasharov", "Kozhasharov's"),
    "ru": ("Кожашаров", "кожашаров", "Кожашаровым", "Кожашарова"),
    "kk": ("Қожашаров", "Қожашаровтың", "қожашаровқа"),
}
OTHER_SPELLINGS = ("Qojaşarov", "Kojasharov", "Qozhasharov")


def made(id_: str, language: str, title: str, body: str) -> Document:
    paragraphs = tuple(body.split("\n\n"))
    day, url = date(2020, 1, 1), f"https://example.org/{id_}"
    rest = ((), (), None, None)
    return Document(id_, "made_up", "KZ", language, day, url, title, paragraphs, *rest)


DOCUMENTS = [made(id_, *facts) for id_, facts in TEXT.items()]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhooshEngine]:
    opened = WhooshEngine(tmp_path_factory.mktemp("otherwise"))
    opened.publish(opened.build(DOCUMENTS, 1, nothing))
    yield opened
    opened.close()


def found(engine: WhooshEngine, typed: str, **more: object) -> Results:
    return engine.search(Query(parse(typed, **more).tree, size=50))  # type: ignore[arg-type]


def ids(hits: tuple[Hit, ...] | Results) -> set[str]:
    return {hit.id for hit in (hits.hits if isinstance(hits, Results) else hits)}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("torture", {"en-torture"}),
        ("tortured", {"en-torture"}),
        ("пытка", {"ru-torture"}),
        ("пытки", {"ru-torture"}),
        ("пыток", {"ru-torture"}),
        ("азаптау", {"kk-torture"}),
        ("азаптады", {"kk-torture"}),
        ("прокурор", {"ru-torture", "ru-fraud", "kk-torture", "kk-fraud"}),
    ],
)
def test_words_are_found_in_their_forms_in_each_language(
    typed: str, expected: set[str], engine: WhooshEngine
) -> None:
    results = found(engine, typed)
    assert ids(results) == expected
    assert results.variant_total == 0


@pytest.mark.parametrize("typed", [*SPELLINGS["en"], *SPELLINGS["ru"], *SPELLINGS["kk"]])
def test_a_name_typed_in_one_script_is_found_in_all_and_first_as_typed(
    typed: str, engine: WhooshEngine
) -> None:
    [language] = [each for each, spelled in SPELLINGS.items() if typed in spelled]
    results = found(engine, typed)
    assert ids(results) == NAMED
    as_typed = [hit.language == language for hit in results.hits]
    assert as_typed == [True] * 2 + [False] * 4
    assert [not hit.variants for hit in results.hits] == as_typed
    assert (results.total, results.variant_total) == (6, 4)
    strict = found(engine, typed, match_scripts=False)
    assert ids(strict) == {id_ for id_ in NAMED if id_.startswith(language)}
    assert strict.hits == results.hits[:2]
    assert ids(found(engine, f"{typed} script:exact")) == ids(strict)
    assert strict.variant_total == 0


@pytest.mark.parametrize("typed", OTHER_SPELLINGS)
def test_a_spelling_that_no_release_has_finds_the_name_in_those_that_they_have(
    typed: str, engine: WhooshEngine
) -> None:
    results = found(engine, typed)
    assert ids(results) == NAMED
    assert all(hit.variants for hit in results.hits)
    assert found(engine, typed, match_scripts=False).total == 0
    query = Query(parse(typed).tree)
    assert did_you_mean(typed, query, results, engine) is None


def test_hits_tell_the_words_that_they_were_found_by(engine: WhooshEngine) -> None:
    told = {hit.id: hit.variants for hit in found(engine, "Kozhasharov").hits}
    assert told == {
        "en-torture": (),
        "en-fraud": (),
        "ru-torture": ("Кожашаров",),
        "ru-fraud": ("Кожашаровым",),
        "kk-torture": ("Қожашаров",),
        "kk-fraud": ("Қожашаровтың",),
    }


def test_the_reading_tells_other_spellings_apart_from_the_words_own_forms(
    engine: WhooshEngine,
) -> None:
    clause = found(engine, "Кожашаров").explanation
    assert clause
    assert clause.count == 6
    assert dict(clause.expansions) == {"кожашаров": 1, "кожашаровым": 1}
    others = {"kozhasharov": 1, "kozhasharov's": 1, "қожашаров": 1, "қожашаровтың": 1}
    assert dict(clause.variants) == others


def test_the_words_that_matched_are_marked_counted_and_in_context(engine: WhooshEngine) -> None:
    tree = parse("кожашаров").tree
    marks = {
        words
        for hit in engine.search(Query(tree)).hits
        for passage in hit.passages
        for words, is_marked in passage.parts
        if is_marked
    }
    spelled = {"Kozhasharov", "Kozhasharov's", "Кожашаров", "Кожашаровым"}
    assert marks == spelled | {"Қожашаров", "Қожашаровтың"}
    assert {line.keyword for line in engine.occurrences(Query(tree)).mentions} == marks
    assert engine.collocates(Query(tree), least=1).mentions == 6
    undated = engine.frequencies(Query(tree), "year").periods[0][1]
    assert (undated.releases, undated.mentions) == (6, 6)
    # A release's page has no index to ask.
    marker, texts = Highlighter(tree), {each: TEXT[each][2] for each in TEXT}
    alone = {
        each: {text[a:b] for a, b in marker.spans(text, "body", TEXT[each][0])}
        for each, text in texts.items()
    }
    assert set().union(*alone.values()) == marks
    assert {each for each, words in alone.items() if words} == NAMED


def test_every_word_of_a_query_may_be_in_another_script(engine: WhooshEngine) -> None:
    both = found(engine, "Дамир Kozhasharov")
    assert ids(both) == {"en-torture", "ru-torture", "kk-torture"}
    assert both.variant_total == 3
    either = found(engine, "torture OR Кожашаров")
    assert [bool(hit.variants) for hit in either.hits] == [False] * 3 + [True] * 3
    assert {hit.id for hit in either.hits[:3]} == {"en-torture", "ru-torture", "ru-fraud"}


def test_quotes_and_what_is_left_out_mean_what_is_typed(engine: WhooshEngine) -> None:
    assert ids(found(engine, '"Кожашаров"')) == {"ru-torture"}
    assert ids(found(engine, '"Дамир Кожашаров"')) == {"ru-torture"}
    rest = found(engine, "Kozhasharov -Кожашаров")
    assert ids(rest) == NAMED - {"ru-torture", "ru-fraud"}
    assert ids(found(engine, "-Кожашаров script:exact")) == ids(found(engine, "-Кожашаров"))


def test_filters_hold_for_other_spellings_too(engine: WhooshEngine) -> None:
    filters = Filters(language=("kk",))
    results = engine.search(Query(parse("Кожашаров", ("kk",)).tree, filters))
    assert ids(results) == {"kk-torture", "kk-fraud"}
    assert (results.total, results.variant_total) == (2, 2)


def test_kazakh_words_are_found_as_typed_without_their_letters(engine: WhooshEngine) -> None:
    for typed in ("кылмыс", "алаяктык", "урлаган"):
        results = found(engine, typed)
        assert (ids(results), results.variant_total) == ({"kk-fraud"}, 1)
        assert found(engine, f"{typed} script:exact").total == 0
    assert found(engine, "қылмыс").variant_total == 0


def test_ordinary_words_have_no_other_spellings(engine: WhooshEngine) -> None:
    """What is written with a small letter more often than not is no name."""
    for typed in ("мост", "bridge", "most", "sud", "сколь"):
        assert found(engine, typed).variant_total == 0


# Words with keys of both kinds and with none; a segment is drawn as texts, each kept or deleted.
WORDS = ["Кожашаров", "Қожашаров", "Kozhasharov", "Қылмыс", "Қылмысқа", "Мост", "Smith", "Fraud"]
PARTS = st.lists(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from([*WORDS, *map(str.lower, WORDS)]), min_size=1, max_size=4),
            st.booleans(),
        ),
        min_size=1,
        max_size=3,
    ),
    min_size=2,
    max_size=4,
)
Tables = dict[str, set[tuple[int, str]]]


def tables(folder: Path, segment: ArraySegment) -> Tables:
    """For each field and kind the pairs of keys and terms."""
    opened = segment.open(folder)
    found: Tables = {}
    for field in (*TEXTS, *LENGTHS_OF):
        for kind in KINDS if field in TEXTS else ("loose",):
            keys = opened.arrays[f"{field}/{kind}/keys"].tolist()
            numbers = opened.arrays[f"{field}/{kind}/terms"].tolist()
            terms = [opened.fields[field].term(number).decode() for number in numbers]
            assert sorted(zip(keys, numbers, strict=True)) == [*zip(keys, numbers, strict=True)]
            found[f"{field}/{kind}"] = set(zip(keys, terms, strict=True))
            assert len(found[f"{field}/{kind}"]) == len(keys)
    return found


def written(folder: Path, texts: Iterable[list[str]]) -> ArraySegment:
    """A segment of these texts; their languages are those of their first words."""
    builder = SegmentBuilder()
    for words in texts:
        language = "en" if words[0].isascii() else "kk"
        builder.add(made(f"id-{len(builder)}", language, words[0], " ".join(words)))
    return builder.write(folder)


def terms_of(folder: Path, texts: list[list[str]]) -> dict[str, set[str]]:
    """The terms of each field of a segment of these texts."""
    fields = written(folder, texts).open(folder).fields
    return {
        name: {term.decode() for term in fields[name].terms(range(len(fields[name])))}
        for name in (*TEXTS, *LENGTHS_OF)
    }


@settings(max_examples=60, deadline=None)
@given(parts=PARTS, is_capital=st.booleans())
def test_merged_tables_are_those_of_a_whole_build_but_for_what_looks_like_a_name(
    parts: list[list[tuple[list[str], bool]]], is_capital: bool
) -> None:
    """That is decided in each part: the merged one has the names of each, as far as
    their words are left there. Words that always have capitals are names everywhere.
    """
    if is_capital:
        parts = [[([w.capitalize() for w in words], kept) for words, kept in p] for p in parts]
    left = [words for part in parts for words, is_kept in part if is_kept]
    assume(left)
    with TemporaryDirectory() as name:
        folder = Path(name)
        segments = [written(folder, (words for words, _ in part)) for part in parts]
        own = [tables(folder, segment) for segment in segments]
        for segment, part in zip(segments, parts, strict=True):
            segment.deleted = {at for at, (_, is_kept) in enumerate(part) if not is_kept}
        one = merged(folder, segments)
        got, whole = tables(folder, one), tables(folder, written(folder, left))
        held = [terms_of(folder, [words for words, is_kept in part if is_kept]) for part in parts]
    for name, pairs in got.items():
        field = name.partition("/")[0]
        assert pairs == {
            (key, term)
            for each, terms in zip(own, held, strict=True)
            for key, term in each[name]
            if term in terms[field]
        }
        if is_capital or name.endswith("loose"):
            assert pairs == whole[name]


def test_updates_and_deletions_keep_names_findable(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path)
    engine.publish(engine.build(DOCUMENTS[:2], 1, nothing))
    for number, document in enumerate(DOCUMENTS[2:]):
        engine.update([document], (), number + 2, nothing)
    assert ids(found(engine, "Кожашаров")) == NAMED
    changed = replace(DOCUMENTS[0], body=("The name was taken out.",))
    engine.update([changed], ["kk-fraud"], 20, nothing)
    results = found(engine, "Кожашаров")
    assert ids(results) == NAMED - {"en-torture", "kk-fraud"}
    assert (results.total, results.variant_total) == (4, 2)
    for number in range(4):  # segments are merged on the way
        engine.update([made(f"more-{number}", "en", "More", "Nothing.")], (), 21 + number, nothing)
        assert ids(found(engine, "Кожашаров")) == ids(results)
    engine.close()
