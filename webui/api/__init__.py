"""The interface for programs under /api/v1/: the same answers as the pages', as JSON.

Its description (OpenAPI) is made from the schemas that arguments are read and answers written by.
"""

from functools import partial

from flask import Flask, Response, abort, request
from flask.json.provider import DefaultJSONProvider

from corpus import Settings, Store
from indexer import Collocates, Concordance, Engine
from webui.api import answers, queries, records
from webui.api.arguments import (
    CollocatesArguments,
    ConcordanceArguments,
    DifferencesArguments,
    SearchArguments,
    TimelineArguments,
)
from webui.api.interface import API_PREFIX, Interface, Parts, docs, openapi
from webui.site.problems import is_api

# No request needs a body; a large one is refused before it is read.
MOST_BODY_BYTES = 64_000


def add_api(app: Flask, store: Store, engine: Engine, settings: Settings) -> None:
    """Let an app answer programs."""
    assert isinstance(app.json, DefaultJSONProvider)
    app.json.ensure_ascii = app.json.sort_keys = False
    interface = Interface(app, settings.url)
    interface.register_blueprint(_make_parts(store, engine, settings))
    for path, view in (("openapi.json", openapi), ("docs", docs)):
        name = f"api_reference.{view.__name__}"
        app.add_url_rule(f"{API_PREFIX}/{path}", name, partial(view, interface))
    app.before_request(_refuse_body)
    app.after_request(_open_to_all)


def _make_parts(store: Store, engine: Engine, settings: Settings) -> Parts:
    """The views by their addresses, each with the shape of its answer and what it needs."""
    parts = Parts("api", __name__, url_prefix=API_PREFIX)
    parts.after_request(_make_conditional)
    add, searching, release = parts.add, (engine, settings), "/releases/<id>"
    found = answers.Search, queries.search, store, *searching
    add("/search", "Search", *found, arguments=SearchArguments)
    add(release, "Releases", answers.Release, records.release, store)
    add(f"{release}/versions", "Releases", answers.Versions, records.versions, store)
    add(
        f"{release}/differences",
        "Releases",
        answers.Differences,
        records.differences,
        store,
        arguments=DifferencesArguments,
    )
    add(f"{release}/case", "Releases", answers.Case, records.case, store)
    add("/offices", "Offices", answers.Offices, records.offices, store, engine)
    for name, shape, view, arguments in (
        ("timeline", answers.Timeline, queries.timeline, TimelineArguments),
        ("concordance", Concordance, queries.concordance, ConcordanceArguments),
        ("collocates", Collocates, queries.collocates, CollocatesArguments),
    ):
        add(f"/{name}", "Tools", shape, view, *searching, arguments=arguments)
    return parts


def _refuse_body() -> None:
    if is_api() and (request.content_length or 0) > MOST_BODY_BYTES:
        abort(413, "A request needs no body here; all that is asked for stands in the address.")


def _make_conditional(response: Response) -> Response:
    """Answer 304 to a client that has the response; caches must ask: it may be withheld by now."""
    response.headers["Cache-Control"] = "public, no-cache"
    if response.status_code == 200:
        response.add_etag()
        response.make_conditional(request)
    return response


def _open_to_all(response: Response) -> Response:
    """Pages of any site may ask: what is here is public and can only be read."""
    if is_api():
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "ETag, Link, Retry-After"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
            response.headers["Access-Control-Allow-Headers"] = "If-None-Match"
    return response
