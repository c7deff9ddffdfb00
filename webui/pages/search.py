"""The search page: box, filters, results; completions of a query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from flask import Blueprint, Response, jsonify, render_template, request

from corpus import Settings, Store
from corpus.errors import TooCostlyError
from indexer import Engine, ParsedQuery, Query, Results
from indexer.assist.no_results import ZeroResultAdvice, failure
from indexer.assist.spelling import Suggestion, alternatives, completions
from indexer.assist.statute_suggestions import Citing
from indexer.assist.unknown_values import unknown_values
from indexer.query.message import Note
from webui.i18n import language
from webui.view.facets import chips, filter_labels, panels
from webui.view.search_state import SIZES, SORTS, SearchState, read_asked
from webui.view.timeline import coarser, timeline
from webui.view.translation_links import Offered, offered


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
        is_void = bool(asked.words) and reading.tree is None
        results = Results((), 0, (), "") if is_void else engine.search(query)
        results, cut_short = coarser(results, query, engine)
        bars = timeline(results, asked, engine)
        advice = _advice(asked, reading, query, results, engine, settings.query_chars)
        milliseconds = (perf_counter() - clock) * 1000
        repairs = (*reading.warnings, *results.warnings)
        return render_template(
            "search.html",
            asked=asked,
            warnings=(*asked.warnings, *advice.warnings, *repairs, *cut_short),
            repairs=repairs,
            better=advice.better,
            better_link=advice.better and asked.with_words(advice.better.words).link(),
            meant=[(each, asked.with_words(each.words).link()) for each in advice.meant],
            translation_suggestions=advice.translation_suggestions,
            results=results,
            copies=store.copy_counts(hit.id for hit in results.hits),
            first_seen=store.first_seen(hit.id for hit in results.hits if not hit.published),
            milliseconds=milliseconds,
            chips=chips(asked),
            filter_labels=filter_labels(),
            panels=panels(results, asked),
            timeline=bars,
            failure=advice.failure,
            sorts=[(each, asked.with_sort(each).link(), each == asked.sort) for each in SORTS],
            sizes=_sizes(asked, settings.page_size),
            pager=_pager(asked, results.total - results.folded, query),
            first=query.start + 1,
        )

    @blueprint.get("/complete")
    def complete() -> Response:
        """Whole queries that complete the last word of `q`, as a JSON list."""
        typed = request.args.get("q", "")[: settings.query_chars]
        return jsonify(completions(typed, engine))

    return blueprint


@dataclass(frozen=True)
class _Advice:
    """What else could be asked, and why nothing was found."""

    warnings: tuple[str, ...] = ()
    better: Suggestion | None = None
    meant: Sequence[Citing] = ()
    translation_suggestions: Sequence[Offered] = ()
    failure: ZeroResultAdvice | None = None


def _advice(
    asked: SearchState,
    reading: ParsedQuery,
    query: Query,
    results: Results,
    engine: Engine,
    limit_chars: int,
) -> _Advice:
    """Advice as far as the request's time goes: without it the results are shown all the same."""
    typed = asked.words[:limit_chars]
    is_void = bool(asked.words) and reading.tree is None
    is_blind = reading.match_scripts
    try:
        meant, better = alternatives(
            asked.words, reading, query, results, engine, language(), limit_chars
        )
        return _Advice(
            (*unknown_values(query, results.facets, engine),),
            better,
            meant,
            offered(asked, typed, engine),
            None
            if results.total or is_void
            else failure(typed, query, engine, match_scripts=is_blind),
        )
    except TooCostlyError:
        return _Advice((Note("Suggestions are left out: looking for them takes too long."),))


def _sizes(asked: SearchState, usual: int) -> list[tuple[int, str, bool]]:
    """How many hits a page can have: number, link, whether it has; the usual one needs no word."""
    return [
        (
            size,
            asked.showing(size=size if size != usual else None).link(),
            size == (asked.size or usual),
        )
        for size in sorted({*SIZES, usual})
    ]


def _pager(asked: SearchState, shown: int, query: Query) -> dict[str, str | int | None]:
    last = max(1, -(-shown // query.size))
    return {
        "page": asked.page,
        "last": last,
        "previous": asked.with_page(min(asked.page - 1, last)).link() if asked.page > 1 else None,
        "next": asked.with_page(asked.page + 1).link() if asked.page < last else None,
        "last_link": asked.with_page(last).link(),
    }
