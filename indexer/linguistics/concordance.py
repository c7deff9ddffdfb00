"""Lines of a concordance: their order by numbers, and the text around an occurrence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from indexer.analysis.jit import Array
from indexer.analysis.tokenizer import Spans, word_spans
from indexer.engine.results import KwicLine, LineSort
from indexer.linguistics.spans import TokenSpans

# On each side of a line so many characters are shown, or some less where a word would be cut.
CONTEXT_CHARS = 80
BETWEEN_PARAGRAPHS = "\n\n"
WHITE_SPACE = re.compile(r"\s+")
# Lines whose releases are read together; those of one text mostly come together.
LINES_READ = 256
# Numbers of releases -> what is stored of them.
ReadStored = Callable[[Sequence[int]], Mapping[int, Mapping[str, Any]]]


class Lines:
    """All lines of a concordance as numbers: their releases, their first and last words there, and
    for the orders "left" and "right" their neighbors.
    """

    def __init__(self, sort: LineSort) -> None:
        self.sort = sort
        self.releases = 0
        self._parts: list[tuple[Array, ...]] = []

    def __len__(self) -> int:
        return sum(len(part[0]) for part in self._parts)

    def add(self, found: TokenSpans, releases: Array, words: Array | None = None) -> None:
        """Add spans; `releases` are their releases' numbers, `words` the ranks of terms."""
        begun = found.starts[found.releases]
        firsts, lasts = ((each - begun).astype(np.int32) for each in (found.firsts, found.lasts))
        beside: tuple[Array, ...] = ()
        if words is not None and self.sort in ("left", "right"):
            beside = found.neighbors(words, is_left=self.sort == "left")
        self._parts.append((releases, firsts, lasts, *beside))
        self.releases += found.n_releases

    def column(self, number: int) -> Array:
        """One number of every line: 0 its release, 1 and 2 its words, 3 and 4 `neighbors`."""
        return np.concatenate([part[number] for part in self._parts])

    def order(self, keys: Callable[[], Sequence[Array]], start: int, end: int) -> Array:
        """The numbers of the lines from `start` to `end` in the order of some keys."""
        if start >= min(end, len(self)):
            return np.zeros(0, np.int64)
        return first_in_order(keys(), end)[start:]

    def read(self, numbers: Array, read_stored: ReadStored) -> Iterator[KwicLine]:
        """The lines of these numbers."""
        columns = [self.column(number)[numbers] for number in range(3)] if len(numbers) else []
        for at in range(0, len(numbers), LINES_READ):
            rows = [column[at : at + LINES_READ].tolist() for column in columns]
            stored = read_stored([*dict.fromkeys(rows[0])])
            spans = {release: word_spans(each["body"]) for release, each in stored.items()}
            for release, first, last in zip(*rows, strict=True):
                yield line(stored[release], spans[release], first, last)


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
        paragraph=text.count(BETWEEN_PARAGRAPHS, 0, start),
        offset=start if border < 0 else start - border - len(BETWEEN_PARAGRAPHS),
    )
