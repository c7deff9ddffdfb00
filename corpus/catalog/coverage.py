"""Coverage of each office: how many releases, from when to when, and months without any."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, extract, func, select

from corpus.database import tables
from corpus.database.current import CURRENT, withheld_ids


@dataclass(frozen=True)
class Coverage:
    """The coverage of an office: releases, their first and last date, and how many have no date.

    `months` counts dated releases ("2018-04"); `gaps` are months between the first and the last
    without any: nothing was published, or nothing was fetched. `gone` releases are included.
    `reader_versions` counts releases by the reader of their facts.
    """

    office: str
    releases: int
    first: date | None
    last: date | None
    undated: int
    languages: dict[str, int]
    months: dict[str, int] = field(default_factory=dict)
    gaps: tuple[str, ...] = ()
    gone: int = 0
    reader_versions: dict[str, int] = field(default_factory=dict)


def read_coverage(connection: Connection) -> list[Coverage]:
    """The coverage of each office with releases, by name."""
    r, v = tables.release.c, tables.version.c
    year, month = extract("year", v.published), extract("month", v.published)
    columns = (
        func.min(v.published).label("first"),
        func.max(v.published).label("last"),
        func.count(v.published).label("dated"),
        func.count(r.gone_since).label("gone"),
    )
    languages = connection.execute(_count_query((v.language,), *columns)).all()
    months = connection.execute(
        _count_query((year.label("year"), month.label("month"))).where(v.published.is_not(None))
    ).all()
    readers = connection.execute(_count_query((v.reader, v.reader_version))).all()
    return [
        _coverage(
            name,
            *([row for row in rows if row.office == name] for rows in (languages, months, readers)),
        )
        for name in sorted({row.office for row in languages})
    ]


def months_between(first: str, last: str) -> Iterator[str]:
    """Every month from one such as "2018-04" to another, both included."""
    year, month = map(int, first.split("-"))
    while (name := f"{year:04}-{month:02}") <= last:
        yield name
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _count_query(groups: tuple[Any, ...], *columns: Any) -> Select[Any]:
    """Count the releases that are not withheld, by office and other columns."""
    r = tables.release.c
    return (
        select(r.office, func.count().label("number"), *groups, *columns)
        .select_from(CURRENT)
        .where(r.id.not_in(withheld_ids()))
        .group_by(r.office, *groups)
    )


def _coverage(office: str, languages: list[Any], months: list[Any], readers: list[Any]) -> Coverage:
    total = sum(row.number for row in languages)
    counts = {f"{int(row.year):04}-{int(row.month):02}": row.number for row in months}
    names = sorted(counts)
    return Coverage(
        office=office,
        releases=total,
        first=min((row.first for row in languages if row.first), default=None),
        last=max((row.last for row in languages if row.last), default=None),
        undated=total - sum(row.dated for row in languages),
        languages={row.language: row.number for row in languages},
        months={name: counts[name] for name in names},
        gaps=tuple(month for month in months_between(names[0], names[-1]) if month not in counts)
        if names
        else (),
        gone=sum(row.gone for row in languages),
        reader_versions={f"{row.reader} {row.reader_version}": row.number for row in readers},
    )
