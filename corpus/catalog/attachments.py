"""Attached files: fetched once, archived, counted, and never searched."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Text, cast, select

from corpus.database import tables
from corpus.database.batches import stream_rows
from corpus.database.current import CURRENT

GONE = frozenset({404, 410})


@dataclass(frozen=True)
class AttachmentCounts:
    """How many files an office's releases link to, how many are archived, how many are missing."""

    named: int = 0
    archived: int = 0
    missing: int = 0


def attachment_urls(connection: Connection, office: str) -> Iterator[str]:
    """The addresses of the files that the newest versions of an office's releases link to."""
    r, v = tables.release.c, tables.version.c
    query = select(v.attachments).select_from(CURRENT)
    # Most releases link to none; reading thousands of empty lists takes longer than the rest.
    names_some = cast(v.attachments, Text).not_in(("[]", "null"))
    where = (r.office == office, names_some, v.origin.is_(None))
    for row in stream_rows(connection, query.where(*where)):
        yield from (each["url"] for each in row.attachments)


def count_attachments(connection: Connection, office: str) -> AttachmentCounts:
    """Count an office's attached files."""
    c = tables.visit.c
    urls = {*attachment_urls(connection, office)}
    if not urls:  # most offices have none
        return AttachmentCounts()
    rows = connection.execute(select(c.url, c.status).where(c.office == office)).all()
    statuses = [row.status for row in rows if row.url in urls]
    archived = statuses.count(200)
    return AttachmentCounts(len(urls), archived, sum(status in GONE for status in statuses))
