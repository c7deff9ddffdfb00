"""Offenses that a query cites or names: the releases that cite the statute, and those that use the
name, which few releases do together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Annotated

from corpus import statutes
from corpus.statutes.wording import query_words
from indexer.analysis.analyzer import words
from indexer.assist.statute_suggestions import StatuteSuggestion
from indexer.assist.term_tables import Entry, Name, look_up_once, term_table
from indexer.engine.interface import Engine
from indexer.engine.results import Query
from indexer.engine.searcher import Searcher
from indexer.query.interpreter import statute_term
from indexer.query.notation import QUOTES
from indexer.query.parser import parse
from indexer.query.written_forms import LookUp

# What stands around a statute that is searched for: statute:"18 U.S.C. § 1343".
FRAME = re.compile(r'^\s*(?:statute:)?\s*"?|"?\s*$', re.IGNORECASE)
MOST_NAMES = 3


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
    typed: str, query: Query, engine: Engine, language: str
) -> OffenseSuggestion | None:
    """The offense that a query cites, with the names that releases use; or the one that it names,
    with the statutes that releases cite. Counted within the query's filters; None without any.
    """
    table = term_table("offenses")
    if key := _cited_statute(typed):
        entry = table.citing(key)
        return entry and engine.read(lambda searcher: _cited(key, entry, searcher, query, language))
    name = table.named(typed)
    return name and engine.read(lambda searcher: _named(name, searcher, query, language))


def _cited(
    key: str, entry: Entry, searcher: Searcher, query: Query, language: str
) -> OffenseSuggestion | None:
    naming = [each for code in entry.names for each in _used_names(entry, code, searcher, query)]
    citing = _citing(key, searcher, query, language)
    return OffenseSuggestion((citing,), tuple(naming)) if naming else None


def _named(name: Name, searcher: Searcher, query: Query, language: str) -> OffenseSuggestion | None:
    citing = [_citing(key, searcher, query, language) for key in name.entry.statutes]
    cited = tuple(each for each in citing if each.total)
    if not cited:
        return None
    return OffenseSuggestion(cited, _used_names(name.entry, name.language, searcher, query))


def _used_names(
    entry: Entry, language: str, searcher: Searcher, query: Query
) -> tuple[NameSuggestion, ...]:
    """The first names of an offense in a language that any release uses."""
    names = entry.names[language][:MOST_NAMES]
    attested = look_up_once(names, searcher)
    naming = (_naming(name, language, searcher, query, attested) for name in names)
    return tuple(each for each in naming if each.total)


def _citing(key: str, searcher: Searcher, query: Query, language: str) -> StatuteSuggestion:
    asked = replace(query, tree=statute_term(key), start=0)
    return StatuteSuggestion(key, query_words(key, language), searcher.total(asked))


def _naming(
    name: str, language: str, searcher: Searcher, query: Query, attested: LookUp
) -> NameSuggestion:
    typed = _name_query(name, language)
    tree = parse(typed, query.filters.language, attested=attested).tree
    total = searcher.total(replace(query, tree=tree, start=0))
    return NameSuggestion(name, language, typed, total)


def _cited_statute(typed: str) -> str | None:
    """The statute that a query is, also as it is written to search for it."""
    bare = FRAME.sub("", typed.translate(QUOTES))
    return statutes.parse_key(bare) if re.search(r"\d", bare) and '"' not in bare else None


def _name_query(name: str, language: str) -> str:
    """A query for the releases that use a name, inflected where the language inflects its words."""
    if len(words(name)) == 1:
        return name
    return f'"{name}"' if language == "en" else " PRE/1 ".join(name.split())
