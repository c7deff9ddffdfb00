"""Texts -> sentences with their places, each of a bounded length, so that any pattern that is
searched in a sentence costs no more than the text is long.

The index divides texts by rules of its own (`indexer/analysis/sentences.py`), for three languages:
boilerplate marks stand in indexes, and facts were measured with these rules, which also know the
abbreviations of English releases.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from corpus.fact import Fact

LONGEST = 1_200  # characters; of longer sentences the rest is a sentence of its own
# A period ends no sentence behind these; a single letter is an initial or part of U.S.
_SHORT = (
    "mr mrs ms dr jr sr st gov sen rep gen col lt sgt capt maj cpl cmdr adm rev hon prof "
    "insp det jan feb mar apr aug sept sep oct nov dec mon tue wed thu fri no nos vs v al "
    "inc corp co ltd ala ariz ark cal calif colo conn del fla ga ill ind kan ky la md "
    "mass mich minn miss mo mont neb nev okla ore pa tenn tex va vt wash wis wyo dist cir "
    "ct ave blvd dept asst atty approx"
)
ABBREVIATIONS = frozenset(_SHORT.split())
# Words that begin a sentence even behind an abbreviation: "in the U.S. The jury found".
_OPENERS = (
    "The He She They It In On At After According As This These His Her Their If When "
    "While To Today Yesterday Following Since During For A An"
)
OPENERS = frozenset(_OPENERS.split())
# "DOD.Sergeant": the space between two sentences is lost in some texts.
END = re.compile(r"[.!?][\"”’')\]]{0,3}(?:\s+|(?=[A-Z][a-z]))(?=[\"“‘'(\[]{0,2}([^\W\d_]*))|\n+")
WORD_BEFORE = re.compile(r"(\w+)$")


class Sentence(NamedTuple):
    """A sentence and its place: the paragraph, and where it begins there."""

    paragraph: int
    start: int
    text: str


def stated(
    kind: str, value: str, sentence: Sentence, match: re.Match[str], group: str = ""
) -> Fact:
    """The fact that the words of a match, or of one of its groups, in a sentence state."""
    start, end = match.span(group or 0)
    end -= len(match[group or 0]) - len(match[group or 0].rstrip())
    return Fact(kind, value, sentence.paragraph, sentence.start + start, sentence.start + end)


def sentences(texts: Sequence[str]) -> list[Sentence]:
    """The sentences of paragraphs, in order."""
    return [
        Sentence(number, start, text[start:end])
        for number, text in enumerate(texts)
        for start, end in _spans(text)
    ]


def enclosing_sentence(text: str, start: int) -> str:
    """The sentence of a paragraph that contains a character, to show a fact beside it."""
    return next((text[a:b].strip() for a, b in _spans(text) if a <= start < b), text)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for match in END.finditer(text):
        if _is_end(text, match):
            yield from _pieces(begin, match.end())
            begin = match.end()
    yield from _pieces(begin, len(text))


def _pieces(begin: int, end: int) -> Iterator[tuple[int, int]]:
    for start in range(begin, end, LONGEST):
        yield start, min(start + LONGEST, end)


def _is_end(text: str, match: re.Match[str]) -> bool:
    following = match[1]
    if following is None or text[match.start()] != ".":
        return True
    if following[:1].islower():
        return False
    if following in OPENERS:
        return True
    before = WORD_BEFORE.search(text, max(0, match.start() - 12), match.start())
    if not before:
        return True
    return len(before[1]) > 1 and before[1].lower() not in ABBREVIATIONS
