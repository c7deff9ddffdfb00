"""For those who watch the page: whether it answers (/healthz), and whether it runs (/livez)."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Flask

from corpus import Store
from indexer import Engine
from indexer.jobs.condition import condition


def add_health(app: Flask, store: Store, engine: Engine) -> None:
    """Let an app answer them."""
    app.add_url_rule("/healthz", "health.healthz", partial(healthz, store, engine))
    app.add_url_rule("/livez", "health.livez", livez)


def healthz(store: Store, engine: Engine) -> tuple[dict[str, Any], int]:
    """200 while searches can be answered, with the reasons where not all is well; 503 while
    there is no index, or nothing in it.
    """
    found = condition(store, engine)
    health = found.health
    state = {
        "is_live": health.is_live,
        "build": health.build,
        "releases": health.releases,
        "is_current": found.is_current,
        "problem": health.problem,
        "cluster": health.cluster,
    }
    return found.as_json() | state, 200 if found.is_usable else 503


def livez() -> dict[str, str]:
    """200 while the process answers, whatever becomes of catalog and index."""
    return {"status": "ok"}
