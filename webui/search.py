"""The search page: box, filters, results; completions of a query."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from flask import Blueprint, Response, jsonify, render_template, request

from corpus import Settings, Store
from indexer import Engine, Facet, Results
from indexer.engine import UNDATED
from indexer.suggest import completions, did_you_mean
from indexer.values import unknown_values
from webui.params import SORTS, Asked, read_asked

SHOWN = 8
LABELS = {
    "office": "Office",
    "year": "Year",
    "language": "Language",
    "topic": "Topic",
    "state": "After publication",
}
# The order of years is time, the undated ones last; of everything else, how many.
BY_VALUE = frozenset({"year"})


@dataclass(frozen=True)
class Choice:
    """A value of a facet to click on."""

    value: str
    count: int
    is_chosen: bool
    link: str


@dataclass(frozen=True)
class Panel:
    """A facet as it is shown: the first choices, and the rest folded away."""

    name: str
    label: str
    first: list[Choice]
    rest: list[Choice]


def pages(store: Store, engine: Engine, settings: Settings) -> Blueprint:
    """The blueprint."""
    blueprint = Blueprint("search", __name__)

    @blueprint.get("/")
    def search() -> str:
        """A page of results, the newest releases where nothing is asked for."""
        asked = read_asked(request.args)
        clock = perf_counter()
        reading = asked.reading(settings.query_chars)
        query = asked.query(reading, settings.page_size)
        if asked.words and reading.tree is None:
            results = Results((), 0, (), "")
        else:
            results = engine.search(query)
        better = did_you_mean(asked.words, query, results.total, engine)
        milliseconds = (perf_counter() - clock) * 1000
        repairs = (*reading.notes, *results.notes)
        return render_template(
            "search.html",
            asked=asked,
            notes=(*asked.notes, *unknown_values(query, results.facets, engine), *repairs),
            repairs=repairs,
            better=better,
            better_link=better and asked.with_words(better.words).link(),
            results=results,
            copies=store.copy_counts(hit.id for hit in results.hits),
            first_seen=store.first_seen(hit.id for hit in results.hits if not hit.published),
            milliseconds=milliseconds,
            panels=[_panel(facet, asked) for facet in results.facets],
            sorts=[(each, asked.with_sort(each).link(), each == asked.sort) for each in SORTS],
            pager=_pager(asked, results.total, settings.page_size),
            first=(asked.page - 1) * settings.page_size + 1,
        )

    @blueprint.get("/complete")
    def complete() -> Response:
        """Whole queries that complete the last word of `q`, as a JSON list."""
        typed = request.args.get("q", "")[: settings.query_chars]
        return jsonify(completions(typed, engine))

    return blueprint


def _panel(facet: Facet, asked: Asked) -> Panel:
    chosen = asked.filters.values(facet.name)
    counts = dict(facet.counts) | {value: 0 for value in chosen if value not in dict(facet.counts)}
    ordered = list(counts.items())
    if facet.name in BY_VALUE:
        ordered.sort(key=lambda each: (each[0] != UNDATED, each[0]), reverse=True)
    choices = [
        Choice(value, count, value in chosen, asked.toggled(facet.name, value).link())
        for value, count in ordered
    ]
    first = [c for i, c in enumerate(choices) if i < SHOWN or c.is_chosen]
    return Panel(facet.name, LABELS[facet.name], first, [c for c in choices if c not in first])


def _pager(asked: Asked, total: int, size: int) -> dict[str, str | int | None]:
    last = max(1, -(-total // size))
    return {
        "page": asked.page,
        "last": last,
        "previous": asked.with_page(min(asked.page - 1, last)).link() if asked.page > 1 else None,
        "next": asked.with_page(asked.page + 1).link() if asked.page < last else None,
        "last_link": asked.with_page(last).link(),
    }
