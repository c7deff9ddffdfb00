"""Prefixes, wildcards, fuzzy words and ranges, alone and in compounds and phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from indexer.analysis.analyzer import MARKS, WORD, fold, words
from indexer.query import tree
from indexer.query.dates import days_like
from indexer.query.interpretation.context import Context
from indexer.query.interpretation.fields import (
    DATE_FIELDS,
    FIELDS,
    TEXT_FIELDS,
    VALUE_FIELDS,
    weight_of,
)
from indexer.query.interpretation.values import date_range, prison
from indexer.query.message import Message

FUZZY_LIMIT = 2
# The words of what holds signs of patterns.
APOSTROPHES = "'’‘ʼ`´"
PATTERN_WORD = re.compile(rf"(?:[^\W_]|[*?{APOSTROPHES}{MARKS}])+")
_Word = tree.Term | tree.Prefix | tree.Wildcard | tree.Fuzzy


def interpret_pattern(node: tree.MultiTerm, context: Context) -> tree.Node | None:
    """What stands for words that an index has to tell."""
    match node:
        case tree.Wildcard():
            return _interpret_wildcard(node, context)
        case tree.Prefix():
            return _pattern(node, context)
        case tree.Fuzzy():
            return _interpret_fuzzy(node, context)
        case tree.Range():
            return _interpret_range(node, context)


def _interpret_wildcard(node: tree.Wildcard, context: Context) -> tree.Node | None:
    if not node.field and not WORD.search(node.text):
        return tree.Every()
    return _pattern(node, context)


def _interpret_fuzzy(node: tree.Fuzzy, context: Context) -> tree.Node | None:
    if node.distance > FUZZY_LIMIT:
        context.warn(
            Message(
                "Words can differ by at most {most} letters; ~{typed} was read as ~{most}.",
                most=FUZZY_LIMIT,
                typed=node.distance,
            )
        )
    return _pattern(replace(node, distance=max(1, min(FUZZY_LIMIT, node.distance))), context)


def _interpret_range(node: tree.Range, context: Context) -> tree.Node | None:
    """`[a TO b]`: of days for date:, of words else."""
    name = node.field.lower() or "text"
    if name in DATE_FIELDS:
        return date_range(f"{node.start or ''}..{node.end or ''}", context)
    if name == "prison":
        return prison(f"{node.start or ''}..{node.end or ''}", context, node.boost)
    start, end = (fold(each) if each else None for each in (node.start, node.end))
    fields = FIELDS.get(name, ("body",))
    return tree.any_of([replace(node, field=each, start=start, end=end) for each in fields])


def _pattern(node: tree.Prefix | tree.Wildcard | tree.Fuzzy, context: Context) -> tree.Node | None:
    """A prefix, wildcard or fuzzy word, matched as written; all words it stands for score alike."""
    if not WORD.search(node.text):
        return None
    name = node.field.lower() or "text"
    if name in DATE_FIELDS:
        days = days_like(node.text) if isinstance(node, tree.Prefix) else None
        typed = str(node).partition(":")[2]
        return date_range("..".join(map(str, days)) if days else typed, context)
    if name not in FIELDS:
        context.warn(
            Message(
                "Unknown field “{name}”; “{typed}” was searched in all text.",
                name=name,
                typed=node.text,
            )
        )
    fields = FIELDS.get(name, TEXT_FIELDS["text"])
    if "[" in node.text or name in VALUE_FIELDS:
        parts: list[_Word] = [replace(node, text=fold(node.text))]
    elif isinstance(node, tree.Fuzzy):
        *before, last = words(node.text)
        parts = [*(tree.Term("", each) for each in before), replace(node, text=last)]
    else:
        parts = pattern_words(node.text + "*" * isinstance(node, tree.Prefix))
    return in_a_row(fields, parts, 1, node.boost)


def pattern_words(typed: str) -> list[_Word]:
    """The words of a text, some of them patterns, as they are matched as written; "*" alone is
    none.
    """
    found: list[_Word] = []
    for each in PATTERN_WORD.findall(typed):
        text = fold(each.strip(APOSTROPHES))
        if not WORD.search(text):
            continue
        if text.find("*") == len(text) - 1 and "?" not in text:
            found.append(tree.Prefix("", text[:-1]))
        else:
            is_pattern = not {"*", "?"}.isdisjoint(text)
            found.append(tree.Wildcard("", text) if is_pattern else tree.Term("", text))
    return found


def in_a_row(
    fields: Iterable[str], parts: list[_Word], slop: int, boost: float
) -> tree.Node | None:
    """Words in this order in any of the fields."""
    found: list[tree.Node | None] = []
    for name in fields:
        weight = boost * weight_of(name)
        if len(parts) == 1:
            found.append(replace(parts[0], field=name, boost=weight))
        elif parts and all(isinstance(each, tree.Term) for each in parts):
            found.append(tree.Phrase(name, tuple(each.text for each in parts), slop, weight))
        elif parts:
            own = tuple(replace(each, field=name, boost=1.0) for each in parts)
            found.append(tree.Near(name, own, slop, True, weight))
    return tree.any_of(found)
