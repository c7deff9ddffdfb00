"""What the corpus's own words are good for: completing a word, mending a misspelt one, finding
similar releases.
"""

from __future__ import annotations

from heapq import nlargest
from math import log

import numpy as np

from indexer.analysis.analyzer import STEM, fold
from indexer.analysis.edit_distance import distances
from indexer.query import tree
from indexer.whoosh_engine.columns.snapshot import Snapshot

FIELD = "body"
SIMILAR_TERMS = 25


def autocomplete(snapshot: Snapshot, prefix: str, most: int) -> list[str]:
    """The words that begin so and stand in most releases."""
    found: dict[bytes, int] = {}
    for segment in snapshot.segments:
        postings = segment.fields[FIELD]
        near = postings.prefix(fold(prefix).encode("utf-8", "replace"))
        counts = postings.live_counts(np.arange(near.start, near.stop))
        for place in np.argsort(-counts, kind="stable")[: most * 2].tolist():
            if counts[place]:
                term = postings.term(near.start + place)
                found[term] = found.get(term, 0) + int(counts[place])
    return [term.decode() for term in nlargest(most, found, key=lambda term: (found[term], term))]


def spell_suggest(snapshot: Snapshot, word: str) -> str | None:
    """The commonest of the words nearest to a misspelt one; its first letter is believed."""
    most = 1 if len(word) < 5 else 2
    found: dict[str, tuple[int, int]] = {}
    for segment in snapshot.segments:
        postings = segment.fields[FIELD]
        near = postings.prefix(word[:1].encode("utf-8", "replace"))
        words = postings.words(near)
        far = distances(word, words, most)
        for at in np.flatnonzero(far <= most).tolist():
            if count := postings.live_count(near.start + at):
                count += found.get(words[at], (0, 0))[1]
                found[words[at]] = (-int(far[at]), count)
    found.pop(word, None)
    return max(found, key=lambda other: (found[other], other), default=None)


def likeness(snapshot: Snapshot, document: int) -> tree.Node | None:
    """A query for releases like one: the stems that tell it apart, by tf-idf, weighed by it."""
    segment, number = snapshot.locate(document)
    language = int(segment.arrays["language/forward"][number])
    stems = segment.stem_tables(FIELD)[language][segment.forward(FIELD, number)]
    numbers, often = np.unique(stems, return_counts=True)
    postings = segment.fields[f"{FIELD}_stem"]
    weights: dict[str, float] = {}
    for term, frequency in zip(numbers.tolist(), often.tolist(), strict=True):
        text = postings.term(term).decode()
        if len(text) > len(STEM) + 2:
            weights[text] = frequency * log(
                snapshot.size / (postings.count(term) * len(snapshot.segments) + 1) + 1
            )
    chosen = nlargest(SIMILAR_TERMS, weights, key=lambda text: (weights[text], text))
    if not chosen:
        return None
    top = weights[chosen[0]]
    stems = (tree.Term(f"{FIELD}_stem", text, boost=weights[text] / top) for text in chosen)
    return tree.Or(tuple(stems))
