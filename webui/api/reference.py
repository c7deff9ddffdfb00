"""The description of the interface: as OpenAPI, and as a page made of the same."""

import json
from typing import Any

from flask import Response, make_response, render_template, request

from webui.api.interface import ERRORS, Interface
from webui.site.problems import BUSY, INVALID, NOT_READY, TOO_COSTLY

JSON = "application/json"
KINDS = (INVALID, NOT_READY, TOO_COSTLY, BUSY)


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
    spec = interface.spec.to_dict()
    return render_template(
        "api.html",
        about=spec["info"]["description"],
        operations=[
            (path, each["get"], _response_name(each["get"]), _parameters(each))
            for path, each in spec["paths"].items()
        ],
        errors=[(each.value, each.phrase, words) for each, words in ERRORS.items()],
        schemas={
            name: [(member, _type_words(each), each) for member, each in of["properties"].items()]
            for name, of in spec["components"]["schemas"].items()
        },
        kinds=KINDS,
    )


def _parameters(path: dict[str, Any]) -> list[tuple[dict[str, Any], str, str]]:
    """The parameters of a path with their types and limits in words."""
    found = [*path.get("parameters", []), *path["get"].get("parameters", [])]
    return [(each, _type_words(each["schema"]), _limits(each["schema"])) for each in found]


def _response_name(operation: dict[str, Any]) -> str:
    return _name(operation["responses"]["200"]["content"][JSON]["schema"])


def _name(schema: dict[str, Any]) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _type_words(schema: dict[str, Any]) -> str:
    """A type as "string or null", "list of Hit"; the names of objects are those of the page."""
    if "$ref" in schema:
        return _name(schema)
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
