"""What a release links to: attached files, and whether we have them; other languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from corpus import Release, Store
from corpus.catalog.attachments import GONE
from corpus.catalog.mapping import Visit
from corpus.release import Alternate, Attachment
from corpus.sources import offices


@dataclass(frozen=True)
class ArchivedFile:
    """When a file was archived, or whether the office said that it is not there."""

    archived_at: datetime | None = None
    is_missing: bool = False


def attached_files(store: Store, release: Release) -> list[tuple[Attachment, ArchivedFile]]:
    """The attachments of a release, and what we have of them."""
    attached = release.attachments or ()
    visits = store.visits(release.office, (each.url for each in attached), "")
    return [(each, _archived_file(visits.get(each.url))) for each in attached]


def other_languages(store: Store, release: Release) -> list[tuple[Alternate, Release | None]]:
    """The same text in other languages, each with the release where we have it."""
    if release.office not in offices():
        return [(each, None) for each in release.alternates]
    ids = [store.id_of(release.office, each.url) for each in release.alternates]
    collected = {each.id: each for each in store.get_many(ids)}
    return [(each, collected.get(id_)) for each, id_ in zip(release.alternates, ids, strict=True)]


def _archived_file(visit: Visit | None) -> ArchivedFile:
    if visit is None:
        return ArchivedFile()
    return ArchivedFile(visit.fetched_at if visit.status == 200 else None, visit.status in GONE)
