"""Trends: up to six queries on one chart, as a page, a table and a drawing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response, make_response, render_template, request
from flask_babel import gettext

from corpus import Settings
from indexer import Engine, ParsedQuery
from indexer.engine.periods import STEPS, Step
from indexer.engine.results import Health
from indexer.export.result_set import ExportContext, read_consistently
from indexer.export.trends import SCALES, Scale, Trends, compare_queries, trend_table
from indexer.query.message import Message
from webui.tools.downloads import TABLE_TYPE, Downloads, file
from webui.view.charts import HEIGHT, WIDTH, LineChart, draw_line_chart
from webui.view.facets import chips
from webui.view.periods import (
    SCALE_NAMES,
    STEP_NAMES,
    description,
    label_periods,
    period_links,
    period_words,
)
from webui.view.search_state import SearchState, read_state

MOST_QUERIES = 6
# The most periods on a page, and in a table to download.
MOST_PERIODS, MOST_ROWS = 400, 40_000
PAGE = "trends.trends"
COMPARED_STAGES = ("charged", "indicted", "pleaded_guilty", "convicted", "sentenced")


@dataclass(frozen=True)
class TrendOptions:
    """The queries, the step and the measure, beside the state that all pages share."""

    state: SearchState
    queries: tuple[str, ...]
    step: Step | None
    scale: Scale
    warnings: tuple[str, ...]

    def link(self, endpoint: str, **changed: Any) -> str:
        """This as the address of a page, with something changed."""
        return self.state.link(endpoint, **self.more() | changed)

    def more(self) -> dict[str, Any]:
        """The arguments that other pages do not have."""
        more: dict[str, Any] = {"q": [*self.queries], "step": self.step}
        return more | ({} if self.scale == SCALES[0] else {"measure": self.scale})

    def run(self, engine: Engine, limit_chars: int, most: int) -> TrendResults:
        """What is found; all of one state of the index."""
        states = [self.state.with_words(words) for words in self.queries or ("",)]

        def read() -> tuple[list[ParsedQuery], Trends]:
            every = [state.parse(limit_chars, engine.attested) for state in states]
            asked = map(SearchState.asked, states, every)
            queries = [*zip((state.words for state in states), asked, strict=True)]
            return every, compare_queries(engine, queries, self.state.filters, self.step, most)

        (every, found), health, at = read_consistently(engine, read)
        told = (each for parsed in every for each in (*parsed.warnings, *parsed.readings))
        has_second_tier = any(map(SearchState.has_second_tier, states, every))
        warnings = (*dict.fromkeys((*self.warnings, *told)), *found.warnings)
        return TrendResults(found, warnings, health, at, has_second_tier)


@dataclass(frozen=True)
class TrendResults:
    """Trends, their warnings, the state of the index that they were read from and when, and whether
    a query has a second tier, which is not counted.
    """

    trends: Trends
    warnings: tuple[str, ...]
    health: Health
    at: datetime
    has_second_tier: bool


@dataclass(frozen=True)
class TrendChart:
    """What the chart on the page and the one in a file are made of, by the names of templates."""

    found: Trends
    values: list[list[float | None]]
    line_chart: LineChart
    names: list[str]
    axis_labels: dict[int, str]
    labels: list[str]
    heading: str
    description: list[str]
    x_name: str
    scale: Scale
    filters: str
    warnings: tuple[str, ...]
    health: Health
    at: datetime
    has_second_tier: bool
    size: tuple[int, int] = (WIDTH, HEIGHT)
    scales: Mapping[Scale, str] = field(default_factory=lambda: SCALE_NAMES)


def trends(engine: Engine, settings: Settings) -> str:
    """The chart, and the same as a table."""
    options = _read_options()
    results = options.run(engine, settings.query_chars, MOST_PERIODS)
    return render_template(
        "trends.html",
        state=options.state,
        options=options,
        most=MOST_QUERIES,
        steps=STEP_NAMES,
        chips=chips(options.state, PAGE, **options.more()),
        table_link=options.link("trends.table"),
        drawing_link=options.link("trends.drawing"),
        links=period_links(options.state, results.trends),
        stages_link=options.link(PAGE, q=_queries_by_stage(options.queries)),
        **vars(trend_chart(options, results)),
    )


def _queries_by_stage(queries: Sequence[str]) -> list[str]:
    """The first query at each of COMPARED_STAGES."""
    words = re.sub(r"^\((.*)\) stage:\w+$|^stage:\w+$", r"\1", queries[0]) if queries else ""
    before = f"({words}) " if words else ""
    return [f"{before}stage:{stage}" for stage in COMPARED_STAGES]


def table(engine: Engine, settings: Settings, downloads: Downloads) -> Response:
    """The numbers, one row for every query and period."""
    options = _read_options()
    with downloads.slot() as slot:
        results = options.run(engine, settings.query_chars, MOST_ROWS)
        context = ExportContext(
            words="",
            filters=tuple(options.state.filter_pairs()),
            order="period",
            at=results.at,
            build=results.health.build or "",
            revision=results.health.revision,
            total=0,
            parameters=(("step", results.trends.step),),
        )
        rows = trend_table(context, results.trends)
        kept: ExitStack = slot.pop_all()
    return file(rows, TABLE_TYPE, "trends", results.at, "csv", kept)


def drawing(engine: Engine, settings: Settings) -> Response:
    """The chart as a file that needs nothing else, and tells where it comes from."""
    options = _read_options()
    results = options.run(engine, settings.query_chars, MOST_PERIODS)
    response = make_response(
        render_template("trends.svg", options=options, **vars(trend_chart(options, results)))
    )
    response.content_type = "image/svg+xml; charset=utf-8"
    name = f"communique-trends-{results.at:%Y%m%dT%H%M%SZ}.svg"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _read_options() -> TrendOptions:
    """The options in the URL; queries beyond the sixth are left out, with a warning."""
    typed = (" ".join(each.split()) for each in request.args.getlist("q"))
    queries = [*dict.fromkeys(filter(None, typed))]
    state = replace(read_state(request.args), page=1, sort="relevance", words="")
    too_many = Message("Only the first {most} queries are compared.", most=MOST_QUERIES)
    return TrendOptions(
        state=replace(state, words=queries[0]) if queries else state,
        queries=tuple(queries[:MOST_QUERIES]),
        step=next((each for each in STEPS if each == request.args.get("step")), None),
        scale=next((each for each in SCALES if each == request.args.get("measure")), SCALES[0]),
        warnings=state.warnings + ((too_many,) if len(queries) > MOST_QUERIES else ()),
    )


def trend_chart(options: TrendOptions, results: TrendResults) -> TrendChart:
    """The chart of what was found."""
    found, scale = results.trends, options.scale
    values = [[found.value(each, at, scale) for at in found.numbers] for each in found.trends]
    axis_labels = label_periods(found.step, found.numbers)
    line_chart = draw_line_chart(
        values, [at not in found.collected for at in found.numbers], [*axis_labels]
    )
    names = [period_words(found.step, number) for number in found.numbers]
    labels = [each.words or gettext("All releases") for each in found.trends]
    return TrendChart(
        found=found,
        values=values,
        line_chart=line_chart,
        names=names,
        axis_labels=axis_labels,
        labels=labels,
        heading=gettext(
            "%(measure)s: %(queries)s", measure=SCALE_NAMES[scale], queries=", ".join(labels)
        ),
        description=description(line_chart, names, labels, STEP_NAMES[found.step]),
        x_name=gettext("Date of publication"),
        scale=scale,
        filters=urlencode(options.state.filter_pairs()),
        warnings=results.warnings,
        health=results.health,
        at=results.at,
        has_second_tier=results.has_second_tier,
    )
