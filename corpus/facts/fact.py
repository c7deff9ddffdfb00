"""The type of a fact, and making one from the words that state it."""

import re
from dataclasses import dataclass
from typing import Annotated

from corpus.facts.sentences import Sentence


@dataclass(frozen=True)
class Fact:
    """What a release says, and the words that say it: a paragraph, from 1 (0 is the title), and
    characters in it from start up to end.
    """

    kind: Annotated[str, "what it states: stage, prison, court and so on"]
    value: Annotated[str, "its value"]
    paragraph: Annotated[int, "the paragraph, from 1; 0 is the title"]
    start: Annotated[int, "where its words begin there, in code points"]
    end: Annotated[int, "where they end"]


def stated(
    kind: str, value: str, sentence: Sentence, match: re.Match[str], group: str = ""
) -> Fact:
    """The fact that the words of a match, or of one of its groups, in a sentence state."""
    start, end = match.span(group or 0)
    end -= len(match[group or 0]) - len(match[group or 0].rstrip())
    return Fact(kind, value, sentence.paragraph, sentence.start + start, sentence.start + end)
