"""Statutes that a query consists of, or has in quotation marks: the releases that cite them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Annotated

from corpus import statutes
from corpus.statutes.wording import query_words
from indexer.assist.no_results import ParseWords
from indexer.engine.interface import Engine
from indexer.engine.results import Query
from indexer.query.notation import QUOTES
from indexer.query.parser import parse

PHRASE = re.compile(r'(?<![\w:])"([^"]*\d[^"]*)"')
MOST_SUGGESTIONS = 3


@dataclass(frozen=True)
class StatuteSuggestion:
    """A query for the releases that cite a statute, and how many there are."""

    key: Annotated[str, "the statute, to filter by"]
    query: Annotated[str, "a query for the releases that cite it"]
    total: Annotated[int, "how many releases cite it, within the filters"]


def suggest_statutes(
    written: str, query: Query, engine: Engine, language: str, parse_words: ParseWords = parse
) -> list[StatuteSuggestion]:
    """Queries for the releases that cite a statute in any spelling, where the query is a statute or
    quotes some; with the same filters, parsed by `parse_words` as the page's own, and only those
    with results.
    """
    found = []
    for key, words in _statutes_in(written.translate(QUOTES), language):
        tree = parse_words(words, query.filters.language, attested=engine.attested).tree
        if total := engine.total(replace(query, tree=tree, start=0)):
            found.append(StatuteSuggestion(key, words, total))
    return found


def _statutes_in(written: str, language: str) -> list[tuple[str, str]]:
    if not re.search(r"\d", written):
        return []
    bare = written.strip().removeprefix('"').removesuffix('"')
    if '"' not in bare and (key := statutes.parse_key(bare)):
        return [(key, query_words(key, language))]
    return [
        (key, written[: each.start()] + query_words(key, language) + written[each.end() :])
        for each in [*PHRASE.finditer(written)][:MOST_SUGGESTIONS]
        if (key := statutes.parse_key(each[1]))
    ]
