"""A query tree -> the documents that match and their scores, on arrays.

The answer equals that of Whoosh's matchers, except for negations, where these err: their AndNot can
keep a document that it should drop, their Not can match a deleted one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from math import log

import numpy as np

from indexer import deadline
from indexer.analysis.jit import Array
from indexer.engine.fields import K1, LENGTHS_OF, WHOLE, stem_field
from indexer.highlight.highlighter import MOST_FORMS
from indexer.query import tree
from indexer.whoosh_engine.columns.kernels import mark, score_postings
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.index.postings import NO_FREQS
from indexer.whoosh_engine.index.segment import SegmentArrays
from indexer.whoosh_engine.search.expand import NO_TERMS, Expansion, expand, expand_key
from indexer.whoosh_engine.search.matching import matching
from indexer.whoosh_engine.search.scored_docs import (
    NOTHING,
    ScoredDocs,
    constant_score,
    intersection,
    places,
    union,
)
from indexer.whoosh_engine.search.spans import word_mask


class Executor:
    """Evaluates trees over one snapshot; `counts` has the number of documents that each part
    matches, `kept` the matches of parts that are needed again.

    `own` and `others` are words with a leaf's key, in its own and in other spellings; only the
    latter match `variant_documents`. `warnings` say what was cut short.
    """

    def __init__(self, snapshot: Snapshot, again: Iterable[tree.Node] = ()) -> None:
        self.snapshot = snapshot
        self.counts: dict[tree.Node, int] = {}
        self.kept: dict[tree.Node, ScoredDocs | None] = dict.fromkeys(again)
        self.expansions: dict[tree.Leaf, Expansion] = {}
        self.warnings: list[str] = []
        self.own: dict[tree.Leaf, Expansion] = {}
        self.others: dict[tree.Leaf, Expansion] = {}
        self.variant_documents = NOTHING.documents
        self._is_wide = False
        self._scores: dict[tuple[str, bytes], ScoredDocs] = {}

    def run(self, query: tree.Node | None) -> ScoredDocs:
        """The live documents that a tree matches; all of them without a tree."""
        query = query if query is not None else tree.Every()
        self._expand_keys(query)
        found = self.find(query)
        if self.others:
            if not self._is_wide:
                self._is_wide, self.kept = True, dict.fromkeys(self.kept)
            found = self._with_others(found, self.find(query))
        if (alive := self.snapshot.alive) is not None:
            kept = alive[found.documents]
            found = ScoredDocs(found.documents[kept], found.scores[kept])
        return found

    def mask(self, query: tree.Node | None) -> Array:
        """Which live documents a tree matches in any spelling, without scores (a mask)."""
        node = query if query is not None else tree.Every()
        found = matching(node, self.snapshot.size, self._word_mask)
        return found if self.snapshot.alive is None else found & self.snapshot.alive

    def _word_mask(self, node: tree.Or | tree.Leaf) -> Array:
        """The documents that a word matches, kept for other queries that have it, too."""
        return self.snapshot.masks.get(("anywhere", node), partial(self._new_mask, node))

    def _new_mask(self, node: tree.Or | tree.Leaf) -> Array:
        self._expand_keys(node)
        for leaf in tree.parts_of(tree.leaves(node)):
            if isinstance(leaf, tree.MultiTerm):
                self._expanded(leaf)
        return word_mask(self.snapshot, node, self.expansions)

    def _expand_keys(self, query: tree.Node) -> None:
        """Look up the words that share a key with a query's words."""
        for leaf in tree.leaves(query):
            if isinstance(leaf, tree.VariantTerm):
                own, others = self.snapshot.words_kept.get(leaf, partial(self._expand_key, leaf))
                self.own[leaf], self.expansions[leaf] = own, own + others
                if others.parts:
                    self.others[leaf] = others

    def _expand_key(self, leaf: tree.VariantTerm) -> tuple[Expansion, Expansion]:
        return expand_key(self.snapshot, leaf, self._stems)

    def _stems(self, segment: SegmentArrays, leaf: tree.VariantTerm) -> set[int]:
        """The numbers of a leaf's stems in a segment."""
        field = stem_field(LENGTHS_OF.get(leaf.field, leaf.field))
        held = (
            each for stem in leaf.stems for each in self.snapshot.postings(field, stem.encode())
        )
        return {number for _, holder, number in held if holder is segment}

    def _with_others(self, found: ScoredDocs, every: ScoredDocs) -> ScoredDocs:
        """All matches: those as typed with their scores, and the others below them and below 0."""
        is_typed, at = places(every.documents, found.documents, self.snapshot.scratch())
        self.variant_documents = every.documents[~is_typed]
        shift = min(0.0, found.scores.min(initial=0)) - every.scores.max(initial=0) - 1
        scores = every.scores + np.float32(shift)
        scores[is_typed] = found.scores[at]
        return ScoredDocs(every.documents, scores)

    def find(self, node: tree.Node) -> ScoredDocs:
        """The documents that one part of a tree matches."""
        deadline.check()
        if (kept := self.kept.get(node)) is not None:
            return kept
        found = self._evaluate(node)
        self.counts[node] = self._live(found.documents)
        if node in self.kept:
            self.kept[node] = found
        return found

    def matches(self, node: tree.Node) -> ScoredDocs:
        """The same, found at most once, and kept."""
        self.kept.setdefault(node)
        return self.find(node)

    def _evaluate(self, node: tree.Node) -> ScoredDocs:
        match node:
            case tree.Term(field, text, boost):
                return self._scored(field, text.encode()).scaled(boost)
            case tree.VariantTerm():
                return self._variants(node)
            case tree.Or(parts):
                some = [self.find(part) for part in parts if self._is_any(part)]
                return union(some, self.snapshot.scratch())
            case tree.And(parts):
                return self._all_of(parts)
            case tree.Phrase() | tree.Near():
                return self._spans(node)
            case tree.Prefix() | tree.Wildcard() | tree.Fuzzy() | tree.Range():
                return constant_score(self._documents(self._expanded(node)), node.boost)
            case tree.Not(part):
                return self._without(self._all_documents(), [part])
            case tree.AndNot(wanted, unwanted):
                return self._without(self.find(wanted), [unwanted])
            case tree.AndMaybe(wanted, better):
                return self._and_maybe(self.find(wanted), self.find(better))
            case tree.Every():
                return self._all_documents()

    def _live(self, documents: Array) -> int:
        """The number of these documents that are not deleted."""
        alive = self.snapshot.alive
        return len(documents) if alive is None else int(np.count_nonzero(alive[documents]))

    def count(self, node: tree.Node) -> int | None:
        """The number of documents that a part of the tree matches; None where it was not run."""
        return self.counts.get(node)

    def expanded(self, leaf: tree.VariantTerm | tree.MultiTerm, most: int) -> list[tuple[str, int]]:
        """The commonest words of a leaf in its own spelling."""
        if isinstance(leaf, tree.VariantTerm):
            return self.own[leaf].counts(most)
        return self.expansions.get(leaf, NO_TERMS).counts(most)

    def forms(self, leaf: tree.Leaf) -> Iterable[str] | None:
        """The forms of a leaf in the index; None where they are too many."""
        if isinstance(leaf, tree.Term):
            return self.forms_of(leaf)
        if isinstance(leaf, tree.VariantTerm) and leaf.field in LENGTHS_OF:
            return self.spellings(leaf)
        expansion = self.expansions.get(leaf)
        if expansion is None or len(expansion) > MOST_FORMS:
            return None
        return [term.decode() for term in expansion.terms]

    def spellings(self, leaf: tree.Leaf) -> dict[str, int]:
        """The forms of a leaf's spelling variants, and the number of documents with each."""
        found: Counter[str] = Counter()
        for part in self.others.get(leaf, NO_TERMS).parts:
            for number in part.numbers:
                term = part.postings.term(number).decode()
                if leaf.field in LENGTHS_OF:
                    found.update(self.forms_of(tree.Term(leaf.field, term)))
                elif count := part.postings.live_count(number):
                    found[term] += count
        return found

    def forms_of(self, leaf: tree.Term) -> dict[str, int]:
        """The forms of a stem, and the number of documents with each."""
        return self.snapshot.words_kept.get(leaf, lambda: self._forms_of(leaf))

    def _forms_of(self, leaf: tree.Term) -> dict[str, int]:
        counts: Counter[str] = Counter()
        for _, segment, number in self.snapshot.postings(leaf.field, leaf.text.encode()):
            # A form with the stem in several languages appears once for each.
            forms = dict(segment.forms(LENGTHS_OF[leaf.field], number))
            counts.update({term.decode(): count for term, count in forms.items()})
        return counts

    def _scored(self, field: str, text: bytes) -> ScoredDocs:
        """A term's documents with BM25F scores, or with score 1 in a field of whole values."""
        if found := self._scores.get((field, text)):
            return found
        held = self.snapshot.postings(field, text)
        if not held:
            return NOTHING
        if field in WHOLE:
            return self._unscored(field, held)
        size = sum(segment.fields[field].count(number) for _, segment, number in held)
        documents, scores = np.empty(size, np.int32), np.empty(size, np.float32)
        idf = log(self.snapshot.size / (size + 1)) + 1
        weight, norms = np.float32(idf * (K1 + 1)), self.snapshot.norm(field)
        start = 0
        for base, segment, number in held:
            postings = segment.fields[field]
            extent = postings.extent(number)
            end = start + extent.stop - extent.start
            freqs = NO_FREQS if postings.freqs is None else postings.freqs[extent]
            score_postings(
                postings.documents[extent],
                freqs,
                base,
                norms,
                weight,
                documents[start:end],
                scores[start:end],
            )
            start = end
        found = ScoredDocs(documents, scores)
        if self.others:  # the tree is evaluated twice
            self._scores[field, text] = found
        return found

    def _unscored(self, field: str, held: list[tuple[int, SegmentArrays, int]]) -> ScoredDocs:
        parts = [
            segment.fields[field].documents[segment.fields[field].extent(number)] + np.int32(base)
            for base, segment, number in held
        ]
        return constant_score(np.concatenate((NOTHING.documents, *parts)), 1.0)

    def _all_of(self, parts: Sequence[tree.Node]) -> ScoredDocs:
        wanted = [self.find(part) for part in parts if not isinstance(part, tree.Not)]
        found = intersection(wanted, self.snapshot.scratch()) if wanted else self._all_documents()
        return self._without(found, [part.part for part in parts if isinstance(part, tree.Not)])

    def _is_any(self, node: tree.Node) -> bool:
        """Whether a node can match: a key may have no words."""
        return not isinstance(node, tree.VariantTerm) or bool(self.expansions[node].parts)

    def _and_maybe(self, first: ScoredDocs, second: ScoredDocs) -> ScoredDocs:
        is_in, at = places(first.documents, second.documents, self.snapshot.scratch())
        scores = first.scores.copy()
        scores[is_in] += second.scores[at]
        return ScoredDocs(first.documents, scores)

    def _all_documents(self) -> ScoredDocs:
        return constant_score(np.arange(self.snapshot.size, dtype=np.int32), 1.0)

    def _expanded(self, leaf: tree.MultiTerm) -> Expansion:
        """The terms of a prefix, wildcard, range or fuzzy word."""
        if leaf not in self.expansions:
            expansion = self.expansions[leaf] = expand(self.snapshot, leaf)
            if expansion.warning:
                self.warnings.append(expansion.warning)
        return self.expansions[leaf]

    def _documents(self, expansion: Expansion) -> Array:
        if not expansion.parts:
            return NOTHING.documents
        is_in = np.zeros(self.snapshot.size, bool)
        for part in expansion.parts:
            for extent in part.extents():
                mark(part.postings.documents[extent], part.base, is_in)
        return np.flatnonzero(is_in).astype(np.int32)

    def _variants(self, leaf: tree.VariantTerm) -> ScoredDocs:
        """The documents with the leaf's own spelling; in the second run, with any."""
        chosen = self.expansions[leaf] if self._is_wide else self.own[leaf]
        documents = self._documents(chosen)
        return constant_score(documents, leaf.boost) if len(documents) else NOTHING

    def _spans(self, leaf: tree.Phrase | tree.Near) -> ScoredDocs:
        """Scored as all of its words are, or its parts."""
        parts = tree.words_of(leaf) if isinstance(leaf, tree.Phrase) else leaf.parts
        scored = [self._evaluate(part) for part in parts]
        is_held = word_mask(self.snapshot, leaf, self.expansions)
        documents = np.flatnonzero(is_held).astype(np.int32)
        found = intersection([constant_score(documents, 0.0), *scored], self.snapshot.scratch())
        return found.scaled(leaf.boost)

    def _without(self, found: ScoredDocs, unwanted: Sequence[tree.Node]) -> ScoredDocs:
        for node in unwanted:
            is_in, _ = places(found.documents, self.find(node).documents, self.snapshot.scratch())
            found = ScoredDocs(found.documents[~is_in], found.scores[~is_in])
        return found
