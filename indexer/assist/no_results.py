"""Why nothing matches, and what would: the query without some of its clauses or filters.

Each relaxed query can be sent; all counts are exact, and those of a kind are asked for together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from indexer.engine.interface import Engine
from indexer.engine.results import FACETS, Filters, Query
from indexer.query.clauses import split_clauses
from indexer.query.interpretation.identifiers import similar
from indexer.query.notation import QUOTES
from indexer.query.parser import ParsedQuery, parse
from indexer.query.written_forms import LookUp, remembered, words_to_look_up

# How many clauses and filters are looked at, at most.
MOST_CLAUSES, MOST_FILTERS = 40, 4
# So many relaxed queries are enough to choose from.
MOST_RELAXED = 5
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
    """The query without some clauses, or without quotation marks, or with what is like an
    identifier `instead_of` this, and how many releases it matches, within the filters; `total_some`
    by some of the words.
    """

    left_out: tuple[str, ...]
    query: str
    total: int
    total_some: int = 0
    instead_of: str = ""


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
    attested = remembered(engine.attested)
    read = partial(parse, match_scripts=match_scripts, is_literal=is_literal, attested=attested)
    asker = _Asker(query, engine, attested, read)
    parsed = asker.parse(typed)
    chosen = _chosen(query.filters)
    free = Query(asker.read(typed).tree)  # by the words of any language
    in_any = parse(typed, query.filters.language, attested=attested).tree
    every_script = free if match_scripts else replace(query, tree=in_any, start=0)
    fewer = _with_fewer_filters(query, free, chosen)
    totals = asker.totals([free, every_script, *fewer.values()])
    unfiltered = totals[free] if chosen else 0
    clauses = split_clauses(parsed.typed, parsed.date.words if parsed.date else "")
    parts = [] if len(clauses) < 2 and unfiltered else asker.count(clauses[:MOST_CLAUSES])
    missing = tuple(part for part in parts if not part.within)
    relaxed = [
        *_unquoted(typed, asker),
        *_with_similar(clauses, missing, asker),
        *_relaxed_queries(clauses, parts, asker),
    ]
    return ZeroResultAdvice(
        missing,
        tuple(relaxed[:MOST_RELAXED]),
        unfiltered,
        tuple((name, totals[each]) for name, each in fewer.items() if totals[each]),
        0 if match_scripts else totals[every_script],
        asker.tiers(parsed)[1] if parsed.some and not query.some else 0,
    )


@dataclass(frozen=True)
class _Asker:
    """Asks an engine about other words, with the filters of a query that found nothing."""

    query: Query
    engine: Engine
    attested: LookUp
    read: ParseWords

    def parse(self, words: str) -> ParsedQuery:
        """Words in the languages of the filters."""
        return self.read(words, self.query.filters.language)

    def prepare(self, texts: Iterable[str]) -> None:
        """Ask together for what the corpus attests of the words of texts that are parsed next."""
        self.attested(set[str]().union(*map(words_to_look_up, texts)))

    def totals(self, queries: Iterable[Query]) -> dict[Query, int]:
        """How many releases match each of some queries, asked for together."""
        asked = [*dict.fromkeys(queries)]
        return dict(zip(asked, self.engine.totals(asked), strict=True))

    def count(self, clauses: Sequence[str]) -> list[ClauseCount]:
        """How many releases match each clause alone."""
        self.prepare(clauses)
        asked = {
            clause: (Query(node), Query(self.parse(clause).tree, self.query.filters))
            for clause in clauses
            if (node := self.read(clause).tree)
        }
        totals = self.totals(each for both in asked.values() for each in both)
        return [
            ClauseCount(clause, totals[every], totals[within])
            for clause, (every, within) in asked.items()
        ]

    def tiers(self, parsed: ParsedQuery) -> tuple[int, int]:
        """How many releases match all words, and how many more some, within the filters."""
        if parsed.tree is None:
            return 0, 0
        asked = replace(self.query, tree=parsed.tree, some=parsed.some, start=0, size=0, facets=())
        asked = replace(asked, after=None, has_timeline=False, is_explained=False)
        found = self.engine.search(asked)
        return found.total, found.total_some


def _relaxed_queries(
    clauses: Sequence[str], parts: Sequence[ClauseCount], asker: _Asker
) -> list[RelaxedQuery]:
    """The query without all clauses that match nothing; where each matches, without each; where
    that is not enough, without as many of the rarest as must go.
    """
    missing = [part.clause for part in parts if not part.within]
    rarest = [part.clause for part in sorted(parts, key=lambda part: part.within)]

    def without(each_out: Iterable[Sequence[str]]) -> list[RelaxedQuery]:
        rests = {
            tuple(left_out): " ".join(clause for clause in clauses if clause not in left_out)
            for left_out in each_out
        }
        asker.prepare(rests.values())
        asked = []
        for left_out, rest in rests.items():
            if (node := asker.parse(rest).tree) is not None:
                asked.append((left_out, rest, replace(asker.query, tree=node, start=0)))
        totals = asker.totals(each for *_, each in asked)
        return [
            RelaxedQuery(left_out, rest, totals[each])
            for left_out, rest, each in asked
            if totals[each]
        ]

    if found := without([missing] if missing else [[clause] for clause in rarest]):
        return sorted(found, key=lambda each: -each.total)
    return without(rarest[:number] for number in range(len(missing) + 1, len(parts)))[:1]


def _with_similar(
    clauses: Sequence[str], missing: Sequence[ClauseCount], asker: _Asker
) -> Iterator[RelaxedQuery]:
    """The query with what is like an identifier that no release has, if that matches anything."""
    for part in missing[:MOST_RELAXED]:
        if like := similar(part.clause):
            words = " ".join(like if clause == part.clause else clause for clause in clauses)
            if sum(tiers := asker.tiers(asker.parse(words))):
                yield RelaxedQuery((), words, *tiers, instead_of=part.clause)


def _unquoted(typed: str, asker: _Asker) -> Iterator[RelaxedQuery]:
    """A query with phrases as one of the same words in any order, if that matches anything."""
    if '"' in (written := typed.translate(QUOTES)):
        words = " ".join(written.replace('"', " ").split())
        if sum(tiers := asker.tiers(asker.parse(words))):
            yield RelaxedQuery((), words, *tiers)


def _chosen(filters: Filters) -> list[str]:
    """The facets and days that filters narrow."""
    chosen = [name for name in FACETS if filters.values(name)]
    return [*chosen, DATE_RANGE] if filters.since or filters.until else chosen


def _with_fewer_filters(query: Query, free: Query, chosen: Sequence[str]) -> dict[str, Query]:
    """A query without each of several filters."""
    return {
        name: Query(free.tree if name == "language" else query.tree, _without(query.filters, name))
        for name in (chosen[:MOST_FILTERS] if len(chosen) > 1 else ())
    }


def _without(filters: Filters, name: str) -> Filters:
    if name == DATE_RANGE:
        return replace(filters, since=None, until=None)
    emptied: dict[str, Any] = {name: ()}
    return replace(filters, **emptied)
