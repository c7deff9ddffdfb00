"""What a query's words match in the bodies of its hits -> spans of tokens, a segment at a time.

A word is a span of one token. A phrase's is from its first word to its last; of occurrences of a
loose phrase that hold another one it is the inner one that counts, the shortest (minimal intervals,
Clarke, Cormack and Burkowski 1995, section 3). Negated parts give none, nor do other fields. The
same span counts once, whatever number of the query's parts match it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from whoosh import query as tree

from indexer.fields import stem_field
from indexer.whoosh_engine.arrays import Array
from indexer.whoosh_engine.execute import Executor
from indexer.whoosh_engine.expand import Expansion, expand
from indexer.whoosh_engine.segment import SegmentArrays
from indexer.whoosh_engine.spans import documents_of, follow_spans, term_places

FIELD = "body"
FIELDS = (FIELD, stem_field(FIELD))
NOWHERE = np.zeros(0, np.uint32)
# Spans by their first and last tokens, as the kernels take them.
Pair = tuple[Array, Array]


@dataclass(frozen=True)
class Occurrences:
    """The spans in one segment, by their first and then their last tokens, and the segment's own
    numbers of their documents.

    `base` is the number of the segment's first document among all.
    """

    segment: SegmentArrays
    base: int
    documents: Array
    firsts: Array
    lasts: Array

    def __len__(self) -> int:
        return len(self.firsts)

    @property
    def n_documents(self) -> int:
        """In how many documents the spans stand."""
        return int(np.count_nonzero(np.diff(self.documents, prepend=np.int32(-1))))


def find_occurrences(
    executor: Executor, query: tree.Query | None, hits: Array
) -> list[Occurrences]:
    """What a query that an executor has run matches in the bodies of these documents."""
    snapshot = executor.snapshot
    wanted = np.zeros(snapshot.size, bool)
    wanted[hits] = True
    asked = [*leaves(query)]
    expansions = {
        id(leaf): expand(snapshot, leaf)
        for leaf in asked
        if isinstance(leaf, tree.MultiTerm) and id(leaf) not in executor.expansions
    } | executor.expansions
    found = []
    for base, segment in zip(snapshot.bases, snapshot.segments, strict=False):
        places = _Places(segment, wanted[base : base + segment.size])
        words, phrases = [NOWHERE], []
        for leaf in asked:
            if isinstance(leaf, tree.Phrase):
                phrases.append(_phrase(places, leaf))
            else:
                numbers = _numbers(leaf, segment, expansions)
                words.append(places.of(leaf.fieldname, numbers))
        firsts, lasts = _joined(_union(words), phrases)
        documents = documents_of(firsts, segment.starts(FIELD))
        found.append(Occurrences(segment, base, documents, firsts, lasts))
    return found


def leaves(node: tree.Query | None) -> Iterator[tree.Query]:
    """The parts of a tree that match words of bodies and are not negated."""
    if isinstance(node, tree.AndNot):
        yield from leaves(node.a)
    elif isinstance(node, tree.CompoundQuery):
        for part in node.subqueries:
            yield from leaves(part)
    elif isinstance(node, tree.ConstantScoreQuery):
        yield from leaves(node.child)
    elif isinstance(node, tree.Term | tree.Phrase | tree.MultiTerm) and node.fieldname in FIELDS:
        yield node


def _numbers(
    leaf: tree.Query, segment: SegmentArrays, expansions: dict[int, Expansion]
) -> Sequence[int]:
    """The terms of a segment that a leaf stands for."""
    field = segment.fields[leaf.fieldname]
    if isinstance(leaf, tree.Term):
        return _known([field.number(leaf.text.encode())])
    ranges = expansions[id(leaf)].ranges
    found = [numbers for postings, numbers in ranges if postings is field]
    return found[0] if len(found) == 1 else [*chain.from_iterable(found)]


class _Places:
    """Where terms stand in one segment's documents that are wanted (a mask)."""

    def __init__(self, segment: SegmentArrays, is_wanted: Array) -> None:
        self.segment, self.is_wanted = segment, is_wanted

    def of(self, field: str, numbers: Sequence[int]) -> Array:
        """The places of all of these terms, in order; of a stem they are those of its forms."""
        if field == FIELD:
            return self._written(np.array(numbers, np.int64), self.is_wanted)
        arrays = self.segment.arrays
        of_language = arrays["language/forward"]
        found = [NOWHERE]
        for number, language in enumerate(self.segment.languages):
            forms = arrays[f"{FIELD}/forms/{language}"]
            firsts = arrays[f"{FIELD}/forms/{language}/firsts"]
            terms = [forms[firsts[stem] : firsts[stem + 1]] for stem in numbers]
            some = np.concatenate([np.zeros(0, np.int64), *terms])
            found.append(self._written(some, self.is_wanted & (of_language == number)))
        return _union(found)

    def _written(self, terms: Array, is_wanted: Array) -> Array:
        if not len(terms):
            return NOWHERE
        postings = self.segment.fields[FIELD]
        assert postings.freqs is not None
        assert postings.spots is not None
        assert postings.positions is not None
        extents = np.stack((postings.firsts[terms], postings.firsts[terms + 1]), axis=1)
        found = term_places(
            extents.astype(np.int64),
            postings.spots[terms].astype(np.int64),
            postings.documents,
            postings.freqs,
            postings.positions,
            self.segment.starts(FIELD),
            is_wanted,
        )
        if len(terms) > 1:
            found.sort()
        return found


def _phrase(places: _Places, leaf: tree.Phrase) -> Pair:
    """A phrase's occurrences, of those that begin at one word the shortest."""
    field = places.segment.fields[leaf.fieldname]
    numbers = _known([field.number(word.encode()) for word in leaf.words])
    if not numbers or len(numbers) < len(leaf.words):
        return NOWHERE, NOWHERE
    firsts = lasts = places.of(leaf.fieldname, numbers[:1])
    for number in numbers[1:]:
        following = places.of(leaf.fieldname, [number])
        starts = places.segment.starts(FIELD)
        firsts, lasts = follow_spans(firsts, lasts, following, starts, leaf.slop)
    # Both ends ascend, so that of one beginning the first is the shortest.
    is_shortest = np.ones(len(firsts), bool)
    is_shortest[1:] = firsts[1:] != firsts[:-1]
    return firsts[is_shortest], lasts[is_shortest]


def _joined(words: Array, phrases: Sequence[Pair]) -> Pair:
    """Words and phrases together, none twice."""
    if not phrases:
        return words, words
    pairs = [
        firsts.astype(np.uint64) << np.uint64(32) | lasts
        for firsts, lasts in ((words, words), *phrases)
    ]
    both = _distinct(np.concatenate(pairs))
    return (both >> np.uint64(32)).astype(np.uint32), both.astype(np.uint32)


def _union(places: Sequence[Array]) -> Array:
    kept = [each for each in places if len(each)]
    if len(kept) < 2:
        return kept[0] if kept else NOWHERE
    return _distinct(np.concatenate(kept))


def _distinct(numbers: Array) -> Array:
    """The numbers in order, each once."""
    numbers.sort()  # np.unique hashes them first, which takes many times as long
    is_new = np.ones(len(numbers), bool)
    is_new[1:] = numbers[1:] != numbers[:-1]
    return numbers[is_new]


def _known(numbers: Sequence[int | None]) -> list[int]:
    return [number for number in numbers if number is not None]
