"""Repairs versions that differ from their attestations: in doubt the archive decides.

The columns of a version are restored from its attestation, its facts from its response.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from corpus.catalog.attestation import CLEAR_COLUMNS, Values, facts_sha256
from corpus.catalog.mapping import derived_from
from corpus.catalog.store import Store
from corpus.catalog.versioning import READ_COLUMNS, change_version
from corpus.database import tables
from corpus.database.sequence import raise_revision
from corpus.errors import StoreError
from corpus.evidence import queries
from corpus.evidence.exchanges import EvidenceRef, Exchange, parse_exchange, read_facts
from corpus.issue import Issue
from corpus.plural import pluralize
from corpus.release import FACTS, LATER, REVISED, RecordLocation, sha256
from corpus.settings import Settings
from corpus.sources import office
from corpus.warc.archive import read_response
from corpus.warc.record import Record

Statement = dict[str, Any]
# The columns that tell how a version was read.
READ_BY = ("reader", "reader_version", "statute_rules", "fact_rules")


def repair_version(
    settings: Settings, store: Store, row: Row[Any], statement: Statement | None
) -> str:
    """Restore a version from its attestation; without one, from what the current reader finds in
    its response, to be attested later. Raises StoreError where the archive cannot tell.
    """
    current = dict(row._mapping)
    changes = _attested_columns(statement) if statement else {}
    values = current | changes
    if statement is None or facts_sha256(values) != statement["facts_sha256"]:
        facts_read = _parse_again(settings, values)
        facts = {name: facts_read[name] for name in FACTS if name in facts_read}
        if statement and facts_sha256(values | facts) == statement["facts_sha256"]:
            changes |= facts
        elif statement and statement["reader_version"] == facts_read["reader_version"]:
            raise StoreError(
                f"{row.release}: the response of version {row.ordinal} differs from its attestation"
                " too; restore catalog and archive from a backup."
            )
        else:
            read_by = {
                name: facts_read[name] for name in facts_read.keys() & {*READ_COLUMNS, *READ_BY}
            }
            changes |= read_by | {
                "attested_as": REVISED if statement else LATER,
                "attested_offset": None,
            }
    values = current | changes
    changes |= derived_from(values)
    _save(store, row, changes, values["url"])
    return f"{row.release}: version {row.ordinal} now matches the archive."


def attest_again(settings: Settings, store: Store, rows: list[Row[Any]]) -> str:
    """Compare versions without an attestation with their responses, and attest them again; those
    whose responses are lost as they are. Raises StoreError where some could not be compared.
    """
    errors = []
    for row in rows:
        try:
            repair_version(settings, store, row, None)
        except StoreError as error:
            if has_intact_response(settings, row):
                errors.append(error)
                continue
            with store.changing() as connection:
                values = {"attested_as": LATER, "attested_offset": None}
                change_version(connection, row.release, row.ordinal, values)
    done = f"{pluralize(len(rows) - len(errors), 'version')} compared. {attest_older(store)}"
    if errors:
        number = pluralize(len(errors), "version")
        raise StoreError(f"{done} {number} could not be compared, the first: {errors[0]}")
    return done


def has_intact_response(settings: Settings, row: Row[Any]) -> bool:
    """Whether the archive has the response of a version, unchanged."""
    try:
        _response(settings, dict(row._mapping))
    except StoreError:
        return False
    return True


def attest_older(store: Store) -> str:
    """Attest the versions that have no attestation yet."""
    number = 0
    while some := store.attest_older():
        number += some
    return f"{pluralize(number, 'version')} attested, and marked as attested later."


def _attested_columns(statement: Statement) -> dict[str, Any]:
    """The columns that an attestation states in clear text, and the release's URL."""
    named = {name: statement[name] for name in CLEAR_COLUMNS if name in statement}
    times = {
        name: datetime.fromisoformat(statement[name]) for name in ("observed_at", "attested_at")
    }
    return named | times | {"attested_as": statement["occasion"], "url": statement["url"]}


def _save(store: Store, row: Row[Any], changes: dict[str, Any], url: str) -> None:
    place = {"attested_as": row.attested_as, "attested_offset": row.attested_offset}
    values = {name: value for name, value in (place | changes).items() if name in tables.version.c}
    with store.changing() as connection:
        change_version(connection, row.release, row.ordinal, values)
        raise_revision(connection, row.release, url=url)
        queries.mark_repeats(connection, row.release)


def _parse_again(settings: Settings, values: Values) -> dict[str, Any]:
    """The facts that the current reader finds in the response of a version."""
    record = replace(_response(settings, values), url=values["asked_url"])
    location = RecordLocation(values["warc_file"], values["warc_offset"])
    evidence = EvidenceRef(values["office"], office(values["office"]), location)
    exchange = Exchange(record, values["url"], values["language"])
    parsed = parse_exchange(exchange, evidence.source, settings.reading_s, values["reader"])
    facts = read_facts(evidence, exchange, parsed, values["url"])
    if isinstance(facts, Issue):
        raise StoreError(
            f"{values['release']}: its response cannot be read ({facts.reason})"
            " Restore the catalog from a backup."
        )
    return facts


def _response(settings: Settings, values: Values) -> Record:
    """The response that a version was read from. Raises StoreError where it has changed."""
    location = RecordLocation(values["warc_file"], values["warc_offset"])
    record = read_response(settings.archive, location)
    if sha256(record.body) != values["sha256"]:
        raise StoreError(f"{values['release']}: its response differs from the recorded digest.")
    return record
