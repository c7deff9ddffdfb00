"""Mentions of a query's words by day, week, month or year, read from the hits' texts."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from indexer.engine import periods
from indexer.engine.periods import Step
from indexer.engine.results import Frequencies
from indexer.opensearch_engine.index.mapping import Stored
from indexer.opensearch_engine.tools.spans import WordsOf, read_spans
from indexer.query.tree import Node


def frequencies(
    releases: Iterable[Stored],
    node: Node | None,
    words_of: WordsOf,
    step: Step,
    *,
    has_boilerplate: bool = True,
) -> Frequencies:
    """The releases by period, ascending; the engine adds build and warnings."""
    counts: dict[int | None, list[int]] = {}
    left_out = 0
    for found in read_spans(releases, node, words_of, has_boilerplate=has_boilerplate):
        held = found.batch.releases
        days = [each.published.toordinal() if each.published else 1 for each in held]
        numbers = periods.numbers(step, np.array(days, np.int32))
        occurrences = np.bincount(found.releases, minlength=len(held))
        rows = zip(held, numbers.tolist(), occurrences, found.batch.lengths, strict=True)
        for release, number, often, tokens in rows:
            left_out += release.only_boilerplate
            if release.only_boilerplate:
                continue
            sums = counts.setdefault(number if release.published else None, [0, 0, 0])
            sums[0] += 1
            sums[1] += int(often)
            sums[2] += int(tokens)
    return Frequencies.of(step, counts, boilerplate_total=left_out)
