"""Queries side by side over time: releases and mentions, beside all that was collected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Literal, get_args

from indexer.engine import periods
from indexer.engine.interface import Engine
from indexer.engine.periods import STEPS, Step
from indexer.engine.results import UNDATED, Filters, Frequencies, Frequency, Hit, Query, Sort
from indexer.export.csv import BYTE_ORDER_MARK, row
from indexer.export.result_set import ExportContext
from indexer.query.message import Message

Scale = Literal["releases", "share", "rate"]
SCALES: tuple[Scale, ...] = get_args(Scale)
# A step is chosen where all releases span at most so many months; years for all that is longer.
SPANS: dict[Step, int] = {"day": 2, "week": 18, "month": 240}
STEP_DAYS: dict[Step, int] = {"day": 1, "week": 7, "month": 30, "year": 365}
YEARS = STEPS[-1]
# Hits that are read at a time, to find the first that is counted.
FEW = 20
NO_FREQUENCY = Frequency(0, 0, 0)
COLUMNS = (
    "query",
    "period",
    "first_day",
    "last_day",
    "releases",
    "mentions",
    "releases_held",
    "words_held",
    "releases_per_1000_releases",
    "mentions_per_million_words",
)
# The name of the row of a query's releases that match in boilerplate alone, which no period counts.
BOILERPLATE = "boilerplate"


@dataclass(frozen=True)
class Trend:
    """A query over time: its words, its hits by period, the first and the last dated one of all,
    and how many more match in boilerplate alone.
    """

    words: str
    counts: dict[int, Frequency]
    undated: Frequency
    first: Hit | None
    last: Hit | None
    boilerplate_total: int = 0

    @property
    def total(self) -> int:
        """How many releases are counted, undated ones among them."""
        return self.undated.releases + sum(each.releases for each in self.counts.values())


@dataclass(frozen=True)
class Trends:
    """Queries with the same filters; `numbers` are all periods from the first to the last with
    releases, `collected` the counts of all releases. A period that `collected` lacks is a gap.
    """

    step: Step
    numbers: range
    collected: dict[int, Frequency]
    undated: Frequency
    trends: tuple[Trend, ...]
    warnings: tuple[str, ...] = ()

    def value(self, trend: Trend, number: int, scale: Scale) -> float | None:
        """A query's value in a period; None in a gap."""
        collected = self.collected.get(number)
        if collected is None:
            return None
        return value(trend.counts.get(number, NO_FREQUENCY), collected, scale)


def value(matching: Frequency, collected: Frequency, scale: Scale) -> float | None:
    """Releases, releases in 1,000 of all, or mentions in a million words; None without a base."""
    if scale == "releases":
        return matching.releases
    if scale == "share":
        return 1000 * matching.releases / collected.releases if collected.releases else None
    return 1_000_000 * matching.mentions / collected.tokens if collected.tokens else None


def compare_queries(
    engine: Engine,
    asked: Sequence[tuple[str, Query | None]],
    filters: Filters,
    step: Step | None,
    most: int,
) -> Trends:
    """Queries, each with its words, over at most `most` periods; a query that is None finds
    nothing. Without a step one is chosen that suits all releases.
    """
    months = engine.frequencies(Query(filters=filters), "month")
    size = months.periods[-1][0] - months.periods[0][0] + 1 if months.periods else 0
    chosen, warnings = _step(step, size, most)
    collected = months if chosen == "month" else engine.frequencies(Query(filters=filters), chosen)
    trends = []
    for words, query in asked:
        found = engine.frequencies(query, chosen) if query else _empty(collected)
        warnings += [warning for warning in found.warnings if warning not in warnings]
        first, last = _dated_hits(engine, query, found)
        counts = dict(found.periods)
        trends.append(Trend(words, counts, found.undated, first, last, found.boilerplate_total))
    numbers = [number for number, _ in collected.periods]
    return Trends(
        step=chosen,
        numbers=range(numbers[0], numbers[-1] + 1) if numbers else range(0),
        collected=dict(collected.periods),
        undated=collected.undated,
        trends=tuple(trends),
        warnings=tuple(warnings),
    )


def _step(step: Step | None, months: int, most: int) -> tuple[Step, list[str]]:
    """The step, or a longer one where it would make too many periods of so many months."""
    if step is None:
        return next((each for each in SPANS if months <= SPANS[each]), YEARS), []
    fitting = [each for each in STEPS if months * 31 / STEP_DAYS[each] <= most]
    chosen = next((each for each in fitting if STEPS.index(each) >= STEPS.index(step)), YEARS)
    if chosen == step:
        return step, []
    warning = Message(
        "The chart would have more than {most:,} periods; a longer interval is shown.", most=most
    )
    return chosen, [warning]


def _empty(collected: Frequencies) -> Frequencies:
    return replace(collected, periods=(), undated=NO_FREQUENCY, warnings=())


def _dated_hits(
    engine: Engine, query: Query | None, found: Frequencies
) -> tuple[Hit | None, Hit | None]:
    """The first and the last dated hit that is counted and may be shown; only the periods that have
    them are searched.
    """
    if query is None or not found.periods:
        return None, None
    (first, _), (last, _) = found.periods[0], found.periods[-1]
    return (
        _first_counted(engine, query, "oldest", found.step, first),
        _first_counted(engine, query, "newest", found.step, last),
    )


def _first_counted(engine: Engine, query: Query, sort: Sort, step: Step, period: int) -> Hit | None:
    since, until = query.filters.since, query.filters.until
    first, last = periods.first_day(step, period), periods.last_day(step, period)
    filters = replace(
        query.filters, since=max(since or first, first), until=min(until or last, last)
    )
    few = replace(query, filters=filters, sort=sort, size=FEW, facets=(), start=0)
    few = replace(few, has_timeline=False, is_explained=False)
    for start in count(step=FEW):
        hits = engine.search(replace(few, start=start)).hits
        counted = (hit for hit in hits if not hit.only_boilerplate)
        if hit := next(counted, None):
            return hit
        if not hits:
            return None
    return None


def trend_table(context: ExportContext, trends: Trends) -> Iterator[str]:
    """The rows of a table: one for every query and period; then one of what is undated, and one of
    releases that match in boilerplate alone, if any do.
    """
    facts = {name: each for name, each in context.facts().items() if name != "query"}
    yield BYTE_ORDER_MARK + row((*COLUMNS, *facts))
    for trend in trends.trends:
        for number in trends.numbers:
            span = (periods.first_day(trends.step, number), periods.last_day(trends.step, number))
            named = (periods.name(trends.step, number), *map(str, span))
            matching, collected = (
                trend.counts.get(number, NO_FREQUENCY),
                trends.collected.get(number, NO_FREQUENCY),
            )
            yield row((trend.words, *named, *_cells(matching, collected), *facts.values()))
        cells = _cells(trend.undated, trends.undated)
        yield row((trend.words, UNDATED, "", "", *cells, *facts.values()))
        if trend.boilerplate_total:
            cells = [trend.boilerplate_total, *[""] * (len(cells) - 1)]
            yield row((trend.words, BOILERPLATE, "", "", *cells, *facts.values()))


def _cells(matching: Frequency, collected: Frequency) -> list[str | float]:
    shares = (value(matching, collected, scale) for scale in SCALES[1:])
    return [
        matching.releases,
        matching.mentions,
        collected.releases,
        collected.tokens,
        *("" if each is None else each for each in shares),
    ]
