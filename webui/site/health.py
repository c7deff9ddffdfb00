"""For those who watch the service: whether the process runs (/livez), whether searches can be
answered (/readyz), and how all parts are (/healthz).
"""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Flask

from indexer.jobs.condition import Watch


def add_health(app: Flask, watch: Watch) -> None:
    """Let an app answer them."""
    app.add_url_rule("/livez", "health.livez", livez)
    app.add_url_rule("/readyz", "health.readyz", partial(readyz, watch))
    app.add_url_rule("/healthz", "health.healthz", partial(healthz, watch))


def livez() -> dict[str, str]:
    """200 while the process answers, whatever becomes of catalog and index."""
    return {"status": "ok"}


def readyz(watch: Watch) -> tuple[dict[str, Any], int]:
    """200 while searches can be answered, else 503."""
    found = watch.condition()
    return {"status": found.status}, 200 if found.is_usable else 503


def healthz(watch: Watch) -> tuple[dict[str, Any], int]:
    """The same with all details that everybody may know; `communique status` tells the rest."""
    found = watch.condition()
    return found.as_public_json(), 200 if found.is_usable else 503
