"""The words near a query's words: how often they occur there, and how unusual that is.

Tokens near any mention are compared with all other tokens of live bodies; each counts once, and
mentions themselves do not count. A window ends with the release, and crosses paragraphs, whose ends
the index does not store.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from indexer.engine.fields import stem_field
from indexer.engine.results import Collocates, Measure, Query
from indexer.linguistics.association_measures import Counts, rank_collocates
from indexer.linguistics.spans import NO_STEMS
from indexer.query.tree import BODY
from indexer.whoosh_engine.columns.snapshot import Snapshot
from indexer.whoosh_engine.tools.occurrences import Mentions


def collocates(
    snapshot: Snapshot,
    query: Query,
    window: int = 5,
    measure: Measure = "log_likelihood",
    least: int = 5,
    most: int = 100,
    *,
    is_stem: bool = False,
    is_content: bool = False,
) -> Collocates:
    """The words with the highest measure, without those that occur less than `least` times or less
    often than expected.
    """
    mentions = Mentions.of(snapshot, query)
    words = snapshot.words(stem_field(BODY) if is_stem else BODY)
    observed = np.zeros(len(words), np.int64)
    near = 0
    for each, numbers in zip(mentions.parts, words.numbers, strict=False):
        own = np.zeros(len(numbers), np.int64)
        stems = each.segment.stem_tables(BODY) if is_stem else NO_STEMS
        near += each.count_near(window, stems, own)
        observed[numbers] += own
    chosen = np.flatnonzero(observed >= max(1, least))
    counts = Counts(observed[chosen], words.frequencies[chosen], len(mentions), near, words.tokens)

    def word(at: int) -> str:
        return words.word(int(chosen[at]))

    told = snapshot.build, tuple(mentions.executor.warnings)
    found = rank_collocates(counts, measure, most, word, *told, is_content=is_content)
    return replace(found, boilerplate_mentions=mentions.left_out)
