"""Every address that an app answers, with arguments: for tests of what must stand in no answer."""

from __future__ import annotations

import re
from functools import partial
from urllib.parse import urlencode

from flask import Flask

# What is read in several forms, by its ending.
ENDINGS = {
    "exports.export": ["csv", "jsonl", "bib", "ris"],
    "citations.file": ["bib", "ris", "json"],
}
# The interface for programs takes none but its own arguments.
OWN = {
    "api.search": ["q", "size"],
    "api.timeline": ["q"],
    "api.concordance": ["q"],
    "api.collocates": ["q", "min_count"],
}


def addresses(app: Flask, id_: str, query: str) -> list[str]:
    """All of them, for a release and a query."""
    given = {"q": query, "seed": "1", "id": id_, "format": "bibtex", "size": "50"}
    given |= {"least": "1", "min_count": "1"}
    found = []
    for rule in app.url_map.iter_rules():
        names = OWN.get(rule.endpoint, [] if rule.endpoint.startswith("api.") else [*given])
        arguments = urlencode({name: given[name] for name in names})
        for ending in ENDINGS.get(rule.endpoint, [""]):
            path = re.sub(r"<(?:\w+:)?(\w+)>", partial(_blank, id_=id_, ending=ending), rule.rule)
            found.append(f"{path}?{arguments}" if arguments else path)
    assert len(found) > 30
    return found


def _blank(found: re.Match[str], id_: str, ending: str) -> str:
    return {"id_": id_, "id": id_, "filename": "style.css"}.get(found[1], ending)
