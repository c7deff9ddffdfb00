"""Near-duplicates: releases with nearly the same body at other URLs, in one office or several.

MinHash over shingles of words (Broder, 1997), cut into bands: bodies that share a band are
compared word for word, and linked when they are similar enough.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from corpus.database import tables
from corpus.database.current import CURRENT, withheld_ids
from corpus.database.sequence import raise_revision

SHINGLE = 4
# 16 bands of 8: of two bodies that are 0.9 alike all but 1 in 10,000 share a band.
BANDS, ROWS = 16, 8
# Of 8,469 releases of one office, the 12 pairs above this have the same title each; below 0.88,
# texts follow the same template (suits of one kind against different people).
LEAST_LIKENESS = 0.9
# Shorter bodies are similar by their template ("media advisory"), not as copies.
LEAST_SHINGLES = 20
# A text that an office adds to every release would pair all of them.
MOST_CANDIDATES = 50
WORD = re.compile(r"\w+")
# In `about`, after a migration: the revision up to which near-duplicates are still to be linked.
UNLINKED = "unlinked"
SCHEME: Literal["affine32"] = "affine32"


@dataclass(frozen=True)
class NearDuplicate:
    """A release with nearly the same body; `likeness` is the share of common shingles, 0.9 to 1."""

    id: str
    likeness: float


def link(connection: Connection, id_: str, body: Sequence[str]) -> None:
    """Link the near-duplicates of a new or changed body, both ways; a changed group is revised."""
    before = _group_of(connection, id_)
    unlink(connection, id_)
    words = shingles(body)
    if len(words) >= LEAST_SHINGLES:
        _link_similar(connection, id_, words)
    after = _group_of(connection, id_)
    if after != before:
        for other in sorted((before | after) - {id_}):
            raise_revision(connection, other)


def _link_similar(connection: Connection, id_: str, words: set[str]) -> None:
    keys = band_keys(words)
    b, r, v = tables.band.c, tables.release.c, tables.version.c
    # Keys of different bands may be equal by chance; the comparison of words sorts that out.
    candidates = select(b.release).where(b.key.in_(keys)).distinct().limit(MOST_CANDIDATES)
    ids = connection.scalars(candidates).all()
    bodies = connection.execute(select(r.id, v.body).select_from(CURRENT).where(r.id.in_(ids)))
    links = []
    for other, body in bodies.all():
        theirs = shingles(body)
        likeness = len(words & theirs) / len(words | theirs)
        if likeness >= LEAST_LIKENESS:
            links.append({"release": id_, "other": other, "likeness": likeness})
            links.append({"release": other, "other": id_, "likeness": likeness})
    rows = [{"release": id_, "number": n, "key": key} for n, key in enumerate(keys)]
    connection.execute(insert(tables.band), rows)
    if links:
        connection.execute(insert(tables.copy), links)


def link_pending(connection: Connection, most: int = 500) -> bool:
    """Link some releases from an older catalog, newest first; return whether any are left."""
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


def read_near_duplicates(connection: Connection, id_: str) -> list[NearDuplicate]:
    """The near-duplicates of a release that are not withheld, the most similar first."""
    c = tables.copy.c
    query = (
        select(c.other, c.likeness)
        .where(c.release == id_, *(each.not_in(withheld_ids()) for each in (c.release, c.other)))
        .order_by(c.likeness.desc(), c.other)
    )
    return [NearDuplicate(*row) for row in connection.execute(query)]


def read_groups(connection: Connection) -> dict[str, str]:
    """The group of each release with near-duplicates, named by the smallest id in it, without
    withheld releases.

    A group contains the near-duplicates of each member; not all pairs in it need be similar.
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


def raise_group_revisions(connection: Connection, id_: str) -> None:
    """Give a release and its near-duplicates new revisions."""
    for each in (*sorted(_group_of(connection, id_) - {id_}), id_):
        raise_revision(connection, each)


def count_near_duplicates(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    """How many near-duplicates each of these releases has; withheld ones do not count."""
    c = tables.copy.c
    query = (
        select(c.release, func.count())
        .where(c.release.in_(list(ids)), c.other.not_in(withheld_ids()))
        .group_by(c.release)
    )
    return {id_: int(number) for id_, number in connection.execute(query)}


def unlink(connection: Connection, id_: str) -> None:
    """Delete the links of a body that has changed."""
    connection.execute(delete(tables.band).where(tables.band.c.release == id_))
    c = tables.copy.c
    connection.execute(delete(tables.copy).where(or_(c.release == id_, c.other == id_)))


def shingles(body: Sequence[str]) -> set[str]:
    """Every sequence of four words of a body, case folded, without punctuation."""
    words = [word for paragraph in body for word in WORD.findall(paragraph.casefold())]
    return {" ".join(words[n : n + SHINGLE]) for n in range(len(words) - SHINGLE + 1)}


def band_keys(words: set[str]) -> list[str]:
    """The keys of the bands; equal sets have equal keys."""
    from datasketch import MinHash  # brings SciPy, which reading a catalog does not need

    # Scheme and seed are explicit: stored keys must stay comparable with new ones.
    made = MinHash(BANDS * ROWS, 1, hashfunc=_hash, permutations=_permutations(), scheme=SCHEME)
    made.update_batch([word.encode() for word in words])
    values = made.digest().reshape(BANDS, ROWS)
    return [hashlib.blake2b(each.tobytes(), digest_size=8).hexdigest() for each in values]


def _group_of(connection: Connection, id_: str) -> set[str]:
    """A release, its near-duplicates, their near-duplicates, and so on."""
    c = tables.copy.c
    group: set[str] = set()
    new = {id_}
    while new:
        group |= new
        new = {*connection.scalars(select(c.other).where(c.release.in_(new)))} - group
    return group


def _hash(word: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(word, digest_size=4).digest(), "little")


@cache
def _permutations() -> Any:
    from datasketch import MinHash  # as above

    return MinHash(BANDS * ROWS, 1, scheme=SCHEME).permutations
