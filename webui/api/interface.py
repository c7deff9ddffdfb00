"""How the parts of the interface are put together and described: flask-smorest, with our errors."""

from collections.abc import Callable
from functools import partial, reduce, update_wrapper
from http import HTTPStatus
from typing import Any

from flask_smorest import Api, Blueprint
from marshmallow import RAISE, Schema, fields
from webargs.flaskparser import FlaskParser

from webui.api.answers import InvalidArgument, Problem
from webui.api.shapes import schema_of
from webui.site.problems import MEDIA_TYPE

PREFIX = "/api/v1"
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
INVALID = fields.List(
    fields.Nested(schema_of(InvalidArgument)), metadata={"description": "the arguments at fault"}
)
PROBLEM = schema_of(Problem).from_dict({"errors": INVALID}, name="Problem")


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
        """Add a view, whose first arguments are its `needs`: those of the request are read by
        `arguments`, the response is written as a `shape`.
        """
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
