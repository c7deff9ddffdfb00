"""Phrases, and parts near each other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from indexer.analysis.analyzer import words
from indexer.query import tree
from indexer.query.interpretation.context import Context
from indexer.query.interpretation.fields import FIELDS, TEXT_FIELDS, WORD_FIELDS, weight_of
from indexer.query.interpretation.patterns import in_a_row, interpret_pattern, pattern_words
from indexer.query.interpretation.phrases import distance_of, phrase_or_word
from indexer.query.interpretation.words import interpret_word


def interpret_phrase(node: tree.Phrase, context: Context) -> tree.Node | None:
    """A phrase: as written, in this order; with slop, at most so far apart."""
    typed, name = " ".join(node.words), node.field.lower()
    if name and name not in TEXT_FIELDS and name not in WORD_FIELDS:
        return interpret_word(name, typed, context, node.boost)
    slop = distance_of(node.slop, context)
    if re.search(r"\w\*|[*?]\w", typed):
        return in_a_row(FIELDS[name or "text"], pattern_words(typed), slop, node.boost)
    return phrase_or_word(name, words(typed), slop, node.boost, context, as_stems=False)


def near_fields(node: tree.Near) -> tuple[str, ...]:
    """Where parts can be near each other: in the title or in the text, or in the field that all of
    them name; nowhere unless all are words and phrases of one.
    """
    named = {leaf.field.lower() for leaf in tree.parts_of(tree.leaves(node))}
    if len(named) != 1 or not _is_joinable(node):
        return ()
    return TEXT_FIELDS.get(named.pop() or "text", ())


def interpret_near(node: tree.Near, fields: Iterable[str], context: Context) -> tree.Node | None:
    """Parts near each other in any of some fields."""
    return tree.any_of([_near(node, each, context) for each in fields])


def _is_joinable(node: tree.Node) -> bool:
    match node:
        case tree.Near(parts=parts) | tree.Or(parts):
            return all(map(_is_joinable, parts))
        case _:
            return isinstance(node, tree.Leaf)


def _near(node: tree.Near, name: str, context: Context) -> tree.Node | None:
    parts = [each for part in node.parts if (each := _part(part, name, context))]
    if len(parts) < 2:
        return parts[0] if parts else None
    distance = distance_of(node.distance, context)
    return tree.Near(name, tuple(parts), distance, node.is_ordered, node.boost * weight_of(name))


def _part(node: tree.Node, name: str, context: Context) -> tree.Node | None:
    """A part of a proximity in one field; its words in all their forms, its phrases as written."""
    match node:
        case tree.Near():
            inner = _near(node, name, context)
            return inner and replace(inner, boost=1.0) if isinstance(inner, tree.Near) else inner
        case tree.Or(parts):
            return tree.any_of([_part(each, name, context) for each in parts])
        case tree.Term():
            plain = replace(context, has_variants=False)
            return _one_field(interpret_word("", node.text, plain, 1.0), name)
        case tree.Phrase():
            return _one_field(interpret_phrase(replace(node, field=""), context), name)
        case tree.Prefix() | tree.Wildcard() | tree.Fuzzy() | tree.Range():
            return _one_field(interpret_pattern(replace(node, field=""), context), name)
        case _:
            return None


def _one_field(node: tree.Node | None, name: str) -> tree.Node | None:
    """What a part asks of one text, without the weight that this has."""
    leaves = [leaf for leaf in tree.leaves(node) if leaf.field.removesuffix("_stem") == name]
    return tree.any_of([replace(leaf, boost=1.0) for leaf in leaves])
