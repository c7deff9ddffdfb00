"""/healthz: whether the app can answer, for those who watch it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from corpus import Store
from indexer import Engine


def pages(store: Store, engine: Engine) -> Blueprint:
    """The blueprint."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> tuple[dict[str, Any], int]:
        """200 while searches can be answered, 503 with the reason while not."""
        health = engine.health()
        state = {
            "is_live": health.is_live,
            "build": health.build,
            "releases": health.releases,
            "is_current": health.is_live and health.revision == store.revision(),
            "problem": health.problem,
            "cluster": health.cluster,
        }
        return state, 200 if health.is_live else 503

    return blueprint
