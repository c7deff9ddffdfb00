"""/metrics for Prometheus: how crawls, catalog and index are at that moment, and what all processes
were asked. There is none until there is a token, and nothing in it tells of queries or clients.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from hmac import compare_digest
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from flask import Blueprint, Flask, Response, request

from corpus import Settings, Store
from indexer import Engine

if TYPE_CHECKING:
    from prometheus_client import Counter, Histogram

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
# What of an engine answers a reader, and is timed.
QUERIES = (
    *("search", "total", "occurrences", "collocates", "frequencies"),
    *("more_like_this", "translation_suggestions"),
)
BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Counts(NamedTuple):
    """What is counted as it happens."""

    requests: Counter
    queries: Histogram


@cache
def counts() -> Counts:
    """The counts of this process. Processes that are forked from it count into files of one folder,
    for which the library has to know the folder before it is loaded.
    """
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="communique-metrics-")
        atexit.register(_remove, os.environ[FOLDER], os.getpid())
    from prometheus_client import Counter, Histogram

    return Counts(
        Counter("communique_requests", "Requests answered", ["endpoint", "status"]),
        Histogram("communique_query_seconds", "Times of the index", ["query"], buckets=BUCKETS_S),
    )


def _remove(folder: str, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


class Timed:
    """An engine whose answers are timed."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.engine, name)
        if name not in QUERIES:
            return found

        def answer(*given: Any, **named: Any) -> Any:
            with counts().queries.labels(name).time():
                return found(*given, **named)

        return answer


def timed(engine: Engine, settings: Settings) -> Engine:
    """The engine, timed where metrics are wanted."""
    return cast(Engine, Timed(engine)) if settings.metrics_token else engine


def add_metrics(app: Flask, store: Store, engine: Engine, settings: Settings) -> None:
    """Count an app's requests and let it answer /metrics, where there is a token."""
    if settings.metrics_token:
        app.after_request(_count)
        app.register_blueprint(pages(store, engine, settings.metrics_token))


def pages(store: Store, engine: Engine, token: str) -> Blueprint:
    """The blueprint."""
    counts()
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
        registry.register(Gauges(store, engine))
        cast(Any, MultiProcessCollector)(registry)  # it has no types
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return blueprint


def _count(response: Response) -> Response:
    """By names of ours alone: an address that leads nowhere has none."""
    counts().requests.labels(request.endpoint or "none", response.status_code).inc()
    return response
