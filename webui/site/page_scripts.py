"""The scripts of all pages as one file, so that a page needs one request for them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from flask import Flask, Response, request

FOLDER = Path(__file__).parents[1] / "scripts"


def add_scripts(app: Flask) -> None:
    """Let an app answer with them."""
    whole = "\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.js")))
    app.add_url_rule("/static/scripts.js", "scripts.scripts", partial(scripts, whole))


def scripts(whole: str) -> Response:
    """Every script, one after another; each keeps to itself."""
    response = Response(whole, content_type="text/javascript; charset=utf-8")
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response
