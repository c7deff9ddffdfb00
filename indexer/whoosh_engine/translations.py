"""Which documents are one release in several languages, by what their offices declare."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from indexer.whoosh_engine.arrays import Array
from indexer.whoosh_engine.facets import FacetColumn
from indexer.whoosh_engine.segment import SegmentArrays

# An address that more releases declare is the site's, where a language link leads to when there is
# no translation.
MOST_DECLARING = 12


@dataclass(frozen=True)
class Translations:
    """For each document the number of its release among those in several languages (int32, -1:
    none, or deleted), how many of them there are, and the languages of all documents.
    """

    works: Array
    size: int
    languages: FacetColumn

    @classmethod
    def of(
        cls,
        segments: list[SegmentArrays],
        bases: list[int],
        ids: Array,
        alive: Array | None,
        languages: FacetColumn,
    ) -> Translations:
        """Join what declares a common id; `ids` are the documents' own (bytes)."""
        documents, declared, names = _declared(segments, bases)
        if alive is not None:
            is_kept = alive[documents]
            documents, declared = documents[is_kept], declared[is_kept]
        is_few = np.bincount(declared, minlength=len(names)) <= MOST_DECLARING
        is_kept = is_few[declared]
        held, their = _held(ids, alive, names)
        pairs = np.concatenate((documents[is_kept], held[is_few[their]]))
        joints = np.concatenate((declared[is_kept], their[is_few[their]]))
        labels = _joined(pairs, joints, len(ids), len(names))
        return cls(*_numbered(labels, pairs), languages)

    def code(self, language: str) -> int:
        """The number of a language."""
        return self.languages.values.index(language)

    def of_documents(self, documents: Array, code: int) -> Array:
        """The works that those of the documents belong to that are in a language, as a mask."""
        mask = np.zeros(self.size, bool)
        works = self.works[documents]
        mask[works[(works >= 0) & (self.languages.codes[documents] == code)]] = True
        return mask

    @cached_property
    def held(self) -> Array:
        """Whether a work is held in a language: a row a language, by their numbers."""
        every = np.flatnonzero(self.works >= 0)
        codes = range(len(self.languages.values))
        rows = [self.of_documents(every, code) for code in codes]
        return np.array(rows, bool).reshape(len(codes), self.size)

    @cached_property
    def members(self) -> tuple[Array, Array]:
        """The documents work by work (int32), and where each work's begin; one more for the end."""
        every = np.flatnonzero(self.works >= 0)
        works = self.works[every]
        each = np.bincount(works, minlength=self.size)
        ordered = every[np.argsort(works, kind="stable")].astype(np.int32)
        return ordered, np.concatenate(([0], np.cumsum(each)))

    def documents(self, works: Array, code: int) -> Array:
        """The documents of these works in a language, ascending."""
        members, starts = self.members
        parts = [members[starts[work] : starts[work + 1]] for work in works.tolist()]
        found = np.concatenate([np.zeros(0, np.int32), *parts])
        return np.sort(found[self.languages.codes[found] == code])


def _declared(segments: list[SegmentArrays], bases: list[int]) -> tuple[Array, Array, list[bytes]]:
    """All declarations: the documents, the numbers of the ids that they name, and those ids."""
    known: dict[bytes, int] = {}
    documents, numbers = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for base, segment in zip(bases, segments, strict=False):
        postings = segment.fields["alternates"]
        names = postings.terms(range(len(postings)))
        own = np.array([known.setdefault(each, len(known)) for each in names], np.int64)
        documents.append(np.repeat(np.arange(segment.size), segment.lengths("alternates")) + base)
        numbers.append(own[segment.arrays["alternates/forward"]])
    return np.concatenate(documents), np.concatenate(numbers), [*known]


def _held(ids: Array, alive: Array | None, names: list[bytes]) -> tuple[Array, Array]:
    """The documents whose own ids are declared, and which of the names those are."""
    live = np.arange(len(ids)) if alive is None else np.flatnonzero(alive)
    ordered = live[np.argsort(ids[live], kind="stable")]
    wanted = np.array(names, ids.dtype)
    places = np.searchsorted(ids[ordered], wanted)
    is_in = places < len(ordered)
    is_in[is_in] = ids[ordered[places[is_in]]] == wanted[is_in]
    return ordered[places[is_in]], np.flatnonzero(is_in)


def _joined(documents: Array, joints: Array, n_documents: int, n_joints: int) -> Array:
    """Each document's least document among those that joints connect it with, however far."""
    labels = np.arange(n_documents)
    while True:
        least = np.full(n_joints, n_documents)
        np.minimum.at(least, joints, labels[documents])
        before = labels[documents]
        np.minimum.at(labels, documents, least[joints])
        if (labels[documents] == before).all():
            return labels


def _numbered(labels: Array, documents: Array) -> tuple[Array, int]:
    """The labels of several documents as numbers from 0 (int32), -1 for all others; how many."""
    works = np.full(len(labels), -1, np.int32)
    members = np.unique(documents)
    _, numbers, sizes = np.unique(labels[members], return_inverse=True, return_counts=True)
    is_shared = sizes > 1
    dense = np.where(is_shared, np.cumsum(is_shared) - 1, -1)
    works[members] = dense[numbers]
    return works, int(is_shared.sum())
