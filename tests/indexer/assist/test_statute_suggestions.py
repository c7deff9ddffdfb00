"""Statutes in queries: any spelling finds them, bare ones are offered, and facets count plainly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from corpus import Provenance, Settings, Store
from corpus.release import Draft
from corpus.statutes import keys, section
from indexer import Engine, Filters, Query, open_engine, parse, reindex
from indexer.assist.offense_suggestions import suggest_offense
from indexer.assist.statute_suggestions import StatuteSuggestion, suggest_statutes
from indexer.assist.unknown_values import unknown_values
from tests.corpus.catalog.test_derivations import AT

TEXTS = [
    ("sample_doj", "en", "Harbin was charged with wire fraud, 18 U.S.C. § 1343."),
    ("sample_doj", "en", "Dorn is charged under 18 USC 1343 and 18 U.S.C. § 924(c)(1)(A)."),
    ("sample_doj", "en", "Title 18, United States Code, Section 924 forbids it. 1343 people came."),
    ("kz_gpo", "ru", "Кербезов осужден по ч. 4 ст. 190 УК РК."),
    ("kz_gpo", "kk", "Кербезов ҚК 190-бабының 4-бөлігі бойынша сотталды."),
    ("kz_gpo", "en", "Kerbezov was convicted under Article 190 of the Criminal Code."),
    ("kz_gpo", "ru", "Рассказано о статье 62 Конституции и о годах 18 и 1343."),
    ("kz_gpo", "ru", "Жертвам мошенничества вернули деньги."),
    ("kz_gpo", "kk", "Алаяқтықпен айналысқан топ ұсталды."),
]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Engine]]:
    """Our own releases about statutes, stored and indexed."""
    settings = Settings(data=tmp_path_factory.mktemp("law"), contact="tests")
    store, engine = Store(settings), open_engine(settings)
    for number, (office, language, text) in enumerate(TEXTS):
        url = f"https://prosecutor.example/{number}"
        seen = Provenance(url, AT, f"{number:064}", "a.warc.gz", number, f"{office}/pages", 1)
        draft = Draft(f"Release {number}", AT.date(), ["One.", text], language)
        with store.writing() as connection:
            store.add(connection, office, url, draft, seen, AT, frozenset())
    reindex(settings, store, engine)
    yield store, engine
    engine.close()
    store.close()


def found(engine: Engine, typed: str, filters: Filters | None = None) -> set[str]:
    results = engine.search(Query(parse(typed).tree, filters or Filters()))
    return {hit.title.text.removeprefix("Release ") for hit in results.hits}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ('statute:"18 U.S.C. § 1343"', "01"),
        ('statute:"18 USC 1343"', "01"),
        ("statute:18 USC 1343", "01"),
        ("statute:18 usc 1343 charged NOT fraud", "1"),
        ('statute:"Title 18, United States Code, Section 924"', "12"),
        ("statute:18 U.S.C. § 924(c)", "1"),
        ("statute:us/usc/18/924/c/1/A", "1"),
        ("statute:us/usc/18/*", "012"),
        ('statute:"18 U.S.C. § 924" AND statute:"18 USC 1343"', "1"),
        ('statute:"ч. 4 ст. 190 УК РК"', "34"),
        ("statute:190-бап", "345"),
        ('statute:"ҚК 190-бабы 4-бөлігі"', "34"),
        ("statute:Article 190 of the Criminal Code", "345"),
        ("statute:ст. 62 Конституции РК", "6"),
        ('Kerbezov statute:"ст. 190"', "5"),
        ("wire OR statute:ст. 190", "0345"),
        ('statute:"18 U.S.C. § 9999"', ""),
    ],
)
def test_a_statute_is_found_in_any_spelling(
    asked: tuple[Store, Engine], typed: str, expected: str
) -> None:
    parsed = parse(typed, match_scripts=False)
    assert parsed.warnings == ()
    hits = asked[1].search(Query(parsed.tree)).hits
    assert "".join(sorted(hit.title.text[-1] for hit in hits)) == expected


@pytest.mark.parametrize("typed", ["statute:fraud", 'statute:"18"', 'statute:""', "statute:99"])
def test_what_is_no_statute_is_told(typed: str) -> None:
    assert any("isn’t a statute citation" in note for note in parse(typed).warnings)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("18 USC 1343", [StatuteSuggestion("us/usc/18/1343", 'statute:"18 U.S.C. § 1343"', 2)]),
        ("“18 u.s.c. 924”", [StatuteSuggestion("us/usc/18/924", 'statute:"18 U.S.C. § 924"', 2)]),
        (
            'charged "18 USC 1343"',
            [StatuteSuggestion("us/usc/18/1343", 'charged statute:"18 U.S.C. § 1343"', 2)],
        ),
        (
            "ст. 190 УК",
            [StatuteSuggestion("kz/cc/190", 'statute:"Criminal Code of Kazakhstan, art. 190"', 3)],
        ),
        ("18 USC 9999", []),
        ('statute:"18 USC 1343"', []),
        ("wire fraud 1343", []),
        ("18 USC 1343 fraud", []),
        ("", []),
    ],
)
def test_a_statute_typed_bare_is_offered_and_not_searched_for_silently(
    asked: tuple[Store, Engine], typed: str, offered: list[StatuteSuggestion]
) -> None:
    parsed = parse(typed)
    assert ("statutes:" in str(parsed.tree)) == ("statute:" in typed)
    assert suggest_statutes(typed, Query(parsed.tree), asked[1], "en") == offered


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("ст. 190 УК РК", {"fraud": 1, "мошенничество": 1, "алаяқтық": 1}),
        ("statute:190-бап", {"fraud": 1, "мошенничество": 1, "алаяқтық": 1}),
        ("fraud", {"fraud": 1}),
        ("мошенничестве", {"мошенничество": 1}),
        ("алаяқтығы", {"алаяқтық": 1}),
    ],
)
def test_an_article_and_the_name_of_its_offense_lead_to_each_other(
    asked: tuple[Store, Engine], typed: str, names: dict[str, int]
) -> None:
    found = suggest_offense(typed, Query(parse(typed).tree), asked[1], "ru")
    assert found
    assert found.citing == (StatuteSuggestion("kz/cc/190", 'statute:"ст. 190 УК РК"', 3),)
    assert {each.name: each.total for each in found.naming} == names


def test_an_offer_is_in_the_readers_language_and_within_the_filters(
    asked: tuple[Store, Engine],
) -> None:
    query = Query(parse("ст. 190 УК").tree, Filters(language=("kk",)))
    assert [each.query for each in suggest_statutes("ст. 190 УК", query, asked[1], "kk")] == [
        'statute:"ҚК 190-бабы"'
    ]
    assert [each.total for each in suggest_statutes("ст. 190 УК", query, asked[1], "ru")] == [1]


def test_the_facet_counts_sections_and_articles_as_the_catalog_does(
    asked: tuple[Store, Engine],
) -> None:
    store, engine = asked
    expected = Counter(
        value
        for release in store.releases()
        for value in {section(key) for key in keys(release.statutes or ())}
    )
    assert expected["us/usc/18/924"] == 2
    facets = {each.name: dict(each.counts) for each in engine.search(Query()).facets}
    assert facets["statute"] == expected
    for value, number in expected.items():
        assert engine.total(Query(filters=Filters(statute=(value,)))) == number
    both = Filters(statute=("us/usc/18/1343", "kz/cc/190"))
    assert engine.total(Query(filters=both)) == 5
    assert found(engine, "*", both) == {*"01345"}


def test_a_statute_that_nobody_cites_is_told(asked: tuple[Store, Engine]) -> None:
    query = Query(filters=Filters(statute=("us/usc/18/9999",)))
    results = asked[1].search(query)
    assert unknown_values(query, results.facets, asked[1]) == [
        "No release has the statute “18 U.S.C. § 9999”."
    ]


def test_how_it_was_read_is_said_in_words(asked: tuple[Store, Engine]) -> None:
    clause = asked[1].search(Query(parse("statute:ч. 4 ст. 190 УК РК").tree)).explanation
    assert clause
    assert clause.count == 2
    assert clause.label == "“Criminal Code of Kazakhstan, art. 190(4)” in the statutes cited"
