"""Compares archive and catalog in both directions; one can often repair the other."""

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
from corpus.evidence.attestation_check import RESTORE_CATALOG, AttestationCheck
from corpus.evidence.queries import Rows
from corpus.evidence.recover import add_unknown, find_unknown, restore_releases
from corpus.issue import Finding
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

RecordsByOffset = dict[int, Record]
RESTORE = (
    "Restore it from a backup, or run `communique verify --repair` to mark it as lost; the next"
    " crawl fetches it again."
)


@dataclass(frozen=True)
class _References:
    """The rows of the catalog that refer to one archive file."""

    versions: Rows
    visits: Rows
    attested: Rows


def verify_archive(settings: Settings) -> Iterator[Finding]:
    """Report WARC files with damaged records, and imported files that do not match their digest."""
    for path in own_files(settings.archive):
        for each in records(path):
            if isinstance(each, Damage) and each.is_last:
                sentence = f"{path} ends with a partial record at {each.offset}: {each.reason}."
                yield Finding(sentence, partial(_truncate, path))
            elif isinstance(each, Damage):
                yield Finding(f"{path} is damaged at {each.offset}: {each.reason}.")
    yield from map(Finding, verify_imports(settings))


def _truncate(path: Path) -> str:
    number = truncate_partial_record(path)
    if path.stat().st_size == 0:
        path.unlink()
        return f"{path} had no complete record and was removed."
    return f"{path}: {pluralize(number, 'byte')} of a partial record removed."


def verify_catalog(settings: Settings, store: Store) -> Iterator[Finding]:
    """Report where catalog, attestations and archived responses differ or lack each other."""
    with store.reading() as connection:
        named = queries.archive_files(connection)
    present = {f"{path.parent.name}/{path.name}": path for path in own_files(settings.archive)}
    check = AttestationCheck(settings, store)
    # Check attestation files first: later checks need them to choose a repair.
    for name in sorted({*named, *present}, key=lambda name: (KIND not in name, name)):
        with store.reading() as connection:
            references = _References(
                queries.versions_in(connection, name),
                queries.visits_in(connection, name),
                queries.attested_in(connection, name),
            )
        path = settings.archive / name
        if not path.is_file():
            yield from check.findings_of_missing(path, references.attested)
            yield from _missing_file_findings(path, store, references)
            continue
        records_by_offset = _read_records(path, references)
        yield from check.findings_in(path, records_by_offset, references.attested)
        yield from _file_findings(settings, store, path, records_by_offset, references)
    yield from _inconsistent_findings(settings, store)
    yield from check.findings_of_unattested()
    for office, ids in check.releases_with_missing_versions().items():
        yield Finding(
            f"{office}: versions that the archive attests are missing from the catalog, for"
            f" {pluralize(len(ids), 'release')} (first: {min(ids)}); {RESTORE_CATALOG}",
            partial(restore_releases, settings, store, office, ids),
        )
    yield from _lost_findings(store)


def _read_records(path: Path, references: _References) -> RecordsByOffset:
    """The intact records of a file, by offset; of an imported file those that are referred to."""
    if path.parent.name == IMPORTED:
        return records_at(path, list(references.versions))
    return {each.offset: each for each in records(path) if isinstance(each, Record)}


def _file_findings(
    settings: Settings,
    store: Store,
    path: Path,
    records_by_offset: RecordsByOffset,
    references: _References,
) -> Iterator[Finding]:
    yield from _version_findings(store, path, records_by_offset, references.versions)
    for offset, rows in references.visits.items():
        for row in rows:
            if not _is_as_recorded(records_by_offset.get(offset), row, None):
                sentence = _mismatch(path, offset, row.url)
                yield Finding(f"{row.office}: {sentence}", partial(_forget, store, [row]))
    if path.parent.name not in offices():  # a third party's, for example
        return
    validator = OfficeValidator(path.parent.name, store, settings)
    if unknown := find_unknown(store, validator, records_by_offset.values()):
        first = unknown[0]
        name = f"{path.parent.name}/{path.name}"
        yield Finding(
            f"{path} has {pluralize(len(unknown), 'response')} that the catalog lacks, the first of"
            f" {first.requested_url} at {first.record.offset}.",
            partial(add_unknown, store, validator, name, unknown),
        )


