"""The offices page: what is held of each office, since when, and how its last run went."""

from __future__ import annotations

from flask import Blueprint, render_template

from corpus import Store
from indexer import Engine
from indexer.jobs.status import status_of
from webui.view.bar_chart import chart


def pages(store: Store, engine: Engine) -> Blueprint:
    """The blueprint."""
    blueprint = Blueprint("offices", __name__, url_prefix="/coverage")

    @blueprint.get("")
    def offices() -> str:
        """All offices that anything is held of."""
        status = status_of(store, engine)
        charts = {name: chart(row.months) for name, row in status.offices.items()}
        return render_template("offices.html", status=status, charts=charts)

    return blueprint
