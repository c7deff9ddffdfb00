"""Between rows of the catalog and records: what goes in, what comes out, whether they differ."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, select

from corpus import catalog
from corpus.release import FACTS, Alternate, Attachment, Draft, Provenance, Release, Version

# None where what was crawled so far never states them; empty where it states that there are none.
LISTS = ("topics", "components", "attachments")


@dataclass(frozen=True)
class Coverage:
    """What is held of an office: releases, their first and last date, and how many have no date."""

    office: str
    releases: int
    first: date | None
    last: date | None
    undated: int
    languages: dict[str, int]


def current_releases() -> Select[Any]:
    """Releases with their newest versions: the rows that `read_release` takes."""
    r, v = catalog.release.c, catalog.version.c
    columns = [each for each in v if each.name != "release"]
    joined = catalog.release.join(catalog.version, (v.release == r.id) & (v.ordinal == r.version))
    return select(
        r.id, r.office, r.url, r.first_seen, r.last_seen, r.version, *columns
    ).select_from(joined)


def version_values(draft: Draft, found: Provenance) -> dict[str, Any]:
    """A draft and its provenance as a row of `version`; dataclasses become what JSON takes."""
    facts = {k: v for k, v in asdict(draft).items() if k not in ("url", "part", "layout")}
    seen = asdict(found)
    return facts | {"asked_url": seen.pop("url"), "observed_at": seen.pop("fetched_at")} | seen


def differs(old: Row[Any], values: dict[str, Any]) -> bool:
    """Whether a stated fact differs; a list unknown so far is learned, not changed."""
    for name in FACTS:
        was, now = getattr(old, name), values[name]
        if was != now and not (name in LISTS and None in (was, now)):
            return True
    return False


def learned(old: Row[Any], values: dict[str, Any]) -> dict[str, Any]:
    """The stated facts that were unknown so far."""
    return {
        name: values[name]
        for name in FACTS
        if getattr(old, name) is None and values[name] is not None
    }


def read_release(row: Row[Any]) -> Release:
    """A row of `current_releases` as a record."""
    attachments = row.attachments
    return Release(
        id=row.id,
        office=row.office,
        url=row.url,
        language=row.language,
        title=row.title,
        published=row.published,
        body=tuple(row.body),
        place=row.place,
        signature=row.signature,
        number=row.number,
        topics=tuple(row.topics or ()),
        components=tuple(row.components or ()),
        kind=row.kind,
        attachments=None if attachments is None else tuple(Attachment(**a) for a in attachments),
        alternates=tuple(Alternate(**each) for each in row.alternates),
        provenance=_provenance(row),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        version=row.version,
    )


def read_version(row: Row[Any]) -> Version:
    """A row of `version` as a record."""
    return Version(
        number=row.ordinal,
        observed_at=row.observed_at,
        title=row.title,
        published=row.published,
        body=tuple(row.body),
        provenance=_provenance(row),
    )


def _provenance(row: Row[Any]) -> Provenance:
    return Provenance(
        row.asked_url,
        row.observed_at,
        row.sha256,
        row.warc_file,
        row.warc_offset,
        row.reader,
        row.reader_version,
        row.part_sha256,
    )


def read_coverage(office: str, rows: list[Any]) -> Coverage:
    """Rows of one office, one a language: number, first and last date, how many are dated."""
    total = sum(row.number for row in rows)
    return Coverage(
        office=office,
        releases=total,
        first=min((row.first for row in rows if row.first), default=None),
        last=max((row.last for row in rows if row.last), default=None),
        undated=total - sum(row.dated for row in rows),
        languages={row.language: row.number for row in rows},
    )
