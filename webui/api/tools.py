"""Researchers' tools for programs: timeline, concordance, collocates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from corpus import Settings
from indexer import Engine
from indexer.engine.periods import first_day, last_day, name
from indexer.engine.results import Frequencies
from webui.api.parsed_request import read_request


def timeline(engine: Engine, settings: Settings, arguments: dict[str, Any]) -> Any:
    """How many releases match in each day, week, month or year, and how many mentions they have

    Without `q` it counts all releases and the words of their texts, to compare with.
    """
    parsed_request = read_request(settings)
    found = parsed_request.frequencies(engine, arguments["step"])
    periods = [*_periods(found)]
    return {
        "total": found.undated.releases + sum(each["releases"] for each in periods),
        "undated": found.undated.releases,
        "step": found.step,
        "build": found.build,
        "warnings": (*parsed_request.warnings, *found.warnings),
        "periods": periods,
    }


def concordance(engine: Engine, settings: Settings, arguments: dict[str, Any]) -> Any:
    """Every mention of a query's words, with the text around it"""
    parsed_request = read_request(settings)
    found = engine.occurrences(
        parsed_request.query, arguments["sort"], arguments["start"], arguments["size"]
    )
    return replace(found, warnings=(*parsed_request.warnings, *found.warnings))


def collocates(engine: Engine, settings: Settings, arguments: dict[str, Any]) -> Any:
    """The words that occur unusually often near a query's words"""
    parsed_request = read_request(settings)
    found = engine.collocates(
        parsed_request.query,
        arguments["window"],
        arguments["measure"],
        arguments["min_count"],
        arguments["size"],
        is_stem=arguments["stem"],
    )
    return replace(found, warnings=(*parsed_request.warnings, *found.warnings))


def _periods(found: Frequencies) -> Iterator[dict[str, Any]]:
    """The periods by their names, with their first and last days."""
    for number, each in found.periods:
        yield vars(each) | {
            "period": name(found.step, number),
            "since": first_day(found.step, number),
            "until": last_day(found.step, number),
        }
