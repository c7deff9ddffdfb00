"""Passages of random texts and marks: no mark is cut, and none shown without one."""

from __future__ import annotations

import re
from itertools import accumulate, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis.analyzer import tokens
from indexer.highlight.highlighter import Span
from indexer.highlight.snippets import MOST_CHARS, highlight, passages


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[Span]]:
    """Texts of sentences long and short, and some of their words as marks."""
    word = st.sampled_from(["a", "court", "sentenced", "x" * 30, "y" * 300, "18"])
    joint = st.sampled_from([" ", " ", " ", " ", ", ", ". ", ".\n\n", "! ", "-", "—", ". A"])
    chosen = draw(st.lists(st.tuples(word, joint), min_size=1, max_size=120))
    text = "".join(part for pair in chosen for part in pair)
    words = [(each.start, each.end) for each in tokens(text, "en")]
    often = draw(st.sampled_from([1, 2, 7, 30, 70]))
    kept = draw(st.sets(st.integers(0, len(words) - 1), min_size=1, max_size=often))
    return text, [words[at] for at in sorted(kept)]


@settings(max_examples=400, deadline=None)
@given(made=marked_texts())
def test_passages_hold_whole_marks(made: tuple[str, list[Span]]) -> None:
    text, spans = made
    ends = {end for _, end in spans}
    starts = {start for start, _ in spans}
    longest = max(len(words) for words, is_marked in highlight(text, spans).parts if is_marked)
    for passage in passages(text, spans):
        assert any(is_marked for _, is_marked in passage.parts)
        assert len(passage.text) <= 2 * MOST_CHARS + longest
        at = [n for n in range(len(text)) if text.startswith(passage.text, n)]
        assert any(is_whole(passage.parts, begin, starts, ends, spans) for begin in at)


def test_a_very_long_sentence_is_shown_in_whole_words_around_its_best_marks() -> None:
    for shift in range(40):
        opening = f"{'intro ' * 30}{'q' * shift} extraordinary judge {'filler ' * 70}"
        text = f"{opening}court sentenced bribes {'tail ' * 40}"
        best = [*re.finditer("extraordinary|judge|court|sentenced|bribes", text)]
        (passage,) = passages(text, [found.span() for found in best])
        assert passage.text.split()[0] in text.split()
        assert passage.truncated_start
        assert ("court sentenced bribes", True) in passage.parts


def is_whole(
    parts: tuple[tuple[str, bool], ...],
    begin: int,
    starts: set[int],
    ends: set[int],
    spans: list[Span],
) -> bool:
    """Whether parts that begin at a place of the text show all marks there, and none in part."""
    bounds = [*accumulate((len(words) for words, _ in parts), initial=begin)]
    for (first, last), (_, is_marked) in zip(pairwise(bounds), parts, strict=True):
        inside = [mark for mark in spans if mark[0] < last and mark[1] > first]
        if is_marked and (first not in starts or last not in ends):
            return False
        if not is_marked and inside:
            return False
    return True
