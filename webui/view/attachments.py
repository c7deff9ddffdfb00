"""What a release points to: attached files, and whether we keep them; its other languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from corpus import Release, Store
from corpus.catalog.attachments import GONE
from corpus.release import Alternate, Attachment
from corpus.sources import offices


@dataclass(frozen=True)
class Kept:
    """When a file was archived, or whether the office said that it is not there."""

    archived_at: datetime | None = None
    is_missing: bool = False


def files(store: Store, release: Release) -> list[tuple[Attachment, Kept]]:
    """The attachments of a release, and what we have of them."""
    return [(each, _kept(store, release.office, each.url)) for each in release.attachments or ()]


def translations(store: Store, release: Release) -> list[tuple[Alternate, Release | None]]:
    """The same text in other languages, each with our copy where it is held."""
    is_known = release.office in offices()
    return [
        (each, store.get(store.id_of(release.office, each.url)) if is_known else None)
        for each in release.alternates
    ]


def _kept(store: Store, office: str, url: str) -> Kept:
    visit = store.visit(office, url, "")
    if visit is None:
        return Kept()
    return Kept(visit.fetched_at if visit.status == 200 else None, visit.status in GONE)
