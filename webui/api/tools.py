"""Researchers' tools for programs: timeline, concordance, collocates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from corpus import Settings
from indexer import Engine, Results
from indexer.periods import first_day, last_day
from webui.api.arguments import CollocatesArguments, ConcordanceArguments, TimelineArguments
from webui.api.asking import read_asking
from webui.api.interface import Parts
from webui.api.schemas import CollocatesSchema, ConcordanceSchema, TimelineSchema


def add(parts: Parts, engine: Engine, settings: Settings) -> None:
    """Add the views."""

    @parts.answer("/timeline", "Tools", TimelineSchema, TimelineArguments)
    def timeline(given: dict[str, Any]) -> Any:
        """How many releases match, month by month"""
        asking = read_asking(settings)
        query = replace(asking.query, size=0, facets=(), is_explained=False)
        results = asking.search(engine, query)
        return {
            "total": results.total,
            "undated": results.total - sum(count for _, count in results.timeline),
            "step": "month",
            "build": results.build,
            "notes": (*asking.notes, *results.notes),
            "periods": [*_periods(results)],
        }

    @parts.answer("/concordance", "Tools", ConcordanceSchema, ConcordanceArguments)
    def concordance(given: dict[str, Any]) -> Any:
        """Every occurrence of a query's words, with the text around it

        The answer tells the exact number; `start` leads to any of the first lines.
        """
        asking = read_asking(settings)
        found = engine.occurrences(asking.query, given["sort"], given["start"], given["size"])
        return vars(found) | {"notes": (*asking.notes, *found.notes)}

    @parts.answer("/collocates", "Tools", CollocatesSchema, CollocatesArguments)
    def collocates(given: dict[str, Any]) -> Any:
        """The words that stand most markedly near a query's words"""
        asking = read_asking(settings)
        found = engine.collocates(
            asking.query,
            given["window"],
            given["measure"],
            given["least"],
            given["most"],
            is_stem=given["stem"],
        )
        return vars(found) | {"notes": (*asking.notes, *found.notes)}


def _periods(results: Results) -> Iterator[dict[str, Any]]:
    """The timeline's months with their first and last days."""
    for name, count in results.timeline:
        month = date.fromisoformat(f"{name}-01")
        number = month.year * 12 + month.month - 1
        first, last = first_day("month", number), last_day("month", number)
        yield {"period": name, "since": first, "until": last, "count": count}
