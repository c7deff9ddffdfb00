"""Why nothing matches, and what would: a query without one of its clauses, or of its filters.

Clauses are cut from what was typed, so that each remedy is a query to go on from; all numbers are
exact counts by the engine.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from indexer.engine.interface import Engine
from indexer.engine.results import FACETS, Filters, Query
from indexer.query.parser import QUOTES, ParsedQuery, parse

# How many clauses and filters are looked at, at most: each costs a count or two.
MOST_PARTS, MOST_FILTERS = 4, 4
# What stands between white space, quoted parts whole; what opens and closes brackets in it.
WORD = re.compile(r'(?:"[^"]*"|\S)+')
BRACKET = re.compile(r'"[^"]*"|[()]')
JOINING = ("OR", "ANDNOT", "ANDMAYBE")
DAYS = "days"
# What reads a query, with all that was asked for but its words and languages.
Read = Callable[..., ParsedQuery]


@dataclass(frozen=True)
class ClauseCount:
    """A clause as typed, and how many releases match it alone: of all, and within the filters."""

    words: str
    total: int
    within: int


@dataclass(frozen=True)
class RelaxedQuery:
    """The query without some clauses, and how many releases it matches, within the filters."""

    left_out: tuple[str, ...]
    words: str
    total: int


@dataclass(frozen=True)
class ZeroResultAdvice:
    """Clauses that match nothing, the query without them or another, and without each filter.

    `unfiltered` is how many match without any filter, `variant_total` how many with other scripts,
    if those were left out; `filters` names facets, or DAYS, with how many match without it.
    Remedies that find nothing are left out.
    """

    parts: tuple[ClauseCount, ...]
    remedies: tuple[RelaxedQuery, ...]
    unfiltered: int
    filters: tuple[tuple[str, int], ...]
    variant_total: int = 0


def failure(
    typed: str, query: Query, engine: Engine, *, match_scripts: bool = True
) -> ZeroResultAdvice:
    """What stands in the way of a query that found nothing."""
    read = partial(parse, match_scripts=match_scripts)
    chosen = [name for name in FACETS if query.filters.values(name)]
    if query.filters.since or query.filters.until:
        chosen.append(DAYS)
    free = Query(read(typed).tree)  # by the words of any language
    unfiltered = engine.total(free) if chosen else 0
    clauses = cut(typed)[:MOST_PARTS]
    parts = [] if len(clauses) < 2 and unfiltered else _parts(clauses, query, engine, read)
    filters = []
    if unfiltered and len(chosen) > 1:
        for name in chosen[:MOST_FILTERS]:
            node = free.tree if name == "language" else query.tree
            filters.append((name, engine.total(Query(node, _without(query.filters, name)))))
    return ZeroResultAdvice(
        tuple(part for part in parts if not part.within),
        tuple(_remedies(typed, parts, query, engine, read)),
        unfiltered,
        tuple((name, total) for name, total in filters if total),
        0 if match_scripts else engine.total(_wider(typed, query)),
    )


def _wider(typed: str, query: Query) -> Query:
    """The same in all scripts."""
    return replace(query, tree=parse(typed, query.filters.language).tree, start=0)


def cut(typed: str) -> list[str]:
    """The clauses of a query that must all match, as typed: words, phrases, brackets, and what OR
    or NOT joins.
    """
    clauses: list[str] = []
    depth, is_joined = 0, False
    for word in WORD.findall(typed.translate(QUOTES)):
        if word == "AND" and not depth:
            continue
        if depth > 0 or is_joined or (word in JOINING and clauses):
            clauses[-1] += f" {word}"
        else:
            clauses.append(word)
        is_joined = word in JOINING or word == "NOT"
        turns = BRACKET.findall(word)
        depth = max(0, depth + turns.count("(") - turns.count(")"))
    return clauses


def _parts(clauses: list[str], query: Query, engine: Engine, read: Read) -> list[ClauseCount]:
    is_filtered = query.filters != Filters()
    found = []
    for words in clauses:
        node, narrow = (read(words, each).tree for each in ((), query.filters.language))
        if node is not None:
            total = engine.total(Query(node))
            asked = Query(narrow, query.filters)
            within = engine.total(asked) if is_filtered and total else total
            found.append(ClauseCount(words, total, within))
    return found


def _remedies(
    typed: str, parts: list[ClauseCount], query: Query, engine: Engine, read: Read
) -> list[RelaxedQuery]:
    """The query without all clauses that match nothing; where each matches, without each."""
    hopeless = [part.words for part in parts if not part.within]
    found = []
    for left_out in [hopeless] if hopeless else [[part.words] for part in parts]:
        rest = [clause for clause in cut(typed) if clause not in left_out]
        node = read(" ".join(rest), query.filters.language).tree
        if rest and node is not None and (total := engine.total(replace(query, tree=node))):
            found.append(RelaxedQuery(tuple(left_out), " ".join(rest), total))
    return sorted(found, key=lambda each: -each.total)


def _without(filters: Filters, name: str) -> Filters:
    if name == DAYS:
        return replace(filters, since=None, until=None)
    emptied: dict[str, Any] = {name: ()}
    return replace(filters, **emptied)
