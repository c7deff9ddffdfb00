"""What went wrong, as a page with a clear sentence; for programs, as a problem (RFC 9457)."""

from __future__ import annotations

import logging
from functools import partial
from traceback import format_exception, format_tb
from typing import Any

from flask import Flask, render_template, request
from flask_babel import lazy_gettext
from werkzeug.exceptions import HTTPException

from corpus import Settings
from corpus.errors import CommuniqueError
from webui.site.budget import Budget
from webui.site.problems import (
    RETRY_AFTER_S,
    UNFORESEEN,
    PublicError,
    http_problem,
    is_api,
    problem,
    public_error,
)

log = logging.getLogger(__name__)
# In all processes together: a cluster that is away fails every request by the same sentence.
LOGGED_EACH_S = 60

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
    500: (lazy_gettext("Something went wrong"), UNFORESEEN),
    503: (lazy_gettext("Service busy"), ""),
}


def show_errors(app: Flask, settings: Settings) -> None:
    """Let an app answer errors with pages, and with problems under its interface for programs; the
    log says what readers are not told.
    """
    logged = Budget(1 / LOGGED_EACH_S, 1)

    def own_error(error: CommuniqueError) -> Any:
        public = public_error(error)
        if public.code >= 500 and not logged.take(str(error), 1):
            log.error("%s", error)
        return _own_error(public)

    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CommuniqueError, own_error)
    app.log_exception = partial(_log_exception, settings)  # type: ignore[method-assign]


def _log_exception(settings: Settings, exc_info: Any) -> None:
    """Log an unexpected error with its traceback; its message can contain what a reader typed."""
    kind, error, trace = exc_info
    lines = format_exception(error) if settings.log_queries else format_tb(trace)
    fields = {"traceback": "".join(lines).rstrip()}
    words = "%s %s failed: %s", request.method, request.path, kind.__name__
    log.error(*words, extra={"fields": fields})


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


def _own_error(error: PublicError) -> Any:
    if is_api():
        return problem(error.code, error.words, error.kind)
    headers = {"Retry-After": RETRY_AFTER_S} if error.code == 503 else {}
    page = render_template("error.html", code=error.code, title=error.title, words=error.words)
    return page, error.code, headers
