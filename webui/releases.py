"""The release page: its text with the query's words marked, its facts, and how to check them."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, render_template, request

from corpus import Release, Settings, Store
from corpus.archive import Place, read_response
from corpus.errors import IndexUnusableError
from indexer import Engine, Hit, Passage
from indexer.marker import Marker
from indexer.passages import marked
from webui.params import read_asked

SIMILAR = 5


def pages(store: Store, engine: Engine, settings: Settings) -> Blueprint:
    """The blueprint."""
    blueprint = Blueprint("releases", __name__, url_prefix="/releases")

    @blueprint.get("/<id_>")
    def release(id_: str) -> str:
        """One release; `q` and the filters of the search it was found by come along."""
        found = _found(store, id_)
        asked = read_asked(request.args)
        similar = _similar(engine, id_)
        title, body = _marked(found, Marker(asked.reading(settings.query_chars).tree))
        return render_template(
            "release.html",
            release=found,
            title=title,
            body=body,
            matches=sum(is_marked for each in body for _, is_marked in each.parts),
            versions=store.versions(id_),
            similar=similar,
            first_seen=store.first_seen(hit.id for hit in similar if not hit.published),
            asked=asked,
        )

    @blueprint.get("/<id_>/response")
    def response(id_: str) -> Response:
        """The archived response as a download, never as a page of ours: anybody may have written
        it.
        """
        seen = _found(store, id_).provenance
        archived = read_response(settings.archive, Place(seen.warc_file, seen.warc_offset))
        answer = make_response(archived.body)
        kind = archived.content_type.partition(";")[0]
        ending = {"text/html": "html", "application/json": "json"}.get(kind, "bin")
        answer.headers["Content-Type"] = "application/octet-stream"
        answer.headers["Content-Disposition"] = f'attachment; filename="{id_}.{ending}"'
        return answer

    return blueprint


def _found(store: Store, id_: str) -> Release:
    found = store.get(id_)
    if found is None:
        abort(404, "There is no release of that name here.")
    return found


def _similar(engine: Engine, id_: str) -> tuple[Hit, ...]:
    """The releases most like one; none while there is no index, which the page can do without."""
    try:
        return engine.similar(id_, SIMILAR)
    except IndexUnusableError:
        return ()


def _marked(release: Release, marker: Marker) -> tuple[Passage, list[Passage]]:
    title = marked(release.title, marker.marks(release.title, "title", release.language))
    body = [marked(each, marker.marks(each, "body", release.language)) for each in release.body]
    return title, body
