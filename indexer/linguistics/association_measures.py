"""How strongly words go with occurrences near which they were observed: measures of association."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from math import log

import numpy as np

from indexer.analysis.analyzer import STEM
from indexer.analysis.function_words import function_terms
from indexer.analysis.jit import Array
from indexer.engine.results import Collocate, Collocates, Measure

# By chance, log-likelihood exceeds this once in 1,000 times.
SIGNIFICANT = 10.83


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


def rank_collocates(
    counts: Counts,
    measure: Measure,
    most: int,
    word: Callable[[int], str],
    build: str = "",
    warnings: tuple[str, ...] = (),
    *,
    is_content: bool = False,
) -> Collocates:
    """The words of the highest measure, equal ones the more frequent first, then as they stand in
    the counts; `word` gives that of a place. Those observed less often than expected are left out;
    with `is_content`, function words and what is not significant, too.
    """
    scores, expected = MEASURES[measure](counts), counts.expected
    is_wanted = counts.observed >= expected
    if is_content:
        is_wanted &= log_likelihood(counts) >= SIGNIFICANT
    order = np.lexsort((-counts.observed, -scores))
    chosen = iter(order[is_wanted[order]].tolist())
    if is_content:
        chosen = (at for at in chosen if word(at) not in function_terms())
    collocates = tuple(
        Collocate(
            word=word(at).removeprefix(STEM),
            observed=int(counts.observed[at]),
            expected=float(expected[at]),
            frequency=int(counts.frequencies[at]),
            score=float(scores[at]),
        )
        for at in islice(chosen, max(0, most))
    )
    return Collocates(collocates, counts.occurrences, counts.near, counts.tokens, build, warnings)


def log_likelihood(counts: Counts) -> Array:
    """2 (a ln(a / E1) + b ln(b / E2)): a and b are how often a word occurs near mentions and
    elsewhere, E1 and E2 its frequency divided by the sizes of the two.

    Dunning 1993 (Accurate methods for the statistics of surprise and coincidence), in the form of
    Rayson and Garside 2000 (Comparing corpora using frequency profiling, section 3).
    """
    elsewhere = counts.frequencies - counts.observed
    there = counts.frequencies * (1 - counts.near / max(1, counts.tokens))
    return 2 * (_times_log(counts.observed, counts.expected) + _times_log(elsewhere, there))


def log_dice(both: Array | int, one: int, other: Array | int) -> Array:
    """14 + log2(2 f(x,y) / (f(x) + f(y))).

    Rychlý 2008 (A lexicographer-friendly association score). As a window holds several words, a
    collocate's value can be a little above the 14 that neighbors can have.
    """
    return np.asarray(14 + np.log2(2 * both / (one + other)))


def mutual_information(counts: Counts) -> Array:
    """log2(P(x,y) / (P(x) P(y))), which is log2(observed / expected).

    Church and Hanks 1990 (Word association norms, mutual information, and lexicography, section 3);
    what they multiply by the window's size is here the number of tokens near occurrences.
    """
    return np.asarray(np.log2(counts.observed / counts.expected))


def likelihood_ratio(both: int, here: int, there: int, every: int) -> float:
    """2 sum(O ln(O / E)) over the four kinds of releases: with x or not, with y or not; 0 where x
    and y avoid each other.

    Dunning 1993 (Accurate methods for the statistics of surprise and coincidence, section 5).
    """
    if both * every <= here * there:
        return 0.0
    rows, columns = (here, every - here), (there, every - there)
    observed = ((both, here - both), (there - both, every - here - there + both))
    return 2 * sum(
        seen * log(seen * every / (row * column))
        for row, cells in zip(rows, observed, strict=True)
        for column, seen in zip(columns, cells, strict=True)
        if seen
    )


def _times_log(number: Array, expected: Array) -> Array:
    """n ln(n / e), which is 0 where n is."""
    is_any = number > 0
    ratios = np.where(is_any, number, 1) / np.where(is_any, expected, 1)
    return np.asarray(number * np.log(ratios))


MEASURES: dict[Measure, Callable[[Counts], Array]] = {
    "log_likelihood": log_likelihood,
    "log_dice": lambda each: log_dice(each.observed, each.occurrences, each.frequencies),
    "mutual_information": mutual_information,
}
