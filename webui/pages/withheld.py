"""The public log of withheld releases: how many, when and why, and never whom. And what keeps
answers from before a release was withheld from being shown after it.
"""

from __future__ import annotations

from flask import Response, render_template

from corpus import Store


def withheld(store: Store) -> str:
    """Every withholding, the newest first."""
    return render_template("withheld.html", log=store.withholding_log())


def ask_again(response: Response) -> Response:
    """Whoever keeps an answer asks for it again before it is shown."""
    response.headers.setdefault("Cache-Control", "no-cache")
    return response
