"""What readers are told of our errors, and errors under /api/ as problem details (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, NamedTuple

from flask import Response, json, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import HTTPException

from corpus.errors import (
    BusyError,
    CommuniqueError,
    FormatError,
    IndexUnusableError,
    TooCostlyError,
)
from indexer.query.message import Message

# Beside results, which are shown without suggestions that are too costly to find.
NO_SUGGESTIONS = Message("Suggestions are not shown: finding them would take too long.")
MEDIA_TYPE = "application/problem+json"
# Those that the documentation tells more of than their status does.
INVALID, NOT_READY, TOO_COSTLY = "invalid-arguments", "index-not-ready", "too-costly"
BUSY = "busy"
RETRY_AFTER_S = "60"
UNFORESEEN = lazy_gettext(
    "This page could not be displayed. The operator can find the cause in the log."
)


class PublicError(NamedTuple):
    """An error as readers are told of it; `kind` is where the documentation tells of it."""

    code: int
    title: str
    words: str
    kind: str | None = None


def public_error(error: CommuniqueError) -> PublicError:
    """An error without its own sentence, which is for operators: it can name paths, addresses and
    commands.
    """
    if isinstance(error, TooCostlyError):
        words = gettext(
            "The query takes too long to run. Use fewer words with * or ~, or longer ones."
        )
        return PublicError(400, gettext("Query too slow"), words, TOO_COSTLY)
    if isinstance(error, BusyError):
        words = gettext("The search is busy with other requests. Try again in a minute.")
        return PublicError(503, gettext("Service busy"), words, BUSY)
    if isinstance(error, FormatError):
        words = gettext("This service is being updated. Try again in a few minutes.")
        if error.is_newer:
            words = gettext("A newer version is installed; the operator must restart this service.")
        return PublicError(503, gettext("Update in progress"), words, NOT_READY)
    if isinstance(error, IndexUnusableError):
        words = gettext("Searches cannot be answered at the moment. Try again in a few minutes.")
        return PublicError(503, gettext("Index not ready"), words, NOT_READY)
    return PublicError(503, gettext("Something went wrong"), str(UNFORESEEN))


def is_api() -> bool:
    """Whether the request is for the API."""
    return request.path.startswith("/api/")


def http_problem(error: HTTPException) -> Response:
    """An error of a request, with its headers (Allow, Retry-After)."""
    code = error.code or 500
    given: dict[str, Any] = getattr(error, "data", None) or {}
    faults = _faults(given.get("messages", {}))
    detail = str(error.description or "")
    if faults:
        detail = "; ".join(f"{each['parameter']}: {each['detail']}" for each in faults)
    response = problem(code, detail, INVALID if faults else None, faults)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def problem(
    code: int, detail: str, kind: str | None = None, faults: list[dict[str, str]] | None = None
) -> Response:
    """A problem; `kind` is where the documentation tells of it, `faults` what of the arguments
    cannot be read.
    """
    body: dict[str, Any] = {
        "type": url_for("api_reference.docs", _anchor=kind) if kind else "about:blank",
        "title": HTTPStatus(code).phrase,
        "status": code,
        "detail": detail,
    }
    if faults:
        body["errors"] = faults
    response = Response(json.dumps(body), code, content_type=MEDIA_TYPE)
    if code == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = RETRY_AFTER_S
    return response


def _faults(messages: dict[str, dict[str, Any]]) -> list[dict[str, str]]:
    """What is wrong, argument by argument; a list's fault names the value by its number."""
    return [
        {"parameter": name, "detail": " ".join(_sentences(found))}
        for place in messages.values()
        for name, found in place.items()
    ]


def _sentences(found: Any) -> list[str]:
    if isinstance(found, dict):
        return [f"{number}: {' '.join(_sentences(each))}" for number, each in found.items()]
    return [str(each) for each in found]
