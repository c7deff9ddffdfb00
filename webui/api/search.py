"""Search for programs: the hits of a query, page by page to the end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import request, url_for
from flask_smorest import abort
from marshmallow import ValidationError

from corpus import Settings
from indexer import Engine, Hit, Query
from indexer.assist.unknown_values import unknown_values
from indexer.engine.results import Position
from webui.api.cursor import read_cursor, write_cursor
from webui.api.parsed_request import ParsedRequest, read_request


def search(engine: Engine, settings: Settings, arguments: dict[str, Any]) -> Any:
    """A page of the releases that match

    In the orders `newest` (undated releases last), `oldest` and `id`, request `next` until it is
    null to get all hits. Each page begins at a date and id, so that releases added or edited
    meanwhile cause no hit to be repeated or missed; by date, this holds for releases whose date
    does not change. `relevance` has the best hits by `start` and `size`, since scores change when
    releases are added.
    """
    parsed_request = read_request(settings)
    query = _query(parsed_request, arguments)
    results = parsed_request.search(engine, query)
    link = results.more_after and _next(parsed_request, arguments, results.more_after)
    headers = {"Link": f'<{link}>; rel="next"'} if link else {}
    body = vars(results) | {
        "query": parsed_request.state.words,
        "sort": arguments["sort"],
        "hits": [_hit(each) for each in results.hits],
        "warnings": (
            *parsed_request.warnings,
            *unknown_values(query, results.facets, engine),
            *results.warnings,
        ),
        "next": link,
    }
    return body, headers


def _query(parsed_request: ParsedRequest, arguments: dict[str, Any]) -> Query:
    after = None
    if cursor := arguments.get("cursor"):
        try:
            after = read_cursor(cursor, parsed_request.state, arguments["sort"])
        except ValidationError as error:
            abort(422, messages={"query": {"cursor": error.messages}})
    return replace(
        parsed_request.query,
        sort=arguments["sort"],
        start=arguments["start"],
        size=arguments["size"],
        after=after,
        has_timeline=False,
    )


def _next(parsed_request: ParsedRequest, arguments: dict[str, Any], onward: Position) -> str:
    """The address of the next page: all that was asked for, from there on."""
    more: dict[str, Any] = request.args.to_dict(flat=False)
    more.pop("start", None)
    more["cursor"] = write_cursor(onward, parsed_request.state, arguments["sort"])
    return url_for("api.search", _external=True, **more)


def _hit(hit: Hit) -> dict[str, Any]:
    return vars(hit) | {"page_url": url_for("releases.release", id_=hit.id, _external=True)}
