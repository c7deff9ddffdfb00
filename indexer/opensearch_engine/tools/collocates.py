"""The words around a query's words, counted in the hits' texts; how often they stand in all bodies
the cluster tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from indexer.engine.results import Collocates, Measure
from indexer.linguistics.association_measures import Counts, ranked
from indexer.linguistics.spans import Array, count_near
from indexer.opensearch_engine.index.source_doc import Stored
from indexer.opensearch_engine.tools.spans import Spans, WordsOf, read_spans
from indexer.query.tree import Node

NO_STEMS = np.zeros((0, 0), np.int32)
# Folded words, or stems where the second is true -> how often each stands in all bodies.
FrequencyOf = Callable[[Sequence[str], bool], dict[str, int]]


def collocates(
    releases: Iterable[Stored],
    node: Node | None,
    words_of: WordsOf,
    frequency: FrequencyOf,
    tokens: Callable[[], int],
    window: int,
    measure: Measure,
    least: int,
    most: int,
    *,
    is_stem: bool,
) -> Collocates:
    """The words of the highest measure; build and warnings are the engine's to tell."""
    observed: Array = np.zeros(0, np.int64)
    names: list[str] = []
    occurrences = near = 0
    for found in read_spans(releases, node, words_of):
        occurrences += len(found)
        vocabulary = found.batch.vocabulary
        stems = found.batch.stem_tables if is_stem and len(found) else NO_STEMS
        names = vocabulary.stems if is_stem else vocabulary.forms
        if len(observed) < len(names):
            observed = np.pad(observed, (0, 2 * len(names) - len(observed)))
        near += _count(found, stems, max(0, window), observed)
    chosen = np.flatnonzero(observed >= max(1, least)).tolist()
    words = sorted(names[number] for number in chosen)
    numbers = {names[number]: number for number in chosen}
    everywhere = frequency(words, is_stem) if words else {}
    counts = Counts(
        observed[[numbers[word] for word in words]] if words else np.zeros(0, np.int64),
        np.array([everywhere[word] for word in words], np.int64),
        occurrences,
        near,
        tokens(),
    )
    return Collocates(
        collocates=ranked(counts, measure, most, words.__getitem__),
        mentions=occurrences,
        window_tokens=near,
        corpus_tokens=counts.tokens,
        build="",
    )


def _count(found: Spans, stems: Array, window: int, counts: Array) -> int:
    """Count a batch's words near spans, by their numbers; how many."""
    batch = found.batch
    return count_near(
        found.releases,
        found.firsts,
        found.lasts,
        batch.starts,
        batch.forms,
        stems,
        batch.languages,
        window,
        counts,
    )
