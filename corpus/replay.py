"""Archived answers that the catalog does not know, taken in as the crawl would have taken them.

A crawl that was killed between archive and catalog leaves one; a catalog that was lost, all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from corpus import evidence, gate
from corpus.answers import Answer, Reading, answers, read
from corpus.archive import Place, sha256
from corpus.records import Damage, Record, records
from corpus.release import Draft, Provenance, release_id
from corpus.report import counted
from corpus.source import Route, Source, offices
from corpus.store import Store, Visit


@dataclass(frozen=True)
class Taken:
    """Where an answer stands, and of what office."""

    office: str
    source: Source
    place: Place


def unknown(store: Store, name: str, found: Iterable[Record | Damage]) -> list[Answer]:
    """Answers of a file, newer than what the catalog last knows of their URLs, that can be read.

    What no reader can make out was refused by the crawl, and is evidence of nothing else.
    """
    office, _, _ = name.partition("/")
    source = offices().get(office)
    if source is None:
        return []
    left = []
    for answer in answers(found):
        visit = store.visit(office, answer.wanted, _language(source, answer))
        if visit and visit.fetched_at >= answer.record.fetched_at:
            continue
        reading = _reading(answer, source)
        if reading and (reading.is_listing or _admitted(reading, source, answer)):
            left.append(answer)
    return left


def add_unknown(store: Store, name: str, left: list[Answer]) -> str:
    """Take them in, each in one transaction; what was done, in a sentence."""
    office, _, _ = name.partition("/")
    source = offices()[office]
    releases = 0
    for answer in left:
        reading = read(answer, source)
        if reading is None:
            continue
        where = Taken(office, source, Place(name, answer.record.offset))
        with store.writing() as connection:
            for url, draft in _admitted(reading, source, answer).items():
                releases += add(connection, store, where, answer, reading.route.name, url, draft)
            visit = _visit(answer, where.place)
            language = _language(source, answer)
            store.add_visit(connection, office, answer.wanted, language, visit)
    return (
        f"{name}: {counted(len(left), 'answer')} taken in, {counted(releases, 'release')} in them."
    )


def restore(store: Store, office: str, ids: set[str], files: list[Path]) -> int:
    """Read releases whose rows were lost from all files of their office, oldest first; how many.

    What else a release's row says of it is kept; what the archive does not have is left as it is.
    """
    source = offices()[office]
    found: dict[str, list[tuple[Provenance, Draft, Route]]] = defaultdict(list)
    urls = {}
    for path in files:
        for answer in answers(records(path)):
            reading = _reading(answer, source)
            where = Taken(office, source, Place(f"{office}/{path.name}", answer.record.offset))
            for url, draft in _admitted(reading, source, answer).items() if reading else ():
                if reading and (id_ := release_id(office, url)) in ids:
                    urls[id_] = url
                    seen = provenance(where, answer.record, reading.route.name, draft)
                    found[id_].append((seen, draft, reading.route))
    with store.writing() as connection:
        for id_, observed in found.items():
            kept = evidence.remove_release(connection, id_)
            for seen, draft, route in observed:
                at = seen.fetched_at
                store.add(connection, office, urls[id_], draft, seen, at, route.silent)
            evidence.set_columns(connection, id_, kept)
    return len(found)


def _reading(answer: Answer, source: Source) -> Reading | None:
    is_whole = answer.record.kind == "response" and answer.record.status == 200
    return read(answer, source) if is_whole else None


def add(
    connection: Connection,
    store: Store,
    where: Taken,
    answer: Answer,
    route: str,
    url: str,
    draft: Draft,
) -> bool:
    """Add what an archived answer states, unless the catalog has a later observation."""
    record = answer.record
    known = evidence.newest(connection, release_id(where.office, url))
    if known and known.observed_at >= record.fetched_at:
        return False
    found = provenance(where, record, route, draft)
    silent = where.source.route(route).silent
    store.add(connection, where.office, url, draft, found, record.fetched_at, silent)
    return True


def provenance(where: Taken, record: Record, route: str, draft: Draft) -> Provenance:
    """Where a draft that was read from the archive comes from."""
    return Provenance(
        url=record.url,
        fetched_at=record.fetched_at,
        sha256=sha256(record.body),
        warc_file=where.place.warc_file,
        warc_offset=where.place.warc_offset,
        reader=f"{where.office}/{route}",
        reader_version=where.source.version,
        part_sha256=sha256(draft.part) if draft.part else None,
    )


def _admitted(reading: Reading, source: Source, answer: Answer) -> dict[str, Draft]:
    day = answer.record.fetched_at.date()
    return {
        url: draft
        for url, draft in reading.drafts.items()
        if not gate.check(draft, url, source, day)
    }


def _visit(answer: Answer, place: Place) -> Visit:
    record = answer.record
    etag, modified = record.headers.get("etag"), record.headers.get("last-modified")
    return Visit(etag, modified, record.fetched_at, sha256(record.body), place)


def _language(source: Source, answer: Answer) -> str:
    """As the crawl keeps it: only where a route asks for languages."""
    return answer.language if any(answer.language in r.languages for r in source.routes) else ""
