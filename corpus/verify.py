"""Archive against catalog: each row's evidence is where the catalog says, whole, unaltered, and the
catalog knows what the archive holds. What can be mended from the other side says how.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from corpus import evidence
from corpus.address import resolve
from corpus.archive import IMPORTED, own_files, sha256
from corpus.evidence import Rows
from corpus.imports import records_at, verify_imports
from corpus.office_gate import OfficeGate
from corpus.records import Damage, Record, cut_torn_end, records
from corpus.replay import add_unknown, restore, unknown
from corpus.report import counted
from corpus.settings import Settings
from corpus.source import offices
from corpus.store import Store


@dataclass(frozen=True)
class Finding:
    """What is wrong, in a sentence; `repair`, where there is one, mends it and says what it did."""

    sentence: str
    repair: Callable[[], str] | None = None


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
    number = cut_torn_end(path)
    if path.stat().st_size == 0:
        path.unlink()
        return f"{path} held no whole record and was removed."
    return f"{path}: {counted(number, 'torn byte')} cut off its end."


def verify_catalog(settings: Settings, store: Store) -> Iterator[Finding]:
    """Versions and last answers that the archive does not hold as they were recorded, answers in
    the archive that the catalog does not know, and releases at odds with their versions.
    """
    with store.writing() as connection:
        named = evidence.files(connection)
    present = {f"{path.parent.name}/{path.name}": path for path in own_files(settings.archive)}
    for name in sorted({*named, *present}):
        with store.writing() as connection:
            versions = evidence.versions_in(connection, name)
            visits = evidence.visits_in(connection, name)
        if (path := settings.archive / name).is_file():
            yield from _file_findings(settings, store, name, versions, visits)
        else:
            yield _missing(path, store, versions, visits)
    yield from _odd_findings(settings, store)


def _file_findings(
    settings: Settings, store: Store, name: str, versions: Rows, visits: Rows
) -> Iterator[Finding]:
    path = settings.archive / name
    if path.parent.name == IMPORTED:
        held = records_at(path, list(versions))
    else:
        held = {each.offset: each for each in records(path) if isinstance(each, Record)}
    for offset, rows in versions.items():
        for row in rows:
            if not _is_as_recorded(held.get(offset), row, row.asked_url):
                yield Finding(f"{row.release}: {_not_there(path, offset, row.asked_url)}")
    for offset, rows in visits.items():
        for row in rows:
            if not _is_as_recorded(held.get(offset), row, None):
                sentence = _not_there(path, offset, row.url)
                yield Finding(f"{row.office}: {sentence}", partial(_forget, store, [row]))
    if path.parent.name == IMPORTED:
        return
    if path.parent.name not in offices():
        return
    gate = OfficeGate(path.parent.name, store, settings)
    if left := unknown(store, gate, held.values()):
        first = left[0]
        yield Finding(
            f"{path} holds {counted(len(left), 'answer')} that the catalog does not know, the"
            f" first of {first.wanted} at {first.record.offset}.",
            partial(add_unknown, store, gate, name, left),
        )


def _is_as_recorded(record: Record | None, row: Row[Any], url: str | None) -> bool:
    """A visit's own URL can be one that led to the record's by redirects."""
    if record is None or (url and resolve(record.url) != resolve(url)):
        return False
    return bool(sha256(record.body) == row.sha256)


def _not_there(path: Path, offset: int, url: str) -> str:
    return f"what stands in {path} at {offset} is not what was recorded of {url}."


def _missing(path: Path, store: Store, versions: Rows, visits: Rows) -> Finding:
    stood = [
        counted(number, noun)
        for noun, rows in (("version", versions), ("answer", visits))
        if (number := sum(map(len, rows.values())))
    ]
    lost = [row for rows in visits.values() for row in rows]
    sentence = f"{path} is missing; {' and '.join(stood)} stood in it."
    return Finding(sentence, partial(_forget, store, lost) if lost else None)


def _forget(store: Store, rows: list[Row[Any]]) -> str:
    with store.writing() as connection:
        for row in rows:
            evidence.forget_visit(connection, row)
    return f"The next crawl fetches {counted(len(rows), 'page')} anew, {rows[0].url} the first."


def _odd_findings(settings: Settings, store: Store) -> Iterator[Finding]:
    with store.writing() as connection:
        odd, stray = evidence.odd_releases(connection), evidence.stray_versions(connection)
    lost: dict[str, set[str]] = defaultdict(set)
    for id_, office, has_versions in odd:
        if has_versions:
            sentence = f"{id_}: the version that it stands at is not in the catalog."
            yield Finding(sentence, partial(_settle, store, id_))
        else:
            lost[office].add(id_)
    for id_ in stray:
        lost[id_.rpartition("-")[0]].add(id_)
    for office, ids in lost.items():
        number, first = counted(len(ids), "release"), min(ids)
        yield Finding(
            f"{office}: {number} lack their release or version row, {first} the first.",
            partial(_restore, settings, store, office, ids),
        )


def _settle(store: Store, id_: str) -> str:
    with store.writing() as connection:
        evidence.fold(connection, id_)
    return f"{id_} stands at its last version again."


def _restore(settings: Settings, store: Store, office: str, ids: set[str]) -> str:
    files = [path for path in own_files(settings.archive) if path.parent.name == office]
    number = restore(store, OfficeGate(office, store, settings), ids, files)
    return f"{office}: {number:,} of {counted(len(ids), 'release')} read from the archive again."
