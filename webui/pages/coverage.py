"""The coverage page: what was collected of each office, and how its last crawl went."""

from __future__ import annotations

from flask import render_template

from corpus import Store
from indexer import Engine
from indexer.jobs.status import status_of
from webui.view.bar_chart import month_chart


def offices(store: Store, engine: Engine) -> str:
    """All offices with releases."""
    status = status_of(store, engine)
    charts = {name: month_chart(row.months) for name, row in status.offices.items()}
    return render_template("offices.html", status=status, charts=charts)
