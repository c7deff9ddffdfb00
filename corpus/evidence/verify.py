"""Compares archive and catalog in both directions. A finding that can be repaired from the other
side carries its repair.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from corpus.catalog.attestation import KIND
from corpus.catalog.store import Store
from corpus.evidence import queries
from corpus.evidence.attestation_check import MEND, AttestationCheck
from corpus.evidence.finding import Finding
from corpus.evidence.queries import Rows
from corpus.evidence.recover import add_unknown, restore, unknown
from corpus.plural import pluralize
from corpus.reading.address import resolve
from corpus.release import sha256
from corpus.review.office_validation import OfficeValidator
from corpus.settings import Settings
from corpus.sources import offices
from corpus.warc.archive import IMPORTED, own_files, records_at
from corpus.warc.containers import verify_imports
from corpus.warc.reader import Damage, records, truncate_partial_record
from corpus.warc.record import Record

Held = dict[int, Record]
RESTORE = (
    "Restore it from a backup, or `communique verify --repair` marks what is lost, and the next"
    " crawl fetches it anew."
)


@dataclass(frozen=True)
class _Standing:
    """What the catalog says stands in a file: responses of versions and of visits, attestations."""

    versions: Rows
    visits: Rows
    attested: Rows


def verify_archive(settings: Settings) -> Iterator[Finding]:
    """WARC files with damaged or torn records, by their packing and WARC's own digests; imported
    ones by the digest in their names.
    """
    for path in own_files(settings.archive):
        for each in records(path):
            if isinstance(each, Damage):
                yield _damaged(path, each)
    for sentence in verify_imports(settings):
        yield Finding(sentence)


def _damaged(path: Path, damage: Damage) -> Finding:
    if not damage.is_last:
        return Finding(f"{path} is damaged at {damage.offset}: {damage.reason}.")
    sentence = f"{path} is torn at {damage.offset}: {damage.reason}."
    return Finding(sentence, partial(_cut, path))


def _cut(path: Path) -> str:
    number = truncate_partial_record(path)
    if path.stat().st_size == 0:
        path.unlink()
        return f"{path} held no whole record and was removed."
    return f"{path}: {pluralize(number, 'torn byte')} cut off its end."


def verify_catalog(settings: Settings, store: Store) -> Iterator[Finding]:
    """Report versions and last responses that the archive does not hold as recorded, versions that
    differ from their attestation, archived responses that the catalog lacks, and releases whose
    rows are inconsistent.
    """
    with store.reading() as connection:
        named = queries.files(connection)
    present = {f"{path.parent.name}/{path.name}": path for path in own_files(settings.archive)}
    check = AttestationCheck(settings, store)
    # Check attestation files first: later checks need them to choose a repair.
    for name in sorted({*named, *present}, key=lambda name: (KIND not in name, name)):
        with store.reading() as connection:
            standing = _Standing(
                queries.versions_in(connection, name),
                queries.visits_in(connection, name),
                queries.attested_in(connection, name),
            )
        path = settings.archive / name
        if not path.is_file():
            yield from check.findings_of_missing(path, standing.attested)
            yield from _missing(path, store, standing)
            continue
        held = _held(path, standing)
        yield from check.findings_in(path, held, standing.attested)
        yield from _file_findings(settings, store, path, held, standing)
    yield from _odd_findings(settings, store)
    yield from check.findings_of_unattested()
    for office, ids in check.releases_of_lost_versions().items():
        number, first = pluralize(len(ids), "release"), min(ids)
        yield Finding(
            f"{office}: versions that the archive attests are missing from the catalog, for"
            f" {number} (first: {first}); {MEND}",
            partial(restore, settings, store, office, ids),
        )
    yield from _lost_findings(store)


def _held(path: Path, standing: _Standing) -> Held:
    """The whole records of a file, by offset; of others' files those that we refer to."""
    if path.parent.name == IMPORTED:
        return records_at(path, list(standing.versions))
    return {each.offset: each for each in records(path) if isinstance(each, Record)}


