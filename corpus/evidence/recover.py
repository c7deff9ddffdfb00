"""Adds archived responses that are missing from the catalog, as the crawl would have done.

A crawl that is killed between archive and catalog leaves one; a lost catalog leaves all.
"""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection

from corpus.catalog.store import Store, Visit
from corpus.evidence import queries
from corpus.evidence.exchanges import (
    EvidenceRef,
    Exchange,
    ParsedPage,
    parse_exchange,
    provenance,
    read_exchanges,
)
from corpus.plural import pluralize
from corpus.reading.page import Page
from corpus.reading.source import Route, Source
from corpus.release import Draft, Provenance, RecordLocation, release_id, sha256
from corpus.review.office_validation import OfficeValidator
from corpus.settings import Settings
from corpus.warc.archive import own_files
from corpus.warc.reader import Damage, records
from corpus.warc.record import Record

# Endings of media types that can be pages or listings, beside text.
PAGE_KINDS = ("json", "xml", "javascript")


def find_unknown(
    store: Store, validator: OfficeValidator, file_records: Iterable[Record | Damage]
) -> list[Exchange]:
    """The responses in a file that are newer than the last visits in the catalog, and acceptable.

    What no reader can read, or validation refuses, was refused by the crawl too. Attached files
    count as they are.
    """
    unknown = []
    for exchange in read_exchanges(file_records):
        url, language = exchange.requested_url, _asked_language(validator.source, exchange)
        with store.reading() as connection:
            last = queries.last_fetched_at(connection, validator.name, url, language)
        if last and last >= exchange.record.fetched_at:
            continue
        parsed = _parse_page(exchange, validator)
        is_page = parsed and (not parsed.drafts or accepted_drafts(parsed, validator, exchange))
        if is_page or (not parsed and _is_file(exchange.record)):
            unknown.append(exchange)
    return unknown


def add_unknown(
    store: Store, validator: OfficeValidator, name: str, unknown: list[Exchange]
) -> str:
    """Add them to the catalog, each in one transaction; return what was done, in a sentence."""
    releases = 0
    for exchange in unknown:
        record, parsed = exchange.record, _parse_page(exchange, validator)
        accepted = accepted_drafts(parsed, validator, exchange) if parsed else {}
        location = RecordLocation(name, record.offset)
        evidence = EvidenceRef(validator.name, validator.source, location)
        with store.changing() as connection:
            for url, draft in accepted.items():
                assert parsed
                releases += _add_draft(
                    connection, store, evidence, record, parsed.route, url, draft
                )
            etag, modified = record.headers.get("etag"), record.headers.get("last-modified")
            visit = Visit(etag, modified, record.fetched_at, sha256(record.body), location)
            language = _asked_language(validator.source, exchange)
            store.add_visit(connection, validator.name, exchange.requested_url, language, visit)
    return (
        f"{name}: {pluralize(len(unknown), 'response')} added to the catalog, with"
        f" {pluralize(releases, 'release')}."
    )


def restore_releases(settings: Settings, store: Store, office: str, ids: set[str]) -> str:
    """Restore releases whose rows are lost from all archive files of their office, oldest first;
    return what was done, in a sentence.

    The other columns of a release's row are kept; what the archive lacks is left as it is.
    """
    validator = OfficeValidator(office, store, settings)
    observations: dict[str, list[tuple[Provenance, Draft, Route]]] = defaultdict(list)
    urls = {}
    for path in own_files(settings.archive):
        if path.parent.name != office:
            continue
        for exchange in read_exchanges(records(path)):
            if (parsed := _parse_page(exchange, validator)) is None:
                continue
            location = RecordLocation(f"{office}/{path.name}", exchange.record.offset)
            evidence = EvidenceRef(office, validator.source, location)
            for url, draft in accepted_drafts(parsed, validator, exchange).items():
                if (id_ := release_id(office, url)) in ids:
                    urls[id_] = url
                    seen = provenance(evidence, exchange.record, parsed.route, draft)
                    observations[id_].append((seen, draft, parsed.route))
    with store.changing() as connection:
        for id_, observed in observations.items():
            with queries.rebuilding_versions(connection, id_):
                for seen, draft, route in observed:
                    at, silent = seen.fetched_at, route.silent_on(draft)
                    store.add(connection, office, urls[id_], draft, seen, at, silent)
    number = pluralize(len(ids), "release")
    return f"{office}: {len(observations):,} of {number} restored from the archive."


def _parse_page(exchange: Exchange, validator: OfficeValidator) -> ParsedPage | None:
    if exchange.record.kind != "response" or exchange.record.status != 200:
        return None
    parsed = parse_exchange(exchange, validator.source, validator.reading_s)
    return parsed if isinstance(parsed, ParsedPage) else None


def _add_draft(
    connection: Connection,
    store: Store,
    evidence: EvidenceRef,
    record: Record,
    route: Route,
    url: str,
    draft: Draft,
) -> bool:
    """Add a draft from the archive, unless the catalog has a later observation."""
    known = queries.newest_own_version(connection, release_id(evidence.office, url))
    if known and known.observed_at >= record.fetched_at:
        return False
    seen, silent = provenance(evidence, record, route, draft), route.silent_on(draft)
    store.add(connection, evidence.office, url, draft, seen, record.fetched_at, silent)
    return True


def accepted_drafts(
    parsed: ParsedPage, validator: OfficeValidator, exchange: Exchange
) -> dict[str, Draft]:
    """The drafts that pass the crawl's validation, by the addresses of their releases."""
    if not parsed.is_listing:
        page = Page(exchange.record.url, exchange.record.body, None, exchange.record.content_type)
        only = next(iter(parsed.drafts.values()))
        if validator.check_page(page, parsed.route.name, only):
            return {}
    day = exchange.record.fetched_at.date()
    accepted = {
        u: draft for u, draft in parsed.drafts.items() if not validator.check(draft, u, day)
    }
    return {validator.store.known_url(validator.name, u): draft for u, draft in accepted.items()}


def _is_file(record: Record) -> bool:
    """Whether a response is an attached file, by its media type."""
    kind = record.content_type.partition(";")[0].strip().lower()
    is_whole = record.kind == "response" and record.status == 200
    return is_whole and not (kind.startswith("text/") or kind.endswith(PAGE_KINDS))


def _asked_language(source: Source, exchange: Exchange) -> str:
    """The language of a visit: empty where no route requests languages."""
    return exchange.language if any(exchange.language in r.languages for r in source.routes) else ""
