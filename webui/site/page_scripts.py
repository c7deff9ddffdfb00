"""The scripts of all pages as one file, so that a page needs one request for them."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, request

FOLDER = Path(__file__).parents[1] / "scripts"


def pages() -> Blueprint:
    """The blueprint."""
    blueprint = Blueprint("scripts", __name__)
    whole = "\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.js")))

    @blueprint.get("/static/scripts.js")
    def scripts() -> Response:
        """Every script, one after another; each keeps to itself."""
        answer = Response(whole, content_type="text/javascript; charset=utf-8")
        answer.add_etag()
        answer.headers["Cache-Control"] = "no-cache"
        answer.make_conditional(request)
        return answer

    return blueprint