def _file_findings(
    settings: Settings, store: Store, path: Path, held: Held, standing: _Standing
) -> Iterator[Finding]:
    yield from _version_findings(store, path, held, standing.versions)
    for offset, rows in standing.visits.items():
        for row in rows:
            if not _is_as_recorded(held.get(offset), row, None):
                sentence = _not_there(path, offset, row.url)
                yield Finding(f"{row.office}: {sentence}", partial(_forget, store, [row]))
    if path.parent.name == IMPORTED:
        return
    if path.parent.name not in offices():
        return
    validator = OfficeValidator(path.parent.name, store, settings)
    if left := unknown(store, validator, held.values()):
        first = left[0]
        name = f"{path.parent.name}/{path.name}"
        yield Finding(
            f"{path} holds {pluralize(len(left), 'answer')} that the catalog does not know, the"
            f" first of {first.wanted} at {first.record.offset}.",
            partial(add_unknown, store, validator, name, left),
        )


def _version_findings(store: Store, path: Path, held: Held, versions: Rows) -> Iterator[Finding]:
    for offset, rows in versions.items():
        for row in rows:
            is_there = _is_as_recorded(held.get(offset), row, row.asked_url)
            if not is_there and row.lost_at is None:
                yield Finding(
                    f"{row.release}: {_not_there(path, offset, row.asked_url)} {RESTORE}",
                    partial(_mark_lost, store, [row]),
                )
            elif is_there and row.lost_at:
                sentence = (
                    f"{row.release}: version {row.ordinal} is marked as lost, but its response is"
                    " in the archive."
                )
                yield Finding(sentence, partial(_mark_found, store, [row]))


def _lost_findings(store: Store) -> Iterator[Finding]:
    with store.reading() as connection:
        number = queries.lost(connection)
    if number:
        yield Finding(
            f"{pluralize(number, 'version')} marked: the response is lost. The next crawl fetches"
            " their pages whole, and archives anew what still says the same.",
            is_remark=True,
        )


def _mark_lost(store: Store, rows: list[Row[Any]]) -> str:
    with store.writing() as connection:
        queries.mark_lost(connection, rows, datetime.now(UTC))
    return f"{pluralize(len(rows), 'version')} marked as having lost the response."


def _mark_found(store: Store, rows: list[Row[Any]]) -> str:
    with store.writing() as connection:
        queries.mark_lost(connection, rows, None)
    return f"{pluralize(len(rows), 'version')} no longer marked."


def _is_as_recorded(record: Record | None, row: Row[Any], url: str | None) -> bool:
    """Whether the record has the recorded digest and URL. Visits pass None as the URL: theirs may
    have been redirected to the record's.
    """
    if record is None or (url and resolve(record.url) != resolve(url)):
        return False
    return bool(sha256(record.body) == row.sha256)


def _not_there(path: Path, offset: int, url: str) -> str:
    return f"what stands in {path} at {offset} is not what was recorded of {url}."


def _missing(path: Path, store: Store, standing: _Standing) -> Iterator[Finding]:
    versions = [row for row in chain(*standing.versions.values()) if row.lost_at is None]
    visits = [*chain(*standing.visits.values())]
    told = [("version", versions), ("answer", visits)]
    if stood := [pluralize(len(rows), noun) for noun, rows in told if rows]:
        sentence = f"{path} is missing; {' and '.join(stood)} stood in it. {RESTORE}"
        yield Finding(sentence, partial(_lose, store, versions, visits))


def _lose(store: Store, versions: list[Row[Any]], visits: list[Row[Any]]) -> str:
    done = [_mark_lost(store, versions)] if versions else []
    return " ".join([*done, _forget(store, visits)] if visits else done)


def _forget(store: Store, rows: list[Row[Any]]) -> str:
    with store.writing() as connection:
        for row in rows:
            queries.forget_visit(connection, row)
    return f"The next crawl fetches {pluralize(len(rows), 'page')} anew, {rows[0].url} the first."


def _odd_findings(settings: Settings, store: Store) -> Iterator[Finding]:
    with store.reading() as connection:
        odd, stray = queries.odd_releases(connection), queries.stray_versions(connection)
    lost: dict[str, set[str]] = defaultdict(set)
    for id_, office, has_versions in odd:
        if has_versions:
            sentence = f"{id_}: its current version is missing from the catalog."
            yield Finding(sentence, partial(_settle, store, id_))
        else:
            lost[office].add(id_)
    for id_ in stray:
        lost[id_.rpartition("-")[0]].add(id_)
    for office, ids in lost.items():
        number, first = pluralize(len(ids), "release"), min(ids)
        yield Finding(
            f"{office}: catalog rows are missing for {number} (first: {first}).",
            partial(restore, settings, store, office, ids),
        )


def _settle(store: Store, id_: str) -> str:
    with store.changing() as connection:
        queries.fold(connection, id_)
    return f"{id_}: the last version is the current one again."
