"""The passages of a text that show its marks best, in whole words and sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from indexer.marker import Mark

MOST_PASSAGES = 3
LEAST_CHARS, MOST_CHARS = 110, 260
# Of a text with more marks than this, the first are enough to choose from.
MOST_MARKS = 40
STOPS = ".\n?!…"
# A sentence that begins farther back than this is shown in part only.
FARTHEST = 2 * MOST_CHARS
# What follows a stop where a sentence ends: closing quotes, white space, an opening character.
AFTER_STOP = re.compile(
    r"[\"'”»)]*(?=\s+[\"'“«(]?(?:[^\W\da-zа-яәғқңөұүһі_]|\d))|[\"'”»)]*(?=\s*\n)"
)
BLANK = re.compile(r"\s*")
NEXT_STOP = re.compile(r"[.!?…]|\n")
# Words that a full stop shortens, so that no sentence ends there; a single letter is one, too.
_SHORTENED = """
Mr Mrs Ms Dr St No Sen Rep Gov Gen Jr Sr Inc Corp Co Ltd vs Hon Lt Sgt Capt
ст гл им ул обл тыс млн млрд
"""
SHORTENED = tuple(f"{before}{word}" for word in _SHORTENED.split() for before in (" ", "\n"))


@dataclass(frozen=True)
class Passage:
    """A piece of text in parts, each marked or not; a sentence that goes on there is `is_cut_*`."""

    parts: tuple[tuple[str, bool], ...]
    is_cut_before: bool = False
    is_cut_after: bool = False

    @property
    def text(self) -> str:
        """The piece without its marks."""
        return "".join(words for words, _ in self.parts)


def marked(text: str, marks: Sequence[Mark], start: int = 0, end: int | None = None) -> Passage:
    """A piece of a text with the marks that lie in it, as `joined`."""
    end = len(text) if end is None else end
    inside = [mark for mark in marks if start <= mark[0] and mark[1] <= end]
    parts: list[tuple[str, bool]] = []
    position = start
    for first, last in joined(text, inside):
        parts += [(text[position:first], False), (text[first:last], True)]
        position = last
    parts.append((text[position:end], False))
    return Passage(tuple(part for part in parts if part[0]))


def joined(text: str, marks: Sequence[Mark]) -> list[Mark]:
    """Marks with only white space between them, as one."""
    whole: list[Mark] = []
    for first, last in marks:
        if whole and not text[whole[-1][1] : first].strip():
            whole[-1] = (whole[-1][0], last)
        else:
            whole.append((first, last))
    return whole


def passages(text: str, marks: Sequence[Mark], most: int = MOST_PASSAGES) -> tuple[Passage, ...]:
    """The passages that show the marks best, in the text's order; without marks its opening."""
    if not marks:
        start = _blank(text, 0)
        opening = _Sentence(start, _widened(text, start, start), (start, start))
        return (_cut(text, (), opening),) if start < len(text) else ()
    best = sorted(_best(text, marks[:MOST_MARKS], most))
    if len(best) == 1:
        only = best[0]
        best = [only._replace(end=_widened(text, only.start, only.end))]
    return tuple(_cut(text, marks, each) for each in best)


class _Sentence(NamedTuple):
    """Where it stands, and the mark that it was chosen for; a very long one may begin in its
    middle.
    """

    start: int
    end: int
    anchor: Mark
    is_whole: bool = True


def _best(text: str, marks: Sequence[Mark], most: int) -> list[_Sentence]:
    """The sentences with the most different marks, then the most, then the first.

    Looked at are those around the marks that have most company.
    """
    words = [text[start:end].lower() for start, end in marks]
    ranked = []
    until = 0
    for number, (start, _) in enumerate(marks):
        while until < len(marks) and marks[until][1] <= start + MOST_CHARS:
            until += 1
        until = max(until, number + 1)
        ranked.append((-len(set(words[number:until])), number - until, number))
    looked_at = most if len(set(words)) == 1 else 2 * most
    sentences: list[_Sentence] = []
    for _, _, number in sorted(ranked):
        start, end = marks[number]
        if not any(each.start <= start < each.end for each in sentences):
            first, is_whole = _sentence_start(text, start)
            sentences.append(_Sentence(first, _sentence_end(text, end), marks[number], is_whole))
            if len(sentences) == looked_at:
                break
    if len(sentences) > most:
        sentences.sort(key=lambda each: _rank(each, marks, words))
    return sentences[:most]


