"""Lines of a concordance: their order by numbers, and the text around an occurrence."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from indexer.analysis.jit import Array
from indexer.analysis.tokenizer import AFTER_SUBTITLE, BETWEEN_PARAGRAPHS, Spans, word_spans
from indexer.engine.results import KwicLine, LineSort
from indexer.linguistics.spans import TokenSpans

# On each side of a line so many characters are shown, or some less where a word would be cut.
CONTEXT_CHARS = 80
WHITE_SPACE = re.compile(r"\s+")
# Lines whose releases are read together; those of one text mostly come together.
LINES_READ = 256
# Numbers of releases -> what is stored of them.
ReadStored = Callable[[Sequence[int]], Mapping[int, Mapping[str, Any]]]


class Lines:
    """All lines of a concordance as numbers: their releases, their first and last words, and for
    the orders "left" and "right" their neighbors.
    """

    def __init__(self, sort: LineSort) -> None:
        self.sort = sort
        self.n_releases = 0
        self._bases = [0]
        # The releases' numbers, those in the part, where these begin, the first and last places.
        self._parts: list[tuple[Array, Array, Array, Array, Array]] = []
        self._neighbors: list[tuple[Array, Array]] = []

    def __len__(self) -> int:
        return self._bases[-1]

    def add(self, found: TokenSpans, releases: Array, words: Array | None = None) -> None:
        """Add spans; `releases` are their releases' numbers, `words` the ranks of terms."""
        self._parts.append((releases, found.releases, found.starts, found.firsts, found.lasts))
        if words is not None and self.sort in ("left", "right"):
            self._neighbors.append(found.neighbors(words, is_left=self.sort == "left"))
        self._bases.append(len(self) + len(found))
        self.n_releases += found.n_releases

    @property
    def releases(self) -> Array:
        """The number of each line's release."""
        return np.concatenate([part[0] for part in self._parts])

    @property
    def neighbors(self) -> tuple[Array, Array]:
        """The third word beside each line, and the first two in one."""
        thirds, pairs = zip(*self._neighbors, strict=True)
        return np.concatenate(thirds), np.concatenate(pairs)

    def order(self, keys: Callable[[], Sequence[Array]], start: int, end: int) -> Array:
        """The numbers of the lines from `start` to `end` in the order of some keys."""
        if start >= min(end, len(self)):
            return np.zeros(0, np.int64)
        return first_in_order(keys(), end)[start:]

    def read(self, numbers: Array, read_stored: ReadStored) -> Iterator[KwicLine]:
        """The lines of these numbers."""
        for at in range(0, len(numbers), LINES_READ):
            rows = [*map(self._row, numbers[at : at + LINES_READ].tolist())]
            stored = read_stored([*dict.fromkeys(release for release, _, _ in rows)])
            spans = {release: word_spans(each["body"]) for release, each in stored.items()}
            for release, first, last in rows:
                yield line(stored[release], spans[release], first, last)

    def _row(self, number: int) -> tuple[int, int, int]:
        """A line's release, and its first and last words there."""
        part = bisect_right(self._bases, number) - 1
        at = number - self._bases[part]
        releases, own, starts, firsts, lasts = self._parts[part]
        start = int(starts[own[at]])
        return int(releases[at]), int(firsts[at]) - start, int(lasts[at]) - start


def first_in_order(keys: Sequence[Array], end: int) -> Array:
    """The numbers of the first lines by some keys, of which the last counts most; equal lines by
    their numbers. Only those up to the end are sorted.
    """
    top = keys[-1]
    first = np.arange(len(top))
    if end < len(top):
        first = np.flatnonzero(top <= np.partition(top, end - 1)[end - 1])
    return first[np.lexsort([key[first] for key in keys])][:end]


def line(stored: Mapping[str, Any], spans: Spans, first: int, last: int) -> KwicLine:
    """The line of the words from `first` to `last`, cut at whole words; `spans` are of the body's
    words.
    """
    text = stored["body"]
    start, end = int(spans[first, 0]), int(spans[last, 1])
    left, right = 0, len(text)
    if start > CONTEXT_CHARS:
        left = int(spans[np.searchsorted(spans[:, 0], start - CONTEXT_CHARS), 0])
    if end + CONTEXT_CHARS < right:
        right = int(spans[np.searchsorted(spans[:, 1], end + CONTEXT_CHARS, "right") - 1, 1])
    # A paragraph is never empty, nor does it hold an empty line.
    border = text.rfind(BETWEEN_PARAGRAPHS, 0, start)
    return KwicLine(
        id=stored["id"],
        office=stored["office"],
        language=stored["language"],
        published=stored["published"],
        title=stored["title"],
        url=stored["url"],
        left=WHITE_SPACE.sub(" ", text[left:start]).lstrip(),
        keyword=WHITE_SPACE.sub(" ", text[start:end]),
        right=WHITE_SPACE.sub(" ", text[end:right]).rstrip(),
        paragraph=text.count(BETWEEN_PARAGRAPHS, 0, start) - (AFTER_SUBTITLE in text),
        offset=start if border < 0 else start - border - len(BETWEEN_PARAGRAPHS),
    )
