"""Archived responses with their requests, what readers find in them, what may be published."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from corpus.catalog.mapping import version_values
from corpus.errors import OfficeError, PageError
from corpus.issue import Issue
from corpus.reading import validation
from corpus.reading.address import REDIRECTS, check_address, location, resolve, split
from corpus.reading.page import Page
from corpus.reading.reader import read_listing, read_release
from corpus.reading.source import Route, Source
from corpus.release import Draft, Provenance, RecordLocation, Release, sha256
from corpus.sources import office
from corpus.warc.reader import Damage
from corpus.warc.record import Record

UNREADABLE = "No current reader can read it."


@dataclass(frozen=True)
class Exchange:
    """A captured response; the URL requested, before redirects; the language requested."""

    record: Record
    requested_url: str
    language: str = ""


@dataclass(frozen=True)
class ParsedPage:
    """What a route reads in a response: a listing's releases, or one, by canonical URL."""

    route: Route
    is_listing: bool
    drafts: dict[str, Draft]


@dataclass(frozen=True)
class EvidenceRef:
    """An archived response's office and location."""

    office: str
    source: Source
    location: RecordLocation


def read_exchanges(records: Iterable[Record | Damage]) -> Iterator[Exchange]:
    """Responses, resources and revisits in order, joined with the requests before or after them."""
    requested: dict[str, str] = {}  # by path: behind a mirror, a redirect names the mirror's host
    request: Record | None = None
    exchange: Exchange | None = None
    for record in records:
        if isinstance(record, Damage):
            continue
        if record.kind == "request":
            if exchange and exchange.record.url == record.url:
                yield _with_language(exchange, record)
                exchange = request = None
            else:
                request = record
        elif record.is_capture:
            if exchange:
                yield exchange
            path = split(resolve(record.url)).path
            exchange = Exchange(record, requested.pop(path, record.url))
            if record.status in REDIRECTS:
                requested |= dict.fromkeys(_redirect_paths(record), exchange.requested_url)
            if request and request.url == record.url:
                yield _with_language(exchange, request)
                exchange = request = None
    if exchange:
        yield exchange


def _redirect_paths(record: Record) -> Iterator[str]:
    """The paths that a redirect may point to: its bytes were decoded as UTF-8 or latin-1."""
    header = record.headers.get("location", "")
    for encoding in ("utf-8", "latin-1"):
        with suppress(UnicodeEncodeError):
            yield split(location(header.encode(encoding), record.url)).path


def _with_language(exchange: Exchange, request: Record) -> Exchange:
    return replace(exchange, language=request.headers.get("accept-language", ""))


def parse_exchange(
    exchange: Exchange, source: Source, limit_s: float, reader: str = ""
) -> ParsedPage | Issue:
    """Parse a response by the first route that can, that of `reader` first; or why none can."""
    url = resolve(exchange.record.url)
    routes = [route for route in source.routes if not check_address(url, route.hosts)]
    # A reader is office/route, or office/route/layout.
    routes.sort(key=lambda route: [route.name] != reader.split("/")[1:2])
    # A redirect from another host does not give the release that host's address.
    requested = resolve(exchange.requested_url)
    if check_address(requested, source.hosts):
        requested = url
    refusal = Issue(exchange.requested_url, "unreadable", UNREADABLE)
    for route in routes:
        language = exchange.language if exchange.language in route.languages else None
        page = Page(url, exchange.record.body, language, exchange.record.content_type)
        is_release = route.is_release
        for is_listing in (not is_release(requested),) if is_release else (False, True):
            try:
                if is_listing:
                    drafts = read_listing(route, page, limit_s).drafts
                else:
                    drafts = [read_release(route, page, limit_s)]
            except PageError as error:
                # That a reader broke is worth more than that others do not know the page.
                if refusal.rule == "unreadable" != error.rule:
                    refusal = Issue(exchange.requested_url, error.rule, str(error))
                continue
            urls = [source.canonical(each.url or requested) for each in drafts]
            return ParsedPage(route, is_listing, dict(zip(urls, drafts, strict=True)))
    return refusal


def read_facts(
    evidence: EvidenceRef, exchange: Exchange, parsed: ParsedPage | Issue, url: str
) -> dict[str, Any] | Issue:
    """What an archived response states of a release, as a row of `version`; or the refusal."""
    if isinstance(parsed, Issue):
        return replace(parsed, url=url)
    only = None if parsed.is_listing else next(iter(parsed.drafts.values()))
    draft = parsed.drafts.get(evidence.source.canonical(url), only)
    if draft is None:
        return Issue(url, "not_found", "The current reader does not find it in the listing.")
    if refusal := validation.check_draft(
        draft, url, evidence.source, exchange.record.fetched_at.date()
    ):
        return refusal
    source = provenance(evidence, exchange.record, parsed.route, draft)
    return version_values(draft, source, parsed.route.silent_on(draft))


def provenance(evidence: EvidenceRef, record: Record, route: Route, draft: Draft) -> Provenance:
    """The provenance of a draft that was read from the archive."""
    return Provenance(
        url=record.url,
        fetched_at=record.fetched_at,
        sha256=sha256(record.body),
        warc_file=evidence.location.warc_file,
        warc_offset=evidence.location.warc_offset,
        reader=f"{evidence.office}/{route.reader(draft)}",
        reader_version=evidence.source.version,
        part_sha256=sha256(draft.part) if draft.part else None,
    )


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
        route = office(release.office).route(seen.reader.split("/")[1])
        language = release.language if route.languages else None
        page = Page(archived.url, archived.body, language, archived.content_type)
        listed = read_listing(route, page, limit_s).drafts
    except (OfficeError, PageError):
        return None  # it may contain withheld releases
    drafts = {id_of(release.office, each.url): each for each in listed if each.url}
    if not withheld_here & drafts.keys():
        return archived.body
    part = drafts[release.id].part if release.id in drafts else None
    return part if part and sha256(part) == seen.part_sha256 else None
