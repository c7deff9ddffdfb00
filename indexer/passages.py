"""Highlights: where a query's words stand in a text, and the passages that show them best.

Works on stored text with the offsets of `analysis`, so it marks what the index matched: inflected
forms of bare words, quoted words as written, phrases as wholes, prefixes, wildcards, fuzzy words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache

from whoosh import query as tree

from indexer.analysis import Token, tokens

MOST_PASSAGES = 3
LEAST_CHARS, MOST_CHARS = 110, 260
# A sentence ends at a stop before white space and an opening capital, digit or quote, and always at
# a new line.
SENTENCE_END = re.compile(
    r"(?<=[.!?…])(?P<closing>[\"'”»)]*)\s+(?=[\"'“«(]?[^\W\d_a-zа-яәғқңөұүһі]|\d)|\n+"
)

Mark = tuple[int, int]


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


class Marker:
    """Finds the words of a query tree in texts. Parts that are negated mark nothing."""

    def __init__(self, query: tree.Query | None) -> None:
        self.words: dict[str, list[Callable[[Token], bool]]] = {"title": [], "body": []}
        self.phrases: dict[str, list[tuple[Sequence[str], int, bool]]] = {"title": [], "body": []}
        if query is not None:
            self._collect(query)

    def _collect(self, node: tree.Query) -> None:
        if isinstance(node, tree.And | tree.Or):
            for part in node.subqueries:
                self._collect(part)
        elif isinstance(node, tree.AndMaybe):
            self._collect(node.a)
            self._collect(node.b)
        elif isinstance(node, tree.AndNot):
            self._collect(node.a)
        elif (name := getattr(node, "fieldname", None)) and name.removesuffix(
            "_stem"
        ) in self.words:
            self._collect_leaf(node, name.removesuffix("_stem"), name.endswith("_stem"))

    def _collect_leaf(self, node: tree.Query, name: str, is_stem: bool) -> None:
        if isinstance(node, tree.Phrase):
            self.phrases[name].append((node.words, node.slop, is_stem))
        elif isinstance(node, tree.FuzzyTerm):
            text, most, kept = node.text, node.maxdist, node.prefixlength
            self.words[name].append(
                lambda t: (
                    t.written[:kept] == text[:kept] and distance(text, t.written, most) <= most
                )
            )
        elif isinstance(node, tree.Prefix):
            prefix = node.text
            self.words[name].append(lambda t: t.written.startswith(prefix))
        elif isinstance(node, tree.Wildcard):
            pattern = re.compile(translate(node.text))
            self.words[name].append(lambda t: pattern.match(t.written) is not None)
        elif isinstance(node, tree.TermRange):
            low, high = node.start or "", node.end or "\U0010ffff"
            self.words[name].append(lambda t: low <= t.written <= high)
        elif isinstance(node, tree.Term):
            wanted = node.text
            self.words[name].append(
                (lambda t: t.stem == wanted) if is_stem else (lambda t: t.written == wanted)
            )

    def marks(self, text: str, name: str, language: str) -> list[Mark]:
        """Where the query's words stand in a text of that field.

        Character ranges, in order, not overlapping.
        """
        if not (self.words[name] or self.phrases[name]):
            return []
        found = list(tokens(text, language))
        matches = {
            token.position
            for token in found
            if any(is_match(token) for is_match in self.words[name])
        }
        for wanted, slop, is_stem in self.phrases[name]:
            shapes = [token.stem if is_stem else token.written for token in found]
            for positions in phrase_positions(shapes, wanted, slop):
                matches.update(positions)
        return [(found[position].start, found[position].end) for position in sorted(matches)]


def phrase_positions(
    shapes: Sequence[str], wanted: Sequence[str], slop: int
) -> Iterator[list[int]]:
    """Every occurrence of words in order, each at most `slop` positions after the one before."""
    for first in (i for i, shape in enumerate(shapes) if shape == wanted[0]):
        positions = [first]
        for word in wanted[1:]:
            after = positions[-1]
            following = next(
                (
                    i
                    for i in range(after + 1, min(len(shapes), after + 1 + slop))
                    if shapes[i] == word
                ),
                None,
            )
            if following is None:
                break
            positions.append(following)
        else:
            yield positions


@lru_cache(maxsize=1 << 16)
def distance(one: str, other: str, most: int) -> int:
    """Levenshtein distance, as Whoosh's fuzzy words count it; `most` + 1 where it is more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row = row, [i]
        for j, b in enumerate(other, 1):
            row.append(min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b)))
        if min(row) > most:
            return most + 1
    return row[-1]


def marked(text: str, marks: Sequence[Mark], start: int = 0, end: int | None = None) -> Passage:
    """A piece of a text with the marks that lie in it, as `joined`."""
    end = len(text) if end is None else end
    parts: list[tuple[str, bool]] = []
    position = start
    for first, last in joined(
        text, [mark for mark in marks if start <= mark[0] and mark[1] <= end]
    ):
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
    sentences = list(sentence_spans(text))
    if not marks:
        return (_cut(text, (), *_widened(sentences, 0)),) if sentences else ()
    scores: dict[int, tuple[int, int]] = {}
    for number, (start, end) in enumerate(sentences):
        inside = [text[a:b].casefold() for a, b in marks if start <= a and b <= end]
        if inside:
            scores[number] = (len(set(inside)), len(inside))
    best = sorted(scores, key=lambda number: (*(-each for each in scores[number]), number))[:most]
    return tuple(
        _cut(text, marks, *_widened(sentences, number) if len(best) == 1 else sentences[number])
        for number in sorted(best)
    )


def sentence_spans(text: str) -> Iterator[Mark]:
    """Where the sentences of a text stand."""
    start = 0
    for end in SENTENCE_END.finditer(text):
        last = end.end("closing") if end["closing"] else end.start()
        if text[start:last].strip():
            yield start, last
        start = end.end()
    if text[start:].strip():
        yield start, len(text)


def _widened(sentences: Sequence[Mark], number: int) -> Mark:
    """A short sentence together with the ones after it, until there is something to read."""
    start, end = sentences[number]
    for _, following in sentences[number + 1 :]:
        if end - start >= LEAST_CHARS or following - start > MOST_CHARS:
            break
        end = following
    return start, end


def _cut(text: str, marks: Sequence[Mark], start: int, end: int) -> Passage:
    """A sentence, or what is around the first marks of a long one; words and marks stay whole."""
    inside = [mark for mark in marks if start <= mark[0] and mark[1] <= end]
    left, right = start, end
    if end - start > MOST_CHARS:
        anchor = inside[0] if inside else (start, start)
        left = max(start, anchor[0] - MOST_CHARS // 3)
        right = max(min(end, left + MOST_CHARS), anchor[1])
        left = _word_edge(text, left, start, anchor[0])
        right = (
            text.rfind(" ", anchor[1], right)
            if right < end and " " in text[anchor[1] : right]
            else right
        )
        right = max([right, *(b for a, b in inside if a < right < b)])
    piece = marked(text, inside, left, right)
    return Passage(piece.parts, is_cut_before=left > start, is_cut_after=right < end)


def _word_edge(text: str, left: int, start: int, anchor: int) -> int:
    """The next beginning of a word, not after the anchor."""
    if left == start:
        return left
    space = text.find(" ", left, anchor)
    return space + 1 if space >= 0 else anchor
