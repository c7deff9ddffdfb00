"""Prefixes, wildcards, patterns, ranges and fuzzy words -> the terms they stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import translate
from functools import partial

import numpy as np

from indexer import deadline
from indexer.analysis.edit_distance import distances
from indexer.analysis.jit import Array
from indexer.query import tree
from indexer.query.message import Message
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.index.postings import FieldPostings, wildcard_pattern
from indexer.whoosh_engine.index.segment import SegmentArrays
from indexer.whoosh_engine.index.variant_keys import alike_terms

# Further terms of a segment are left out, with a warning.
MOST_TERMS = 20_000

# Arrays, as many thousands of Python's integers fragment its memory.
Numbers = range | Array


@dataclass(frozen=True)
class SegmentTerms:
    """Terms of a segment, whose documents begin at `base`."""

    base: int
    postings: FieldPostings
    numbers: Numbers

    def extents(self) -> Iterator[slice]:
        """The extents of the terms' postings."""
        if isinstance(self.numbers, range):
            yield self.postings.extents(self.numbers)
        else:
            yield from map(self.postings.extent, self.numbers)

    def counts(self) -> Array:
        """The number of documents with each term."""
        return self.postings.live_counts(np.asarray(self.numbers))

    def commonest(self, most: int) -> Array:
        """The numbers of the commonest terms, and of those as common as the last."""
        counts = self.counts()
        least = np.partition(counts, -most)[-most] if len(counts) > most else 1
        return self.holding(max(1, int(least)))

    def holding(self, least: int) -> Array:
        """The numbers of the terms that occur in at least so many documents."""
        return np.asarray(self.numbers)[self.counts() >= least]


@dataclass
class Expansion:
    """The terms of a leaf, by segment, and a warning where some were left out."""

    parts: list[SegmentTerms] = field(default_factory=list)
    warning: Message | None = None

    def __len__(self) -> int:
        return sum(len(each.numbers) for each in self.parts)

    def __add__(self, other: Expansion) -> Expansion:
        return Expansion(self.parts + other.parts)

    @property
    def terms(self) -> set[bytes]:
        """All terms, of all segments."""
        return {each.postings.term(number) for each in self.parts for number in each.numbers}

    def counts(self, most: int) -> list[tuple[str, int]]:
        """The terms in most documents, and in how many.

        The commonest of each segment are counted in all; then all that could be as common: of a
        term's documents, one segment must have its share.
        """
        found = self._counted([each.commonest(most) for each in self.parts])
        if len(self.parts) > 1 and len(found) >= most:
            least = -(-found[most - 1][1] // len(self.parts))
            found = self._counted([each.holding(least) for each in self.parts])
        return [(term.decode(), count) for term, count in found[:most]]

    def _counted(self, chosen: list[Array]) -> list[tuple[bytes, int]]:
        """The chosen terms of each segment with their documents in all, most first."""
        terms = {
            each.postings.term(number)
            for each, numbers in zip(self.parts, chosen, strict=True)
            for number in numbers
        }
        found: dict[bytes, int] = {}
        for each in self.parts:
            for term in terms:
                if (number := each.postings.number(term)) is not None:
                    found[term] = found.get(term, 0) + each.postings.live_count(number)
        held = [(term, count) for term, count in found.items() if count]
        return sorted(held, key=lambda pair: (-pair[1], pair[0]))


NO_TERMS = Expansion()
# A segment and a node -> the numbers of the node's stems there.
Stems = Callable[[SegmentArrays, tree.VariantTerm], set[int]]


def expand(snapshot: Snapshot, node: tree.MultiTerm) -> Expansion:
    """The terms of a node in every segment."""
    found = Expansion()
    for base, segment in zip(snapshot.bases, snapshot.segments, strict=False):
        deadline.check()
        postings = segment.fields.get(node.field)
        if postings is None:
            continue
        numbers = _term_numbers(node, postings)
        if len(numbers) > MOST_TERMS:
            found.warning = Message(
                "“{word}” matches more than {most:,} words; only {most:,} of them were searched.",
                word=_shown(node),
                most=MOST_TERMS,
            )
            numbers = numbers[:MOST_TERMS]
        if len(numbers):
            found.parts.append(SegmentTerms(base, postings, numbers))
    return found


def expand_key(
    snapshot: Snapshot, node: tree.VariantTerm, stems: Stems
) -> tuple[Expansion, Expansion]:
    """The words with a node's key, in its own and in other spellings; `stems` returns the numbers
    of the node's stems in a segment.
    """
    own, others = Expansion(), Expansion()
    for base, segment in zip(snapshot.bases, snapshot.segments, strict=False):
        found = alike_terms(segment, node, partial(stems, segment, node))
        for numbers, expansion in zip(found, (own, others), strict=True):
            if numbers:
                part = SegmentTerms(base, segment.fields[node.field], np.array(numbers, np.int32))
                expansion.parts.append(part)
    return own, others


def _term_numbers(node: tree.MultiTerm, postings: FieldPostings) -> Numbers:
    match node:
        case tree.Prefix(_, text):
            return postings.prefix(text.encode())
        case tree.Wildcard(_, text):
            return _wildcard_numbers(text, postings)
        case tree.Fuzzy():
            return _fuzzy_numbers(node, postings)
        case tree.Range():
            return _range_numbers(node, postings)


def _wildcard_numbers(text: str, postings: FieldPostings) -> Numbers:
    if "[" not in text:
        pattern, prefix = wildcard_pattern(text)
        return postings.matching(pattern, postings.prefix(prefix))
    is_match = re.compile(translate(text)).match
    terms = enumerate(postings.terms(range(len(postings))))
    return np.fromiter((n for n, term in terms if is_match(term.decode())), np.int32)


def _fuzzy_numbers(node: tree.Fuzzy, postings: FieldPostings) -> Array:
    """The terms with the same beginning as a fuzzy word and a small enough distance."""
    begun = postings.prefix(node.text[: node.prefix_length].encode())
    far = distances(node.text, postings.words(begun), node.distance)
    return np.flatnonzero(far <= node.distance) + begun.start


def _range_numbers(node: tree.Range, postings: FieldPostings) -> range:
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
