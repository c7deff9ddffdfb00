"""The parts of the interface (flask-smorest, with our errors), and their description: as OpenAPI,
and as a page made of the same.
"""

import json
from collections.abc import Callable
from functools import partial, reduce, update_wrapper
from http import HTTPStatus
from typing import Any

from flask import Response, make_response, render_template, request
from flask_smorest import Api, Blueprint
from marshmallow import RAISE, Schema, fields
from webargs.flaskparser import FlaskParser

from webui.api.answers import InvalidArgument, Problem
from webui.api.shapes import schema_of
from webui.site.problems import BUSY, INVALID, MEDIA_TYPE, NOT_READY, TOO_COSTLY

API_PREFIX = "/api/v1"
ABOUT = """Search prosecutors' press releases: full releases with provenance and versions, coverage,
concordance and collocates. Everything is public, is read with GET, and needs no key. Arguments and
query language are those of the pages, but an argument that a page would ignore is an error here
(422). Errors are problem details (RFC 9457). Answers have an ETag: send it back as If-None-Match,
and the answer is 304 if nothing has changed."""
ID = {"in": "path", "name": "id", "description": "the id of the release"}
ERRORS = {
    HTTPStatus.BAD_REQUEST: "The request cannot be read, or its query takes too long",
    HTTPStatus.NOT_FOUND: "There is no such release or version, or it is withheld",
    HTTPStatus.METHOD_NOT_ALLOWED: "Only GET is allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The request has a body; none is needed",
    HTTPStatus.UNPROCESSABLE_ENTITY: "An argument is unknown or cannot be read; `errors` name it",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests; Retry-After says when to try again",
    HTTPStatus.INTERNAL_SERVER_ERROR: "An internal error",
    HTTPStatus.SERVICE_UNAVAILABLE: "The index is not ready; try again later",
}
# An error has its arguments where these are at fault alone.
INVALID_ARGUMENTS = fields.List(
    fields.Nested(schema_of(InvalidArgument)), metadata={"description": "the arguments at fault"}
)
PROBLEM = schema_of(Problem).from_dict({"errors": INVALID_ARGUMENTS}, name="Problem")
JSON = "application/json"
PROBLEM_KINDS = (INVALID, NOT_READY, TOO_COSTLY, BUSY)


class Parser(FlaskParser):
    """Reads arguments; one that is not known is an error, since a slip would widen the answer."""

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": RAISE}


class Parts(Blueprint):
    """The blueprint that the parts of the interface are added to."""

    ARGUMENTS_PARSER = Parser()

    def add(
        self,
        path: str,
        tag: str,
        shape: type,
        view: Callable[..., Any],
        *needs: Any,
        arguments: type[Schema] | None = None,
    ) -> None:
        """Add a view, whose first arguments are `needs`, with schemas of request and response."""
        wrappers = [self.response(200, schema_of(shape)), self.alt_response(304, "NOT_MODIFIED")]
        wrappers += [self.alt_response(int(each), each.name) for each in ERRORS]
        if arguments:
            wrappers.append(self.arguments(arguments, location="query"))
        wrappers.append(self.doc(operationId=view.__name__))
        bound: Any = update_wrapper(partial(view, *needs), view)
        wrapped = reduce(lambda inner, wrapper: wrapper(inner), wrappers, bound)
        self.route(path, tags=[tag], parameters=[ID] if "<id>" in path else None)(wrapped)


class Interface(Api):
    """The description of the parts; errors are answered by the app, for pages and programs."""

    ERROR_SCHEMA = PROBLEM

    def __init__(self, app: Any, url: str) -> None:
        super().__init__(
            app,
            spec_kwargs={
                "title": "Communique",
                "version": "1",
                "openapi_version": "3.1.0",
                "info": {"description": " ".join(ABOUT.split())},
                "servers": [{"url": url or "/"}],
            },
        )

    def _register_error_handlers(self) -> None:
        pass

    def _register_responses(self) -> None:
        as_problem = {MEDIA_TYPE: {"schema": PROBLEM}}
        for status, words in ERRORS.items():
            response = {"description": words, "content": as_problem}
            self.spec.components.response(status.name, response, lazy=True)
        unchanged = {"description": "Nothing has changed since the answer with this ETag"}
        self.spec.components.response("NOT_MODIFIED", unchanged, lazy=True)
        fallback = {"description": "An error", "content": as_problem}
        self.spec.components.response("DEFAULT_ERROR", fallback, lazy=True)


def openapi(interface: Interface) -> Response:
    """The description (OpenAPI 3.1)."""
    response = make_response(json.dumps(interface.spec.to_dict(), ensure_ascii=False, indent=1))
    response.headers["Content-Type"] = JSON
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.add_etag()
    response.make_conditional(request)
    return response


def docs(interface: Interface) -> str:
    """The description as a page."""
    spec, operations = interface.spec.to_dict(), []
    for path, each in spec["paths"].items():
        answer = each["get"]["responses"]["200"]["content"][JSON]["schema"]
        operations.append((path, each["get"], _type_words(answer), _parameters(each)))
    return render_template(
        "api.html",
        about=spec["info"]["description"],
        operations=operations,
        errors=[(each.value, each.phrase, words) for each, words in ERRORS.items()],
        schemas={
            name: [(member, _type_words(each), each) for member, each in of["properties"].items()]
            for name, of in spec["components"]["schemas"].items()
        },
        kinds=PROBLEM_KINDS,
    )


def _parameters(path: dict[str, Any]) -> list[tuple[dict[str, Any], str, str]]:
    """The parameters of a path with their types and limits in words."""
    found = [*path.get("parameters", []), *path["get"].get("parameters", [])]
    return [(each, _type_words(each["schema"]), _limits(each["schema"])) for each in found]


def _type_words(schema: dict[str, Any]) -> str:
    """A type as "string or null", "list of Hit"; the names of objects are those of the page."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_type_words(each) for each in schema["anyOf"])
    types = schema.get("type", "object")
    words = " or ".join(types) if isinstance(types, list) else str(types)
    if "items" in schema:
        words = words.replace("array", f"list of {_type_words(schema['items'])}")
    return f"{words} ({schema['format']})" if "format" in schema else words


def _limits(schema: dict[str, Any]) -> str:
    """What values may be, and what counts where none is given."""
    inner = schema.get("items", schema)
    words = [", ".join(inner["enum"])] if "enum" in inner else []
    if "maximum" in schema:
        words.append(f"{schema['minimum']} to {schema['maximum']}")
    if "default" in schema:
        words.append(f"default {json.dumps(schema['default'])}")
    return "; ".join(words)
