"""Limits on sizes, times and rates of requests, and the proxies whose word on clients is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import count
from math import ceil
from time import sleep, thread_time
from typing import TYPE_CHECKING

from flask import Flask, abort, request
from flask_babel import gettext
from limits import RateLimitItem, parse_many
from werkzeug.exceptions import RequestURITooLarge, TooManyRequests
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wsgi import ClosingIterator, FileWrapper

from corpus import Settings
from corpus.errors import SettingsError
from indexer.deadline import Deadline
from indexer.export.formats import FORMATS
from webui.site.budget import Budget
from webui.site.clients import client, client_at

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# A query of 2,000 Cyrillic letters takes 12,000 characters of an address.
URL_CHARS = 32_000
BODY_BYTES = 64_000
# Processor time for an answer, all its searches together; a file's rows come after it.
ANSWER_S = 5.0
# A client may use the processor time of so many minutes at once.
BURST_MINUTES = 2
# A client that has used more than so much lately, of which so much a second is forgotten, is heavy:
# it waits for other heavy ones. A reader who opens a page every few seconds is far from it.
HEAVY_S, FORGOTTEN_S = 1.0, 0.05
UNLIMITED_S = 1e6
# Files of all hits, samples and their like: a request for one counts as so many.
HEAVY_COST = 10
HEAVY_ENDINGS = tuple(f".{ending}" for ending in FORMATS)
# Monitoring asks for these: no limit counts them.
WATCHED = {"health.healthz", "health.readyz", "health.livez", "metrics.metrics"}
FREE = {"static", "scripts.scripts"} | WATCHED


def add_limits(app: Flask, settings: Settings) -> None:
    """Set the limits. Raises SettingsError for a rate that cannot be read."""
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES
    app.before_request(_limit_size)
    work_s = settings.work_s or UNLIMITED_S
    work = Budget(work_s / 60, BURST_MINUTES * work_s)
    app.before_request(lambda: _limit_work(work, work_s))
    recent = Budget(FORGOTTEN_S, HEAVY_S)
    app.extensions["is_heavy"] = lambda who: recent.wait_s(who) > 0
    app.wsgi_app = _meter(app.wsgi_app, work, recent)  # type: ignore[assignment, method-assign]
    if settings.rate:
        rates = [(each, _budget(each)) for each in _parse_rates(settings.rate)]
        app.before_request(lambda: _limit_requests(rates))
    if settings.proxies:
        # Outermost, so that all else sees the real client, scheme and host.
        each = settings.proxies
        fixed = ProxyFix(app.wsgi_app, x_for=each, x_proto=each, x_host=each)
        app.wsgi_app = fixed  # type: ignore[method-assign]


def _meter(app: WSGIApplication, work: Budget, recent: Budget) -> WSGIApplication:
    """The app with a limit on the processor time of each response, charged to the client."""

    def charge(who: str, seconds: float) -> None:
        work.charge(who, seconds)
        recent.charge(who, seconds)

    def metered(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        who, deadline = client_at(environ.get("REMOTE_ADDR", "")), Deadline(ANSWER_S)
        try:
            with deadline:
                response = app(environ, start)
        finally:
            charge(who, ANSWER_S - deadline.left_s)
        wrapper: type = environ.get("wsgi.file_wrapper", FileWrapper)
        if isinstance(response, wrapper):
            return response
        blocks = _pace(response, lambda: work.wait_s(who, work.most / 2), partial(charge, who))
        return ClosingIterator(blocks, getattr(response, "close", None))

    return metered


def _pace(
    blocks: Iterable[bytes], wait: Callable[[], float], charge: Callable[[float], None]
) -> Iterator[bytes]:
    """Blocks of an answer, charged; long ones wait where they would use up all that a client has,
    so that it can go on asking for pages.
    """
    source = iter(blocks)
    for number in count():
        if number > 1 and (wait_s := wait()):
            sleep(wait_s)
        began = thread_time()
        block = next(source, None)
        charge(thread_time() - began)
        if block is None:
            return
        yield block


def _parse_rates(rate: str) -> list[RateLimitItem]:
    try:
        return parse_many(rate)
    except ValueError as error:
        raise SettingsError(
            f"COMMUNIQUE_RATE must be a rate such as 120/minute, not {rate!r}."
        ) from error


def _budget(rate: RateLimitItem) -> Budget:
    return Budget(rate.amount / rate.get_expiry(), rate.amount)


def _limit_work(work: Budget, seconds: float) -> None:
    """Refuse a client that has used more processor time than one may."""
    if request.endpoint in FREE or not (wait_s := ceil(work.wait_s(client()))):
        return
    raise TooManyRequests(
        gettext(
            "Rate limit exceeded: your network address has used more than %(seconds)s "
            "seconds of processing time per minute. Wait %(wait)s seconds. If you need "
            "all of the data, ask the operator for a copy.",
            seconds=f"{seconds:g}",
            wait=wait_s,
        ),
        retry_after=wait_s,
    )


def _limit_requests(rates: list[tuple[RateLimitItem, Budget]]) -> None:
    """Refuse a client that has made more requests than one may."""
    cost = HEAVY_COST if request.path.endswith(HEAVY_ENDINGS) else 1
    for rate, budget in rates:
        if request.endpoint in FREE or not (wait_s := ceil(budget.take(client(), cost))):
            continue
        raise TooManyRequests(
            gettext(
                "Rate limit exceeded: your network address may make %(rate)s. Wait %(wait)s"
                " seconds. If you need all of the data, ask the operator for a copy.",
                rate=str(rate),
                wait=wait_s,
            ),
            retry_after=wait_s,
        )


def _limit_size() -> None:
    if (request.content_length or 0) > BODY_BYTES:
        abort(413, gettext("The request body is too large. This service accepts only queries."))
    if len(request.full_path) > URL_CHARS or len(request.query_string) > URL_CHARS:
        raise RequestURITooLarge(
            gettext("The address is too long. Use a shorter query or fewer filters.")
        )
