"""Why nothing matches, and what would: the query without some of its clauses or filters.

Clauses are cut from the typed text, so each relaxed query can be sent; all counts are exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

from indexer.engine.interface import Engine
from indexer.engine.results import FACETS, Filters, Query
from indexer.query.notation import QUOTES, is_proximity
from indexer.query.parser import ParsedQuery, parse
from indexer.query.written_forms import remembered

# How many clauses and filters are looked at, at most: each costs a count or two.
MOST_CLAUSES, MOST_FILTERS = 40, 4
# So many relaxed queries are enough to choose from.
MOST_RELAXED = 5
# What is between white space, quoted parts whole; the brackets in it.
CLAUSE_TOKEN = re.compile(r'(?:"[^"]*"|\S)+')
BRACKET = re.compile(r'"[^"]*"|[()]')
BINARY_OPERATORS = ("OR", "ANDNOT", "ANDMAYBE")
DATE_RANGE = "days"
# Parses words in given languages, with all else as it was asked for.
ParseWords = Callable[..., ParsedQuery]


@dataclass(frozen=True)
class ClauseCount:
    """A clause as typed, and how many releases match it alone: of all, and within the filters."""

    clause: str
    total: int
    within: int


@dataclass(frozen=True)
class RelaxedQuery:
    """The query without some clauses, or without quotation marks, and how many releases it matches,
    within the filters; `total_some` by some of the words.
    """

    left_out: tuple[str, ...]
    query: str
    total: int
    total_some: int = 0


@dataclass(frozen=True)
class ZeroResultAdvice:
    """Clauses that match nothing, and relaxed queries that match something.

    `unfiltered` counts matches without any filter, `filters` those without one facet or DATE_RANGE;
    if these were left out, `variant_total` those in other scripts and `total_some` those that match
    some of the words.
    """

    missing_clauses: tuple[ClauseCount, ...]
    relaxed_queries: tuple[RelaxedQuery, ...]
    unfiltered: int
    filters: tuple[tuple[str, int], ...]
    variant_total: int = 0
    total_some: int = 0


def advise_on_no_results(
    typed: str,
    query: Query,
    engine: Engine,
    *,
    match_scripts: bool = True,
    is_literal: bool = False,
) -> ZeroResultAdvice:
    """Why a query finds nothing, and what would find something."""
    parse_words = partial(
        parse,
        match_scripts=match_scripts,
        is_literal=is_literal,
        attested=remembered(engine.attested),
    )
    chosen = [name for name in FACETS if query.filters.values(name)]
    if query.filters.since or query.filters.until:
        chosen.append(DATE_RANGE)
    free = Query(parse_words(typed).tree)  # by the words of any language
    unfiltered = engine.total(free) if chosen else 0
    clauses = split_clauses(typed)[:MOST_CLAUSES]
    parts = (
        []
        if len(clauses) < 2 and unfiltered
        else _count_clauses(clauses, query, engine, parse_words)
    )
    filters = []
    if unfiltered and len(chosen) > 1:
        for name in chosen[:MOST_FILTERS]:
            node = free.tree if name == "language" else query.tree
            filters.append((name, engine.total(Query(node, _without_filter(query.filters, name)))))
    return ZeroResultAdvice(
        tuple(part for part in parts if not part.within),
        tuple(
            [
                *_unquoted(typed, query, engine, parse_words),
                *_relaxed_queries(typed, parts, query, engine, parse_words),
            ][:MOST_RELAXED]
        ),
        unfiltered,
        tuple((name, total) for name, total in filters if total),
        0 if match_scripts else engine.total(_in_all_scripts(typed, query, engine)),
        _some_total(parse_words(typed, query.filters.language), query, engine),
    )


def _in_all_scripts(typed: str, query: Query, engine: Engine) -> Query:
    """The query, its names found in all scripts."""
    parsed = parse(typed, query.filters.language, attested=engine.attested)
    return replace(query, tree=parsed.tree, start=0)


def split_clauses(typed: str) -> list[str]:
    """The clauses of a query that must all match, as typed: words, phrases, brackets, ORs, NOTs."""
    clauses: list[str] = []
    depth, is_joined = 0, False
    for word in CLAUSE_TOKEN.findall(typed.translate(QUOTES)):
        if word == "AND" and not depth:
            continue
        is_binary = word in BINARY_OPERATORS or is_proximity(word)
        if depth > 0 or is_joined or (is_binary and clauses):
            clauses[-1] += f" {word}"
        else:
            clauses.append(word)
        is_joined = is_binary or word == "NOT"
        turns = BRACKET.findall(word)
        depth = max(0, depth + turns.count("(") - turns.count(")"))
    return clauses


def _count_clauses(
    clauses: list[str], query: Query, engine: Engine, parse_words: ParseWords
) -> list[ClauseCount]:
    is_filtered = query.filters != Filters()
    found = []
    for clause in clauses:
        node, narrow = (parse_words(clause, each).tree for each in ((), query.filters.language))
        if node is not None:
            total = engine.total(Query(node))
            asked = Query(narrow, query.filters)
            within = engine.total(asked) if is_filtered and total else total
            found.append(ClauseCount(clause, total, within))
    return found


def _relaxed_queries(
    typed: str, parts: list[ClauseCount], query: Query, engine: Engine, parse_words: ParseWords
) -> list[RelaxedQuery]:
    """The query without all clauses that match nothing; where each matches, without each; where
    that is not enough, without as many of the rarest as must go.
    """
    clauses = split_clauses(typed)
    missing = [part.clause for part in parts if not part.within]
    rarest = [part.clause for part in sorted(parts, key=lambda part: part.within)]

    def without(left_out: list[str]) -> RelaxedQuery | None:
        rest = [clause for clause in clauses if clause not in left_out]
        node = parse_words(" ".join(rest), query.filters.language).tree if rest else None
        total = engine.total(replace(query, tree=node)) if node is not None else 0
        return RelaxedQuery(tuple(left_out), " ".join(rest), total) if total else None

    each_out = [missing] if missing else [[clause] for clause in rarest]
    if found := [*filter(None, map(without, each_out))]:
        return sorted(found, key=lambda each: -each.total)
    more_out = (rarest[:number] for number in range(len(missing) + 1, len(parts)))
    return [*islice(filter(None, map(without, more_out)), 1)]


def _unquoted(
    typed: str, query: Query, engine: Engine, parse_words: ParseWords
) -> list[RelaxedQuery]:
    """A query with phrases as one of the same words in any order, if that matches anything."""
    words = " ".join(typed.translate(QUOTES).replace('"', " ").split())
    if '"' not in typed.translate(QUOTES):
        return []
    total, total_some = _totals(parse_words(words, query.filters.language), query, engine)
    return [RelaxedQuery((), words, total, total_some)] if total + total_some else []


def _some_total(parsed: ParsedQuery, query: Query, engine: Engine) -> int:
    """How many releases match some of the words, where these were left out."""
    return _totals(parsed, query, engine)[1] if parsed.some and not query.some else 0


def _totals(parsed: ParsedQuery, query: Query, engine: Engine) -> tuple[int, int]:
    """How many releases match all words, and how many more some, within the filters."""
    asked = replace(query, tree=parsed.tree, some=parsed.some, start=0, size=0, facets=())
    if parsed.tree is None:
        return 0, 0
    found = engine.search(replace(asked, after=None, has_timeline=False, is_explained=False))
    return found.total, found.total_some


def _without_filter(filters: Filters, name: str) -> Filters:
    if name == DATE_RANGE:
        return replace(filters, since=None, until=None)
    emptied: dict[str, Any] = {name: ()}
    return replace(filters, **emptied)
