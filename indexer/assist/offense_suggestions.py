"""Offenses that a query cites or names: the releases that cite the statute, and those that use the
name, which few releases do together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import chain
from typing import Annotated

from corpus import statutes
from corpus.statutes.wording import query_words
from indexer.assist.no_results import ParseWords
from indexer.assist.statute_suggestions import StatuteSuggestion
from indexer.assist.term_tables import Entry, Name, look_up_once, term_table
from indexer.engine.interface import Engine
from indexer.engine.results import Query
from indexer.engine.searcher import Searcher
from indexer.query.interpreter import OPERATORS
from indexer.query.notation import QUOTES
from indexer.query.parser import parse

# What stands around a statute that is searched for: statute:"18 U.S.C. § 1343".
FRAME = re.compile(r'^\s*(?:statute:)?\s*"?|"?\s*$', re.IGNORECASE)
MOST_NAMES = 3
# How many releases a query finds.
Total = Callable[[str], int]


@dataclass(frozen=True)
class NameSuggestion:
    """A query for the releases that use a name, and how many there are."""

    name: Annotated[str, "the name"]
    language: Annotated[str, "the language of the name"]
    query: Annotated[str, "a query for the releases that use it"]
    total: Annotated[int, "how many releases use it, within the filters"]


@dataclass(frozen=True)
class OffenseSuggestion:
    """An offense: its statutes with the releases that cite each, and its names with those that use
    each.
    """

    citing: Annotated[tuple[StatuteSuggestion, ...], "its statutes"]
    naming: Annotated[tuple[NameSuggestion, ...], "its names"]


def suggest_offense(
    typed: str, query: Query, engine: Engine, language: str, parse_words: ParseWords = parse
) -> OffenseSuggestion | None:
    """The offense that a query cites, with the names that releases use; or the one that it names,
    with the statutes that releases cite; None without any. Counted within the query's filters;
    `parse_words` parses as the page does.
    """
    table = term_table("offenses")
    if key := _cited_statute(typed):
        entry = table.citing(key)
        return entry and engine.read(
            lambda searcher: _cited(
                key, entry, _totals(entry, query, searcher, parse_words), language
            )
        )
    name = table.named(typed)
    return name and engine.read(
        lambda searcher: _named(name, _totals(name.entry, query, searcher, parse_words), language)
    )


def _totals(entry: Entry, query: Query, searcher: Searcher, parse_words: ParseWords) -> Total:
    """Counts the releases that other words find, with the query's filters."""
    attested = look_up_once(chain(*entry.names.values()), searcher)

    def total(words: str) -> int:
        node = parse_words(words, query.filters.language, attested=attested).tree
        return searcher.total(replace(query, tree=node, start=0))

    return total


def _cited(key: str, entry: Entry, total: Total, language: str) -> OffenseSuggestion | None:
    naming = [each for code in entry.names for each in _used_names(entry, code, total)]
    citing = _citing(key, total, language)
    return OffenseSuggestion((citing,), tuple(naming)) if naming else None


def _named(name: Name, total: Total, language: str) -> OffenseSuggestion | None:
    citing = [_citing(key, total, language) for key in name.entry.statutes]
    cited = tuple(each for each in citing if each.total)
    if not cited:
        return None
    return OffenseSuggestion(cited, _used_names(name.entry, name.language, total))


def _used_names(entry: Entry, language: str, total: Total) -> tuple[NameSuggestion, ...]:
    """The first names of an offense in a language that any release uses."""
    queries = ((name, _name_query(name)) for name in entry.names[language][:MOST_NAMES])
    naming = (NameSuggestion(name, language, typed, total(typed)) for name, typed in queries)
    return tuple(each for each in naming if each.total)


def _citing(key: str, total: Total, language: str) -> StatuteSuggestion:
    typed = query_words(key, language)
    return StatuteSuggestion(key, typed, total(typed))


def _cited_statute(typed: str) -> str | None:
    """The statute that a query is, also as it is written to search for it."""
    bare = FRAME.sub("", typed.translate(QUOTES))
    return statutes.parse_key(bare) if re.search(r"\d", bare) and '"' not in bare else None


def _name_query(name: str) -> str:
    """A query for the releases that use a name in any form of its words; "and" is no operator."""
    written = (f'"{each}"' if each.upper() in OPERATORS else each for each in name.split())
    return " PRE/1 ".join(written)
