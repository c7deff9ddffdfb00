"""The coverage page: what was collected of each office, and how its last crawl went; and the public
log of withheld releases: how many, when and why, never whom.
"""

from flask import Response, render_template

from corpus import Store
from corpus.fact import MEASURED
from indexer import Engine
from indexer.jobs.status import public_status, status_of
from webui.view.charts import month_chart


def offices(store: Store, engine: Engine) -> str:
    """All offices with releases."""
    status = public_status(status_of(store, engine))
    charts = {name: month_chart(row.months) for name, row in status.offices.items()}
    return render_template("offices.html", status=status, charts=charts, measured=MEASURED)


def withheld(store: Store) -> str:
    """The log of withheld releases, newest first."""
    return render_template("withheld.html", log=store.withholding_log())


def revalidate_caches(response: Response) -> Response:
    """Let caches ask again before they show a response: a release may have been withheld."""
    response.headers.setdefault("Cache-Control", "no-cache")
    return response
