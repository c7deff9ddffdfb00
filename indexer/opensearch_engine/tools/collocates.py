"""Collocates, counted in the hits' texts; the cluster counts words in all bodies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from indexer.analysis.jit import Array
from indexer.engine.results import Collocates, Measure
from indexer.linguistics.association_measures import Counts, rank_collocates
from indexer.linguistics.spans import NO_STEMS
from indexer.opensearch_engine.index.mapping import Stored
from indexer.opensearch_engine.tools.spans import BatchSpans, WordsOf, read_spans
from indexer.query.tree import Node

# Folded words, or stems where the flag is true -> the occurrences of each in all bodies.
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
    is_content: bool = False,
    has_boilerplate: bool = True,
) -> Collocates:
    """The words with the highest measure; the engine adds build and warnings."""
    spans = read_spans(releases, node, words_of, has_boilerplate=has_boilerplate)
    names, observed, occurrences, near, left_out = _count(spans, window, is_stem=is_stem)
    chosen = np.flatnonzero(observed >= max(1, least)).tolist()
    often = {names[number]: int(observed[number]) for number in chosen}
    words = sorted(often)
    everywhere = frequency(words, is_stem) if words else {}
    counts = Counts(
        np.array([often[word] for word in words], np.int64),
        np.array([everywhere[word] for word in words], np.int64),
        occurrences,
        near,
        tokens(),
    )
    found = rank_collocates(counts, measure, most, words.__getitem__, is_content=is_content)
    return replace(found, boilerplate_mentions=left_out)


def _count(
    batches: Iterable[BatchSpans], window: int, *, is_stem: bool
) -> tuple[Sequence[str], Array, int, int, int]:
    """The words by number, the number of times that each occurs near spans, and the numbers of
    spans, of words near them, and of spans left out.
    """
    names: Sequence[str] = []
    observed: Array = np.zeros(0, np.int64)
    occurrences = near = left_out = 0
    for found in batches:
        vocabulary = found.batch.vocabulary
        stems = found.batch.stem_tables if is_stem and len(found) else NO_STEMS
        names = vocabulary.stems if is_stem else vocabulary.forms
        if len(observed) < len(names):
            observed = np.pad(observed, (0, 2 * len(names) - len(observed)))
        occurrences += len(found)
        near += found.count_near(window, stems, observed)
        left_out += found.boilerplate_mentions
    return names, observed, occurrences, near, left_out
