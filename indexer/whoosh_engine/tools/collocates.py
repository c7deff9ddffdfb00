"""The words around a query's words: how often they stand there, and how much that is.

The tokens near any occurrence are one corpus, the other tokens of all live bodies another, and
words are compared between the two. So a token near several occurrences counts once. Tokens of
occurrences themselves are not near them. A window ends with the release; it goes on from one
paragraph to the next, since the index does not keep where they end.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from indexer.engine.fields import stem_field
from indexer.engine.results import Collocates, Measure, Query
from indexer.linguistics.association_measures import Counts, ranked
from indexer.linguistics.spans import count_near
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.index.arrays import Array
from indexer.whoosh_engine.search.collect import answer
from indexer.whoosh_engine.search.execute import Executor
from indexer.whoosh_engine.tools.occurrences import FIELD, Occurrences, find_occurrences

NO_STEMS = np.zeros((0, 0), np.int32)


def collocates(
    snapshot: Snapshot,
    query: Query,
    window: int = 5,
    measure: Measure = "log_likelihood",
    least: int = 5,
    most: int = 100,
    *,
    is_stem: bool = False,
) -> Collocates:
    """The words of the highest measure.

    Those that were observed less than `least` times, or less often than expected, are left out.
    """
    executor = Executor(snapshot)
    hits = answer(snapshot, executor, replace(query, facets=())).found.documents
    parts = find_occurrences(executor, query.tree, hits)
    words = snapshot.words(stem_field(FIELD) if is_stem else FIELD)
    observed = np.zeros(len(words), np.int64)
    near = 0
    for each, numbers in zip(parts, words.numbers, strict=False):
        own = np.zeros(len(numbers), np.int64)
        near += _count(each, window, own, is_stem=is_stem)
        observed[numbers] += own
    chosen = np.flatnonzero(observed >= max(1, least))
    counts = Counts(
        observed[chosen], words.frequencies[chosen], sum(map(len, parts)), near, words.tokens
    )
    return Collocates(
        collocates=ranked(counts, measure, most, lambda at: words.word(int(chosen[at]))),
        mentions=counts.occurrences,
        window_tokens=near,
        corpus_tokens=words.tokens,
        build=snapshot.build,
        warnings=tuple(executor.warnings),
    )


def _count(each: Occurrences, window: int, counts: Array, *, is_stem: bool) -> int:
    """Count one segment's tokens near occurrences, by the segment's own terms; how many."""
    segment = each.segment
    return count_near(
        each.documents,
        each.firsts,
        each.lasts,
        segment.starts(FIELD),
        segment.arrays[f"{FIELD}/forward"],
        segment.stem_tables(FIELD) if is_stem else NO_STEMS,
        segment.arrays["language/forward"],
        max(0, window),
        counts,
    )
