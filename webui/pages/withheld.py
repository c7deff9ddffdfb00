"""The public log of suppressed releases: how many, when and why, and never whom. And what keeps
answers from before a suppression from being shown after it.
"""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from corpus import Store


def pages(store: Store) -> Blueprint:
    """The blueprint."""
    blueprint = Blueprint("suppressed", __name__, url_prefix="/suppressed")

    @blueprint.get("")
    def suppressed() -> str:
        """Every suppression, the newest first."""
        return render_template("suppressed.html", log=store.suppressions())

    @blueprint.after_app_request
    def ask_again(response: Response) -> Response:
        """Whoever keeps an answer asks for it again before it is shown."""
        response.headers.setdefault("Cache-Control", "no-cache")
        return response

    return blueprint
