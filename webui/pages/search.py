"""The search page: box, filters, results, suggestions; completions of a query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response, jsonify, render_template, request

from corpus import Settings, Store
from corpus.errors import TooCostlyError
from indexer import Engine, ParsedQuery, Query, Results
from indexer.assist.completion import completions
from indexer.assist.glossary_suggestions import GlossarySuggestion, suggest_from_glossary
from indexer.assist.no_results import ParseWords, ZeroResultAdvice, advise_on_no_results
from indexer.assist.offense_suggestions import OffenseSuggestion
from indexer.assist.other_forms import OtherForms, other_forms
from indexer.assist.spelling import SpellingSuggestion, suggestions
from indexer.assist.statute_suggestions import StatuteSuggestion
from indexer.assist.translation_suggestions import WordTranslations, translation_suggestions
from indexer.assist.unknown_values import unknown_values
from webui.i18n import language
from webui.site.problems import NO_SUGGESTIONS
from webui.view.facets import Chip, Panel, chips, filter_labels, panels
from webui.view.facts import notices
from webui.view.search_state import SIZES, SORTS, SearchState, read_state
from webui.view.timeline import Timeline, limit_bars, timeline


@dataclass(frozen=True)
class Advice:
    """Suggestions for another query, and why nothing was found."""

    warnings: tuple[str, ...] = ()
    spelling: SpellingSuggestion | None = None
    statutes: Sequence[StatuteSuggestion] = ()
    offense: OffenseSuggestion | None = None
    translation_suggestions: Sequence[TranslationLinks] = ()
    glossary: Sequence[tuple[GlossarySuggestion, str]] = ()
    other_forms: Sequence[FormLinks] = ()
    zero_results: ZeroResultAdvice | None = None


@dataclass(frozen=True)
class SearchPage:
    """What the search page shows, by the names of its template."""

    state: SearchState
    results: Results
    warnings: tuple[str, ...]
    repairs: tuple[str, ...]
    readings: tuple[str, ...]
    spelling: SpellingSuggestion | None
    spelling_link: str | None
    statutes: list[tuple[StatuteSuggestion, str]]
    offense: OffenseSuggestion | None
    translation_suggestions: Sequence[TranslationLinks]
    glossary: Sequence[tuple[GlossarySuggestion, str]]
    other_forms: Sequence[FormLinks]
    zero_results: ZeroResultAdvice | None
    copies: dict[str, int]
    first_seen: dict[str, datetime]
    notices: dict[str, str]
    chips: list[Chip]
    filter_labels: dict[str, str]
    panels: list[Panel]
    timeline: Timeline | None
    sorts: list[tuple[str, str, bool]]
    sizes: list[tuple[int, str, bool]]
    pager: dict[str, str | int | None]
    first: int


def search(store: Store, engine: Engine, settings: Settings) -> str:
    """A page of results; without a query, the newest releases."""
    page = search_page(read_state(request.args), store, engine, settings)
    return render_template("search.html", **vars(page))


def search_page(state: SearchState, store: Store, engine: Engine, settings: Settings) -> SearchPage:
    """The results, suggestions, and links of the page."""
    parsed = state.parse(settings.query_chars, engine.attested)
    query = state.query(parsed, settings.page_size)
    is_void = bool(state.words) and parsed.tree is None
    results = Results((), 0, (), "") if is_void else engine.search(query)
    results, cut_short = limit_bars(results, query, engine)
    bars = timeline(results, state, engine)
    advice = _advice(state, parsed, query, results, engine, settings.query_chars)
    shown = results.total - results.folded + results.total_some - results.folded_some
    repairs = (*parsed.warnings, *results.warnings)
    return SearchPage(
        state=state,
        results=results,
        warnings=(*state.warnings, *advice.warnings, *repairs, *cut_short),
        repairs=repairs,
        readings=parsed.readings,
        spelling=advice.spelling,
        spelling_link=(state.with_words(advice.spelling.query).link() if advice.spelling else None),
        statutes=[(each, state.with_words(each.query).link()) for each in advice.statutes],
        offense=advice.offense,
        translation_suggestions=advice.translation_suggestions,
        glossary=advice.glossary,
        other_forms=advice.other_forms,
        zero_results=advice.zero_results,
        copies=store.copy_counts(hit.id for hit in results.hits),
        first_seen=store.first_seen(hit.id for hit in results.hits if not hit.published),
        notices=notices(store, results.hits),
        chips=chips(state, read=parsed.date),
        filter_labels=filter_labels(),
        panels=panels(results, state),
        timeline=bars,
        sorts=[(each, state.with_view(sort=each).link(), each == state.sort) for each in SORTS],
        sizes=_sizes(state, settings.page_size),
        pager=_pager(state, shown, query),
        first=query.start + 1,
    )


def complete(engine: Engine, settings: Settings) -> Response:
    """Whole queries that go on where `q` stops, as a JSON list."""
    typed = request.args.get("q", "")[: settings.query_chars]
    found = engine.read(lambda searcher: completions(typed, searcher, language()))
    return jsonify([vars(each) for each in found])


def _advice(
    state: SearchState,
    parsed: ParsedQuery,
    query: Query,
    results: Results,
    engine: Engine,
    limit_chars: int,
) -> Advice:
    """Advice, if the time of the request suffices; the results are shown without it, too."""
    typed, parse_words = state.words[:limit_chars], state.parser(limit_chars)
    is_void = bool(state.words) and parsed.tree is None
    try:
        found = suggestions(
            state.words, parsed, query, results, engine, language(), limit_chars, parse_words
        )
        translated = translation_links(state, typed, engine, limit_chars)
        return Advice(
            (*unknown_values(query, results.facets, engine),),
            found.spelling,
            found.statutes,
            found.offense,
            translated,
            glossary_links(state, typed, query, engine, parse_words, translated),
            form_links(state, typed, query, engine, parse_words),
            None
            if results.total or is_void
            else advise_on_no_results(
                typed,
                query,
                engine,
                match_scripts=parsed.match_scripts,
                is_literal=state.is_literal,
            ),
        )
    except TooCostlyError:
        return Advice((NO_SUGGESTIONS,))


def _sizes(state: SearchState, usual: int) -> list[tuple[int, str, bool]]:
    """The sizes of a page: number, link, whether it is chosen; links omit the default size."""
    return [
        (
            size,
            state.with_view(size=size if size != usual else None).link(),
            size == (state.size or usual),
        )
        for size in sorted({*SIZES, usual})
    ]


def _pager(state: SearchState, shown: int, query: Query) -> dict[str, str | int | None]:
    last = max(1, -(-shown // query.size))
    return {
        "page": state.page,
        "last": last,
        "previous": state.with_page(min(state.page - 1, last)).link() if state.page > 1 else None,
        "next": state.with_page(state.page + 1).link() if state.page < last else None,
        "last_link": state.with_page(last).link(),
    }


@dataclass(frozen=True)
class TranslationLinks:
    """A word's translations, each with how many releases have either, and a search for them."""

    word: WordTranslations
    links: list[tuple[str, int, str]]


