"""Releases whose bodies are nearly the same under other URLs, within an office and across offices.

MinHash over shingles of words (Broder, 1997), cut into bands: bodies that share a band are
compared word for word, and linked when they are alike enough.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from corpus.database import tables
from corpus.database.current import CURRENT, withheld_ids
from corpus.database.sequence import next_revision

SHINGLE = 4
# 16 bands of 8: of two bodies that are 0.9 alike all but 1 in 10,000 share a band.
BANDS, ROWS = 16, 8
# Of 8,469 releases of one office, the 12 pairs above this have one title each; below 0.88 begin
# texts made from one form of words (suits of one kind against different people).
ALIKE = 0.9
# Shorter bodies are alike by their form of words ("media advisory"), not as copies.
LEAST_SHINGLES = 20
# A text that an office sends out with every release would pair all of them.
MOST_CANDIDATES = 50
WORD = re.compile(r"\w+")
# In `about`, after a migration: up to which revision nobody has looked for copies yet.
UNLINKED = "unlinked"
SCHEME: Literal["affine32"] = "affine32"


@dataclass(frozen=True)
class Copy:
    """A release with nearly the same body; `likeness` is the share of common shingles, 0.9 to 1."""

    id: str
    likeness: float


def link(connection: Connection, id_: str, body: Sequence[str]) -> None:
    """Find the copies of a body that is new or has changed, and link them, both ways.

    Where that makes another group of releases, the index hears of them all.
    """
    before = _linked(connection, id_)
    unlink(connection, id_)
    words = shingles(body)
    if len(words) >= LEAST_SHINGLES:
        _link(connection, id_, words)
    after = _linked(connection, id_)
    if after != before:
        _tell_index(connection, (before | after) - {id_})


def _link(connection: Connection, id_: str, words: set[str]) -> None:
    keys = band_keys(words)
    found = {}
    for other, theirs in _shingles_of(connection, _candidates(connection, keys)):
        likeness = len(words & theirs) / len(words | theirs)
        if likeness >= ALIKE:
            found[other] = likeness
    rows = [{"release": id_, "number": n, "key": key} for n, key in enumerate(keys)]
    connection.execute(insert(tables.band), rows)
    pairs = [pair for other in found for pair in ((id_, other), (other, id_))]
    if pairs:
        both = [
            {"release": one, "other": two, "likeness": found[two if one == id_ else one]}
            for one, two in pairs
        ]
        connection.execute(insert(tables.copy), both)


def link_older(connection: Connection, most: int = 500) -> bool:
    """Link some of the releases that an older catalog brought, the newest first; whether any are
    left.
    """
    a, r, v = tables.about.c, tables.release.c, tables.version.c
    left = connection.scalar(select(a.value).where(a.key == UNLINKED))
    if left is None:
        return False
    query = select(r.id, r.revision, v.body).select_from(CURRENT).where(r.revision <= left)
    rows = connection.execute(query.order_by(r.revision.desc()).limit(most)).all()
    for row in rows:
        link(connection, row.id, row.body)
    if len(rows) < most:
        connection.execute(delete(tables.about).where(a.key == UNLINKED))
        return False
    values = {"value": rows[-1].revision - 1}
    connection.execute(update(tables.about).where(a.key == UNLINKED), values)
    return True


def read_copies(connection: Connection, id_: str) -> list[Copy]:
    """The copies of a release that are in sight, the most alike first."""
    c = tables.copy.c
    query = (
        select(c.other, c.likeness)
        .where(c.release == id_, *(each.not_in(withheld_ids()) for each in (c.release, c.other)))
        .order_by(c.likeness.desc(), c.other)
    )
    return [Copy(*row) for row in connection.execute(query)]


def read_groups(connection: Connection) -> dict[str, str]:
    """The group of each release in sight that has copies, named by the least id in it.

    A release belongs to the group of any of its copies, though not all of a group need be alike.
    """
    c = tables.copy.c
    query = select(c.release, c.other).where(
        c.release < c.other, *(each.not_in(withheld_ids()) for each in (c.release, c.other))
    )
    groups: dict[str, str] = {}

    def name(id_: str) -> str:
        while (other := groups.setdefault(id_, id_)) != id_:
            id_ = other
        return id_

    for one, two in connection.execute(query):
        least, other = sorted((name(one), name(two)))
        groups[other] = least
    return {id_: name(id_) for id_ in groups}


def tell_group(connection: Connection, id_: str) -> None:
    """Let the index hear of the copies of a release that went out of sight, or came back."""
    _tell_index(connection, _linked(connection, id_) - {id_})


def count_copies(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    """How many copies in sight each of these releases has; those with none are left out."""
    c = tables.copy.c
    query = (
        select(c.release, func.count())
        .where(c.release.in_(list(ids)), c.other.not_in(withheld_ids()))
        .group_by(c.release)
    )
    return {id_: int(number) for id_, number in connection.execute(query)}


def unlink(connection: Connection, id_: str) -> None:
    """Forget the links of a body that has changed."""
    connection.execute(delete(tables.band).where(tables.band.c.release == id_))
    c = tables.copy.c
    connection.execute(delete(tables.copy).where(or_(c.release == id_, c.other == id_)))


def shingles(body: Sequence[str]) -> set[str]:
    """Every run of four words of a body, case folded, punctuation aside."""
    words = [word for paragraph in body for word in WORD.findall(paragraph.casefold())]
    return {" ".join(words[n : n + SHINGLE]) for n in range(len(words) - SHINGLE + 1)}


def band_keys(words: set[str]) -> list[str]:
    """The keys of the bands; equal sets have equal keys."""
    from datasketch import MinHash  # brings SciPy, which reading a catalog does not need

    # Scheme and seed are written out: keys in a catalog must stay comparable with new ones.
    made = MinHash(BANDS * ROWS, 1, hashfunc=_hash, permutations=_permutations(), scheme=SCHEME)
    made.update_batch([word.encode() for word in words])
    values = made.digest().reshape(BANDS, ROWS)
    return [hashlib.blake2b(each.tobytes(), digest_size=8).hexdigest() for each in values]


def _linked(connection: Connection, id_: str) -> set[str]:
    """A release, its copies, their copies, and so on."""
    c = tables.copy.c
    found: set[str] = set()
    fresh = {id_}
    while fresh:
        found |= fresh
        fresh = {*connection.scalars(select(c.other).where(c.release.in_(fresh)))} - found
    return found


def _tell_index(connection: Connection, ids: set[str]) -> None:
    """A revision of its own for each: the next update of the index reads them again."""
    for id_ in sorted(ids):
        values = {"revision": next_revision(connection)}
        connection.execute(update(tables.release).where(tables.release.c.id == id_), values)


def _hash(word: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(word, digest_size=4).digest(), "little")


@cache
def _permutations() -> Any:
    from datasketch import MinHash  # as above

    return MinHash(BANDS * ROWS, 1, scheme=SCHEME).permutations


def _candidates(connection: Connection, keys: list[str]) -> list[str]:
    # A band's number is part of what its key stands for; equal keys of two numbers do no harm.
    c = tables.band.c
    query = select(c.release).where(c.key.in_(keys)).distinct().limit(MOST_CANDIDATES)
    return list(connection.scalars(query))


def _shingles_of(connection: Connection, ids: list[str]) -> Iterator[tuple[str, set[str]]]:
    """These releases with the shingles of their bodies."""
    r, v = tables.release.c, tables.version.c
    query = select(r.id, v.body).select_from(CURRENT).where(r.id.in_(ids))
    return ((row.id, shingles(row.body)) for row in connection.execute(query).all())
