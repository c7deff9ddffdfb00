"""What a release points to: attached files, and whether we keep them; its other languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from corpus import Release, Store
from corpus.catalog.attachments import GONE
from corpus.catalog.mapping import Visit
from corpus.release import Alternate, Attachment
from corpus.sources import offices


@dataclass(frozen=True)
class Kept:
    """When a file was archived, or whether the office said that it is not there."""

    archived_at: datetime | None = None
    is_missing: bool = False


def files(store: Store, release: Release) -> list[tuple[Attachment, Kept]]:
    """The attachments of a release, and what we have of them."""
    attached = release.attachments or ()
    visits = store.visits(release.office, (each.url for each in attached), "")
    return [(each, _kept(visits.get(each.url))) for each in attached]


def translations(store: Store, release: Release) -> list[tuple[Alternate, Release | None]]:
    """The same text in other languages, each with our copy where it is held."""
    if release.office not in offices():
        return [(each, None) for each in release.alternates]
    ids = [store.id_of(release.office, each.url) for each in release.alternates]
    held = {each.id: each for each in store.get_many(ids)}
    return [(each, held.get(id_)) for each, id_ in zip(release.alternates, ids, strict=True)]


def _kept(visit: Visit | None) -> Kept:
    if visit is None:
        return Kept()
    return Kept(visit.fetched_at if visit.status == 200 else None, visit.status in GONE)
