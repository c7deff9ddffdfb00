"""The passages of a text that show a query's words best, in whole words and sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.analysis.sentences import Numbers, best_sentences
from indexer.highlight.highlighter import Span
from indexer.highlight.passage import Passage

MOST_PASSAGES = 3
LEAST_CHARS, MOST_CHARS = 110, 260
# Of a text with more spans than this, the first are enough to choose from.
MOST_SPANS = 400


def highlight(text: str, spans: Sequence[Span], start: int = 0, end: int | None = None) -> Passage:
    """A piece of a text with the spans in it marked; only white space between spans joins them."""
    end = len(text) if end is None else end
    parts: list[tuple[str, bool]] = []
    position = start
    for first, last in spans:
        if first < start or last > end:
            continue
        between, position = text[position:first], last
        if parts and not between.strip():
            parts[-1] = (parts[-1][0] + between + text[first:last], True)
            continue
        if between:
            parts.append((between, False))
        parts.append((text[first:last], True))
    if position < end:
        parts.append((text[position:end], False))
    return Passage(tuple(parts))


def passages(text: str, spans: Sequence[Span], most: int = MOST_PASSAGES) -> tuple[Passage, ...]:
    """The passages that show the spans best, in the text's order; without spans its opening."""
    first = np.array(spans[:MOST_SPANS], np.int32).reshape(-1, 2)
    sentences, best = best_sentences(text, first, most, 2 * MOST_CHARS // 3)
    if not len(sentences):
        return ()
    if not spans:
        start, end = _widen(sentences, 0)
        return (_excerpt(text, (), start, end, start),)
    found = []
    for sentence, span in best.tolist():
        is_alone = len(best) == 1
        start, end = _widen(sentences, sentence) if is_alone else sentences[sentence].tolist()
        inside = [each for each in spans if start <= each[0] and each[1] <= end]
        found.append(_excerpt(text, inside, start, end, spans[span][0]))
    return tuple(found)


def _widen(sentences: Numbers, number: int) -> tuple[int, int]:
    """A sentence with those after it, while it is short, so that there is something to read."""
    start, end = sentences[number].tolist()
    # So many are enough, as none is without a character.
    for _, following in sentences[number + 1 : number + 1 + LEAST_CHARS].tolist():
        if end - start >= LEAST_CHARS or following - start > MOST_CHARS:
            break
        end = following
    return start, end


def _excerpt(text: str, inside: Sequence[Span], start: int, end: int, anchor: int) -> Passage:
    """A sentence, or what is around the chosen span of a long one; words and spans stay whole."""
    left, right = start, end
    if end - start > MOST_CHARS:
        left = _word_start(text, max(start, anchor - MOST_CHARS // 3), start, anchor)
        left = min([left, *(a for a, b in inside if a < left < b)])
        least = min((b for a, b in inside if a >= anchor), default=anchor)
        right = max(min(end, left + MOST_CHARS), least)
        if right < end:
            space = text.rfind(" ", least, right)
            right = space if space >= 0 else right
        right = max([right, *(b for a, b in inside if a < right < b)])
    parts = highlight(text, inside, left, right).parts
    return Passage(parts, left > start, right < end)


def _word_start(text: str, left: int, start: int, anchor: int) -> int:
    """The next beginning of a word, not after the anchor."""
    if left == start:
        return left
    space = text.find(" ", left, anchor)
    return space + 1 if space >= 0 else anchor
