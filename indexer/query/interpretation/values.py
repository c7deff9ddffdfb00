"""Values of fields: days, statutes, prison terms, addresses, dockets."""

from __future__ import annotations

import re

from corpus import statutes
from indexer.analysis.analyzer import fold, words
from indexer.query import tree
from indexer.query.dates import read_day
from indexer.query.interpretation import identifiers, prison_terms
from indexer.query.interpretation.context import Context
from indexer.query.interpretation.fields import VALUE_FIELDS
from indexer.query.interpretation.phrases import phrase_or_word
from indexer.query.message import Message

# More than any words score: what is identified comes first.
FIRST = 100.0


def date_range(typed: str, context: Context) -> tree.Node | None:
    """`2017`, `2017-03`, `2017-03-01`, and `..` between any two of them or after or before one."""
    first, dots, last = typed.partition("..")
    bounds = read_day(first, is_end=False), read_day(last if dots else first, is_end=True)
    is_readable = all(
        bound or not part.strip() for bound, part in zip(bounds, (first, last), strict=True)
    )
    if not any(bounds) or not is_readable:
        context.warn(
            Message(
                "“{typed}” isn’t a date. Use date:2017, date:2017-03, date:2017-03-01 or "
                "date:2017..2018.",
                typed=typed,
            )
        )
        return None
    start, end = (bound.isoformat() if bound else None for bound in bounds)
    if start and end and start > end:
        context.warn(
            Message("The date range {typed} is empty: it ends before it starts.", typed=typed)
        )
    return tree.Range("date", start, end)


def statute(typed: str, context: Context, boost: float) -> tree.Node | None:
    """The releases that cite a statute, or what it contains, in any spelling."""
    if key := statutes.parse_key(typed):
        return tree.Term(VALUE_FIELDS["statute"], key, boost)
    context.warn(
        Message(
            '“{typed}” isn’t a statute citation. Use statute:"18 U.S.C. § 1343" or '
            'statute:"ст. 190 УК РК", in quotation marks.',
            typed=typed,
        )
    )
    return None


def prison(typed: str, context: Context, boost: float) -> tree.Node | None:
    """The releases on prison terms of that length."""
    if found := prison_terms.read(typed, boost):
        return found
    context.warn(
        Message(
            "“{typed}” isn’t a prison term in months. Use prison:60, prison:>=60, prison:60..120"
            " or prison:life.",
            typed=typed,
        )
    )
    return None


def address(typed: str, context: Context, boost: float) -> tree.Node | None:
    """The release at an address, first; and those whose texts mention it."""
    ids = identifiers.ids_at(typed)
    if not ids:
        context.warn(
            Message(
                "“{typed}” is on no collected office’s website; its words were searched.",
                typed=typed,
            )
        )
    written = words(typed.removeprefix("http://").removeprefix("https://"))
    mentioned = phrase_or_word("", written, 1, boost, context, as_stems=False)
    return tree.any_of([*(tree.Term("id", each, boost=FIRST * boost) for each in ids), mentioned])


def docket(typed: str, context: Context, boost: float) -> tree.Node | None:
    """The releases that cite a docket, with or without its zeros, division and initials."""
    spellings = identifiers.docket_spellings(typed)
    if not spellings:
        context.warn(
            Message(
                "“{typed}” isn’t a docket number such as 17-cr-123; its words were searched.",
                typed=typed,
            )
        )
    return tree.any_of(
        [
            phrase_or_word("", written, 1, boost, context, as_stems=False)
            for written in spellings or [words(typed)]
        ]
    )


def whole_value(name: str, typed: str) -> str:
    """A value as the index has it."""
    if name in ("stage", "offense"):  # "pleaded guilty" is the value pleaded_guilty
        return re.sub(r"[\s-]+", "_", typed.lower())
    return fold(typed) if name in ("number", "country") else typed.lower()
