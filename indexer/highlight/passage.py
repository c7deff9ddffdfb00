"""A piece of text as pages show it, with what matches in it."""

from __future__ import annotations

from itertools import accumulate
from typing import Annotated, NamedTuple


class Passage(NamedTuple):
    """A piece of text in parts, each marked or not."""

    parts: tuple[tuple[str, bool], ...]
    truncated_start: Annotated[bool, "the sentence begins before it"] = False
    truncated_end: Annotated[bool, "the sentence goes on"] = False

    @property
    def text(self) -> Annotated[str, "the passage as plain text"]:
        """The piece without its marks."""
        return "".join(words for words, _ in self.parts)

    @property
    def matches(self) -> Annotated[list[list[int]], "start and end of each match, in code points"]:
        """Where the marked parts begin and end in the piece."""
        ends = accumulate(len(words) for words, _ in self.parts)
        marks = zip(self.parts, ends, strict=True)
        return [[end - len(words), end] for (words, is_marked), end in marks if is_marked]
