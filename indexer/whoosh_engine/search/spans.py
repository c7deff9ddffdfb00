"""Where a query's words, phrases and proximities stand in the texts of one segment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from indexer.analysis.jit import Array, compiled
from indexer.engine.fields import LENGTHS_OF
from indexer.linguistics.spans import documents_of
from indexer.query import tree
from indexer.query.proximity import NOWHERE, SpanEnds, distinct, find_rows, spans_of
from indexer.whoosh_engine.columns.boilerplate import Boilerplate
from indexer.whoosh_engine.columns.kernels import mark
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.index.segment import SegmentArrays
from indexer.whoosh_engine.search.expand import Expansion, Numbers, SegmentTerms

Expansions = Mapping[tree.Leaf, Expansion]
# Extents, spots, documents, freqs, positions and starts, as the kernels take them.
TermPostings = tuple[Array, Array, Array, Array, Array, Array]


def word_mask(
    snapshot: Snapshot,
    node: tree.Or | tree.Leaf,
    expansions: Expansions,
    *,
    has_boilerplate: bool = True,
) -> Array:
    """The documents that a leaf, or any of several, matches; in boilerplate if wanted (a mask)."""
    found = np.zeros(snapshot.size, bool)
    boilerplate = [None] * len(snapshot.segments) if has_boilerplate else snapshot.boilerplate
    for base, segment, left_out in zip(
        snapshot.bases, snapshot.segments, boilerplate, strict=False
    ):
        words = SegmentWords(segment, expansions, np.ones(segment.size, bool))
        for leaf in tree.leaves(node):
            is_body = leaf.field in tree.BODY_FIELDS
            outside = replace(words, left_out=left_out) if is_body else words
            found[base : base + segment.size] |= outside.matching(leaf)
    return found


@dataclass(frozen=True)
class SegmentWords:
    """The words of the documents of a segment that are wanted (a mask), apart from those in
    `left_out`. `expansions` are what leaves stand for that are not single terms.
    """

    segment: SegmentArrays
    expansions: Expansions
    is_wanted: Array
    left_out: Boilerplate | None = None

    def spans(self, leaf: tree.Leaf) -> SpanEnds:
        """What a leaf matches, in order; none where a word does not occur at all."""
        if isinstance(leaf, tree.Phrase) and self._is_row(leaf):
            return self._rows(leaf)
        return spans_of(leaf, self.places, self.segment.paragraph_starts(leaf.field))

    def matching(self, leaf: tree.Leaf) -> Array:
        """Which documents a leaf matches (a mask)."""
        if not isinstance(leaf, tree.Phrase | tree.Near):
            return self._outside(self.left_out, leaf) if self.left_out else self.holders(leaf)
        held = self.is_wanted if self._is_row(leaf) else self.holders(leaf)
        found = np.zeros(self.segment.size, bool)
        if held.any():
            firsts, _ = replace(self, is_wanted=held).spans(leaf)
            found[documents_of(firsts, self.segment.starts(leaf.field))] = True
        return found

    def _outside(self, left_out: Boilerplate, leaf: tree.Leaf) -> Array:
        """Which documents hold a word of the body outside what is left out (a mask)."""
        found = np.zeros(self.segment.size, bool)
        runs = left_out.begins, left_out.ends, left_out.firsts
        for terms, is_wanted in self._terms(leaf):
            mark_outside(*self._postings(tree.BODY, terms), is_wanted, *runs, found)
        return found

    def _is_row(self, leaf: tree.Leaf) -> bool:
        """Whether a leaf is words one after another, as they are written, in any sentence."""
        is_exact = isinstance(leaf, tree.Phrase) and leaf.slop == 1
        return is_exact and leaf.field not in LENGTHS_OF and self.left_out is None

    def _rows(self, leaf: tree.Phrase) -> SpanEnds:
        """Where words stand one after another: around the rarest of them."""
        field = self.segment.fields[leaf.field]
        numbers = [number for each in tree.words_of(leaf) for number in self._numbers(each)]
        if len(numbers) < len(leaf.words):
            return NOWHERE, NOWHERE
        rarest = min(range(len(numbers)), key=lambda at: field.count(numbers[at]))
        places = self._written(leaf.field, np.array([numbers[rarest]]), self.is_wanted)
        firsts = find_rows(
            places.astype(np.int64) - rarest,
            self.segment.arrays[f"{leaf.field}/forward"],
            np.array(numbers),
            self.segment.paragraph_starts(leaf.field),
        )
        return firsts, firsts + np.uint32(len(numbers) - 1)

    def holders(self, node: tree.Node) -> Array:
        """Which documents hold what a leaf needs, wherever it stands (a mask)."""
        match node:
            case tree.Or(parts):
                return reduce(np.logical_or, map(self.holders, parts))
            case tree.Near(parts=parts):
                return reduce(np.logical_and, map(self.holders, parts))
            case tree.Phrase():
                return reduce(np.logical_and, map(self.holders, tree.words_of(node)))
        found = np.zeros(self.segment.size, bool)
        for leaf in tree.leaves(node):
            field = self.segment.fields[leaf.field]
            for extent in SegmentTerms(0, field, self._numbers(leaf)).extents():
                mark(field.documents[extent], 0, found)
        return found

    def places(self, leaf: tree.Leaf) -> Array:
        """Where the words of a leaf stand; of a stem they are those of its forms."""
        text = LENGTHS_OF.get(leaf.field, leaf.field)
        found = [self._written(text, *each) for each in self._terms(leaf)]
        return found[0] if len(found) == 1 else union(found)

    def _terms(self, leaf: tree.Leaf) -> Iterator[tuple[Array, Array]]:
        """The terms that a leaf stands for, and the documents where it does (a mask): a stem stands
        for its forms, in each language for others.
        """
        numbers = self._numbers(leaf)
        if leaf.field not in LENGTHS_OF:
            yield np.array(numbers, np.int64), self.is_wanted
            return
        text, arrays = LENGTHS_OF[leaf.field], self.segment.arrays
        of_language = arrays["language/forward"]
        for number, language in enumerate(self.segment.languages):
            forms = arrays[f"{text}/forms/{language}"]
            firsts = arrays[f"{text}/forms/{language}/firsts"]
            terms = [forms[firsts[stem] : firsts[stem + 1]] for stem in numbers]
            some = np.concatenate([np.zeros(0, np.int64), *terms])
            yield some, self.is_wanted & (of_language == number)

    def _numbers(self, leaf: tree.Leaf) -> Numbers:
        """The terms of the segment that a leaf stands for."""
        field = self.segment.fields[leaf.field]
        if isinstance(leaf, tree.Term):
            number = field.number(leaf.text.encode())
            return range(0) if number is None else range(number, number + 1)
        parts = self.expansions[leaf].parts
        found = [each.numbers for each in parts if each.postings is field]
        return found[0] if len(found) == 1 else np.concatenate([np.empty(0, np.int64), *found])

    def _written(self, field: str, terms: Array, is_wanted: Array) -> Array:
        if not len(terms):
            return NOWHERE
        found = term_places(*self._postings(field, terms), is_wanted)
        if len(terms) > 1:
            found.sort()
        return found if self.left_out is None else found[~self.left_out.has(found)]

    def _postings(self, field: str, terms: Array) -> TermPostings:
        postings = self.segment.fields[field]
        assert postings.freqs is not None
        assert postings.spots is not None
        assert postings.positions is not None
        extents = np.stack((postings.firsts[terms], postings.firsts[terms + 1]), axis=1)
        return (
            extents.astype(np.int64),
            postings.spots[terms].astype(np.int64),
            postings.documents,
            postings.freqs,
            postings.positions,
            self.segment.starts(field),
        )


def union(places: Sequence[Array]) -> Array:
    """All places in order, each once."""
    kept = [each for each in places if len(each)]
    if len(kept) < 2:
        return kept[0] if kept else NOWHERE
    return distinct(np.concatenate(kept))


@compiled
def term_places(
    extents: Array,
    spots: Array,
    documents: Array,
    freqs: Array,
    positions: Array,
    starts: Array,
    is_wanted: Array,
) -> Array:
    """Where some terms stand in the documents that are wanted, one term after another.

    A term's postings are those from extents[term, 0] to extents[term, 1] (int64[n, 2]), its
    positions begin at spots[term] (int64[n]).
    """
    total = 0
    for term in range(len(extents)):
        for posting in range(extents[term, 0], extents[term, 1]):
            total += freqs[posting] if is_wanted[documents[posting]] else 0
    found = np.empty(total, np.uint32)
    length = 0
    for term in range(len(extents)):
        spot = spots[term]
        for posting in range(extents[term, 0], extents[term, 1]):
            often, document = np.int64(freqs[posting]), documents[posting]
            if is_wanted[document]:
                for at in range(spot, spot + often):
                    found[length] = starts[document] + positions[at]
                    length += 1
            spot += often
    return found


@compiled
def mark_outside(
    extents: Array,
    spots: Array,
    documents: Array,
    freqs: Array,
    positions: Array,
    starts: Array,
    is_wanted: Array,
    begins: Array,
    ends: Array,
    firsts: Array,
    found: Array,
) -> None:
    """Mark the wanted documents in which one of some terms stands outside of runs of tokens, which
    are from begins[run] to ends[run]; those of document d from run firsts[d] to firsts[d + 1].
    """
    for term in range(len(extents)):
        spot = spots[term]
        for posting in range(extents[term, 0], extents[term, 1]):
            often, document = np.int64(freqs[posting]), documents[posting]
            if is_wanted[document] and not found[document]:
                run, last = firsts[document], firsts[document + 1]
                for at in range(spot, spot + often):
                    place = starts[document] + positions[at]
                    while run < last and ends[run] <= place:
                        run += 1
                    if run == last or place < begins[run]:
                        found[document] = True
                        break
            spot += often