def _rank(sentence: _Sentence, marks: Sequence[Mark], words: Sequence[str]) -> tuple[int, int, int]:
    start, end = sentence.start, sentence.end
    inside = [word for (a, b), word in zip(marks, words, strict=True) if start <= a and b <= end]
    return -len(set(inside)), -len(inside), start


def _sentence_start(text: str, position: int) -> tuple[int, bool]:
    """Where the sentence around a position begins; of a very long one, a word well before it.

    The second value is False there.
    """
    lowest = max(0, position - FARTHEST)
    end = position
    stops = [stop for stop in STOPS if stop in text]
    while stops and (stop := max([text.rfind(each, lowest, end) for each in stops])) >= 0:
        after = _end_of_sentence(text, stop)
        if after is not None and after <= position:
            return after + _blank(text, after), True
        end = stop
    if not lowest:
        return _blank(text, 0), True
    return _word_start(text, lowest, 0, position), False


def _sentence_end(text: str, position: int) -> int:
    """Where the sentence around a position ends."""
    while found := NEXT_STOP.search(text, position):
        if (after := _end_of_sentence(text, found.start())) is not None:
            return found.start() if found[0] == "\n" else after
        position = found.end()
    return len(text.rstrip())


def _end_of_sentence(text: str, stop: int) -> int | None:
    """Where the text goes on after a stop that ends a sentence; None where it does not end one."""
    if text[stop] == "\n":
        return stop + 1
    if text[stop] == ".":
        is_letter = text[stop - 1 : stop].isalpha() and not text[stop - 2 : stop - 1].isalnum()
        if is_letter or text.endswith(SHORTENED, 0, stop):
            return None
    found = AFTER_STOP.match(text, stop + 1)
    return found.end() if found else None


def _blank(text: str, start: int) -> int:
    """How much white space there is from a place on."""
    found = BLANK.match(text, start)
    return found.end() - start if found else 0


def _widened(text: str, start: int, end: int) -> int:
    """The end of a short sentence, or of one after it, so that there is something to read."""
    while end - start < LEAST_CHARS and end < len(text):
        following = _sentence_end(text, min(len(text), end + _blank(text, end) + 1))
        if following <= end or (end > start and following - start > MOST_CHARS):
            break
        end = following
    return end


def _cut(text: str, marks: Sequence[Mark], sentence: _Sentence) -> Passage:
    """A sentence, or what is around the chosen mark of a long one; words and marks stay whole."""
    start, end, anchor, is_whole = sentence
    inside = [mark for mark in marks if start <= mark[0] and mark[1] <= end]
    left, right = start, end
    if end - start > MOST_CHARS:
        left = _word_start(text, max(start, anchor[0] - MOST_CHARS // 3), start, anchor[0])
        left = min([left, *(a for a, b in inside if a < left < b)])
        right = max(min(end, left + MOST_CHARS), anchor[1])
        if right < end:
            space = text.rfind(" ", anchor[1], right)
            right = space if space >= 0 else right
        right = max([right, *(b for a, b in inside if a < right < b)])
    piece = marked(text, inside, left, right)
    return Passage(piece.parts, left > start or not is_whole, is_cut_after=right < end)


def _word_start(text: str, left: int, start: int, anchor: int) -> int:
    """The next beginning of a word, not after the anchor."""
    if left == start:
        return left
    space = text.find(" ", left, anchor)
    return space + 1 if space >= 0 else anchor
