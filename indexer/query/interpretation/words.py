"""A bare word: in all its forms, variants and written forms, or as its field takes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from indexer.analysis.analyzer import CYRILLIC, WORD, fold, query_stems, stem, words
from indexer.query import tree
from indexer.query.interpretation.context import Context
from indexer.query.interpretation.fields import (
    DATE_FIELDS,
    TEXT_FIELDS,
    VALUE_FIELDS,
    WORD_FIELDS,
    weight_of,
)
from indexer.query.interpretation.phrases import phrase_or_word
from indexer.query.interpretation.values import (
    address,
    date_range,
    docket,
    prison,
    statute,
    whole_value,
)
from indexer.query.message import Message
from indexer.query.variants import KEYS
from indexer.query.written_forms import known_forms, spelled


def interpret_words(typed: str, context: Context) -> tree.Node | None:
    """A text as bare words, all of which must match; None when it holds none."""
    return tree.all_of([interpret_word("", each, context, 1.0) for each in words(typed)])


def interpret_word(name: str, typed: str, context: Context, boost: float) -> tree.Node | None:
    """A bare word: in all its forms, in title and body, or as the field that was named takes it."""
    match name := name.lower():
        case "statute":
            return statute(typed, context, boost)
        case "prison":
            return prison(typed, context, boost)
        case "url":
            return address(typed, context, boost)
        case "docket":
            return docket(typed, context, boost)
    if name in VALUE_FIELDS:
        return tree.Term(VALUE_FIELDS[name], whole_value(name, typed), boost=boost)
    if name in DATE_FIELDS:
        return date_range(typed, context)
    if name in WORD_FIELDS:
        terms = [tree.Term(WORD_FIELDS[name], each, boost=boost) for each in words(typed)]
        return tree.all_of(terms)
    if name and name not in TEXT_FIELDS:
        context.warn(
            Message(
                "Unknown field “{name}”; “{name}:{typed}” was searched as words.",
                name=name,
                typed=typed,
            )
        )
        every = words(f"{name} {typed}")
        return tree.all_of([interpret_word("", each, context, boost) for each in every])
    return _in_text(name, typed, context, boost)


def _in_text(name: str, typed: str, context: Context, boost: float) -> tree.Node | None:
    written, fields = words(typed), TEXT_FIELDS[name or "text"]
    if not written:
        return None
    found: list[tree.Node | None]
    if len(written) > 1:  # "ill-treatment", "U.S.": its parts, next to each other
        found = [phrase_or_word(name, written, 1, boost, context, as_stems=True)]
    else:
        stems = tuple(query_stems(written[0], context.languages))
        found = [*_stem_terms(stems, fields, boost)]
        if context.has_variants:
            word = WORD.search(typed)
            found += _variant_terms(word[0] if word else "", stems, fields, context, boost)
    return tree.any_of([tree.any_of(found), *_other_forms(name, typed, context, boost)])


def _other_forms(
    name: str, typed: str, context: Context, boost: float
) -> Iterator[tree.Node | None]:
    """What was typed in its other written forms: a compound or initials joined, a joined word in
    its parts, a number with or without signs.
    """
    if context.is_literal:
        return
    for form in known_forms(typed, context.attested, context.cited):
        context.note_form(typed, spelled(form))
        if len(form) > 1:
            yield phrase_or_word(name, form, 1, boost, context, as_stems=True)
        else:
            stems, fields = query_stems(form[0], context.languages), TEXT_FIELDS[name or "text"]
            yield tree.any_of([*_stem_terms(stems, fields, boost)])


def any_form(word: str, languages: tuple[str, ...]) -> tree.Node | None:
    """A word of the index, in all its forms."""
    return tree.any_of([*_stem_terms(query_stems(word, languages), TEXT_FIELDS["text"], 1.0)])


def _stem_terms(stems: Iterable[str], fields: Sequence[str], boost: float) -> Iterator[tree.Term]:
    for stem_ in stems:
        for name in fields:
            yield tree.Term(f"{name}_stem", stem_, boost=boost * weight_of(name))


def _variant_terms(
    word: str, stems: tuple[str, ...], fields: Iterable[str], context: Context, boost: float
) -> Iterator[tree.Node]:
    """A word as a name, in any script, and as it is typed without Kazakh letters."""
    is_exact = not context.match_scripts
    asked: list[tuple[str, tree.VariantKind, str]] = [("", "names", word)]
    if CYRILLIC.search(word) and not is_exact and "kk" in (context.languages or ("kk",)):
        written = fold(word)
        asked += [("", "loose", written), ("_stem", "loose", stem(written, "kk"))]
    for shape, kind, each in asked:
        if key := KEYS[kind](each):
            for name in fields:
                weight, folded = boost * weight_of(name), each.casefold()
                yield tree.VariantTerm(name + shape, kind, folded, key, stems, weight, is_exact)
