"""The pages of the site: search, a release, its edits, coverage, help."""

from functools import partial

from flask import Flask

from corpus import Settings, Store
from indexer import Engine
from webui.pages import cases, coverage, edits, release, search
from webui.pages import help as help_page


def add_pages(app: Flask, store: Store, engine: Engine, settings: Settings) -> None:
    """Let an app show them."""
    add, one = app.add_url_rule, "/releases/<id_>"
    add("/", "search.search", partial(search.search, store, engine, settings))
    add("/complete", "search.complete", partial(search.complete, engine, settings))
    add(one, "releases.release", partial(release.release, store, engine, settings))
    add(f"{one}/response", "releases.response", partial(release.archived_response, store, settings))
    add(f"{one}/attestation", "releases.attestation", partial(release.attestation, store, settings))
    add(f"{one}/differences", "differences.differences", partial(release.differences, store))
    add("/cases/<id_>", "cases.case", partial(cases.case, store, settings))
    add("/cases/<id_>/releases.atom", "cases.feed", partial(cases.feed, store))
    add("/cases/<id_>/releases.csv", "cases.table", partial(cases.table, store))
    add("/edits", "changes.changes", partial(edits.edits, store))
    add("/edits.atom", "changes.feed", partial(edits.feed, store))
    add("/coverage", "offices.offices", partial(coverage.offices, store, engine))
    add("/withheld", "withheld.withheld", partial(coverage.withheld, store))
    add("/help", "guide.guide", partial(help_page.guide, engine, settings))
    app.after_request(coverage.revalidate_caches)
