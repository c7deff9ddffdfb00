"""How to cite a release: files for reference managers, and what their connectors look for."""

import json
from collections.abc import Callable

from flask import Response, abort, make_response, request
from flask_babel import gettext
from markupsafe import Markup

from corpus import Store
from indexer.export.bibliography import bibtex, csl, ris
from indexer.export.citation import Citation, apa, chicago, cite
from indexer.export.formats import FORMATS


def csl_json(cited: Citation) -> str:
    """A list of one item, as programs that read CSL-JSON expect it."""
    return json.dumps([csl(cited)], ensure_ascii=False, indent=2) + "\n"


# By ending: what unAPI calls the format, its media type, and what writes it.
CITATION_FORMATS: dict[str, tuple[str, str, Callable[[Citation], str]]] = {
    "bib": ("bibtex", FORMATS["bib"].media_type, bibtex),
    "ris": ("ris", FORMATS["ris"].media_type, ris),
    "json": ("csl", "application/vnd.citationstyles.csl+json", csl_json),
}


def styles() -> dict[str, object]:
    """For the release page."""
    return {
        "cite": cite,
        "citation_styles": (("Chicago", chicago), ("APA", apa)),
        "citation_formats": (("BibTeX", "bib", bibtex), ("RIS", "ris", ris)),
        "citation_types": {ending: kind for ending, (_, kind, _) in CITATION_FORMATS.items()},
    }


def reference(store: Store, id_: str, ending: str) -> Response:
    """A reference as a download."""
    if ending not in CITATION_FORMATS:
        abort(404, f"A reference can be had as .{', .'.join(CITATION_FORMATS)}.")
    response = _citation_response(_citation_of(store, id_), ending)
    response.headers["Content-Disposition"] = f'attachment; filename="{id_}.{ending}"'
    return response


def unapi(store: Store) -> Response:
    """The formats there are, those of a release, or the release in one of them (unAPI 1)."""
    id_, name = request.args.get("id"), request.args.get("format")
    if not id_:
        return _formats_response()
    cited = _citation_of(store, id_)
    if not name:
        response = _formats_response(id_)
        response.status_code = 300
        return response
    endings = [ending for ending, (called, _, _) in CITATION_FORMATS.items() if called == name]
    if not endings:
        abort(
            406,
            f"The formats are {', '.join(called for called, _, _ in CITATION_FORMATS.values())}.",
        )
    return _citation_response(cited, endings[0])


def _citation_of(store: Store, id_: str) -> Citation:
    release = store.get(id_)
    if release is None:
        abort(404, gettext("No release at this address."))
    return cite(release)


def _citation_response(cited: Citation, ending: str) -> Response:
    _, kind, write = CITATION_FORMATS[ending]
    response = make_response(write(cited))
    response.headers["Content-Type"] = f"{kind}; charset=utf-8"
    return response


def _formats_response(id_: str = "") -> Response:
    rows = [
        Markup('<format name="{}" type="{}"/>').format(name, kind)
        for name, kind, _ in CITATION_FORMATS.values()
    ]
    of = Markup(' id="{}"').format(id_) if id_ else ""
    response = make_response(f"<formats{of}>{''.join(rows)}</formats>")
    response.headers["Content-Type"] = "application/xml; charset=utf-8"
    return response
