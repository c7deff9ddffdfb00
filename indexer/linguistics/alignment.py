"""Which releases are one in several languages, by what their offices declare."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from indexer.analysis.jit import Array, compiled

# An address that more releases declare is the site's, where a language link leads to when there is
# no translation.
MOST_DECLARING = 12


@dataclass(frozen=True)
class Alignment:
    """For each release the number of its work among those in several languages (int32, -1: none),
    how many works there are, and each release's language by its number.
    """

    works: Array
    size: int
    languages: list[str]
    codes: Array
    # How many translations hold each stem, by field and language, once that was counted.
    holders: dict[tuple[str, int], Array] = field(default_factory=dict, compare=False)

    def of_releases(self, releases: Array, code: int) -> Array:
        """The works that those of the releases belong to that are in a language, as a mask."""
        mask = np.zeros(self.size, bool)
        works = self.works[releases]
        mask[works[(works >= 0) & (self.codes[releases] == code)]] = True
        return mask

    @cached_property
    def held(self) -> Array:
        """Whether a work is held in a language: a row a language, by their numbers."""
        every = np.flatnonzero(self.works >= 0)
        codes = range(len(self.languages))
        rows = [self.of_releases(every, code) for code in codes]
        return np.array(rows, bool).reshape(len(codes), self.size)

    @cached_property
    def members(self) -> tuple[Array, Array]:
        """The releases work by work (int32), and where each work's begin; one more for the end."""
        every = np.flatnonzero(self.works >= 0)
        works = self.works[every]
        each = np.bincount(works, minlength=self.size)
        ordered = every[np.argsort(works, kind="stable")].astype(np.int32)
        return ordered, np.concatenate(([0], np.cumsum(each)))

    def releases(self, works: Array, code: int) -> Array:
        """The releases of these works in a language, ascending."""
        members, starts = self.members
        parts = [members[starts[work] : starts[work + 1]] for work in works.tolist()]
        found = np.concatenate([np.zeros(0, np.int32), *parts])
        return np.sort(found[self.codes[found] == code])

    def every(self, code: int) -> Array:
        """All releases in a language that belong to a work, ascending."""
        return np.flatnonzero((self.works >= 0) & (self.codes == code)).astype(np.int32)


def number_works(
    declaring: Array, declared: Array, held: Array, names: Array, size: int
) -> tuple[Array, int]:
    """The works of releases, numbered in the order of their first releases, and how many there are.
    Releases are numbered in the order of their ids.

    `declaring` are the releases of all declarations and `declared` the numbers of the ids that they
    name; `held` are the releases whose own ids are declared and `names` those ids' numbers.
    """
    n_names = int(max(declared.max(initial=-1), names.max(initial=-1))) + 1
    is_few = np.bincount(declared, minlength=n_names) <= MOST_DECLARING
    is_kept = is_few[declared]
    pairs = np.concatenate((declaring[is_kept], held[is_few[names]]))
    joints = np.concatenate((declared[is_kept], names[is_few[names]]))
    return _number_shared(_least_connected(pairs, joints, size, n_names), pairs)


def _least_connected(documents: Array, joints: Array, n_documents: int, n_joints: int) -> Array:
    """Each document's least document among those that joints connect it with, however far."""
    labels = np.arange(n_documents)
    while True:
        least = np.full(n_joints, n_documents)
        np.minimum.at(least, joints, labels[documents])
        before = labels[documents]
        np.minimum.at(labels, documents, least[joints])
        if (labels[documents] == before).all():
            return labels


def _number_shared(labels: Array, documents: Array) -> tuple[Array, int]:
    """The labels of several documents as numbers from 0 (int32), -1 for all others; how many."""
    works = np.full(len(labels), -1, np.int32)
    members = np.unique(documents)
    _, numbers, sizes = np.unique(labels[members], return_inverse=True, return_counts=True)
    is_shared = sizes > 1
    dense = np.where(is_shared, np.cumsum(is_shared) - 1, -1)
    works[members] = dense[numbers]
    return works, int(is_shared.sum())


@compiled
def count_holders(
    releases: Array,
    starts: Array,
    forward: Array,
    stems: Array,
    numbers: Array,
    seen: Array,
    counts: Array,
) -> None:
    """Count each release once for every stem in it. `stems` leads from terms to stems, `numbers`
    from stems to their common numbers; `seen` is -1 for each stem.
    """
    for release in releases:
        for place in range(starts[release], starts[release + 1]):
            stem = stems[forward[place]]
            if stem >= 0 and seen[stem] != release:
                seen[stem] = release
                counts[numbers[stem]] += 1