def translation_links(
    state: SearchState, typed: str, engine: Engine, limit_chars: int
) -> list[TranslationLinks]:
    """Links keep all filters but those of language that would leave a translation out."""
    if state.page > 1:
        return []
    found = []
    for word in translation_suggestions(typed, engine):
        kept = _keeping_language(state, word.language)
        linked = [(form, kept.with_words(query)) for form, _, query in word.translations]
        links = [(form, each.total(engine, limit_chars), each.link()) for form, each in linked]
        found.append(TranslationLinks(word, [each for each in links if each[1]]))
    return [each for each in found if each.links]


def glossary_links(
    state: SearchState,
    typed: str,
    query: Query,
    engine: Engine,
    parse_words: ParseWords,
    translated: Sequence[TranslationLinks],
) -> list[tuple[GlossarySuggestion, str]]:
    """A search in each language for what the glossary has, unless the offices' own translations
    offer the word there.
    """
    if state.page > 1:
        return []
    known = {each.word.language for each in translated if each.word.is_alone}
    return [
        (each, _in_language(state, each.language).with_words(each.query).link())
        for each in suggest_from_glossary(typed, query, engine, parse_words)
        if each.language not in known
    ]


def _in_language(state: SearchState, language: str) -> SearchState:
    return state.without("language").with_toggled("language", language)


@dataclass(frozen=True)
class FormLinks:
    """The other forms of a word or phrase, each with how many releases have either, and a search
    for them.
    """

    found: OtherForms
    links: list[tuple[str, int, str]]


def form_links(
    state: SearchState, typed: str, query: Query, engine: Engine, parse_words: ParseWords
) -> list[FormLinks]:
    """The forms that are not searched for unasked, on the first page."""
    if state.page > 1:
        return []
    return [
        FormLinks(
            each,
            [(form, number, state.with_words(words).link()) for form, number, words in each.forms],
        )
        for each in other_forms(typed, query, engine, parse_words)
    ]


def _keeping_language(state: SearchState, language: str) -> SearchState:
    return state if language in state.filters.language else state.without("language")
