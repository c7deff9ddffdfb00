"""The part of an archived response that may be published while some releases are withheld."""

from __future__ import annotations

from collections.abc import Callable

from corpus.errors import OfficeError, PageError
from corpus.reading.page import Page
from corpus.reading.reader import read_listing
from corpus.release import Draft, Provenance, Release, sha256
from corpus.sources import office
from corpus.warc.record import Record


def redacted_body(
    release: Release,
    seen: Provenance,
    archived: Record,
    withheld: set[str],
    id_of: Callable[[str, str], str],
    limit_s: float,
) -> bytes | None:
    """The body of the response that a release was read from, as far as it may be published.

    That is all of it, unless it also carries withheld releases: then it is this release's own part,
    verified by its digest, or None where that cannot be cut out. `id_of` gives the id of the
    release at an office's address.
    """
    withheld_here = {id_ for id_ in withheld if id_.startswith(f"{release.office}-")}
    if not withheld_here or not seen.part_sha256:
        return archived.body
    try:
        parsed = _drafts(release, seen, archived, limit_s)
    except (OfficeError, PageError):
        return None  # it may contain withheld releases
    drafts = {id_of(release.office, each.url): each for each in parsed if each.url}
    if not withheld_here & drafts.keys():
        return archived.body
    part = drafts[release.id].part if release.id in drafts else None
    return part if part and sha256(part) == seen.part_sha256 else None


def _drafts(release: Release, seen: Provenance, archived: Record, limit_s: float) -> list[Draft]:
    """The releases that a listing carries."""
    source = office(release.office)
    route = source.route(seen.reader.split("/")[1])
    language = release.language if route.languages else None
    page = Page(archived.url, archived.body, language, archived.content_type)
    return read_listing(route, page, limit_s).drafts
