"""A tree as typed -> a tree over the index's fields, and over the forms of words there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from indexer.analysis.analyzer import WORD, words
from indexer.analysis.function_words import is_function_word
from indexer.query import tree
from indexer.query.interpretation.context import Context
from indexer.query.interpretation.near import interpret_near, interpret_phrase, near_fields
from indexer.query.interpretation.patterns import interpret_pattern
from indexer.query.interpretation.phrases import phrase_or_word
from indexer.query.interpretation.words import any_form, interpret_word
from indexer.query.message import Message
from indexer.query.written_forms import function_initials, joined_form

OPERATORS = ("AND", "OR", "NOT", "ANDNOT", "ANDMAYBE")
NEAR = re.compile(r"(?:NEAR|PRE)/(?:\d+|[sSpP])")


def interpret(node: tree.Node, context: Context) -> tree.Node | None:
    """A tree as it was typed as one over our fields; None where nothing is left of it."""
    match node:
        case tree.Term():
            return _interpret_term(node, context)
        case tree.And(parts):
            return tree.all_of([node for _, node in interpret_all(parts, context)])
        case tree.Or(parts):
            return tree.any_of([interpret(part, context) for part in parts])
        case tree.Not(part):
            inner = _interpret_negated(part, context)
            return inner and tree.Not(inner)
        case tree.AndNot(wanted, unwanted):
            first, second = interpret(wanted, context), _interpret_negated(unwanted, context)
            return tree.AndNot(first, second) if first and second else first
        case tree.AndMaybe(wanted, better):
            first, second = interpret(wanted, context), interpret(better, context)
            return tree.AndMaybe(first, second) if first and second else first or second
        case tree.Phrase():
            return interpret_phrase(node, context)
        case tree.Near():
            return _interpret_near(node, context)
        case tree.Wildcard() | tree.Prefix() | tree.Fuzzy() | tree.Range():
            return interpret_pattern(node, context)
        case tree.Every():
            return node
        case tree.VariantTerm():
            return None  # nobody can type one


def interpret_all(
    parts: Sequence[tree.Node], context: Context
) -> list[tuple[tree.Node, tree.Node | None]]:
    """The parts of an AND that are required, each with its interpretation and, beside certain
    neighbors, its other form: of two words that the corpus also writes as one, each is found in
    that one; "U.S." before "Attorney" in "US Attorney".
    """
    forms: dict[tree.Node, dict[tree.Node | None, None]] = {}
    for one, other in [] if context.is_literal else pairwise(parts):
        typed, after = _text(one), words(_text(other))
        if len(after) != 1:
            continue
        if whole := joined_form(typed, after[0], context.attested or {}):
            context.note_form(f"{typed} {_text(other)}", whole)
            for part in (one, other):
                forms.setdefault(part, {})[any_form(whole, context.languages)] = None
        if initials := function_initials(typed):
            pair = [initials, *after]
            form = f"{initials.upper()} {_text(other)}"
            context.note_form(f"{typed} {_text(other)}", form)
            phrase = phrase_or_word("", pair, 1, 1.0, context, as_stems=True)
            forms.setdefault(one, {})[phrase] = None
    return [
        (part, tree.any_of([interpret(part, context), *forms.get(part, ())]))
        for part in _required(parts, context)
    ]


def _text(node: tree.Node) -> str:
    """A bare word as it was typed; "" for anything else."""
    if not isinstance(node, tree.Term) or node.field or node.text in OPERATORS:
        return ""
    return node.text


def _required(parts: Sequence[tree.Node], context: Context) -> list[tree.Node]:
    """The parts of an AND without function words; all of them where no other is wanted."""
    if context.is_literal:
        return [*parts]
    kept: list[tree.Node] = []
    dropped: dict[str, None] = {}
    for part in parts:
        if isinstance(part, tree.Term) and _is_function_word(part, context):
            dropped[part.text] = None
        else:
            kept.append(part)
    if all(isinstance(part, tree.Not) for part in kept):
        return [*parts]
    context.function_words += dropped
    return kept


def _is_function_word(node: tree.Term, context: Context) -> bool:
    if node.field or node.text in OPERATORS:
        return False
    found = WORD.findall(node.text)
    return len(found) == 1 and is_function_word(found[0], context.languages)


def _interpret_negated(node: tree.Node, context: Context) -> tree.Node | None:
    return interpret(node, replace(context, is_negated=True, has_variants=False))


def _interpret_near(node: tree.Near, context: Context) -> tree.Node | None:
    """Parts near each other; what cannot be near anything has to match only."""
    if fields := near_fields(node):
        return interpret_near(node, fields, context)
    context.warn(
        Message("Only words and phrases of one field can be near each other; AND was used.")
    )
    return tree.all_of([interpret(part, context) for part in node.parts])


def _interpret_term(node: tree.Term, context: Context) -> tree.Node | None:
    if not node.field and (node.text in OPERATORS or NEAR.fullmatch(node.text)):
        context.warn(Message("“{word}” has nothing to combine and was ignored.", word=node.text))
        return None
    return interpret_word(node.field, node.text, context, node.boost)