def _version_findings(
    store: Store, path: Path, records_by_offset: RecordsByOffset, versions: Rows
) -> Iterator[Finding]:
    for offset, rows in versions.items():
        for row in rows:
            is_there = _is_as_recorded(records_by_offset.get(offset), row, row.asked_url)
            if not is_there and row.lost_at is None:
                yield Finding(
                    f"{row.release}: {_mismatch(path, offset, row.asked_url)} {RESTORE}",
                    partial(_mark, store, [row], is_lost=True),
                )
            elif is_there and row.lost_at:
                yield Finding(
                    f"{row.release}: version {row.ordinal} is marked as lost, but its response is"
                    " in the archive.",
                    partial(_mark, store, [row], is_lost=False),
                )


def _lost_findings(store: Store) -> Iterator[Finding]:
    with store.reading() as connection:
        number = queries.count_lost(connection)
    if number:
        yield Finding(
            f"{pluralize(number, 'version')} marked as lost. The next crawl fetches their pages"
            " again, and archives those that still state the same.",
            is_remark=True,
        )


def _mark(store: Store, versions: list[Row[Any]], *, is_lost: bool) -> str:
    with store.writing() as connection:
        queries.mark_response_lost(connection, versions, datetime.now(UTC) if is_lost else None)
    return f"{pluralize(len(versions), 'version')} {'' if is_lost else 'no longer '}marked as lost."


def _is_as_recorded(record: Record | None, row: Row[Any], url: str | None) -> bool:
    """Whether a record has the recorded digest and, unless it may be a redirect's, the URL."""
    if record is None or (url and resolve(record.url) != resolve(url)):
        return False
    return bool(sha256(record.body) == row.sha256)


def _mismatch(path: Path, offset: int, url: str) -> str:
    return f"{path} does not have the recorded response of {url} at {offset}."


def _missing_file_findings(path: Path, store: Store, references: _References) -> Iterator[Finding]:
    versions = [row for row in chain(*references.versions.values()) if row.lost_at is None]
    visits = [*chain(*references.visits.values())]
    referenced = [("version", versions), ("visit", visits)]
    if counts := [pluralize(len(rows), noun) for noun, rows in referenced if rows]:
        sentence = f"{path} is missing, with {' and '.join(counts)}. {RESTORE}"
        yield Finding(sentence, partial(_mark_file_lost, store, versions, visits))


def _mark_file_lost(store: Store, versions: list[Row[Any]], visits: list[Row[Any]]) -> str:
    done = [_mark(store, versions, is_lost=True)] if versions else []
    return " ".join([*done, _forget(store, visits)] if visits else done)


def _forget(store: Store, rows: list[Row[Any]]) -> str:
    with store.writing() as connection:
        for row in rows:
            queries.forget_visit(connection, row)
    return f"The next crawl fetches {pluralize(len(rows), 'page')} again, the first: {rows[0].url}."


def _inconsistent_findings(settings: Settings, store: Store) -> Iterator[Finding]:
    with store.reading() as connection:
        incomplete = queries.releases_without_current_version(connection)
        orphans = queries.orphan_version_ids(connection)
    incomplete_by_office: dict[str, set[str]] = defaultdict(set)
    for id_, office, has_versions in incomplete:
        if has_versions:
            sentence = f"{id_}: its current version is missing from the catalog."
            yield Finding(sentence, partial(_set_current_version, store, id_))
        else:
            incomplete_by_office[office].add(id_)
    for id_ in orphans:
        incomplete_by_office[id_.rpartition("-")[0]].add(id_)
    for office, ids in incomplete_by_office.items():
        number = pluralize(len(ids), "release")
        sentence = f"{office}: catalog rows are missing for {number} (first: {min(ids)})."
        yield Finding(sentence, partial(restore_releases, settings, store, office, ids))


def _set_current_version(store: Store, id_: str) -> str:
    with store.changing() as connection:
        queries.mark_repeats(connection, id_)
    return f"{id_}: its last version is the current one again."
