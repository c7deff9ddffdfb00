"""Versions that are not what the archive attests, mended: in doubt the archive decides.

What is held of a version is brought back to what its record says, and its facts to what its
response states.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, update

from corpus.catalog.attestation import CLEAR, Values, facts_sha256
from corpus.catalog.mapping import statute_values
from corpus.catalog.store import Store
from corpus.catalog.versioning import DERIVED, change_version
from corpus.database import tables
from corpus.database.sequence import next_revision
from corpus.errors import StoreError
from corpus.evidence import queries
from corpus.evidence.exchanges import Answer, EvidenceRef, read, read_anew
from corpus.issue import Issue
from corpus.plural import pluralize
from corpus.release import FACTS, LATER, REVISED, RecordLocation, sha256
from corpus.settings import Settings
from corpus.sources import office
from corpus.warc.archive import read_response
from corpus.warc.record import Record

Said = dict[str, Any]
# What is known of how a version was read.
READ_BY = ("reader", "reader_version", "statute_rules")


def mend(settings: Settings, store: Store, row: Row[Any], said: Said | None) -> str:
    """Bring a version back to what its record says; without one, to what today's reader makes of
    its response, to be attested later. Raises StoreError where the archive cannot tell.
    """
    held = dict(row._mapping)
    news = _restored(said) if said else {}
    values = held | news
    if said is None or facts_sha256(values) != said["facts_sha256"]:
        found = _read_anew(settings, values)
        facts = {name: found[name] for name in FACTS if name in found}
        if said and facts_sha256(values | facts) == said["facts_sha256"]:
            news |= facts
        elif said and said["reader_version"] == found["reader_version"]:
            raise StoreError(
                f"{row.release}: what its response states is not what was attested of version"
                f" {row.ordinal} either; restore catalog and archive from a backup."
            )
        else:
            read_by = {name: found[name] for name in found.keys() & {*DERIVED, *READ_BY}}
            news |= read_by | {"attested_as": REVISED if said else LATER, "attested_offset": None}
    values = held | news
    news |= statute_values(values["office"], values["language"], values["title"], values["body"])
    _put(store, row, news, values["url"])
    return f"{row.release}: version {row.ordinal} is as the archive has it."


def attest_anew(settings: Settings, store: Store, rows: list[Row[Any]]) -> str:
    """Compare versions without a record with their responses, and attest them as later ones; those
    whose responses are lost as they are. Raises StoreError where some could not be compared.
    """
    left = []
    for row in rows:
        try:
            mend(settings, store, row, None)
        except StoreError as error:
            if is_held(settings, row):
                left.append(error)
                continue
            with store.changing() as connection:
                values = {"attested_as": LATER, "attested_offset": None}
                change_version(connection, row.release, row.ordinal, values)
    done = f"{pluralize(len(rows) - len(left), 'version')} compared. {attest_older(store)}"
    if left:
        number = pluralize(len(left), "version")
        raise StoreError(f"{done} {number} could not be compared, the first: {left[0]}")
    return done


def is_held(settings: Settings, row: Row[Any]) -> bool:
    """Whether the response that a version was read from is where it should be, as it was."""
    try:
        _response(settings, dict(row._mapping))
    except StoreError:
        return False
    return True


def attest_older(store: Store) -> str:
    """Attest the versions that have no record yet."""
    number = 0
    while some := store.attest_older():
        number += some
    return f"{pluralize(number, 'version')} attested, and marked as attested later."


def _restored(said: Said) -> dict[str, Any]:
    """The columns that a record has in the clear, and the release's URL."""
    named = {name: said[name] for name in CLEAR if name in said}
    times = {name: datetime.fromisoformat(said[name]) for name in ("observed_at", "attested_at")}
    return named | times | {"attested_as": said["occasion"], "url": said["url"]}


def _put(store: Store, row: Row[Any], news: dict[str, Any], url: str) -> None:
    place = {"attested_as": row.attested_as, "attested_offset": row.attested_offset}
    values = {name: value for name, value in (place | news).items() if name in tables.version.c}
    with store.changing() as connection:
        change_version(connection, row.release, row.ordinal, values)
        heard = {"url": url, "revision": next_revision(connection)}
        where = tables.release.c.id == row.release
        connection.execute(update(tables.release).where(where), heard)
        queries.fold(connection, row.release)


def _read_anew(settings: Settings, values: Values) -> dict[str, Any]:
    """What today's reader makes of the response that a version was read from."""
    record = replace(_response(settings, values), url=values["asked_url"])
    location = RecordLocation(values["warc_file"], values["warc_offset"])
    where = EvidenceRef(values["office"], office(values["office"]), location)
    answer = Answer(record, values["url"], values["language"])
    reading = read(answer, where.source, settings.reading_s, values["reader"])
    found = read_anew(where, answer, reading, values["url"])
    if isinstance(found, Issue):
        raise StoreError(
            f"{values['release']}: its response cannot be read again ({found.reason})"
            " Restore the catalog from a backup."
        )
    return found


def _response(settings: Settings, values: Values) -> Record:
    """The response that a version was read from. Raises StoreError where it is not as it was."""
    location = RecordLocation(values["warc_file"], values["warc_offset"])
    record = read_response(settings.archive, location)
    if sha256(record.body) != values["sha256"]:
        raise StoreError(f"{values['release']}: its response is not what was recorded.")
    return record
