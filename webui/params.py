"""Request arguments -> Query, and Query -> links: the whole state of a page is in its URL."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal, get_args

from flask import url_for
from werkzeug.datastructures import MultiDict

from indexer import Filters, Query, Reading, parse
from indexer.engine import FACETS, Sort
from indexer.note import Note
from indexer.query import read_day

Pairs = list[tuple[str, str]]
SORTS: tuple[Sort, ...] = get_args(Sort)


@dataclass(frozen=True)
class Asked:
    """What a URL asks for: words as typed, filters, order, page (from 1).

    `notes` tell what of it could not be read.
    """

    words: str = ""
    filters: Filters = field(default_factory=Filters)
    sort: Sort = "relevance"
    page: int = 1
    notes: tuple[str, ...] = ()

    def reading(self, limit_chars: int) -> Reading:
        """The words as the query language reads them."""
        return parse(self.words, self.filters.language, limit_chars)

    def query(self, reading: Reading, size: int) -> Query:
        """What the engine is asked."""
        return Query(reading.tree, self.filters, self.sort, (self.page - 1) * size, size)

    def pairs(self) -> Pairs:
        """The state as arguments of a URL; what is as usual is left out."""
        pairs = [("q", self.words)] if self.words else []
        pairs += self.filter_pairs()
        if self.sort != "relevance":
            pairs.append(("sort", self.sort))
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        return pairs

    def filter_pairs(self) -> Pairs:
        """The filters alone."""
        pairs = [(name, value) for name in FACETS for value in self.filters.values(name)]
        for name in ("since", "until"):
            if chosen := getattr(self.filters, name):
                pairs.append((name, chosen.isoformat()))
        return pairs

    def link(self, endpoint: str = "search.search", **more: Any) -> str:
        """This state as the address of a page, with more of its arguments (as of `url_for`)."""
        arguments: dict[str, Any] = {}
        for name, value in self.pairs():
            arguments.setdefault(name, []).append(value)
        return url_for(endpoint, **arguments | more)

    def with_page(self, page: int) -> Asked:
        """Another page of the same."""
        return replace(self, page=page)

    def with_sort(self, sort: Sort) -> Asked:
        """The same in another order, from the first page."""
        return replace(self, sort=sort, page=1)

    def toggled(self, facet: str, value: str) -> Asked:
        """The same with a value of a facet added, or taken away where it is chosen."""
        chosen = self.filters.values(facet)
        values = tuple(v for v in chosen if v != value) if value in chosen else (*chosen, value)
        changed: dict[str, Any] = {facet: values}
        return replace(self, filters=replace(self.filters, **changed), page=1)

    def without_days(self) -> Asked:
        """The same without the range of days."""
        return replace(self, filters=replace(self.filters, since=None, until=None), page=1)

    def with_words(self, words: str) -> Asked:
        """Other words, with the same filters and order."""
        return replace(self, words=words, page=1)

    def without_filters(self) -> Asked:
        """The words alone."""
        return Asked(words=self.words, sort=self.sort)


def read_asked(args: MultiDict[str, str]) -> Asked:
    """What a URL asks for; values that cannot be read count as absent, and dates are told of."""
    chosen = {name: tuple(dict.fromkeys(filter(None, args.getlist(name)))) for name in FACETS}
    sort = args.get("sort", "")
    page = args.get("page", "1")
    since, until = _day(args, "since"), _day(args, "until")
    notes = [
        Note(
            "“{typed}” is no date; write {name}=2018, {name}=2018-04 or {name}=2018-04-27.",
            typed=args[name],
            name=name,
        )
        for name, day in (("since", since), ("until", until))
        if args.get(name) and not day
    ]
    if since and until and since > until:
        notes.append(
            Note(
                "The range of dates is empty: it begins {since} and ends {until}.",
                since=since,
                until=until,
            )
        )
    return Asked(
        words=" ".join(args.get("q", "").split()),
        filters=Filters(**chosen, since=since, until=until),
        sort=next((each for each in SORTS if each == sort), "relevance"),
        page=max(1, int(page)) if page.isascii() and page.isdecimal() and len(page) < 10 else 1,
        notes=tuple(notes),
    )


def _day(args: MultiDict[str, str], name: Literal["since", "until"]) -> date | None:
    return read_day(args.get(name, ""), is_end=name == "until")
