"""The words around a query's words: how often they stand there, and how much that is.

The tokens near any occurrence are one corpus, the other tokens of all live bodies another, and
words are compared between the two. So a token near several occurrences counts once. Tokens of
occurrences themselves are not near them. A window ends with the release; it goes on from one
paragraph to the next, since the index does not keep where they end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from indexer.analysis import STEM
from indexer.engine import Collocate, Collocates, Measure, Query
from indexer.fields import stem_field
from indexer.whoosh_engine.answer import answer
from indexer.whoosh_engine.arrays import Array
from indexer.whoosh_engine.execute import Executor
from indexer.whoosh_engine.occurrences import FIELD, Occurrences, find_occurrences
from indexer.whoosh_engine.snapshot import Snapshot
from indexer.whoosh_engine.spans import count_near

NO_STEMS = np.zeros((0, 0), np.int32)


@dataclass(frozen=True)
class Counts:
    """What measures are computed from: for each word how often it was observed near occurrences and
    how often it stands in the corpus; the number of occurrences, of tokens near them, and of all.
    """

    observed: Array
    frequencies: Array
    occurrences: int
    near: int
    tokens: int

    @property
    def expected(self) -> Array:
        """How often words would stand near occurrences if those made no difference."""
        return self.frequencies * (self.near / max(1, self.tokens))


def collocates(
    build: str,
    snapshot: Snapshot,
    query: Query,
    window: int,
    measure: Measure,
    least: int,
    most: int,
    *,
    is_stem: bool,
) -> Collocates:
    """The words of the highest measure, equal ones the more frequent first, then by their letters.

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
    values, expected = MEASURES[measure](counts), counts.expected
    ranked = np.lexsort((-counts.observed, -values))
    ranked = ranked[counts.observed[ranked] >= expected[ranked]][: max(0, most)]
    return Collocates(
        words=tuple(
            Collocate(
                word=words.word(int(chosen[at])).removeprefix(STEM),
                observed=int(counts.observed[at]),
                expected=float(expected[at]),
                frequency=int(counts.frequencies[at]),
                value=float(values[at]),
            )
            for at in ranked
        ),
        occurrences=counts.occurrences,
        near=near,
        tokens=words.tokens,
        build=build,
        notes=tuple(executor.notes),
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


def log_likelihood(counts: Counts) -> Array:
    """2 (a ln(a / E1) + b ln(b / E2)): a and b are how often a word stands near occurrences and
    elsewhere, E1 and E2 its frequency shared out by the sizes of the two.

    Dunning 1993 (Accurate methods for the statistics of surprise and coincidence), in the form of
    Rayson and Garside 2000 (Comparing corpora using frequency profiling, section 3).
    """
    elsewhere = counts.frequencies - counts.observed
    there = counts.frequencies * (1 - counts.near / max(1, counts.tokens))
    return 2 * (_times_log(counts.observed, counts.expected) + _times_log(elsewhere, there))


def log_dice(counts: Counts) -> Array:
    """14 + log2(2 f(x,y) / (f(x) + f(y))), of occurrences x and words y.

    Rychlý 2008 (A lexicographer-friendly association score). As a window holds several words, a
    value can be a little above the 14 that neighbours can have.
    """
    return np.asarray(14 + np.log2(2 * counts.observed / (counts.occurrences + counts.frequencies)))


def mutual_information(counts: Counts) -> Array:
    """log2(P(x,y) / (P(x) P(y))), which is log2(observed / expected).

    Church and Hanks 1990 (Word association norms, mutual information, and lexicography, section 3);
    what they multiply by the window's size is here the number of tokens near occurrences.
    """
    return np.asarray(np.log2(counts.observed / counts.expected))


def _times_log(number: Array, expected: Array) -> Array:
    """n ln(n / e), which is 0 where n is."""
    is_any = number > 0
    ratios = np.where(is_any, number, 1) / np.where(is_any, expected, 1)
    return np.asarray(number * np.log(ratios))


MEASURES: dict[Measure, Callable[[Counts], Array]] = {
    "log_likelihood": log_likelihood,
    "log_dice": log_dice,
    "mutual_information": mutual_information,
}
