"""The cases of the catalog: links between releases that tell of one, as they are found, cut by an
operator, and read. A withheld release has none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, or_, select

from corpus.cases.grouping import group
from corpus.cases.records import CaseLink, Place
from corpus.database import tables
from corpus.database.batches import chunks
from corpus.database.current import withheld_ids
from corpus.errors import StoreError

LINK, CUT = tables.case_link.c, tables.case_cut.c


@dataclass(frozen=True)
class Case:
    """The ids of the releases of a case, sorted, and the links between them."""

    releases: tuple[str, ...]
    links: tuple[CaseLink, ...]


@dataclass(frozen=True)
class Cut:
    """Two releases that an operator told apart, the smaller id first, when and why."""

    release: str
    other: str
    at: datetime
    note: str


def read_case(connection: Connection, id_: str) -> Case | None:
    """The case of a release, if it is of one."""
    links: dict[tuple[str, str], CaseLink] = {}
    known, new = set[str](), {id_}
    while new:
        known |= new
        found = {(each.release, each.other): each for each in _read_links(connection, new)}
        links |= found
        new = {each for pair in found for each in pair} - known
    return next((case for case in _cases(connection, links.values()) if id_ in case.releases), None)


def read_cases(connection: Connection) -> list[Case]:
    """All cases, by the smallest id in each."""
    return _cases(connection, _read_links(connection, None))


def read_cuts(connection: Connection) -> list[Cut]:
    """The releases told apart, the newest first."""
    query = select(CUT.release, CUT.other, CUT.at, CUT.note).order_by(CUT.at.desc(), CUT.release)
    return [Cut(*row) for row in connection.execute(query)]


def cut_link(connection: Connection, one: str, two: str, note: str, now: datetime) -> None:
    """Tell two releases apart: no case contains both. Raises StoreError where one is missing, or
    both are told apart already.
    """
    release, other = sorted((one, two))
    r = tables.release.c
    known = {*connection.scalars(select(r.id).where(r.id.in_([one, two])))}
    if missing := sorted({one, two} - known):
        raise StoreError(f"There is no release {missing[0]!r}. `communique cases` lists their IDs.")
    if release == other or (release, other) in _read_cut_pairs(connection):
        raise StoreError(f"{release} and {other} are the same or told apart already.")
    row = {"release": release, "other": other, "at": now, "note": note}
    connection.execute(insert(tables.case_cut), row)


def undo_cut(connection: Connection, one: str, two: str) -> None:
    """Undo a cut. Raises StoreError where there is none."""
    release, other = sorted((one, two))
    where = (CUT.release == release) & (CUT.other == other)
    if not connection.execute(delete(tables.case_cut).where(where)).rowcount:
        raise StoreError(f"{release} and {other} are not told apart; nothing was changed.")


def _cases(connection: Connection, links: Iterable[CaseLink]) -> list[Case]:
    found = [*links]
    groups = group(found, _read_cut_pairs(connection))
    of_group: dict[frozenset[str], list[CaseLink]] = {}
    for link in found:
        if link.other in (members := groups.get(link.release, frozenset())):
            of_group.setdefault(members, []).append(link)
    cases = [Case(tuple(sorted(ids)), tuple(inside)) for ids, inside in of_group.items()]
    return sorted(cases, key=lambda case: case.releases)


def _read_links(connection: Connection, ids: set[str] | None) -> list[CaseLink]:
    """The links of some releases, or all, in a fixed order; none of a withheld release."""
    shown = [each.not_in(withheld_ids()) for each in (LINK.release, LINK.other)]
    query = select(tables.case_link).where(*shown)
    if ids is None:
        rows = [*connection.execute(query)]
    else:
        rows = [
            row for some in chunks(ids) for row in connection.execute(query.where(touches(some)))
        ]
    return sorted(map(_link_from_row, rows), key=lambda link: (link.release, link.other))


def touches(ids: list[str]) -> ColumnElement[bool]:
    """That a link is one of some releases."""
    return or_(LINK.release.in_(ids), LINK.other.in_(ids))


def _link_from_row(row: Row[Any]) -> CaseLink:
    words, other_words = (each and Place(*each) for each in (row.words, row.other_words))
    return CaseLink(row.release, row.other, row.sign, words, other_words, row.likeness)


def _read_cut_pairs(connection: Connection) -> set[tuple[str, str]]:
    return {(row.release, row.other) for row in connection.execute(select(tables.case_cut))}
