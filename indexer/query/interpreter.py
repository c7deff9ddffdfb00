"""A tree as typed -> a tree over the index's fields, and over the forms of words there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from corpus import statutes
from indexer.analysis.analyzer import CYRILLIC, MARKS, WORD, fold, query_stems, stem, words
from indexer.analysis.function_words import is_function_word
from indexer.query import identifiers, prison_terms, tree
from indexer.query.dates import days_like, read_day
from indexer.query.message import Message
from indexer.query.variants import KEYS
from indexer.query.written_forms import (
    Attested,
    function_initials,
    joined_form,
    known_forms,
    spelled,
)

TITLE_BOOST = 2.0
# More than any words score: what is identified comes first.
FIRST = 100.0
FUZZY_LIMIT = 2
OPERATORS = ("AND", "OR", "NOT", "ANDNOT", "ANDMAYBE")
NEAR = re.compile(r"(?:NEAR|PRE)/(?:\d+|[sSpP])")
# Westlaw's and Lexis's limit.
DISTANCE_LIMIT = 255
# The words of what holds signs of patterns.
APOSTROPHES = "'’‘ʼ`´"
PATTERN_WORD = re.compile(rf"(?:[^\W_]|[*?{APOSTROPHES}{MARKS}])+")
# Fields of running text, of whole values and of a few words, by the names that people type.
TEXT_FIELDS = {"title": ("title",), "body": ("body",), "text": ("title", "body")}
VALUE_FIELDS = {
    "office": "office",
    "lang": "language",
    "language": "language",
    "country": "country",
    "number": "number",
    "statute": "statutes",
    "kind": "matter",
    "stage": "stage",
    "offense": "offense",
    "prison": prison_terms.FIELD,
    "court": "court",
}
WORD_FIELDS = {"topic": "topic", "component": "component", "place": "place"}
DATE_FIELDS = ("date", "year")
FIELDS = TEXT_FIELDS | {name: (own,) for name, own in (VALUE_FIELDS | WORD_FIELDS).items()}
_Word = tree.Term | tree.Prefix | tree.Wildcard | tree.Fuzzy


@dataclass
class Context:
    """How a query is interpreted: the languages whose stems count (none: those of each word's
    script), whether names match in other scripts, whether the part is negated and whether it has
    variants, the warnings so far. `is_literal` requires function words too and looks for no other
    written forms; else `function_words` has those not required, and `written_forms` what was typed,
    by its folded text, its other form, and whether it is negated.
    `attested` is what the corpus attests of the words; None: unknown. Numbers that are `cited` have
    no other form.
    """

    languages: tuple[str, ...]
    match_scripts: bool = True
    is_negated: bool = False
    has_variants: bool = True
    is_literal: bool = False
    warnings: list[Message] = field(default_factory=list)
    function_words: list[str] = field(default_factory=list)
    written_forms: dict[tuple[str, str, bool], str] = field(default_factory=dict)
    attested: Mapping[str, Attested] | None = None
    cited: Collection[str] = ()

    def warn(self, message: Message) -> None:
        """Add a warning, once."""
        if message not in self.warnings:
            self.warnings.append(message)

    def note_form(self, typed: str, form: str) -> None:
        """Note the other form of what was typed, once."""
        self.written_forms.setdefault((typed.casefold(), form, self.is_negated), typed)


def interpret(node: tree.Node, context: Context) -> tree.Node | None:
    """A tree as it was typed as one over our fields; None where nothing is left of it."""
    match node:
        case tree.Term():
            return _interpret_term(node, context)
        case tree.And(parts):
            return all_of([node for _, node in interpret_all(parts, context)])
        case tree.Or(parts):
            return any_of([interpret(part, context) for part in parts])
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
            return _interpret_phrase(node, context)
        case tree.Near():
            return _interpret_near(node, context)
        case tree.Wildcard():
            return _interpret_wildcard(node, context)
        case tree.Prefix():
            return _pattern(node, context)
        case tree.Fuzzy():
            return _interpret_fuzzy(node, context)
        case tree.Range():
            return _interpret_range(node, context)
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
            phrase = _phrase_or_word("", pair, 1, 1.0, context, as_stems=True)
            forms.setdefault(one, {})[phrase] = None
    return [
        (part, any_of([interpret(part, context), *forms.get(part, ())]))
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


def _interpret_term(node: tree.Term, context: Context) -> tree.Node | None:
    if not node.field and (node.text in OPERATORS or NEAR.fullmatch(node.text)):
        context.warn(Message("“{word}” has nothing to combine and was ignored.", word=node.text))
        return None
    return _word(node.field, node.text, context, node.boost)


def interpret_words(typed: str, context: Context) -> tree.Node | None:
    """A text as bare words, all of which must match; None when it holds none."""
    return all_of([_word("", each, context, 1.0) for each in words(typed)])


def _word(name: str, typed: str, context: Context, boost: float) -> tree.Node | None:
    """A bare word: in all its forms, in title and body, or as the field that was named takes it."""
    name = name.lower()
    if name == "statute":
        return _statute(typed, context, boost)
    if name == "prison":
        return _prison(typed, context, boost)
    if name == "url":
        return _address(typed, context, boost)
    if name == "docket":
        return _docket(typed, context, boost)
    if name in VALUE_FIELDS:
        return tree.Term(VALUE_FIELDS[name], _whole_value(name, typed), boost=boost)
    if name in DATE_FIELDS:
        return _date_range(typed, context)
    if name in WORD_FIELDS:
        return all_of([tree.Term(WORD_FIELDS[name], each, boost=boost) for each in words(typed)])
    if name and name not in TEXT_FIELDS:
        context.warn(
            Message(
                "Unknown field “{name}”; “{name}:{typed}” was searched as words.",
                name=name,
                typed=typed,
            )
        )
        return all_of([_word("", each, context, boost) for each in words(f"{name} {typed}")])
    written = words(typed)
    if len(written) > 1:  # "ill-treatment", "U.S.": its parts, next to each other
        phrase = _phrase_or_word(name, written, 1, boost, context, as_stems=True)
        return any_of([phrase, *_other_forms(name, typed, context, boost)])
    fields = TEXT_FIELDS[name or "text"]
    if not written:
        return None
    stems = tuple(query_stems(written[0], context.languages))
    found: list[tree.Node | None] = [*_stem_terms(stems, fields, boost)]
    if context.has_variants:
        word = WORD.search(typed)
        found += _variant_terms(word[0] if word else "", stems, fields, context, boost)
    return any_of([any_of(found), *_other_forms(name, typed, context, boost)])


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
            yield _phrase_or_word(name, form, 1, boost, context, as_stems=True)
        else:
            stems, fields = query_stems(form[0], context.languages), TEXT_FIELDS[name or "text"]
            yield any_of([*_stem_terms(stems, fields, boost)])


def any_form(word: str, languages: tuple[str, ...]) -> tree.Node | None:
    """A word of the index, in all its forms."""
    return any_of([*_stem_terms(query_stems(word, languages), TEXT_FIELDS["text"], 1.0)])


def _stem_terms(stems: Iterable[str], fields: Sequence[str], boost: float) -> Iterator[tree.Term]:
    for stem_ in stems:
        for name in fields:
            yield tree.Term(f"{name}_stem", stem_, boost=boost * _weight(name))


def _variant_terms(
    word: str, stems: tuple[str, ...], fields: Iterable[str], context: Context, boost: float
) -> Iterator[tree.Node]:
    """A word as a name, in any script, and as it is typed without Kazakh letters."""
    is_exact = not context.match_scripts
    asked: list[tuple[str, tree.Kind, str]] = [("", "names", word)]
    if CYRILLIC.search(word) and not is_exact and "kk" in (context.languages or ("kk",)):
        written = fold(word)
        asked += [("", "loose", written), ("_stem", "loose", stem(written, "kk"))]
    for shape, kind, each in asked:
        if key := KEYS[kind](each):
            for name in fields:
                weight, folded = boost * _weight(name), each.casefold()
                yield tree.VariantTerm(name + shape, kind, folded, key, stems, weight, is_exact)


def _interpret_phrase(node: tree.Phrase, context: Context) -> tree.Node | None:
    """A phrase: as written, in this order; with slop, at most so far apart."""
    typed, name = " ".join(node.words), node.field.lower()
    if name and name not in TEXT_FIELDS and name not in WORD_FIELDS:
        return _word(name, typed, context, node.boost)
    slop = _distance(node.slop, context)
    if re.search(r"\w\*|[*?]\w", typed):
        return _in_a_row(FIELDS[name or "text"], _pattern_words(typed), slop, node.boost)
    return _phrase_or_word(name, words(typed), slop, node.boost, context, as_stems=False)


def _distance(typed: int, context: Context) -> int:
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


def _interpret_near(node: tree.Near, context: Context) -> tree.Node | None:
    """Parts near each other, in the title or in the text, or in the field that all of them name;
    what cannot be near anything has to match only.
    """
    named = {leaf.field.lower() for leaf in tree.parts_of(tree.leaves(node))}
    name = named.pop() if len(named) == 1 else "" if named == {""} else None
    fields = TEXT_FIELDS.get(name or "text") if name is not None else None
    if not fields or not _is_joinable(node):
        context.warn(
            Message("Only words and phrases of one field can be near each other; AND was used.")
        )
        return all_of([interpret(part, context) for part in node.parts])
    return any_of([_near(node, each, context) for each in fields])


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
    distance = _distance(node.distance, context)
    return tree.Near(name, tuple(parts), distance, node.is_ordered, node.boost * _weight(name))


def _part(node: tree.Node, name: str, context: Context) -> tree.Node | None:
    """A part of a proximity in one field; its words in all their forms, its phrases as written."""
    match node:
        case tree.Near():
            inner = _near(node, name, context)
            return inner and replace(inner, boost=1.0) if isinstance(inner, tree.Near) else inner
        case tree.Or(parts):
            return any_of([_part(each, name, context) for each in parts])
        case tree.Term():
            plain = replace(context, has_variants=False)
            return _one_field(_word("", node.text, plain, 1.0), name)
        case tree.Phrase() | tree.Prefix() | tree.Wildcard() | tree.Fuzzy() | tree.Range():
            return _one_field(interpret(replace(node, field=""), context), name)
        case _:
            return None


def _one_field(node: tree.Node | None, name: str) -> tree.Node | None:
    """What a part asks of one text, without the weight that this has."""
    leaves = [leaf for leaf in tree.leaves(node) if leaf.field.removesuffix("_stem") == name]
    return any_of([replace(leaf, boost=1.0) for leaf in leaves])


def _phrase_or_word(
    name: str,
    written: list[str],
    slop: int,
    boost: float,
    context: Context,
    *,
    as_stems: bool,
) -> tree.Node | None:
    fields = FIELDS[name or "text"]
    if not written:
        return None
    if len(written) == 1:
        return any_of([tree.Term(each, written[0], boost * _weight(each)) for each in fields])
    shapes, suffix = [tuple(written)], ""
    if as_stems:
        languages = context.languages or ("en", "ru", "kk")
        shapes = [tuple(stem(word, language) for word in written) for language in languages]
        suffix = "_stem"
    return any_of(
        [
            tree.Phrase(each + suffix, shape, slop, boost * _weight(each))
            for shape in dict.fromkeys(shapes)
            for each in fields
        ]
    )


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


def _pattern(node: tree.Prefix | tree.Wildcard | tree.Fuzzy, context: Context) -> tree.Node | None:
    """A prefix, wildcard or fuzzy word, matched as written; all words it stands for score alike."""
    if not WORD.search(node.text):
        return None
    name = node.field.lower() or "text"
    if name in DATE_FIELDS:
        days = days_like(node.text) if isinstance(node, tree.Prefix) else None
        typed = str(node).partition(":")[2]
        return _date_range("..".join(map(str, days)) if days else typed, context)
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
        parts = _pattern_words(node.text + "*" * isinstance(node, tree.Prefix))
    return _in_a_row(fields, parts, 1, node.boost)


def _pattern_words(typed: str) -> list[_Word]:
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


def _in_a_row(
    fields: Iterable[str], parts: list[_Word], slop: int, boost: float
) -> tree.Node | None:
    """Words in this order in any of the fields."""
    found: list[tree.Node | None] = []
    for name in fields:
        weight = boost * _weight(name)
        if len(parts) == 1:
            found.append(replace(parts[0], field=name, boost=weight))
        elif parts and all(isinstance(each, tree.Term) for each in parts):
            found.append(tree.Phrase(name, tuple(each.text for each in parts), slop, weight))
        elif parts:
            own = tuple(replace(each, field=name, boost=1.0) for each in parts)
            found.append(tree.Near(name, own, slop, True, weight))
    return any_of(found)


def _interpret_range(node: tree.Range, context: Context) -> tree.Node | None:
    """`[a TO b]`: of days for date:, of words else."""
    name = node.field.lower() or "text"
    if name in DATE_FIELDS:
        return _date_range(f"{node.start or ''}..{node.end or ''}", context)
    if name == "prison":
        return _prison(f"{node.start or ''}..{node.end or ''}", context, node.boost)
    start, end = (fold(each) if each else None for each in (node.start, node.end))
    fields = FIELDS.get(name, ("body",))
    return any_of([replace(node, field=each, start=start, end=end) for each in fields])


def _date_range(typed: str, context: Context) -> tree.Node | None:
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


def statute_term(key: str, boost: float = 1.0) -> tree.Term:
    """What cites a statute, or what it contains."""
    return tree.Term(VALUE_FIELDS["statute"], key, boost)


def _statute(typed: str, context: Context, boost: float) -> tree.Node | None:
    """The releases that cite a statute, or what it contains, in any spelling."""
    if key := statutes.parse_key(typed):
        return statute_term(key, boost)
    context.warn(
        Message(
            '“{typed}” isn’t a statute citation. Use statute:"18 U.S.C. § 1343" or '
            'statute:"ст. 190 УК РК", in quotation marks.',
            typed=typed,
        )
    )
    return None


def _prison(typed: str, context: Context, boost: float) -> tree.Node | None:
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


def _address(typed: str, context: Context, boost: float) -> tree.Node | None:
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
    mentioned = _phrase_or_word("", written, 1, boost, context, as_stems=False)
    return any_of([*(tree.Term("id", each, boost=FIRST * boost) for each in ids), mentioned])


def _docket(typed: str, context: Context, boost: float) -> tree.Node | None:
    """The releases that cite a docket, with or without its zeros, division and initials."""
    spellings = identifiers.docket_spellings(typed)
    if not spellings:
        context.warn(
            Message(
                "“{typed}” isn’t a docket number such as 17-cr-123; its words were searched.",
                typed=typed,
            )
        )
    return any_of(
        [
            _phrase_or_word("", written, 1, boost, context, as_stems=False)
            for written in spellings or [words(typed)]
        ]
    )


def _whole_value(name: str, typed: str) -> str:
    if name in ("stage", "offense"):  # "pleaded guilty" is the value pleaded_guilty
        return re.sub(r"[\s-]+", "_", typed.lower())
    return fold(typed) if name in ("number", "country") else typed.lower()


def _weight(name: str) -> float:
    return TITLE_BOOST if name == "title" else 1.0


def all_of(parts: list[tree.Node | None]) -> tree.Node | None:
    """The parts joined by AND, those left out of which nothing was left."""
    kept = [part for part in parts if part is not None]
    return kept[0] if len(kept) == 1 else tree.And(tuple(kept)) if kept else None


def any_of(parts: list[tree.Node | None]) -> tree.Node | None:
    """The parts joined by OR, those left out of which nothing was left."""
    kept = [part for part in parts if part is not None]
    return kept[0] if len(kept) == 1 else tree.Or(tuple(kept)) if kept else None
