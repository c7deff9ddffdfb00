"""Offenses that a query cites or names: the releases that cite the statute, and those that use the
name, which few releases do together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Annotated

from corpus import statutes
from corpus.statutes.wording import query_words
from indexer.analysis.analyzer import words
from indexer.assist.statute_suggestions import StatuteSuggestion
from indexer.assist.term_tables import Entry, term_table
from indexer.engine.interface import Engine
from indexer.engine.results import Query
from indexer.query.notation import QUOTES
from indexer.query.parser import parse

# What stands around a statute that is searched for: statute:"18 U.S.C. § 1343".
FRAME = re.compile(r'^\s*(?:statute:)?\s*"?|"?\s*$', re.IGNORECASE)


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

    def total(asked: str) -> int:
        tree = parse(asked, query.filters.language).tree
        return engine.total(replace(query, tree=tree, start=0))

    def citing(keys: Iterable[str]) -> tuple[StatuteSuggestion, ...]:
        asked = [(key, query_words(key, language)) for key in keys]
        return tuple(StatuteSuggestion(*each, total(each[1])) for each in asked)

    def naming(names: Iterable[tuple[str, str]]) -> tuple[NameSuggestion, ...]:
        asked = [(name, code, _name_query(name, code)) for name, code in names]
        found = (NameSuggestion(*each, total(each[2])) for each in asked)
        return tuple(each for each in found if each.total)

    if key := _cited_statute(typed):
        entry = table.citing(key)
        if entry and (names := naming(_usual_names(entry))):
            return OffenseSuggestion(citing([key]), names)
    elif name := table.named(typed):
        cited = tuple(each for each in citing(name.entry.statutes) if each.total)
        if cited:
            return OffenseSuggestion(cited, naming([(name.text, name.language)]))
    return None


def _cited_statute(typed: str) -> str | None:
    """The statute that a query is, also as it is written to search for it."""
    bare = FRAME.sub("", typed.translate(QUOTES))
    return statutes.parse_key(bare) if re.search(r"\d", bare) and '"' not in bare else None


def _usual_names(entry: Entry) -> Iterator[tuple[str, str]]:
    """The first name in each language, with the language."""
    for language, names in entry.names.items():
        for name in names[:1]:
            yield name, language


def _name_query(name: str, language: str) -> str:
    """A query for the releases that use a name, inflected where the language inflects its words."""
    if len(words(name)) == 1:
        return name
    return f'"{name}"' if language == "en" else " PRE/1 ".join(name.split())
