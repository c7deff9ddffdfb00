"""Lines of a concordance: their order by numbers, and the text around an occurrence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from indexer.analysis.jit import Array
from indexer.analysis.tokenizer import Spans
from indexer.engine.results import KwicLine

# On each side of a line so many characters are shown, or some less where a word would be cut.
CONTEXT_CHARS = 80
BETWEEN_PARAGRAPHS = "\n\n"
SPACE = re.compile(r"\s+")
# Texts that are kept at hand, and lines looked up at a time, while all are read; those of one text
# mostly come together.
KEPT = 64


def first_in_order(keys: Sequence[Array], end: int) -> Array:
    """The numbers of the lines that come first by some keys, of which the last counts most; equal
    lines by their numbers. Only those up to the end are sorted.
    """
    top = keys[-1]
    first = np.arange(len(top))
    if end < len(top):
        first = np.flatnonzero(top <= np.partition(top, end - 1)[end - 1])
    return first[np.lexsort([key[first] for key in keys])][:end]


def line(stored: Mapping[str, Any], spans: Spans, first: int, last: int) -> KwicLine:
    """The line of the words from the first to the last, cut at whole words; `spans` are those of
    all words of the body.
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
        left=SPACE.sub(" ", text[left:start]).lstrip(),
        keyword=SPACE.sub(" ", text[start:end]),
        right=SPACE.sub(" ", text[end:right]).rstrip(),
        paragraph=text.count(BETWEEN_PARAGRAPHS, 0, start),
        offset=start if border < 0 else start - border - len(BETWEEN_PARAGRAPHS),
    )
