"""How often a query's words stand in each day, week, month or year of publication, read from the
hits' texts.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from indexer.engine import periods
from indexer.engine.periods import Step
from indexer.engine.results import Frequencies, Frequency
from indexer.opensearch_engine.index.source_doc import Stored
from indexer.opensearch_engine.tools.spans import WordsOf, read_spans
from indexer.query.tree import Node

# Stands for the undated; no day of the calendar has it.
NONE = -1


def frequencies(
    releases: Iterable[Stored], node: Node | None, words_of: WordsOf, step: Step
) -> Frequencies:
    """The releases by period, ascending; build and warnings are the engine's to tell."""
    counts: dict[int, list[int]] = {}
    for found in read_spans(releases, node, words_of):
        held = found.batch.releases
        days = [each.published.toordinal() if each.published else 0 for each in held]
        dates = np.array(days, np.int32)
        numbers = np.where(dates > 0, periods.numbers(step, np.maximum(dates, 1)), NONE)
        occurrences = np.bincount(found.releases, minlength=len(held))
        rows = zip(numbers, occurrences, found.batch.lengths, strict=True)
        for number, often, tokens in rows:
            sums = counts.setdefault(int(number), [0, 0, 0])
            sums[0] += 1
            sums[1] += int(often)
            sums[2] += int(tokens)
    undated = Frequency(*counts.pop(NONE, (0, 0, 0)))
    dated = tuple((number, Frequency(*counts[number])) for number in sorted(counts))
    return Frequencies(step, dated, undated, build="")
