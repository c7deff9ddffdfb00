"""A query's term in other languages, on both engines: with counts, where releases match."""

from __future__ import annotations

import pytest

from indexer import Engine, Filters, Query, parse
from indexer.assist.glossary_suggestions import suggest_from_glossary

TORTURE = {"en": "torture", "ru": "пытки", "kk": "азаптау"}


def suggested(engine: Engine, typed: str, filters: Filters | None = None) -> dict[str, str]:
    query = Query(parse(typed).tree, filters or Filters())
    found = suggest_from_glossary(typed, query, engine)
    for each in found:
        narrow = Filters(language=(each.language,), since=query.filters.since)
        own = Query(parse(each.query, (each.language,)).tree, narrow)
        assert each.total == engine.total(own) > 0
        assert each.source
    return {each.language: each.query for each in found}


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("torture", "en"),
        ("Tortured", "en"),
        ("пытки", "ru"),
        ("пыток", "ru"),
        ("“пытки”", "ru"),
        ("азаптауды", "kk"),
    ],
)
def test_a_term_is_offered_in_the_other_languages(
    engine: Engine, typed: str, language: str
) -> None:
    expected = {code: name for code, name in TORTURE.items() if code != language}
    assert suggested(engine, typed) == expected
    assert suggested(engine, typed, Filters(language=(language,))) == expected


def test_a_term_of_several_words_is_replaced_within_the_query(engine: Engine) -> None:
    assert suggested(engine, "2019 criminal case")["ru"] == "2019 уголовное дело"


def test_a_language_without_releases_for_it_is_left_out(engine: Engine) -> None:
    assert suggested(engine, "radioactive waste") == {}
    assert suggested(engine, "torture Wolverhampton") == {}


@pytest.mark.parametrize("typed", ["", "title:torture", "torture*", "torture NOT court", "harbor"])
def test_other_queries_have_none(engine: Engine, typed: str) -> None:
    assert suggested(engine, typed) == {}
