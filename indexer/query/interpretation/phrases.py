"""Words next to each other, or near each other in their order."""

from __future__ import annotations

from indexer.analysis.analyzer import stem
from indexer.query import tree
from indexer.query.interpretation.context import Context
from indexer.query.interpretation.fields import FIELDS, weight_of
from indexer.query.message import Message

# Westlaw's and Lexis's limit.
DISTANCE_LIMIT = 255


def phrase_or_word(
    name: str,
    written: list[str],
    slop: int,
    boost: float,
    context: Context,
    *,
    as_stems: bool,
) -> tree.Node | None:
    """Words in this order, as written or in all their forms; a single one as written."""
    fields = FIELDS[name or "text"]
    if not written:
        return None
    if len(written) == 1:
        return tree.any_of(
            [tree.Term(each, written[0], boost * weight_of(each)) for each in fields]
        )
    shapes, suffix = [tuple(written)], ""
    if as_stems:
        languages = context.languages or ("en", "ru", "kk")
        shapes = [tuple(stem(word, language) for word in written) for language in languages]
        suffix = "_stem"
    return tree.any_of(
        [
            tree.Phrase(each + suffix, shape, slop, boost * weight_of(each))
            for shape in dict.fromkeys(shapes)
            for each in fields
        ]
    )


def distance_of(typed: int, context: Context) -> int:
    """How far apart words may be; at most the limit, but for a whole paragraph."""
    if typed in range(DISTANCE_LIMIT + 1) or typed == tree.PARAGRAPH:
        return typed
    context.warn(
        Message(
            "Words can be at most {most} words apart; {typed} was read as {most}.",
            most=DISTANCE_LIMIT,
            typed=typed,
        )
    )
    return DISTANCE_LIMIT
