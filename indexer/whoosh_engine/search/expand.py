"""Prefixes, wildcards, patterns, ranges and fuzzy words -> the terms they stand for, and those
terms' documents.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import translate
from functools import partial

import numpy as np

from indexer import deadline
from indexer.analysis.edit_distance import distances
from indexer.query import tree
from indexer.query.message import Note
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.index.arrays import Array
from indexer.whoosh_engine.index.postings import FieldPostings, wildcard_pattern
from indexer.whoosh_engine.index.segment import SegmentArrays
from indexer.whoosh_engine.index.variant_keys import alike_terms

# Beyond this many terms in a segment the rest is left out, and the reader told.
MOST_TERMS = 20_000

Numbers = range | list[int]


@dataclass
class Expansion:
    """The documents of an expansion, by the segment's base, its terms with their counts, and what
    was left out.
    """

    documents: list[tuple[int, Array]] = field(default_factory=list)
    ranges: list[tuple[FieldPostings, Numbers]] = field(default_factory=list)
    note: Note | None = None

    def __len__(self) -> int:
        return sum(len(numbers) for _, numbers in self.ranges)

    def __add__(self, other: Expansion) -> Expansion:
        if not (self.ranges and other.ranges):
            return self if self.ranges else other
        return Expansion(self.documents + other.documents, self.ranges + other.ranges)

    @property
    def terms(self) -> set[bytes]:
        """All terms, of all segments."""
        return {postings.term(number) for postings, numbers in self.ranges for number in numbers}

    def counts(self, most: int) -> list[tuple[str, int]]:
        """The terms in most documents, and in how many.

        The commonest of each segment are counted in all; then whatever could still be as common,
        since of what many segments hold together one must hold its share.
        """
        found = self._counted([self._commonest(one, most) for one in self.ranges])
        if len(self.ranges) > 1 and len(found) >= most:
            least = -(-found[most - 1][1] // len(self.ranges))
            found = self._counted([self._holding(one, least) for one in self.ranges])
        return [(term.decode(), count) for term, count in found[:most]]

    def _commonest(self, one: tuple[FieldPostings, Numbers], most: int) -> Array:
        """The numbers of the commonest terms of a segment, and of those as common as the last."""
        counts = _documents_of(one)
        least = np.partition(counts, -most)[-most] if len(counts) > most else 1
        return self._holding(one, max(1, int(least)))

    def _holding(self, one: tuple[FieldPostings, Numbers], least: int) -> Array:
        return np.asarray(one[1])[_documents_of(one) >= least]

    def _counted(self, chosen: list[Array]) -> list[tuple[bytes, int]]:
        """The chosen terms of any segment with their documents in all, most first."""
        terms = {
            postings.term(int(number))
            for (postings, _), numbers in zip(self.ranges, chosen, strict=True)
            for number in numbers
        }
        found: dict[bytes, int] = {}
        for postings, _ in self.ranges:
            for term in terms:
                if (number := postings.number(term)) is not None:
                    found[term] = found.get(term, 0) + postings.live_count(number)
        held = [(term, count) for term, count in found.items() if count]
        return sorted(held, key=lambda pair: (-pair[1], pair[0]))


def _documents_of(one: tuple[FieldPostings, Numbers]) -> Array:
    """How many documents each of some terms is in."""
    postings, numbers = one
    return postings.live_counts(np.asarray(numbers))


NOTHING = Expansion()
# A segment and a node -> the numbers that its stems have there.
Stems = Callable[[SegmentArrays, tree.VariantTerm], set[int]]


def expand(snapshot: Snapshot, node: tree.MultiTerm) -> Expansion:
    """What a node stands for in every segment."""
    found = Expansion()
    for base, segment in zip(snapshot.bases, snapshot.segments, strict=False):
        deadline.check()
        postings = segment.fields.get(node.field)
        if postings is None:
            continue
        numbers = _numbers(node, postings)
        if len(numbers) > MOST_TERMS:
            found.note = Note(
                "“{word}” matches more than {most:,} words; only {most:,} of them were searched.",
                word=_shown(node),
                most=MOST_TERMS,
            )
            numbers = numbers[:MOST_TERMS]
        if numbers:
            part = _of(base, postings, numbers)
            found.documents += part.documents
            found.ranges += part.ranges
    return found


def spelt(snapshot: Snapshot, node: tree.VariantTerm, stems: Stems) -> tuple[Expansion, Expansion]:
    """The words that share a node's key: forms of its own spelling, and other spellings. `stems`
    gives the numbers that the node's stems have in a segment.
    """
    own = others = NOTHING
    for base, segment in zip(snapshot.bases, snapshot.segments, strict=False):
        forms, spellings = alike_terms(segment, node, partial(stems, segment, node))
        if forms:
            own = own + _of(base, segment.fields[node.field], forms)
        if spellings:
            others = others + _of(base, segment.fields[node.field], spellings)
    return own, others


def _of(base: int, postings: FieldPostings, numbers: Numbers) -> Expansion:
    """Terms of a segment whose documents begin at `base`."""
    extents = _extents(postings, numbers)
    documents = [(base, postings.documents[extent]) for extent in extents]
    return Expansion(documents, [(postings, numbers)])


def _extents(postings: FieldPostings, numbers: Numbers) -> Iterable[slice]:
    if isinstance(numbers, range):
        return (postings.extents(numbers),)
    return (postings.extent(number) for number in numbers)


def _numbers(node: tree.MultiTerm, postings: FieldPostings) -> Numbers:
    match node:
        case tree.Prefix(_, text):
            return postings.prefix(text.encode())
        case tree.Wildcard(_, text):
            return _wildcard(text, postings)
        case tree.Fuzzy():
            return _fuzzy(node, postings)
        case tree.Range():
            return _range(node, postings)


def _wildcard(text: str, postings: FieldPostings) -> Numbers:
    if "[" not in text:
        pattern, prefix = wildcard_pattern(text)
        return postings.matching(pattern, postings.prefix(prefix))
    is_match, every = re.compile(translate(text)).match, range(len(postings))
    return [
        n for n, term in zip(every, postings.terms(every), strict=True) if is_match(term.decode())
    ]


def _fuzzy(node: tree.Fuzzy, postings: FieldPostings) -> list[int]:
    """The terms that begin as a fuzzy word does and are near enough to it."""
    begun = postings.prefix(node.text[: node.prefix_length].encode())
    far = distances(node.text, postings.words(begun), node.distance)
    return (np.flatnonzero(far <= node.distance) + begun.start).tolist()


def _range(node: tree.Range, postings: FieldPostings) -> range:
    start = postings.lower(node.start.encode()) if node.start else 0
    if node.start and node.excludes_start and postings.number(node.start.encode()) is not None:
        start += 1
    if node.end is None:
        return range(start, len(postings))
    end = postings.lower(node.end.encode())
    if not node.excludes_end and postings.number(node.end.encode()) is not None:
        end += 1
    return range(start, max(start, end))


def _shown(node: tree.MultiTerm) -> str:
    return str(node).partition(":")[2]
