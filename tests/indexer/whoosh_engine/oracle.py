"""A query tree as Whoosh's, and what Whoosh's own matchers answer to it: the executor's judge."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

import numpy as np
from whoosh import query
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import MultiReader, SegmentReader
from whoosh.searching import Searcher

from indexer.query import tree
from indexer.whoosh_engine.columns.snapshot import Snapshot
from tests.indexer.whoosh_engine.test_marks import is_match
from tests.indexer.whoosh_engine.test_plain_reader import near as pairs
from tests.indexer.whoosh_engine.whoosh_codec import ArrayCodec


def as_whoosh(node: tree.Node) -> query.Query:
    """The same tree of Whoosh's nodes; keys of words are unknown to it."""
    match node:
        case tree.Term(field, text, boost):
            return query.Term(field, text, boost=boost)
        case tree.Phrase(field, words, slop, boost):
            return query.Phrase(field, [*words], slop=slop, boost=boost)
        case tree.Prefix(field, text, boost):
            return query.ConstantScoreQuery(query.Prefix(field, text), boost)
        case tree.Wildcard(field, text, boost):
            return query.ConstantScoreQuery(query.Wildcard(field, text), boost)
        case tree.Fuzzy(field, text, distance, prefix_length, boost):
            fuzzy = query.FuzzyTerm(field, text, maxdist=distance, prefixlength=prefix_length)
            return query.ConstantScoreQuery(fuzzy, boost)
        case tree.Range(field, start, end, excludes_start, excludes_end, boost):
            words = query.TermRange(field, start, end, excludes_start, excludes_end)
            return query.ConstantScoreQuery(words, boost)
        case tree.Every():
            return query.Every()
        case tree.And(parts):
            return query.And([*map(as_whoosh, parts)])
        case tree.Or(parts):
            return query.Or([*map(as_whoosh, parts)])
        case tree.Not(part):
            return query.Not(as_whoosh(part))
        case tree.AndNot(wanted, unwanted):
            return query.AndNot(as_whoosh(wanted), as_whoosh(unwanted))
        case tree.AndMaybe(wanted, better):
            return query.AndMaybe(as_whoosh(wanted), as_whoosh(better))
        case tree.VariantTerm() | tree.Near():
            raise TypeError(f"Whoosh has no node for {node}.")


def judged(snapshot: Snapshot, node: tree.Node) -> dict[int, float]:
    """The documents that Whoosh's matchers find, in ascending order, and their scores."""
    found: dict[int, float] = {}
    for searcher, offset in _searcher(snapshot).leaf_searchers():
        matcher = as_whoosh(node).matcher(searcher)
        while matcher.is_active():
            found[matcher.id() + offset] = matcher.score()
            matcher.next()
    assert (np.diff([*found]) > 0).all()
    return found


def near(snapshot: Snapshot, node: tree.Near) -> set[int]:
    """The documents that hold a proximity, by the spans that Whoosh's matchers find of its parts
    and every pair of them.
    """
    found: set[int] = set()
    for searcher, offset in _searcher(snapshot).leaf_searchers():
        found.update(document + offset for document in _spans(searcher, node))
    return found


def _spans(searcher: Searcher, node: tree.Node) -> dict[int, set[tuple[int, int]]]:
    """Where parts of a proximity begin and end, by document."""
    found: defaultdict[int, set[tuple[int, int]]] = defaultdict(set)
    match node:
        case tree.Or(parts):
            for part in parts:
                for document, spans in _spans(searcher, part).items():
                    found[document] |= spans
        case tree.Near(_, parts, distance, is_ordered):
            first, *others = (_spans(searcher, part) for part in parts)
            for other in others:
                both = {n: (first[n], other[n]) for n in first.keys() & other.keys()}
                joined = {
                    n: pairs(*pair, distance, is_ordered=is_ordered) for n, pair in both.items()
                }
                first = {n: spans for n, spans in joined.items() if spans}
            return first
        case tree.Term() | tree.Phrase():
            matcher = as_whoosh(node).matcher(searcher)
            while matcher.is_active():
                found[matcher.id()].update((each.start, each.end) for each in matcher.spans())
                matcher.next()
        case _:
            assert isinstance(node, tree.MultiTerm)
            for term in searcher.reader().lexicon(node.field):
                if is_match(node, term.decode()):
                    for document, spans in _spans(
                        searcher, tree.Term(node.field, term.decode())
                    ).items():
                        found[document] |= spans
    return found


@lru_cache(2)
def _searcher(snapshot: Snapshot) -> Searcher:
    """Whoosh's own searcher over the same arrays."""
    storage, toc = FileStorage(str(snapshot.folder)), snapshot.toc
    readers = [SegmentReader(storage, toc.schema, s, codec=ArrayCodec()) for s in toc.segments]
    return Searcher(MultiReader(readers))
