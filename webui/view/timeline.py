"""The timeline of a search: its hits by periods, beside all releases that the same offices have."""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from flask_babel import format_date, gettext, lazy_gettext, ngettext

from indexer.engine import periods
from indexer.engine.interface import Engine
from indexer.engine.periods import STEPS, Step
from indexer.engine.results import Filters, Query, Results
from indexer.query.message import Message
from webui.i18n import language
from webui.i18n import number as number_words
from webui.view.charts import MOST_YEARS, BarGeometry, bar_geometries, spread
from webui.view.format import day, month
from webui.view.search_state import SearchState

# More bars would be too narrow to see.
MOST_BARS = 400
# Names of days below the bars are longer than those of years.
MOST_DAYS = 3
STEP_WORDS = {
    "day": lazy_gettext("day"),
    "week": lazy_gettext("week"),
    "month": lazy_gettext("month"),
    "year": lazy_gettext("year"),
}


@dataclass(frozen=True)
class BarWords:
    """What is said of a bar: its period, its numbers, and a sentence with both."""

    period: str
    count: str
    collected: str
    rate: str
    sentence: str


@dataclass(frozen=True)
class Bar:
    """A period: its days, hits, all its releases, hits per 1,000 of them, geometry, link, words."""

    since: date
    until: date
    count: int
    collected: int
    rate: float
    geometry: BarGeometry
    link: str
    words: BarWords


@dataclass(frozen=True)
class Timeline:
    """Bars from the first dated hit to the last, and what is said of them; steps as links."""

    step: Step
    bars: list[Bar]
    most: Bar
    labels: tuple[tuple[str, float], ...]
    gaps: int
    undated: int
    steps: list[tuple[Step, str, str]]

    @property
    def days(self) -> str:
        """The first days of the bars and the last day of all, for scripts."""
        return " ".join(map(str, [*(bar.since for bar in self.bars), self.bars[-1].until]))

    @property
    def counts(self) -> str:
        """The hits of the bars, for scripts."""
        return " ".join(str(bar.count) for bar in self.bars)


def limit_bars(results: Results, query: Query, engine: Engine) -> tuple[Results, list[Message]]:
    """The results with a timeline of no more bars than can be shown, and what to say of it."""
    if len(_period_numbers(results)) <= MOST_BARS:
        return results, []
    coarse = replace(query, size=0, facets=(), is_explained=False, step="auto")
    found = engine.search(coarse)
    note = Message("Too many bars to show; the timeline uses a longer interval.")
    return replace(results, timeline=found.timeline, step=found.step), [note]


def timeline(results: Results, state: SearchState, engine: Engine) -> Timeline | None:
    """The timeline of a search's results; None where they lie in one period, or none."""
    step, numbers = results.step, _period_numbers(results)
    if step is None or len(numbers) < 2:
        return None
    names = [periods.name(step, number) for number in numbers]
    hits, collected = dict(results.timeline), dict(_all_releases(state, step, engine).timeline)
    counts = [(hits.get(name, 0), collected.get(name, 0)) for name in names]
    rates = [1000 * count / all_ if all_ else 0.0 for count, all_ in counts]
    values = rates if state.is_rate else [float(count) for count, _ in counts]
    link_builder = state.without_days().with_view(step="auto").link_builder()
    bars = []
    for number, (count, all_), rate, geometry in zip(
        numbers, counts, rates, bar_geometries(values), strict=True
    ):
        since, until = periods.first_day(step, number), periods.last_day(step, number)
        link = link_builder(since=since, until=until)
        words = _bar_words(language(), step, number, count, all_)
        bars.append(Bar(since, until, count, all_, rate, geometry, link, words))
    return Timeline(
        step=step,
        bars=bars,
        most=bars[values.index(max(values))],
        labels=_labels(step, bars),
        gaps=sum(not bar.collected for bar in bars),
        undated=results.counted - sum(hits.values()),
        steps=_steps(state, bars),
    )


def _period_numbers(results: Results) -> range:
    """The periods from the first to the last dated hit."""
    if not results.timeline or not results.step:
        return range(0)
    first, last = (periods.number(results.step, results.timeline[at][0]) for at in (0, -1))
    return range(first, last + 1)


def _all_releases(state: SearchState, step: Step, engine: Engine) -> Results:
    """All releases of the same offices, countries and languages, whatever they say."""
    chosen = state.filters
    filters = Filters(office=chosen.office, country=chosen.country, language=chosen.language)
    return engine.search(Query(None, filters, size=0, facets=(), is_explained=False, step=step))


def _steps(state: SearchState, bars: list[Bar]) -> list[tuple[Step, str, str]]:
    first, last = bars[0].since, bars[-1].until
    return [
        (step, str(STEP_WORDS[step]), state.with_view(step=step).link())
        for step in STEPS
        if 2 <= periods.count(step, first, last) <= MOST_BARS
    ]


def _labels(step: Step, bars: list[Bar]) -> tuple[tuple[str, float], ...]:
    """Years, where years begin in the chart; else months; else the first day."""
    if step in ("year", "month"):
        starts = [bar for bar in bars if step == "year" or _begins(bar, 1)]
        if starts:
            return spread([(f"{bar.since.year}", bar.geometry.x) for bar in starts], MOST_YEARS)
    begun = [(format_date(bar.since, "LLL y"), bar.geometry.x) for bar in bars if _begins(bar)]
    if len(begun) > 1:
        return spread(begun, MOST_DAYS)
    return ((format_date(bars[0].since, "medium"), bars[0].geometry.x),)


def _begins(bar: Bar, month: int | None = None) -> bool:
    """Whether a month, or one of that number, begins in a bar's period."""
    first = bar.until.replace(day=1)
    return first >= bar.since and month in (None, first.month)


# Babel takes its time, and the same bars come again and again.
@lru_cache(maxsize=20_000)
def _bar_words(_: str, step: Step, number: int, count: int, collected: int) -> BarWords:
    first = periods.first_day(step, number)
    period = {
        "day": lambda: day(first),
        "week": lambda: str(gettext("Week of %(day)s", day=day(first))),
        "month": lambda: month(f"{first:%Y-%m}"),
        "year": lambda: str(first.year),
    }[step]()
    if not collected:
        sentence = gettext("%(period)s: no releases collected", period=period)
        return BarWords(period, number_words(count), str(gettext("none")), "–", str(sentence))
    sentence = ngettext(
        "%(period)s: %(count)s of %(held)s release",
        "%(period)s: %(count)s of %(held)s releases",
        collected,
        period=period,
        count=number_words(count),
        held=number_words(collected),
    )
    rate = number_words(round(1000 * count / collected, 1))
    return BarWords(period, number_words(count), number_words(collected), rate, str(sentence))
