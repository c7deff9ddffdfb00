"""The release page: text with matches, facts, and how to check them; its versions compared."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import Response, abort, make_response, render_template, request
from flask_babel import gettext

from corpus import Attachment, Provenance, Release, Settings, Store, Version, certificate_exception
from corpus.errors import IndexUnusableError
from corpus.evidence.exchanges import redacted_body
from corpus.fact import Notice, due_notice
from corpus.release import Alternate, LinkedRelease
from corpus.warc.archive import read_response
from corpus.warc.reader import read_record
from indexer import Engine, Hit, ParsedQuery, Passage
from indexer.highlight.highlighter import Highlighter
from indexer.highlight.snippets import highlight
from webui.view.cases import ShownCase, shown_case
from webui.view.comparison import compare_versions
from webui.view.history import FACT_LABELS, HistoryEntry, history_entries, previous_version
from webui.view.references import (
    ArchivedFile,
    CitedStatute,
    LinkingReleases,
    attached_files,
    cited_statutes,
    linking_releases,
    with_releases,
)
from webui.view.release_text import Text, arrange, beginning
from webui.view.search_state import SearchState, read_state
from webui.view.stated_facts import StatedFact, marked_fact, stated_facts

SIMILAR = 5
# Matches that have an address and link to the next; each takes some room on the page.
LINKED_MATCHES = 500


@dataclass(frozen=True)
class ReleasePage:
    """What the page of a release shows, by the names of its template."""

    release: Release
    state: SearchState
    exception: str | None
    title: Passage
    text: Text
    notice: Notice | None
    stated_facts: list[StatedFact]
    cited_statutes: list[CitedStatute]
    attached_files: list[tuple[Attachment, ArchivedFile]]
    other_languages: list[tuple[Alternate, Release | None]]
    links: list[tuple[LinkedRelease, Release | None]]
    linking: LinkingReleases
    versions: list[Version]
    history_entries: list[HistoryEntry]
    copies: list[Release]
    similar: tuple[Hit, ...]
    first_seen: dict[str, datetime]
    case: ShownCase | None
    outcome: Release | None
    contact: str
    linked_matches: int = LINKED_MATCHES


def release(store: Store, engine: Engine, settings: Settings, id_: str) -> str:
    """One release; the address keeps `q` and the filters of the search that found it."""
    page = release_page(_get_or_404(store, id_), read_state(request.args), store, engine, settings)
    return render_template("release.html", **vars(page))


def release_page(
    found: Release, state: SearchState, store: Store, engine: Engine, settings: Settings
) -> ReleasePage:
    """A release with all that is known of it, the words of the search highlighted."""
    versions = store.versions(found.id)
    copies = store.get_many(each.id for each in store.copies(found.id))
    similar = _similar(engine, found.id, state, {each.id for each in copies})
    case = shown_case(store, found.id)
    marked = marked_fact(found, request.args.get("fact", ""))
    highlighter = Highlighter(None if marked else _parsed(state, engine, settings).tree)
    title = highlighter.spans(found.title, "title", found.language)
    if marked and not marked.paragraph:
        title = [(marked.start, marked.end)]
    return ReleasePage(
        release=found,
        state=state,
        exception=certificate_exception(found.provenance),
        title=highlight(found.title, title),
        text=arrange(found, highlighter, marked),
        notice=due_notice(found.facts, found.office),
        stated_facts=stated_facts(found, replace(state, page=1)),
        cited_statutes=cited_statutes(found),
        attached_files=attached_files(store, found),
        other_languages=with_releases(store, found.office, found.alternates),
        links=with_releases(store, found.office, found.links or ()),
        linking=linking_releases(store, found),
        versions=versions,
        history_entries=history_entries(versions, store.history(found.id)),
        copies=copies,
        similar=similar,
        first_seen=store.first_seen(hit.id for hit in similar if not hit.published),
        case=case,
        outcome=case.outcome_after(found) if case else None,
        contact=settings.contact,
    )


def archived_response(store: Store, settings: Settings, id_: str) -> Response:
    """The archived response of a version, as a download: an office wrote it, so it is no page."""
    found = _get_or_404(store, id_)
    name, seen = _file_name_and_provenance(store, found)
    if seen.lost_at:
        abort(410, gettext("The original page of this version is lost."))
    archived = read_response(settings.archive, seen.location)
    withheld, limit_s = store.withheld(), settings.reading_s
    body = redacted_body(found, seen, archived, withheld, store.id_of, limit_s)
    if body is None:
        abort(410, gettext("This page contains a withheld release and is not available."))
    response = make_response(body)
    kind = archived.content_type.partition(";")[0]
    ending = {"text/html": "html", "application/json": "json"}.get(kind, "bin")
    response.headers["Content-Type"] = "application/octet-stream"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


def attestation(store: Store, settings: Settings, id_: str) -> Response:
    """The attestation of the newest version, or of `version`, as it is in the archive."""
    found = _get_or_404(store, id_)
    _, seen = _file_name_and_provenance(store, found)
    if seen.attestation is None:
        abort(404, gettext("This version has no attestation yet."))
    path = settings.archive / seen.attestation.warc_file
    body = read_record(path, seen.attestation.warc_offset).body
    named = {store.id_of(found.office, each["url"]) for each in json.loads(body)["alternates"]}
    if named & store.withheld():
        abort(410, gettext("This attestation names a withheld release."))
    response = make_response(body)
    response.headers["Content-Type"] = "application/json"
    return response


def _get_or_404(store: Store, id_: str) -> Release:
    found = store.get(id_)
    if found is None:
        abort(404, gettext("No release at this address."))
    return found


def _file_name_and_provenance(store: Store, release: Release) -> tuple[str, Provenance]:
    """A name for a file of the newest version, or of `version`, and its provenance."""
    number = request.args.get("version")
    if number is None:
        return release.id, release.provenance
    version = _version_or_404(store.versions(release.id), number)
    return f"{release.id}-version-{number}", version.provenance


def _version_or_404(versions: Sequence[Version], number: str) -> Version:
    found = next((each for each in versions if str(each.number) == number), None)
    if found is None:
        abort(404, gettext("This release has no such version."))
    return found


def _parsed(state: SearchState, engine: Engine, settings: Settings) -> ParsedQuery:
    """The words of the search that led here; as far as they can be read without an index."""
    try:
        return state.parse(settings.query_chars, engine.attested)
    except IndexUnusableError:
        return state.parse(settings.query_chars)


def _similar(engine: Engine, id_: str, state: SearchState, copies: set[str]) -> tuple[Hit, ...]:
    """The releases most like one, copies aside; none while there is no index."""
    try:
        found = engine.more_like_this(
            id_, SIMILAR + len(copies), has_boilerplate=state.has_boilerplate
        )
    except IndexUnusableError:
        return ()
    return tuple(hit for hit in found if hit.id not in copies)[:SIMILAR]


def differences(store: Store, id_: str) -> str:
    """What differs between versions `from` and `to`; by default the newest and the one before."""
    found, versions = store.get(id_), store.versions(id_)
    if found is None or not versions:
        abort(404, gettext("No release at this address."))
    new = _requested_version(versions, "to") or versions[-1]
    old = _requested_version(versions, "from") or previous_version(new, versions) or new
    sides = [replace(each, body=tuple(beginning(each.body))) for each in (old, new)]
    return render_template(
        "differences.html",
        release=found,
        versions=versions,
        old=old,
        new=new,
        comparison=compare_versions(*sides),
        is_cut=[each.body for each in sides] != [old.body, new.body],
        labels=FACT_LABELS,
    )


def _requested_version(versions: Sequence[Version], name: str) -> Version | None:
    number = request.args.get(name)
    return _version_or_404(versions, number) if number else None
