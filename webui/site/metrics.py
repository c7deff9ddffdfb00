"""/metrics for Prometheus: how crawls, catalog and index are at that moment, and what all processes
were asked. There is none until there is a token, and nothing in it tells of queries or clients.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from hmac import compare_digest
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar, cast

from flask import Blueprint, Flask, Response, request

from corpus import Settings, Store
from indexer import Engine
from indexer.jobs.condition import Watch

if TYPE_CHECKING:
    from prometheus_client import Counter, Histogram

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

P = ParamSpec("P")
R = TypeVar("R")


class ProcessCounts(NamedTuple):
    """What is counted as it happens."""

    requests: Counter
    queries: Histogram


@cache
def process_counts() -> ProcessCounts:
    """The counts of this process. Processes that are forked from it count into files of one folder,
    for which the library has to know the folder before it is loaded.
    """
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="communique-metrics-")
        atexit.register(_remove_folder, os.environ[FOLDER], os.getpid())
    from prometheus_client import Counter, Histogram

    return ProcessCounts(
        Counter("communique_requests", "Requests answered", ["endpoint", "status"]),
        Histogram("communique_query_seconds", "Times of the index", ["query"], buckets=BUCKETS_S),
    )


def _remove_folder(folder: str, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


def _time(method: Callable[P, R]) -> Callable[P, R]:
    """A method of an engine, its calls timed under its name."""

    def call(*arguments: P.args, **named: P.kwargs) -> R:
        with process_counts().queries.labels(method.__name__).time():
            return method(*arguments, **named)

    return call


def time_engine(engine: Engine, settings: Settings) -> Engine:
    """The engine, its answers to readers timed where metrics are wanted."""
    if settings.metrics_token:
        questions: tuple[Callable[..., Any], ...] = (
            *(engine.search, engine.total, engine.totals, engine.occurrences, engine.collocates),
            *(engine.frequencies, engine.more_like_this, engine.translation_suggestions),
        )
        for question in questions:
            setattr(engine, question.__name__, _time(question))
    return engine


def add_metrics(app: Flask, store: Store, engine: Engine, watch: Watch, settings: Settings) -> None:
    """Count an app's requests and let it answer /metrics, where there is a token."""
    if settings.metrics_token:
        app.after_request(_count_request)
        app.register_blueprint(_metrics_blueprint(store, engine, watch, settings.metrics_token))


def _metrics_blueprint(store: Store, engine: Engine, watch: Watch, token: str) -> Blueprint:
    """/metrics, for clients that send the token."""
    process_counts()
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.exposition import CONTENT_TYPE_LATEST
    from prometheus_client.multiprocess import MultiProcessCollector

    from webui.site.gauges import Gauges

    blueprint = Blueprint("metrics", __name__)

    @blueprint.get("/metrics")
    def metrics() -> Response:
        """All of it in Prometheus's text format."""
        given = request.headers.get("Authorization", "").encode()
        if not compare_digest(given, f"Bearer {token}".encode()):
            words = "Send the operator's token: Authorization: Bearer TOKEN.\n"
            headers = {"WWW-Authenticate": "Bearer", "Content-Type": "text/plain; charset=utf-8"}
            return Response(words, 401, headers)
        registry = CollectorRegistry()
        registry.register(Gauges(store, engine, watch))
        cast(Any, MultiProcessCollector)(registry)  # it has no types
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return blueprint


def _count_request(response: Response) -> Response:
    """Count by endpoint, so that no client can add labels."""
    process_counts().requests.labels(request.endpoint or "none", response.status_code).inc()
    return response
