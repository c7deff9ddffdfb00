"""Offenses by statute and by name, on both engines: what cites one and what names it, apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from corpus import Release, Settings, Store
from corpus.statutes import enclosing_keys, keys
from indexer import Engine, Filters, Query, parse
from indexer.assist.offense_suggestions import suggest_offense
from indexer.assist.term_tables import LANGUAGES


@pytest.fixture(scope="module")
def releases(sample_settings: Settings) -> Iterator[list[Release]]:
    store = Store(sample_settings)
    yield [*store.releases()]
    store.close()


def citing(releases: list[Release], key: str) -> int:
    cited = (keys(each.statutes or ()) for each in releases)
    return sum(any(key in enclosing_keys(each) for each in found) for found in cited)


def naming(releases: list[Release], pattern: str) -> int:
    texts = ("\n".join((each.title, *each.body)) for each in releases)
    return sum(bool(re.search(pattern, text, re.IGNORECASE)) for text in texts)


NAMES = {
    "torture": r"\btortur",
    "пытки": r"\bпыт(?:ок|к)",
    "азаптау": r"\bазапта",
    "wire fraud": r"\bwire fraud\b",
}


@pytest.mark.parametrize(
    ("typed", "key", "names"),
    [
        ("18 USC 1343", "us/usc/18/1343", ["wire fraud"]),
        ("Title 18, United States Code, Section 1343", "us/usc/18/1343", ["wire fraud"]),
        ('statute:"18 U.S.C. § 1343"', "us/usc/18/1343", ["wire fraud"]),
        ("ст. 146 УК РК", "kz/cc/146", ["torture", "пытки", "азаптау"]),
        ("ҚК 146-бабының 2-бөлігі", "kz/cc/146/2", ["torture", "пытки", "азаптау"]),
    ],
)
def test_a_statute_is_offered_with_the_names_of_its_offense(
    engine: Engine, releases: list[Release], typed: str, key: str, names: list[str]
) -> None:
    found = suggest_offense(typed, Query(parse(typed).tree), engine, "en")
    assert found
    assert [(each.key, each.total) for each in found.citing] == [(key, citing(releases, key))]
    assert [(each.name, each.total) for each in found.naming] == [
        (name, naming(releases, NAMES[name])) for name in names
    ]


@pytest.mark.parametrize(
    ("typed", "name", "statutes"),
    [
        ("Wire fraud", "wire fraud", ["us/usc/18/1343"]),
        ("“wire fraud”", "wire fraud", ["us/usc/18/1343"]),
        ("torture", "torture", ["us/usc/18/2340A"]),
        ("пыткам", "пытки", ["us/usc/18/2340A"]),
        ("азаптаулар", "азаптау", ["us/usc/18/2340A"]),
    ],
)
def test_a_name_in_any_form_is_offered_with_its_statutes(
    engine: Engine, releases: list[Release], typed: str, name: str, statutes: list[str]
) -> None:
    found = suggest_offense(typed, Query(parse(typed).tree), engine, "en")
    assert found
    assert [(each.key, each.total) for each in found.citing] == [
        (key, citing(releases, key)) for key in statutes
    ]
    assert [(each.name, each.total) for each in found.naming] == [
        (name, naming(releases, NAMES[name]))
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_counts_are_within_the_filters_and_those_of_the_queries(
    engine: Engine, language: str
) -> None:
    filters = Filters(language=(language,))
    query = Query(parse("ст. 146 УК РК").tree, filters)
    found = suggest_offense("ст. 146 УК РК", query, engine, language)
    assert found
    for each in (*found.citing, *found.naming):
        assert each.total == engine.total(Query(parse(each.query, (language,)).tree, filters))
    assert [each.language for each in found.naming] == [language]


@pytest.mark.parametrize(
    "typed", ["", "18 U.S.C. § 1592", "18 USC 9999", "harbor", "wire NOT fraud", "robbery court"]
)
def test_other_queries_have_none(engine: Engine, typed: str) -> None:
    assert suggest_offense(typed, Query(parse(typed).tree), engine, "en") is None
