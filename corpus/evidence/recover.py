"""Archived answers that the catalog does not know, taken in as the crawl would have taken them.

A crawl that was killed between archive and catalog leaves one; a catalog that was lost, all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection

from corpus.catalog.store import Store, Visit
from corpus.evidence import queries
from corpus.evidence.exchanges import Answer, EvidenceRef, ParsedPage, answers, provenance, read
from corpus.plural import pluralize
from corpus.reading.page import Page
from corpus.reading.source import Route, Source
from corpus.release import Draft, Provenance, RecordLocation, release_id, sha256
from corpus.review.office_validation import OfficeValidator
from corpus.settings import Settings
from corpus.warc.archive import own_files
from corpus.warc.reader import Damage, records
from corpus.warc.record import Record

# Endings of the media types of what can be a page or a listing, beside text.
PAGE_KINDS = ("json", "xml", "javascript")


def unknown(
    store: Store, validator: OfficeValidator, found: Iterable[Record | Damage]
) -> list[Answer]:
    """Answers of a file, newer than what the catalog last knows of their URLs, that may enter.

    What no reader can make out, or the gate refuses, was refused by the crawl, and is evidence of
    nothing else; attached files nobody reads.
    """
    left = []
    for answer in answers(found):
        with store.reading() as connection:
            language = _language(validator.source, answer)
            last = queries.last_answer(connection, validator.name, answer.wanted, language)
        if last and last >= answer.record.fetched_at:
            continue
        reading = _reading(answer, validator)
        is_page = reading and (not reading.drafts or admitted(reading, validator, answer))
        if is_page or (not reading and _is_file(answer.record)):
            left.append(answer)
    return left


def add_unknown(store: Store, validator: OfficeValidator, name: str, left: list[Answer]) -> str:
    """Take them in, each in one transaction; what was done, in a sentence."""
    releases = 0
    for answer in left:
        reading = _reading(answer, validator)
        entering = admitted(reading, validator, answer) if reading else {}
        where = EvidenceRef(
            validator.name, validator.source, RecordLocation(name, answer.record.offset)
        )
        with store.changing() as connection:
            for url, draft in entering.items():
                assert reading
                releases += add(connection, store, where, answer, reading.route, url, draft)
            visit = _visit(answer, where.location)
            language = _language(validator.source, answer)
            store.add_visit(connection, validator.name, answer.wanted, language, visit)
    answers, found = pluralize(len(left), "answer"), pluralize(releases, "release")
    return f"{name}: {answers} taken in, {found} in them."


def restore(settings: Settings, store: Store, office: str, ids: set[str]) -> str:
    """Read releases whose rows are lost from all archive files of their office, oldest first; what
    was done, in a sentence.

    What else a release's row says of it is kept; what the archive does not have is left as it is.
    """
    validator = OfficeValidator(office, store, settings)
    found: dict[str, list[tuple[Provenance, Draft, Route]]] = defaultdict(list)
    urls = {}
    for path in own_files(settings.archive):
        if path.parent.name != office:
            continue
        for answer in answers(records(path)):
            location = RecordLocation(f"{office}/{path.name}", answer.record.offset)
            where, reading = (
                EvidenceRef(office, validator.source, location),
                _reading(answer, validator),
            )
            for url, draft in admitted(reading, validator, answer).items() if reading else ():
                if reading and (id_ := release_id(office, url)) in ids:
                    urls[id_] = url
                    seen = provenance(where, answer.record, reading.route, draft)
                    found[id_].append((seen, draft, reading.route))
    with store.changing() as connection:
        for id_, observed in found.items():
            with queries.rebuilding(connection, id_):
                for seen, draft, route in observed:
                    at = seen.fetched_at
                    silent = route.silent_on(draft)
                    store.add(connection, office, urls[id_], draft, seen, at, silent)
    number = pluralize(len(ids), "release")
    return f"{office}: {len(found):,} of {number} read from the archive again."


def _reading(answer: Answer, validator: OfficeValidator) -> ParsedPage | None:
    if answer.record.kind != "response" or answer.record.status != 200:
        return None
    found = read(answer, validator.source, validator.reading_s)
    return found if isinstance(found, ParsedPage) else None


def add(
    connection: Connection,
    store: Store,
    where: EvidenceRef,
    answer: Answer,
    route: Route,
    url: str,
    draft: Draft,
) -> bool:
    """Add what an archived answer states, unless the catalog has a later observation."""
    record = answer.record
    known = queries.newest(connection, release_id(where.office, url))
    if known and known.observed_at >= record.fetched_at:
        return False
    found = provenance(where, record, route, draft)
    silent = route.silent_on(draft)
    store.add(connection, where.office, url, draft, found, record.fetched_at, silent)
    return True


def admitted(reading: ParsedPage, validator: OfficeValidator, answer: Answer) -> dict[str, Draft]:
    """What the crawl's gate lets in of what was read, by the addresses that it is known by."""
    if not reading.is_listing:
        page = Page(answer.record.url, answer.record.body, None, answer.record.content_type)
        only = next(iter(reading.drafts.values()))
        if validator.check_page(page, reading.route.name, only):
            return {}
    day = answer.record.fetched_at.date()
    entering = {
        u: draft for u, draft in reading.drafts.items() if not validator.check(draft, u, day)
    }
    return {validator.store.known_url(validator.name, u): draft for u, draft in entering.items()}


def _is_file(record: Record) -> bool:
    """Whether an answer is an attached file, by what its server says that it is."""
    kind = record.content_type.partition(";")[0].strip().lower()
    is_whole = record.kind == "response" and record.status == 200
    return is_whole and not (kind.startswith("text/") or kind.endswith(PAGE_KINDS))


def _visit(answer: Answer, location: RecordLocation) -> Visit:
    record = answer.record
    etag, modified = record.headers.get("etag"), record.headers.get("last-modified")
    return Visit(etag, modified, record.fetched_at, sha256(record.body), location)


def _language(source: Source, answer: Answer) -> str:
    """As the crawl keeps it: only where a route asks for languages."""
    return answer.language if any(answer.language in r.languages for r in source.routes) else ""
