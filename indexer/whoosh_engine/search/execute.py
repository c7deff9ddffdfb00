"""A query tree -> which documents match and their scores, on arrays.

The answer is that of Whoosh's matchers asked for every match: the same documents, the same BM25F.
But negations mean what they say, where Whoosh's matchers slip: its AndNot can keep a document that
it should drop, its Not let a deleted one in. What is not known here goes through those matchers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import log
from typing import Any

import numpy as np
from whoosh import query as tree

from indexer import deadline
from indexer.engine.fields import K1, LENGTHS_OF, stem_field
from indexer.highlight.highlighter import MOST_FORMS
from indexer.query.variants import VariantTerm
from indexer.whoosh_engine.columns.kernels import mark, score
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.index.arrays import Array
from indexer.whoosh_engine.index.segment import SegmentArrays
from indexer.whoosh_engine.search.expand import NOTHING as NO_TERMS
from indexer.whoosh_engine.search.expand import Expansion, expand, spelt
from indexer.whoosh_engine.search.phrase import phrase_documents
from indexer.whoosh_engine.search.scored_docs import (
    NOTHING,
    ScoredDocs,
    alike,
    intersection,
    places,
    union,
)

# Of a term that occurs once in each of its documents.
NO_FREQS = np.zeros(0, np.uint8)


class Executor:
    """Evaluates one tree over one snapshot. `counts` keeps how many documents each part of it
    matched.

    `own` and `others` are words that share the key of a leaf, forms of its spelling and other ones;
    `otherwise` are the documents that only the latter found. `notes` are sentences about what was
    cut short.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.counts: dict[int, int] = {}
        self.expansions: dict[int, Expansion] = {}
        self.notes: list[str] = []
        self._forms: dict[tuple[str, bytes], dict[str, int]] = {}
        self._held: dict[tuple[str, bytes], list[tuple[int, SegmentArrays, int]]] = {}
        self.own: dict[VariantTerm, Expansion] = {}
        self.others: dict[VariantTerm, Expansion] = {}
        self.otherwise = NOTHING.documents
        self._is_wide = False
        self._scores: dict[tuple[str, bytes], ScoredDocs] = {}

    def run(self, query: tree.Query | None) -> ScoredDocs:
        """The live matches of a tree; of every document where there is none."""
        query = query if query is not None else tree.Every()
        self._spell(query)
        found = self.find(query)
        if self.others:
            self._is_wide = True
            found = self._with_others(found, self.find(query))
        if (alive := self.snapshot.alive) is not None:
            kept = alive[found.documents]
            found = ScoredDocs(found.documents[kept], found.scores[kept])
        return found

    def _spell(self, query: tree.Query) -> None:
        """Look up what shares a key with a query's words, before any document is touched."""
        for leaf in query.leaves():
            if isinstance(leaf, VariantTerm):
                own, others = spelt(self.snapshot, leaf, self._stems)
                self.own[leaf], self.expansions[id(leaf)] = own, own + others
                if others.ranges:
                    self.others[leaf] = others

    def _stems(self, segment: SegmentArrays, leaf: VariantTerm) -> set[int]:
        """The numbers that a leaf's stems have in a segment."""
        field = stem_field(LENGTHS_OF.get(leaf.fieldname, leaf.fieldname))
        held = (each for stem in leaf.stems for each in self._postings(field, stem.encode()))
        return {number for _, holder, number in held if holder is segment}

    def _with_others(self, found: ScoredDocs, every: ScoredDocs) -> ScoredDocs:
        """What matches as typed, with its scores, and below it what other spellings add: less than
        the least of the former, and less than 0.
        """
        is_typed, places = self._places(every.documents, found.documents)
        self.otherwise = every.documents[~is_typed]
        shift = min(0.0, found.scores.min(initial=0)) - every.scores.max(initial=0) - 1
        scores = every.scores + np.float32(shift)
        scores[is_typed] = found.scores[places]
        return ScoredDocs(every.documents, scores)

    def find(self, node: tree.Query) -> ScoredDocs:
        """The matches of one part of a tree."""
        deadline.check()
        for kind, evaluate in _NODES:
            if isinstance(node, kind):
                found = evaluate(self, node)
                break
        else:
            found = self._by_whoosh(node)
        self.counts[id(node)] = self._live(found.documents)
        return found

    def _live(self, documents: Array) -> int:
        """How many of the documents are not deleted."""
        alive = self.snapshot.alive
        return len(documents) if alive is None else int(np.count_nonzero(alive[documents]))

    def count(self, node: tree.Query) -> int | None:
        """How many documents a part of the tree matched; None where it was not run."""
        return self.counts.get(id(node))

    def expanded(self, leaf: tree.MultiTerm, most: int) -> list[tuple[str, int]]:
        """The commonest words that a leaf stands for, forms of its own spelling."""
        if isinstance(leaf, VariantTerm):
            return self.own[leaf].counts(most)
        expansion = self.expansions.get(id(leaf))
        return expansion.counts(most) if expansion else []

    def forms(self, leaf: tree.Query) -> Iterable[str] | None:
        """The forms in the index that a leaf stands for; None where they are too many."""
        if isinstance(leaf, tree.Term):
            return self.forms_of(leaf)
        if isinstance(leaf, VariantTerm) and leaf.fieldname in LENGTHS_OF:
            return self.spellings(leaf)
        expansion = self.expansions.get(id(leaf))
        if expansion is None or len(expansion) > MOST_FORMS:
            return None
        return [term.decode() for term in expansion.terms]

    def spellings(self, leaf: tree.Query) -> dict[str, int]:
        """The forms of a leaf's other spellings, and in how many documents each is."""
        found: Counter[str] = Counter()
        for postings, numbers in self.others.get(leaf, NO_TERMS).ranges:
            for number in numbers:
                term = postings.term(number).decode()
                if leaf.fieldname in LENGTHS_OF:
                    found.update(self.forms_of(tree.Term(leaf.fieldname, term)))
                elif count := postings.live_count(number):
                    found[term] += count
        return found

    def forms_of(self, leaf: tree.Term) -> dict[str, int]:
        """The forms of a stem, and in how many documents each is."""
        key = leaf.fieldname, leaf.text.encode()
        if key not in self._forms:
            counts: Counter[str] = Counter()
            for _, segment, number in self._postings(*key):
                # A form that has the stem in several languages is told once for each.
                forms = dict(segment.forms(LENGTHS_OF[leaf.fieldname], number))
                counts.update({term.decode(): count for term, count in forms.items()})
            self._forms[key] = counts
        return self._forms[key]

    def _postings(self, field: str, text: bytes) -> list[tuple[int, SegmentArrays, int]]:
        if (field, text) not in self._held:
            self._held[field, text] = self.snapshot.postings(field, text)
        return self._held[field, text]

    def _term(self, node: tree.Term) -> ScoredDocs:
        return self._scored(node.fieldname, node.text.encode()).scaled(node.boost)

    def _scored(self, field: str, text: bytes) -> ScoredDocs:
        """A term's documents with BM25F scores; with score 1 in a field of whole values."""
        if found := self._scores.get((field, text)):
            return found
        held = self._postings(field, text)
        if not held:
            return NOTHING
        if not self.snapshot.toc.schema[field].scorable:
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
            score(
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
        if self.others:  # everything is asked for twice
            self._scores[field, text] = found
        return found

    def _unscored(self, field: str, held: list[tuple[int, SegmentArrays, int]]) -> ScoredDocs:
        parts = [
            segment.fields[field].documents[segment.fields[field].extent(number)] + np.int32(base)
            for base, segment, number in held
        ]
        return alike(np.concatenate((NOTHING.documents, *parts)), 1.0)

    def _and(self, node: tree.And) -> ScoredDocs:
        wanted, unwanted = _parted(node.subqueries)
        if not wanted:
            return self._without(self._every(tree.Every()), unwanted)
        found = [self.find(part) for part in wanted]
        return self._without(self._intersection(found), unwanted).scaled(node.boost)

    def _or(self, node: tree.Or) -> ScoredDocs:
        wanted, unwanted = _parted(node.subqueries)
        found = self._union([self.find(part) for part in wanted if self._is_any(part)])
        return self._without(found, unwanted).scaled(node.boost)

    def _is_any(self, node: tree.Query) -> bool:
        """Whether there are words to look for, which a key alone does not tell."""
        return not isinstance(node, VariantTerm) or bool(self.expansions[id(node)].ranges)

    def _not(self, node: tree.Not) -> ScoredDocs:
        rest = self._without(self._every(tree.Every()), [node.query])
        return alike(rest.documents, 1.0)

    def _and_not(self, node: tree.AndNot) -> ScoredDocs:
        return self._without(self.find(node.a), [node.b])

    def _and_maybe(self, node: tree.AndMaybe) -> ScoredDocs:
        first, second = self.find(node.a), self.find(node.b)
        is_in, places = self._places(first.documents, second.documents)
        scores = first.scores.copy()
        scores[is_in] += second.scores[places]
        return ScoredDocs(first.documents, scores)

    def _require(self, node: tree.Require) -> ScoredDocs:
        first, second = self.find(node.a), self.find(node.b)
        is_in, _ = self._places(first.documents, second.documents)
        return ScoredDocs(first.documents[is_in], first.scores[is_in])

    def _every(self, node: tree.Every) -> ScoredDocs:
        if node.fieldname:
            return self._by_whoosh(node)
        documents = np.arange(self.snapshot.size, dtype=np.int32)
        return alike(documents, node.boost)

    def _constant(self, node: tree.ConstantScoreQuery) -> ScoredDocs:
        if isinstance(node.child, tree.MultiTerm):
            documents = self._expanded(node.child)
            self.counts[id(node.child)] = self._live(documents)
        else:
            documents = self.find(node.child).documents
        return alike(documents, node.score)

    def _expanded(self, node: tree.MultiTerm) -> Array:
        """The documents of all the terms that a prefix, range or fuzzy word stands for."""
        expansion = self.expansions[id(node)] = expand(self.snapshot, node)
        if expansion.note:
            self.notes.append(expansion.note)
        return self._documents(expansion)

    def _documents(self, expansion: Expansion) -> Array:
        if not expansion.ranges:
            return NOTHING.documents
        is_in = np.zeros(self.snapshot.size, bool)
        for base, documents in expansion.documents:
            mark(documents, base, is_in)
        return np.flatnonzero(is_in).astype(np.int32)

    def _keyed(self, node: VariantTerm) -> ScoredDocs:
        """At first its own forms alone, then other spellings too."""
        chosen = self.expansions[id(node)] if self._is_wide else self.own[node]
        documents = self._documents(chosen)
        return alike(documents, node.boost) if len(documents) else NOTHING

    def _multi(self, node: tree.MultiTerm) -> ScoredDocs:
        """Scored as Whoosh does: each term that it stands for counts as asked for by itself."""
        terms = sorted(expand(self.snapshot, node).terms)
        field = node.field()
        return self._union([self._scored(field, term).scaled(node.boost) for term in terms])

    def _phrase(self, node: tree.Phrase) -> ScoredDocs:
        words = [word.encode() for word in node.words]
        documents = phrase_documents(self.snapshot, node.fieldname, words, node.slop)
        scored = [self._scored(node.fieldname, word) for word in words]
        return self._intersection([alike(documents, 0.0), *scored]).scaled(node.boost)

    def _by_whoosh(self, node: tree.Query) -> ScoredDocs:
        """Through Whoosh's own matchers, every match taken."""
        documents: list[int] = []
        scores: list[float] = []
        for searcher, offset in self.snapshot.searcher.leaf_searchers():
            matcher = node.matcher(searcher)
            while matcher.is_active():
                documents.append(matcher.id() + offset)
                scores.append(matcher.score())
                matcher.next()
        return ScoredDocs(np.array(documents, np.int32), np.array(scores, np.float32))

    def _without(self, found: ScoredDocs, unwanted: Sequence[tree.Query]) -> ScoredDocs:
        for node in unwanted:
            is_in, _ = self._places(found.documents, self.find(node).documents)
            found = ScoredDocs(found.documents[~is_in], found.scores[~is_in])
        return found

    def _intersection(self, found: Sequence[ScoredDocs]) -> ScoredDocs:
        return intersection(found, self.snapshot.scratch())

    def _union(self, found: Sequence[ScoredDocs]) -> ScoredDocs:
        return union(found, self.snapshot.scratch())

    def _places(self, documents: Array, others: Array) -> tuple[Array, Array]:
        return places(documents, others, self.snapshot.scratch())


def _parted(nodes: Sequence[tree.Query]) -> tuple[list[tree.Query], list[tree.Query]]:
    """Wanted parts, and what the negated ones negate."""
    return (
        [node for node in nodes if not isinstance(node, tree.Not)],
        [node.query for node in nodes if isinstance(node, tree.Not)],
    )


# In this order: a kind before those it derives from.
_NODES: tuple[tuple[type[tree.Query], Callable[[Executor, Any], ScoredDocs]], ...] = (
    (tree.Term, Executor._term),
    (VariantTerm, Executor._keyed),
    (tree.And, Executor._and),
    (tree.DisjunctionMax, Executor._by_whoosh),
    (tree.Or, Executor._or),
    (tree.Not, Executor._not),
    (tree.AndNot, Executor._and_not),
    (tree.AndMaybe, Executor._and_maybe),
    (tree.Require, Executor._require),
    (tree.Phrase, Executor._phrase),
    (tree.ConstantScoreQuery, Executor._constant),
    (tree.Every, Executor._every),
    (tree.Prefix, Executor._multi),
    (tree.Wildcard, Executor._multi),
    (tree.Regex, Executor._multi),
    (tree.FuzzyTerm, Executor._multi),
    (tree.TermRange, Executor._multi),
)
