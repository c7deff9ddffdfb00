"""Facets as panels of links that narrow the results, and what was chosen of them as chips."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext, lazy_gettext

from corpus import office_title
from indexer import Facet, Results
from indexer.assist.no_results import DATE_RANGE
from indexer.engine.results import UNDATED
from indexer.query.interpretation.prison_terms import BANDS
from indexer.query.parser import DateReading
from webui.view.facts import band_words, court_words, matter_words, offense_words, stage_words
from webui.view.format import (
    country_name,
    day,
    language_name,
    state_words,
    statute_words,
)
from webui.view.search_state import SearchState

SHOWN_CHOICES = 8
# In the order in which they are shown.
LABELS = {
    "office": lazy_gettext("Office"),
    "matter": lazy_gettext("Criminal or civil"),
    "stage": lazy_gettext("Stage"),
    "offense": lazy_gettext("Offense (words found)"),
    "prison": lazy_gettext("Prison term"),
    "country": lazy_gettext("Country"),
    "year": lazy_gettext("Year"),
    "language": lazy_gettext("Language"),
    "topic": lazy_gettext("Topic"),
    "component": lazy_gettext("Component"),
    "kind": lazy_gettext("Kind"),
    "statute": lazy_gettext("Statute"),
    "court": lazy_gettext("Court"),
    "state": lazy_gettext("After publication"),
}
# How values that are internal codes are displayed.
VALUE_WORDS = {
    "office": office_title,
    "country": country_name,
    "language": language_name,
    "state": state_words,
    "statute": statute_words,
    "matter": matter_words,
    "stage": stage_words,
    "offense": offense_words,
    "prison": band_words,
    "court": court_words,
}
# Years newest first, undated last, and prison terms by length; other facets are sorted by count.
ORDERS: dict[str, Callable[[str], Any]] = {
    "year": lambda value: (value == UNDATED, -int(value) if value.isdecimal() else 0),
    "prison": lambda value: BANDS.index(value) if value in BANDS else len(BANDS),
}


@dataclass(frozen=True)
class Choice:
    """A value of a facet to click on."""

    value: str
    words: str
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


@dataclass(frozen=True)
class Chip:
    """A chosen value of a facet, or a range of days, and the page without it."""

    label: str
    words: str
    link: str


def panels(results: Results, state: SearchState) -> list[Panel]:
    """The facets in which there is something to choose."""
    found = {facet.name: facet for facet in results.facets}
    known = [found[name] for name in LABELS if name in found]
    return [_panel(facet, state) for facet in known if _is_choice(facet, results.counted, state)]


def chips(
    state: SearchState,
    endpoint: str = "search.search",
    read: DateReading | None = None,
    **more: Any,
) -> list[Chip]:
    """All that was chosen, on a page that may have more arguments than the state; with the date
    that was read in its words.
    """
    chosen = []
    if read:
        link = state.with_words(read.rest).link(endpoint, **more)
        chosen.append(Chip(gettext("Published"), _range_words(read.since, read.until), link))
    for name, label in LABELS.items():
        for value in state.filters.values(name):
            link = state.with_toggled(name, value).link(endpoint, **more)
            chosen.append(Chip(str(label), value_words(name, value), link))
    if state.filters.since or state.filters.until:
        link = state.without_days().link(endpoint, **more)
        chosen.append(
            Chip(gettext("Dates"), _range_words(state.filters.since, state.filters.until), link)
        )
    if endpoint != "search.search" and not state.match_scripts:
        # The results page has a switch for it.
        link = state.with_view(match_scripts=True).link(endpoint, **more)
        chosen.append(Chip(gettext("Spelling"), gettext("exact only"), link))
    if endpoint != "search.search" and state.has_boilerplate:
        link = state.with_view(has_boilerplate=False).link(endpoint, **more)
        chosen.append(Chip(gettext("Boilerplate"), gettext("included"), link))
    return chosen


def value_words(name: str, value: str) -> str:
    """A value of a facet, as readers know it."""
    if name == "year" and value == UNDATED:
        return str(gettext("undated"))
    return VALUE_WORDS[name](value) if name in VALUE_WORDS else value


def filter_labels() -> dict[str, str]:
    """What a filter is called, by its name."""
    return {name: str(label) for name, label in LABELS.items()} | {DATE_RANGE: gettext("Dates")}


def _is_choice(facet: Facet, total: int, state: SearchState) -> bool:
    """Whether choosing a value would change anything, or one is chosen."""
    narrows = len(facet.counts) > 1 or any(count < total for _, count in facet.counts)
    return bool(narrows or state.filters.values(facet.name))


def _panel(facet: Facet, state: SearchState) -> Panel:
    chosen = state.filters.values(facet.name)
    counts = dict(facet.counts) | {value: 0 for value in chosen if value not in dict(facet.counts)}
    ordered = list(counts.items())
    if order := ORDERS.get(facet.name):
        ordered.sort(key=lambda each: order(each[0]))
    link_builder = state.link_builder()
    choices = [
        Choice(
            value,
            value_words(facet.name, value),
            count,
            value in chosen,
            state.with_toggled(facet.name, value).link()
            if value in chosen
            else link_builder(**{facet.name: value}),
        )
        for value, count in ordered
    ]
    first = [c for i, c in enumerate(choices) if i < SHOWN_CHOICES or c.is_chosen]
    rest = [c for i, c in enumerate(choices) if i >= SHOWN_CHOICES and not c.is_chosen]
    return Panel(facet.name, str(LABELS[facet.name]), first, rest)


def _range_words(since: date | None, until: date | None) -> str:
    if since and until:
        return str(gettext("%(since)s to %(until)s", since=day(since), until=day(until)))
    if since:
        return str(gettext("from %(since)s", since=day(since)))
    return str(gettext("until %(until)s", until=day(until)))
