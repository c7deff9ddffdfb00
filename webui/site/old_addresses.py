"""Addresses that pages had before, each redirected for good."""

from __future__ import annotations

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

MOVED = {
    "/context": "/concordance",
    "/context.csv": "/concordance.csv",
    "/offices": "/coverage",
    "/changes": "/edits",
    "/changes.atom": "/edits.atom",
    "/suppressed": "/withheld",
}


def redirect_old_addresses(app: Flask) -> None:
    """Let an app redirect them, each with its query and in its language."""
    for old in MOVED:
        app.add_url_rule(old, "old_addresses.moved", redirect_moved)


def redirect_moved() -> Response:
    """Where the page is now."""
    query = request.query_string.decode("latin-1")
    address = request.script_root + MOVED[request.path]
    return redirect(f"{address}?{query}" if query else address, 301)
