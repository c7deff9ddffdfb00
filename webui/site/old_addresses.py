"""Addresses that pages had before, each redirected for good."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

MOVED = {
    "/context": "/concordance",
    "/context.csv": "/concordance.csv",
    "/offices": "/coverage",
    "/changes": "/edits",
    "/changes.atom": "/edits.atom",
    "/suppressed": "/withheld",
}


def pages() -> Blueprint:
    """The redirects, each with its query and in its language."""
    blueprint = Blueprint("old_addresses", __name__)
    for old in MOVED:
        blueprint.add_url_rule(old, view_func=moved)
    return blueprint


def moved() -> Response:
    """Where the page is now."""
    query = request.query_string.decode("latin-1")
    address = request.script_root + MOVED[request.path]
    return redirect(f"{address}?{query}" if query else address, 301)
