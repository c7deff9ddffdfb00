"""What protects the page from its visitors: limits on sizes and rates, and whose word on who asks
is taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network
from time import time
from typing import TYPE_CHECKING

from flask import Flask, abort, request
from flask_babel import gettext
from flask_limiter import Limiter, RequestLimit
from limits import parse_many
from werkzeug.exceptions import RequestURITooLarge, TooManyRequests
from werkzeug.middleware.proxy_fix import ProxyFix

from corpus import Settings
from corpus.errors import SettingsError
from indexer.deadline import Deadline

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# A query of 2,000 Cyrillic letters takes 12,000 characters of an address.
URL_CHARS = 32_000
BODY_BYTES = 64_000
# Processor time for an answer, all its searches together; a file's rows come after it.
ANSWER_S = 5.0
# Files of all hits, samples and their like: a request for one counts as so many.
HEAVY_COST = 10
HEAVY_ENDINGS = (".csv", ".jsonl", ".bib", ".ris")
# What watches the page asks for these: they are counted in no limit.
WATCHED = {"health.healthz", "health.livez", "metrics.metrics"}
FREE = {"static", "scripts.scripts"} | WATCHED


def guard(app: Flask, settings: Settings) -> None:
    """Set the limits. Raises SettingsError for a rate that cannot be read."""
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES
    app.before_request(_refuse_large)
    app.wsgi_app = _metered(app.wsgi_app)  # type: ignore[assignment, method-assign]
    if settings.rate:
        _limit(app, settings.rate)
    if settings.proxies:
        # Outermost, so that all else sees who really asks, how, and under which name.
        each = settings.proxies
        fixed = ProxyFix(app.wsgi_app, x_for=each, x_proto=each, x_host=each)
        app.wsgi_app = fixed  # type: ignore[method-assign]


def _metered(answer: WSGIApplication) -> WSGIApplication:
    """The app, whose every answer has so much processor time."""

    def limited(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        with Deadline(ANSWER_S):
            return answer(environ, start)

    return limited


def client() -> str:
    """Who asks: an address; of IPv6 its network, since a client has all addresses of one."""
    try:
        found = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    wide = isinstance(found, IPv6Address) and not found.ipv4_mapped
    return str(ip_network(f"{found}/64", strict=False)) if wide else str(found)


def _limit(app: Flask, rate: str) -> None:
    try:
        parse_many(rate)
    except ValueError as error:
        raise SettingsError(
            f"COMMUNIQUE_RATE must be a rate such as 120/minute, not {rate!r}."
        ) from error
    limiter = Limiter(
        client,
        application_limits=[rate],
        application_limits_cost=_cost,
        storage_uri="memory://",
        strategy="moving-window",
        on_breach=_stop,
    )
    limiter.request_filter(lambda: request.endpoint in FREE)
    limiter.init_app(app)


def _cost() -> int:
    return HEAVY_COST if request.path.endswith(HEAVY_ENDINGS) else 1


def _stop(limit: RequestLimit) -> None:
    wait_s = max(1, int(limit.reset_at - time()) + 1)
    raise TooManyRequests(
        gettext(
            "You have made more requests than a client may make here: %(rate)s. Wait %(wait)s"
            " seconds. Whoever needs all of the data can ask the operator for a copy.",
            rate=str(limit.limit),
            wait=wait_s,
        ),
        retry_after=wait_s,
    )


def _refuse_large() -> None:
    if (request.content_length or 0) > BODY_BYTES:
        abort(413, gettext("What was sent is too large: nothing here takes more than a query."))
    if len(request.full_path) > URL_CHARS or len(request.query_string) > URL_CHARS:
        raise RequestURITooLarge(
            gettext("The address is too long. Use a shorter query, or fewer filters.")
        )
