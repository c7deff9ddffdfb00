"""Request arguments -> Query, and Query -> links: the whole state of a page is in its URL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache, partial
from typing import Any, Literal, get_args
from urllib.parse import urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from indexer import Engine, Filters, ParsedQuery, Query, parse
from indexer.assist.no_results import ParseWords
from indexer.engine.periods import STEPS, Step
from indexer.engine.results import FACETS, Sort
from indexer.query.dates import read_day
from indexer.query.message import Message
from indexer.query.tree import SomeOf
from indexer.query.written_forms import LookUp

Pairs = list[tuple[str, str]]
Match = Literal["some", "all"]
SORTS: tuple[Sort, ...] = get_args(Sort)
SIZES = (10, 20, 50, 100)
# A build's name is shorter.
LONGEST_BUILD = 60
# Of one filter; each link of a page carries all of them.
MOST_VALUES = 20


@dataclass(frozen=True)
class SearchState:
    """The state of a search page: words as typed, filters, order, page (from 1) and its size, the
    step of the timeline, and whether copies are folded.

    `size` None is the usual one. `is_rate` counts per 1,000 releases of the same offices.
    `match_scripts` finds names in other scripts too. `match` "some" also shows releases that match
    some of the words; `is_literal` takes every word as it was typed. `has_boilerplate` ranks
    and counts matches in boilerplate like others. `build` is that of the index which the address
    asks for: links keep it, and answers tell if it is another. `warnings` tell what of it could not
    be read.
    """

    words: str = ""
    filters: Filters = field(default_factory=Filters)
    sort: Sort = "relevance"
    page: int = 1
    size: int | None = None
    step: Step | Literal["auto"] = "auto"
    is_rate: bool = False
    is_folded: bool = True
    match_scripts: bool = True
    match: Match = "some"
    is_literal: bool = False
    has_boilerplate: bool = False
    build: str = ""
    warnings: tuple[str, ...] = ()

    def parse(self, limit_chars: int, attested: LookUp | None = None) -> ParsedQuery:
        """The words as the query language reads them; `attested` tells what the corpus does."""
        return self.parser(limit_chars)(self.words, self.filters.language, attested=attested)

    def parser(self, limit_chars: int) -> ParseWords:
        """Parses other words, in given languages, as these are parsed."""
        return partial(
            parse,
            limit_chars=limit_chars,
            match_scripts=self.match_scripts,
            is_literal=self.is_literal,
        )

    def total(self, engine: Engine, limit_chars: int) -> int:
        """How many releases the page of this state finds."""
        return engine.total(self.tool_query(self.parse(limit_chars, engine.attested)))

    def interpret(self, limit_chars: int, attested: LookUp) -> tuple[Query | None, tuple[str, ...]]:
        """The words as a query for files, None where they ask for nothing; and warnings."""
        parsed = self.parse(limit_chars, attested)
        query = self.asked(parsed)
        warnings = (*self.warnings, *parsed.warnings)
        return query and replace(query, sort=self.sort), warnings

    def query(self, parsed: ParsedQuery, size: int) -> Query:
        """The query for an engine; `size` is the default of a page."""
        size = self.size or size
        start = (self.page - 1) * size
        return replace(
            self.tool_query(parsed),
            sort=self.sort,
            start=start,
            size=size,
            step=self.step,
            is_folded=self.is_folded,
            some=self.second_tier(parsed),
        )

    def tool_query(self, parsed: ParsedQuery) -> Query:
        """The query as tools ask it: words, filters, and whether boilerplate counts."""
        return Query(parsed.tree, self.filters, has_boilerplate=self.has_boilerplate)

    def asked(self, parsed: ParsedQuery) -> Query | None:
        """The query as tools ask it; None where the words ask for nothing, and so find nothing."""
        return None if self.words and parsed.tree is None else self.tool_query(parsed)

    def second_tier(self, parsed: ParsedQuery) -> SomeOf | None:
        """What is asked for below the releases that match all words, if wanted."""
        return parsed.some if self.match == "some" else None

    def has_second_tier(self, parsed: ParsedQuery) -> bool:
        """Whether releases that match some of the words follow, which tools leave out."""
        some = self.second_tier(parsed)
        return some is not None and len(some.words) > 1

    def pairs(self) -> Pairs:
        """The state as arguments of a URL; what is as usual is left out."""
        pairs = [("q", self.words)] if self.words else []
        pairs += self.filter_pairs()
        pairs += self.view_pairs()
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        return pairs

    def view_pairs(self) -> Pairs:
        """How the hits are shown: what a new search keeps, page aside."""
        pairs = [
            ("sort", self.sort, self.sort != "relevance"),
            ("size", str(self.size), self.size is not None),
            ("step", self.step, self.step != "auto"),
            ("per", "releases", self.is_rate),
            ("copies", "all", not self.is_folded),
            ("match", "all", self.match == "all"),
            ("build", self.build, bool(self.build)),
        ]
        return [(name, value) for name, value, is_unusual in pairs if is_unusual]

    def filter_pairs(self) -> Pairs:
        """The filters, and the switches of how words are read: what narrows the hits."""
        pairs = [(name, value) for name in FACETS for value in self.filters.values(name)]
        for name in ("since", "until"):
            if chosen := getattr(self.filters, name):
                pairs.append((name, chosen.isoformat()))
        switches = [
            ("script", "exact", not self.match_scripts),
            ("reading", "literal", self.is_literal),
            ("boilerplate", "in", self.has_boilerplate),
        ]
        return pairs + [(name, value) for name, value, is_unusual in switches if is_unusual]

    def link(self, endpoint: str = "search.search", **more: Any) -> str:
        """This state as the address of a page, with more of its arguments (as of `url_for`)."""
        arguments: dict[str, Any] = {}
        for name, value in self.pairs():
            arguments.setdefault(name, []).append(value)
        return url_for(endpoint, **arguments | more)

    def link_builder(self) -> Callable[..., str]:
        """A fast `url_for`: it makes addresses of this state's first page with more arguments."""
        base = self.with_page(1).link()
        joint = "&" if "?" in base else "?"
        return lambda **more: f"{base}{joint}{'&'.join(map(_argument, more, more.values()))}"

    def with_page(self, page: int) -> SearchState:
        """Another page of the same."""
        return replace(self, page=page)

    def with_view(self, **view: Any) -> SearchState:
        """The same, shown in another way or order, or with its words read in another way."""
        return replace(self, **view, page=1)

    def with_toggled(self, facet: str, value: str) -> SearchState:
        """The same with a value of a facet added, or taken away where it is chosen."""
        chosen = self.filters.values(facet)
        values = tuple(v for v in chosen if v != value) if value in chosen else (*chosen, value)
        changed: dict[str, Any] = {facet: values}
        return replace(self, filters=replace(self.filters, **changed), page=1)

    def without(self, facet: str) -> SearchState:
        """The same without a facet's values."""
        changed: dict[str, Any] = {facet: ()}
        return replace(self, filters=replace(self.filters, **changed), page=1)

    def without_days(self) -> SearchState:
        """The same without the range of days."""
        return replace(self, filters=replace(self.filters, since=None, until=None), page=1)

    def with_words(self, words: str) -> SearchState:
        """Other words, with the same filters and order."""
        return replace(self, words=words, page=1)

    def without_filters(self) -> SearchState:
        """The words alone."""
        return replace(self, filters=Filters(), page=1)


