"""The public log of suppressed releases: how many, when and why, and never whom."""

from __future__ import annotations

from flask import Blueprint, render_template

from corpus import Store


def pages(store: Store) -> Blueprint:
    """The blueprint."""
    blueprint = Blueprint("suppressed", __name__, url_prefix="/suppressed")

    @blueprint.get("")
    def suppressed() -> str:
        """Every suppression, the newest first."""
        return render_template("suppressed.html", log=store.suppressions())

    return blueprint
