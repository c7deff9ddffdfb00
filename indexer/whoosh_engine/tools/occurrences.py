"""What a query's words match in the bodies of its hits -> spans of tokens, a segment at a time.

A word is a span of one token; a phrase extends from its first word to its last. Of a loose phrase's
nested occurrences only the shortest counts (minimal intervals, Clarke, Cormack and Burkowski 1995,
section 3). Negated parts and other fields match nothing, and a span counts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from indexer import deadline
from indexer.analysis.jit import Array, compiled
from indexer.engine.results import Query
from indexer.linguistics.spans import (
    NOWHERE,
    SpanEnds,
    TokenSpans,
    distinct,
    merge_spans,
    phrase_spans,
)
from indexer.query import tree
from indexer.query.tree import BODY
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.index.segment import SegmentArrays
from indexer.whoosh_engine.search.collect import find_hits
from indexer.whoosh_engine.search.execute import Executor
from indexer.whoosh_engine.search.expand import Numbers
from indexer.whoosh_engine.search.scored_docs import ScoredDocs


@dataclass(frozen=True)
class SegmentSpans(TokenSpans):
    """The spans in one segment, by its own numbers of documents and terms; `base` is the number of
    its first document.
    """

    segment: SegmentArrays
    base: int

    @property
    def documents(self) -> Array:
        """The number of each span's document in the snapshot."""
        return self.releases + np.int32(self.base)


def find_mentions(
    snapshot: Snapshot, query: Query
) -> tuple[Executor, ScoredDocs, list[SegmentSpans]]:
    """Run a query: the executor, its hits, and what it matches in their bodies."""
    executor = Executor(snapshot)
    hits = find_hits(snapshot, executor, replace(query, facets=())).found
    return executor, hits, find_spans(executor, query.tree, hits.documents)


def find_spans(executor: Executor, query: tree.Node | None, hits: Array) -> list[SegmentSpans]:
    """What an executed query matches in the bodies of these documents."""
    snapshot = executor.snapshot
    wanted = np.zeros(snapshot.size, bool)
    wanted[hits] = True
    asked = tree.body_leaves(query)
    found = []
    for base, segment in zip(snapshot.bases, snapshot.segments, strict=False):
        places = _SegmentPlaces(segment, wanted[base : base + segment.size])
        words, phrases = [NOWHERE], []
        for leaf in asked:
            deadline.check()
            if isinstance(leaf, tree.Phrase):
                phrases.append(_phrase_ends(places, leaf))
            else:
                numbers = _term_numbers(leaf, segment, executor)
                words.append(places.of(leaf.field, numbers))
        starts, forward = segment.starts(BODY), segment.arrays[f"{BODY}/forward"]
        languages, pair = segment.arrays["language/forward"], merge_spans(_union(words), phrases)
        found.append(SegmentSpans(starts, forward, languages, *pair, segment, base))
    return found


def _term_numbers(leaf: tree.Leaf, segment: SegmentArrays, executor: Executor) -> Numbers:
    """The terms of a leaf in a segment."""
    field = segment.fields[leaf.field]
    if isinstance(leaf, tree.Term):
        number = field.number(leaf.text.encode())
        return range(0) if number is None else range(number, number + 1)
    parts = executor.expansions[leaf].parts
    found = [each.numbers for each in parts if each.postings is field]
    return found[0] if len(found) == 1 else np.concatenate([np.empty(0, np.int64), *found])


class _SegmentPlaces:
    """The places of terms in a segment's wanted documents (a mask)."""

    def __init__(self, segment: SegmentArrays, is_wanted: Array) -> None:
        self.segment, self.is_wanted = segment, is_wanted

    def of(self, field: str, numbers: Numbers) -> Array:
        """The places of all these terms, in order; those of a stem are those of its forms."""
        if field == BODY:
            return self._written(np.array(numbers, np.int64), self.is_wanted)
        arrays = self.segment.arrays
        of_language = arrays["language/forward"]
        found = [NOWHERE]
        for number, language in enumerate(self.segment.languages):
            forms = arrays[f"{BODY}/forms/{language}"]
            firsts = arrays[f"{BODY}/forms/{language}/firsts"]
            terms = [forms[firsts[stem] : firsts[stem + 1]] for stem in numbers]
            some = np.concatenate([np.zeros(0, np.int64), *terms])
            found.append(self._written(some, self.is_wanted & (of_language == number)))
        return _union(found)

    def _written(self, terms: Array, is_wanted: Array) -> Array:
        if not len(terms):
            return NOWHERE
        postings = self.segment.fields[BODY]
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
            self.segment.starts(BODY),
            is_wanted,
        )
        if len(terms) > 1:
            found.sort()
        return found


def _phrase_ends(places: _SegmentPlaces, leaf: tree.Phrase) -> SpanEnds:
    field = places.segment.fields[leaf.field]
    numbers = [n for word in leaf.words if (n := field.number(word.encode())) is not None]
    if not numbers or len(numbers) < len(leaf.words):
        return NOWHERE, NOWHERE
    words = [places.of(leaf.field, range(number, number + 1)) for number in numbers]
    return phrase_spans(words, places.segment.starts(BODY), leaf.slop)


def _union(places: Sequence[Array]) -> Array:
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
    """The places of some terms in the wanted documents, one term after another.

    A term's postings extend from extents[term, 0] to extents[term, 1] (int64[n, 2]), its positions
    begin at spots[term] (int64[n]).
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