@lru_cache(maxsize=20_000)  # pages have hundreds of links, and mostly the same
def _argument(name: str, value: str) -> str:
    """An argument of a URL."""
    return urlencode({name: value})


def read_state(args: MultiDict[str, str]) -> SearchState:
    """The state in a URL; unreadable values count as absent, unreadable dates with a warning."""
    given = {name: tuple(dict.fromkeys(filter(None, args.getlist(name)))) for name in FACETS}
    chosen = {name: values[:MOST_VALUES] for name, values in given.items()}
    sort, step = args.get("sort", ""), args.get("step", "")
    since, until = _read_day_argument(args, "since"), _read_day_argument(args, "until")
    warnings = [
        Message(
            "“{typed}” isn’t a date. Use {name}=2018, {name}=2018-04 or {name}=2018-04-27.",
            typed=args[name],
            name=name,
        )
        for name, day in (("since", since), ("until", until))
        if args.get(name) and not day
    ]
    warnings += [
        Message("Only the first {most} values of {name} are used.", most=MOST_VALUES, name=name)
        for name, values in given.items()
        if len(values) > MOST_VALUES
    ]
    if since and until and since > until:
        warnings.append(
            Message(
                "The date range is empty: it starts {since} and ends {until}.",
                since=since,
                until=until,
            )
        )
    return SearchState(
        words=" ".join(args.get("q", "").split()),
        filters=Filters(**chosen, since=since, until=until),
        sort=next((each for each in SORTS if each == sort), "relevance"),
        page=max(1, read_whole(args.get("page", "")) or 1),
        size=next((each for each in SIZES if str(each) == args.get("size")), None),
        step=next((each for each in STEPS if each == step), "auto"),
        is_rate=args.get("per") == "releases",
        is_folded=args.get("copies") != "all",
        match_scripts=args.get("script") != "exact",
        match="all" if args.get("match") == "all" else "some",
        is_literal=args.get("reading") == "literal",
        has_boilerplate=args.get("boilerplate") == "in",
        build=args.get("build", "")[:LONGEST_BUILD],
        warnings=tuple(warnings),
    )


def read_whole(typed: str) -> int | None:
    """A whole number that was typed; None where it is none, or beyond all measure."""
    is_number = typed.isascii() and typed.isdecimal() and len(typed) < 10
    return int(typed) if is_number else None


def read_number(args: MultiDict[str, str], name: str, usual: int, most: int, least: int = 1) -> int:
    """A number in a URL within its limits; the usual one where it cannot be read."""
    typed = read_whole(args.get(name, ""))
    return usual if typed is None else min(max(least, typed), most)


def _read_day_argument(args: MultiDict[str, str], name: Literal["since", "until"]) -> date | None:
    return read_day(args.get(name, ""), is_end=name == "until")
