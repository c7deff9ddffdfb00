"""What went wrong, as a page with a clear sentence; for programs, as a problem (RFC 9457)."""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import HTTPException

from corpus.errors import (
    BusyError,
    CommuniqueError,
    FormatError,
    IndexUnusableError,
    TooCostlyError,
)
from webui.site.problems import RETRY_AFTER_S, http_problem, is_api, own_problem

# Titles of our own, and sentences for where nothing better is known.
ERROR_TEXTS = {
    400: (lazy_gettext("Bad request"), ""),
    404: (lazy_gettext("Not found"), lazy_gettext("No page at this address.")),
    405: (lazy_gettext("Method not allowed"), lazy_gettext("This page is read-only.")),
    406: (lazy_gettext("Format not available"), ""),
    410: (lazy_gettext("No longer available"), ""),
    413: (lazy_gettext("Request too large"), ""),
    414: (lazy_gettext("Address too long"), ""),
    429: (lazy_gettext("Rate limit exceeded"), ""),
    500: (
        lazy_gettext("Something went wrong"),
        lazy_gettext(
            "This page could not be displayed. The operator can find the cause in the log."
        ),
    ),
    503: (lazy_gettext("Service busy"), ""),
}


def show_errors(app: Flask) -> None:
    """Let an app answer errors with pages, and with problems under its interface for programs."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CommuniqueError, _own_error)


def _http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    if is_api():
        return http_problem(error)
    title, sentence = ERROR_TEXTS.get(error.code, (error.name, ""))
    is_own = error.description != type(error).description
    words = error.description if is_own or not sentence else sentence
    page = render_template("error.html", code=error.code, title=title, words=words)
    # Retry-After, Allow and their like belong to the answer; its type is the page's.
    headers = [(name, value) for name, value in error.get_headers() if name != "Content-Type"]
    return page, error.code, headers


def _own_error(error: CommuniqueError) -> Any:
    if is_api():
        return own_problem(error)
    code, title, words = 503, gettext("Something went wrong"), str(error)
    if isinstance(error, FormatError):
        title = gettext("Update in progress")
        words = gettext("This service is being updated. Try again in a few minutes.")
        if error.is_newer:
            words = gettext("A newer version is installed; the operator must restart this service.")
    elif isinstance(error, IndexUnusableError):
        title = gettext("Index not ready")
    elif isinstance(error, BusyError):
        title = gettext("Service busy")
        words = gettext("The search is busy with other requests. Try again in a minute.")
    elif isinstance(error, TooCostlyError):
        code, title = 400, gettext("Query too slow")
        words = gettext(
            "The query takes too long to run. Use fewer words with * or ~, or longer ones."
        )
    headers = {"Retry-After": RETRY_AFTER_S} if code == 503 else {}
    return render_template("error.html", code=code, title=title, words=words), code, headers
