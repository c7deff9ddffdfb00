"""Archived answers, each with the request behind it, and what today's readers make of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from corpus.catalog.mapping import version_values
from corpus.errors import PageError
from corpus.issue import Issue
from corpus.reading import validation
from corpus.reading.address import REDIRECTS, check_address, location, resolve, split
from corpus.reading.page import Page
from corpus.reading.reader import read_listing, read_release
from corpus.reading.source import Route, Source
from corpus.release import Draft, Provenance, RecordLocation, sha256
from corpus.warc.reader import Damage
from corpus.warc.record import Record


@dataclass(frozen=True)
class Answer:
    """A record that answers; the URL that was wanted, before redirects; the language asked for."""

    record: Record
    wanted: str
    language: str = ""


@dataclass(frozen=True)
class ParsedPage:
    """What a route reads in an answer: a listing's releases by their canonical URLs, or the one."""

    route: Route
    is_listing: bool
    drafts: dict[str, Draft]


@dataclass(frozen=True)
class EvidenceRef:
    """An archived answer's office, and its location in the archive."""

    office: str
    source: Source
    location: RecordLocation


def answers(found: Iterable[Record | Damage]) -> Iterator[Answer]:
    """Responses, resources and revisits in order. Requests stand beside them, before or behind."""
    wanted: dict[str, str] = {}  # by path: behind a mirror, a redirect names the mirror's host
    asked: Record | None = None
    waiting: Answer | None = None
    for record in found:
        if isinstance(record, Damage):
            continue
        if record.kind == "request":
            if waiting and waiting.record.url == record.url:
                yield _asked(waiting, record)
                waiting = asked = None
            else:
                asked = record
        elif record.is_answer:
            if waiting:
                yield waiting
            path = split(resolve(record.url)).path
            waiting = Answer(record, wanted.pop(path, record.url))
            if record.status in REDIRECTS:
                wanted |= dict.fromkeys(_redirected_to(record), waiting.wanted)
            if asked and asked.url == record.url:
                yield _asked(waiting, asked)
                waiting = asked = None
    if waiting:
        yield waiting


def _redirected_to(record: Record) -> Iterator[str]:
    """The paths that a redirect may lead to: of bytes beyond ASCII, a record keeps no more than
    what they are in UTF-8 or else in latin-1.
    """
    header = record.headers.get("location", "")
    for encoding in ("utf-8", "latin-1"):
        with suppress(UnicodeEncodeError):
            yield split(location(header.encode(encoding), record.url)).path


def _asked(answer: Answer, request: Record) -> Answer:
    return replace(answer, language=request.headers.get("accept-language", ""))


UNREADABLE = "No reader of today can make it out."


def read(answer: Answer, source: Source, limit_s: float, reader: str = "") -> ParsedPage | Issue:
    """By the first route that can, that of `reader` before others; or why none can."""
    url = resolve(answer.record.url)
    routes = [route for route in source.routes if not check_address(url, route.hosts)]
    # A reader is office/route, or office/route/layout.
    routes.sort(key=lambda route: [route.name] != reader.split("/")[1:2])
    # A redirect from elsewhere makes no release of another host's address.
    wanted = url if check_address(resolve(answer.wanted), source.hosts) else resolve(answer.wanted)
    refusal = Issue(answer.wanted, "unreadable", UNREADABLE)
    for route in routes:
        language = answer.language if answer.language in route.languages else None
        page = Page(url, answer.record.body, language, answer.record.content_type)
        is_release = route.is_release
        for is_listing in (not is_release(wanted),) if is_release else (False, True):
            try:
                drafts = _read(route, page, limit_s, is_listing=is_listing)
            except PageError as error:
                # That some readers do not know a page is less than that one broke on it.
                if refusal.rule == "unreadable" != error.rule:
                    refusal = Issue(answer.wanted, error.rule, str(error))
                continue
            urls = [source.canonical(each.url or wanted) for each in drafts]
            return ParsedPage(route, is_listing, dict(zip(urls, drafts, strict=True)))
    return refusal


def _read(route: Route, page: Page, limit_s: float, *, is_listing: bool) -> list[Draft]:
    if is_listing:
        return read_listing(route, page, limit_s).drafts
    return [read_release(route, page, limit_s)]


def read_anew(
    where: EvidenceRef, answer: Answer, reading: ParsedPage | Issue, url: str
) -> dict[str, Any] | Issue:
    """What an archived answer states of the release at a URL, as a row of `version` without what
    the route never states; or why it states nothing that may enter.
    """
    if isinstance(reading, Issue):
        return replace(reading, url=url)
    only = None if reading.is_listing else next(iter(reading.drafts.values()))
    draft = reading.drafts.get(where.source.canonical(url), only)
    if draft is None:
        return Issue(url, "not_found", "Today's reader does not find it in its listing.")
    if refusal := validation.check(draft, url, where.source, answer.record.fetched_at.date()):
        return refusal
    found = provenance(where, answer.record, reading.route, draft)
    return version_values(draft, found, reading.route.silent_on(draft))


def provenance(where: EvidenceRef, record: Record, route: Route, draft: Draft) -> Provenance:
    """Where a draft that was read from the archive comes from."""
    return Provenance(
        url=record.url,
        fetched_at=record.fetched_at,
        sha256=sha256(record.body),
        warc_file=where.location.warc_file,
        warc_offset=where.location.warc_offset,
        reader=f"{where.office}/{route.reader(draft)}",
        reader_version=where.source.version,
        part_sha256=sha256(draft.part) if draft.part else None,
    )
