"""The public log of withheld releases: how many, when and why, never whom. And the header that
keeps caches from showing a release after it was withheld.
"""

from __future__ import annotations

from flask import Response, render_template

from corpus import Store


def withheld(store: Store) -> str:
    """The log, newest first."""
    return render_template("withheld.html", log=store.withholding_log())


def revalidate_caches(response: Response) -> Response:
    """Let caches ask again before they show a response."""
    response.headers.setdefault("Cache-Control", "no-cache")
    return response
