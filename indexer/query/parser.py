"""What a person typed -> a query tree over the fields of the index, with warnings.

Whoosh parses the language, `interpreter` gives its words meaning. No input is an error: what cannot
be parsed is repaired, with a warning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache, partial

from whoosh import query as raw
from whoosh.qparser import QueryParser, plugins
from whoosh.qparser.syntax import (
    AndMaybeGroup,
    AndNotGroup,
    BinaryGroup,
    GroupNode,
    InfixOperator,
    WordNode,
)

from corpus import statutes
from indexer.analysis.analyzer import WORD
from indexer.query import tree
from indexer.query.cited_numbers import cited_numbers
from indexer.query.date_words import find_date_words
from indexer.query.interpretation.context import Context
from indexer.query.interpretation.words import interpret_words
from indexer.query.interpreter import NEAR, OPERATORS, interpret, interpret_all
from indexer.query.message import Message
from indexer.query.notation import SIGNS, in_our_notation, join_digits, outside_quotes
from indexer.query.tree import Node, SomeOf
from indexer.query.written_forms import LookUp, words_to_look_up

DEPTH_LIMIT = 40
# What Whoosh's parser has been seen to raise.
PARSER_ERRORS = (
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    AssertionError,
    RecursionError,
)
# Whoosh looks for a range's end from every opening bracket, to the end of the query: an opening one
# is left in only where its range is short and whole.
STRAY_OPENING = re.compile(r"[\[{](?![^\[\]{}]{0,80}[\]}])")
SMALL_OPERATOR = re.compile(r"(?<=\S)\s+([Aa]nd|[Oo]r|[Nn]ot)(?=\s+\S)")
SCRIPT = re.compile(r"(?<!\S)script:(\S+)", re.IGNORECASE)
# A statute after it may lack quotation marks, in at most so many words.
STATUTE = re.compile(r"(?<![\w:])statute:(?=[^\s\"(\[])", re.IGNORECASE)
STATUTE_WORDS = 12
MINUS = r'[-\u2010-\u2013\u2212](?=[^\s\u2010-\u2013-])|!(?=[\w"(])'
BLANKS = "\x00 \t\r\n"
# A chain of these is as deep as it is long.
NESTING = re.compile(r"\b(?:ANDNOT|ANDMAYBE|(?:NEAR|PRE)/\w+)\b")
OPERATOR_WORDS = re.compile(rf"\b(?:{'|'.join(OPERATORS)}|{NEAR.pattern})(?!\S)")
NEAR_OPERATOR = r"(?<=\s)(?P<order>NEAR|PRE)/(?P<distance>\d{1,9}|[sSpP])(?=\s)"
# So many words are about a sentence, as in Lexis.
SENTENCE = 25


@dataclass(frozen=True)
class ParsedQuery:
    """A parsed query: its tree, None without words, warnings, whether other scripts match.

    `some` is the second tier, for words without operators. `date` is what was read as a date.
    `readings` describe how words were read differently from how they were typed. `typed` is what
    was typed in our notation.
    """

    tree: Node | None
    warnings: tuple[str, ...] = ()
    match_scripts: bool = True
    some: SomeOf | None = None
    date: DateReading | None = None
    readings: tuple[Message, ...] = ()
    typed: str = field(default="", compare=False)


@dataclass(frozen=True)
class DateReading:
    """Words that were read as a date of publication, its days, and the query without them."""

    words: str
    since: date | None
    until: date | None
    rest: str


_Interpreted = tuple[Node | None, SomeOf | None, DateReading | None]


def parse(
    text: str,
    languages: tuple[str, ...] = (),
    limit_chars: int = 2000,
    *,
    match_scripts: bool = True,
    is_literal: bool = False,
    attested: LookUp | None = None,
) -> ParsedQuery:
    """Parse a query. Never raises; what could not be interpreted as written is in the warnings.

    Names are found in other scripts too, unless that is switched off, here or by `script:exact`.
    Unless `is_literal`, function words are not required, dates in words narrow the days, and other
    written forms are found, too: by the signs of words, and by what a corpus has `attested`.
    """
    context = Context(languages, match_scripts, is_literal=is_literal)
    in_ours = _in_our_notation(text, limit_chars, context)
    typed = _without_script(in_ours, context)
    context.cited = cited_numbers(typed.casefold()).values()
    if attested and not is_literal and (wanted := words_to_look_up(typed)):
        context.attested = attested(wanted)
    _warn_of_operators(typed, context)
    if OPERATOR_WORDS.search(typed) and not WORD.search(OPERATOR_WORDS.sub(" ", typed)):
        context.warn(Message("The query contains only operators and no words to search for."))
        return ParsedQuery(None, tuple(context.warnings), typed=in_ours)
    found, some, days = _interpret_typed(typed, context)
    if found is None and text.strip(BLANKS):
        context.warn(Message("The query contains no words to search for."))
    return ParsedQuery(
        found and _ground_negations(found),
        tuple(context.warnings),
        context.match_scripts,
        some,
        days,
        _readings(context, days),
        in_ours,
    )


def _warn_of_operators(typed: str, context: Context) -> None:
    if found_small := SMALL_OPERATOR.search(re.sub(r'"[^"]*"', '""', typed)):
        context.warn(
            Message(
                "“{word}” is not an operator. Write AND, OR, NOT in capitals.",
                word=found_small[1],
            )
        )
    if re.search(r"(?<!\S)(?:NEAR|PRE)/[sS](?!\S)", typed):
        context.warn(
            Message("Sentences are not indexed; /s was read as within {most} words.", most=SENTENCE)
        )


def _interpret_typed(typed: str, context: Context) -> _Interpreted:
    """The tree of a query, its second tier and its date. Plain words can always be interpreted."""
    try:
        read = _parse_typed(typed)
        if plain := _plain_words(typed, read):
            return _interpret_plain(typed, plain, context)
        return interpret(read, context), None, None
    except PARSER_ERRORS:
        context.warn(
            Message(
                "The query could not be interpreted as written; its words were searched instead."
            )
        )
    return interpret_words(OPERATOR_WORDS.sub(" ", typed), context), None, None


def _plain_words(typed: str, read: Node) -> tuple[tree.Term, ...]:
    """The words of a query without operators; none of another one."""
    parts = read.parts if isinstance(read, tree.And) else (read,)
    terms = tuple(part for part in parts if isinstance(part, tree.Term))
    is_plain = len(terms) == len(parts) and all(
        not term.field and term.boost == 1.0 and term.text not in OPERATORS for term in terms
    )
    return terms if is_plain and not OPERATOR_WORDS.search(typed) else ()


def _interpret_plain(typed: str, terms: tuple[tree.Term, ...], context: Context) -> _Interpreted:
    """Words without operators, as all of them and as some; a date among them narrows the days."""
    days = None if context.is_literal else _read_date(typed)
    if days:
        terms = _plain_words(days.rest, _parse_typed(days.rest))
    words = [
        tree.QueryWord(term.text, node)
        for term, node in interpret_all(terms, context)
        if isinstance(term, tree.Term) and node is not None
    ]
    within = tree.Range("date", _iso(days.since), _iso(days.until)) if days else None
    once = tuple({word.node: word for word in words}.values())
    every = tree.all_of([*(word.node for word in words), within])
    return every, SomeOf(once, within) if once else None, days


def _read_date(typed: str) -> DateReading | None:
    found = find_date_words(typed)
    if found is None:
        return None
    rest = " ".join(f"{typed[: found.start]} {typed[found.end :]}".split())
    return DateReading(typed[found.start : found.end], found.since, found.until, rest)


def _readings(context: Context, days: DateReading | None) -> tuple[Message, ...]:
    found = []
    if days:
        found.append(
            Message(
                "“{words}” was read as the date of publication: {since} to {until}.",
                words=days.words,
                since=_iso(days.since) or "…",
                until=_iso(days.until) or "…",
            )
        )
    for (_, form, is_negated), written in context.written_forms.items():
        found.append(
            Message("“{typed}” was also excluded as “{form}”.", typed=written, form=form)
            if is_negated
            else Message("“{typed}” was also searched as “{form}”.", typed=written, form=form)
        )
    if dropped := context.function_words:
        found.append(Message("Not required: {words}.", words=", ".join(dropped)))
    return tuple(found)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _in_our_notation(text: str, limit_chars: int, context: Context) -> str:
    typed = text.encode("utf-8", "replace").decode().strip(BLANKS)
    if len(typed) > limit_chars:
        typed = typed[:limit_chars]
        context.warn(
            Message("Only the first {most:,} characters of the query were read.", most=limit_chars)
        )
    typed = in_our_notation(_pair_quotes(typed.translate(SIGNS), context))
    if not context.is_literal:
        typed = outside_quotes(typed, join_digits)
    return outside_quotes(typed, _quote_statutes)


def _without_script(typed: str, context: Context) -> str:
    """A query as Whoosh can parse it, without `script:`."""
    typed = outside_quotes(typed, partial(_take_script, context=context)).strip()
    return _repair(typed, context)


def _take_script(part: str, context: Context) -> str:
    """Leave out `script:exact`, which is about all words of a query."""
    for found in SCRIPT.finditer(part):
        if found[1].lower() not in ("exact", "any"):
            context.warn(Message("script: accepts exact or any, not “{typed}”.", typed=found[1]))
        else:
            context.match_scripts = found[1].lower() == "any"
    return SCRIPT.sub(" ", part)


def _quote_statutes(part: str) -> str:
    """Put what follows `statute:` in quotation marks, as far as it is a statute."""
    for found in reversed([*STATUTE.finditer(part)]):
        words = [*re.finditer(r"\S+", part[found.end() :])][:STATUTE_WORDS]
        for end in (found.end() + word.end() for word in reversed(words[1:])):
            statute = part[found.end() : end]
            if statutes.parse_key(statute):
                part = f'{part[: found.end()]}"{statute}"{part[end:]}'
                break
    return part


class PlainWords(plugins.TaggingPlugin):
    """Takes a small-lettered word between blanks at once, instead of trying all else at each
    letter; the tree stays the same, as operators have capitals and all else has signs.
    """

    expr = r"(?<!\S)[^\W\d_]{2,}(?!\S)"
    priority = -1000

    def create(self, parser: QueryParser, match: re.Match[str]) -> WordNode | None:
        """The word as a node of its own."""
        return WordNode(match[0]) if match[0].islower() else None


class _Pair(BinaryGroup):
    """Reads each of its two parts once; Whoosh's own reads them twice, so a chain takes exponential
    time.
    """

    def query(self, parser: QueryParser) -> raw.Query:
        """The parts joined, or the one that asks for anything."""
        first, second = (node.query(parser) for node in self.nodes)
        if first is None or second is None:
            return second if first is None else first
        return self.qclass(first, second)


@dataclass(eq=False)
class _Near(raw.Query):
    """Two parts near each other."""

    parts: tuple[raw.Query, ...]
    distance: int
    is_ordered: bool


class _NearGroup(_Pair):
    """Two nodes near each other, as their operator says."""

    operator: _NearOperator

    def qclass(self, *parts: raw.Query) -> raw.Query:
        """The parts as one query."""
        return _Near(parts, self.operator.distance, self.operator.is_ordered)


class _NearOperator(InfixOperator):
    """An operator that has a distance."""

    def __init__(self, match: re.Match[str]) -> None:
        super().__init__(match[0], _NearGroup)
        lengths = {"s": SENTENCE, "p": tree.PARAGRAPH}
        typed = match["distance"].lower()
        self.distance = lengths.get(typed) or max(1, int(typed))
        self.is_ordered = match["order"] == "PRE"

    def replace_self(self, parser: QueryParser, group: GroupNode, position: int) -> int:
        """Join the nodes on both sides, if there are two."""
        after: int = super().replace_self(parser, group, position)
        if position and isinstance(group[position - 1], _NearGroup):
            group[position - 1].operator = self
        return after


class _NearTagger(plugins.OperatorsPlugin.OpTagger):
    def create(self, parser: QueryParser, match: re.Match[str]) -> _NearOperator:
        """The operator that was typed."""
        return _NearOperator(match)


class _AndNot(_Pair, AndNotGroup):
    pass


class _AndMaybe(_Pair, AndMaybeGroup):
    pass


PAIRS = {AndNotGroup: _AndNot, AndMaybeGroup: _AndMaybe}


class Operators(plugins.OperatorsPlugin):
    """The operators; a minus, a dash as word processors make of it, or an exclamation mark is NOT
    before a word, a phrase or a bracket.
    """

    def __init__(self) -> None:
        super().__init__(Not=rf"(^|(?<=[\s(]))(NOT(?=\s)|{MINUS})", Require=None)
        for tagger, _ in self.ops:
            tagger.grouptype = PAIRS.get(tagger.grouptype, tagger.grouptype)
        # It binds more closely than the others.
        self.ops.insert(0, (_NearTagger(NEAR_OPERATOR, _NearGroup, _NearOperator), -5))


@cache
def _parser() -> QueryParser:
    return QueryParser(
        None,
        None,
        plugins=[
            PlainWords(),
            plugins.FieldsPlugin(),
            plugins.WildcardPlugin(),
            plugins.FuzzyTermPlugin(),
            plugins.PhrasePlugin(),
            plugins.RangePlugin(),
            plugins.GroupPlugin(),
            Operators(),
            plugins.BoostPlugin(),
            plugins.EveryPlugin(),
        ],
    )


def _pair_quotes(typed: str, context: Context) -> str:
    if typed.count('"') % 2:
        context.warn(Message("Unmatched quotation mark ignored."))
        before, _, after = typed.rpartition('"')
        typed = f"{before} {after}"
    return typed


def _repair(typed: str, context: Context) -> str:
    """Brackets in pairs, and not so deep that reading them takes the stack."""
    typed = STRAY_OPENING.sub(" ", typed)
    depth = deepest = 0
    is_paired = True
    for character in re.sub(r'"[^"]*"', "", typed):
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
        is_paired = is_paired and depth >= 0
    if depth or not is_paired or deepest > DEPTH_LIMIT:
        context.warn(Message("Unbalanced parentheses ignored."))
        typed = outside_quotes(typed, lambda part: re.sub(r"[()]", " ", part))
    return typed


@lru_cache(maxsize=1 << 10)  # each page of a search asks again, and each of its facets
def _parse_typed(typed: str) -> Node:
    """The tree of a text as typed. Raises one of PARSER_ERRORS where Whoosh fails or operators nest
    too deep.
    """
    if len(NESTING.findall(typed)) > DEPTH_LIMIT:
        raise RecursionError
    # "*" alone asks for everything, which normalizing would lose.
    return _convert(_parser().parse(typed, normalize=False))


def _convert(node: raw.Query) -> Node:
    """Whoosh's tree as ours; what it holds nothing for asks for nothing."""
    field, boost = getattr(node, "fieldname", None) or "", float(getattr(node, "boost", 1.0))
    match node:
        case raw.Term():
            return tree.Term(field, node.text, boost)
        case raw.And() | raw.Or():
            parts = tuple(map(_convert, node.subqueries))
            joint = tree.And if isinstance(node, raw.And) else tree.Or
            return parts[0] if len(parts) == 1 else joint(parts)
        case raw.Not():
            return tree.Not(_convert(node.query))
        case _Near(parts, distance, is_ordered):
            return tree.Near(field, tuple(map(_convert, parts)), distance, is_ordered, boost)
        case raw.AndNot():
            return tree.AndNot(_convert(node.a), _convert(node.b))
        case raw.AndMaybe():
            return tree.AndMaybe(_convert(node.a), _convert(node.b))
        case raw.Phrase():
            return tree.Phrase(field, tuple(node.words), node.slop, boost)
        case raw.Wildcard():
            return tree.Wildcard(field, node.text, boost)
        case raw.Prefix():
            return tree.Prefix(field, node.text, boost)
        case raw.FuzzyTerm():
            return tree.Fuzzy(field, node.text, node.maxdist, boost=boost)
        case raw.TermRange():
            excluded = node.startexcl, node.endexcl
            return tree.Range(field, node.start, node.end, *excluded, boost)
        case raw.Every():
            return tree.Every()
        case _:
            return tree.Or(())


def _ground_negations(node: Node) -> Node:
    """The tree with everything to subtract from wherever all parts are negated."""
    match node:
        case tree.Not(part):
            return tree.AndNot(tree.Every(), _ground_negations(part))
        case tree.And(parts):
            unwanted = [
                _ground_negations(part.part) for part in parts if isinstance(part, tree.Not)
            ]
            wanted = [_ground_negations(part) for part in parts if not isinstance(part, tree.Not)]
            if wanted:
                return tree.And((*wanted, *map(tree.Not, unwanted)))
            return tree.AndNot(tree.Every(), tree.Or(tuple(unwanted)))
        case tree.Or(parts):
            return tree.Or(tuple(map(_ground_negations, parts)))
        case tree.AndNot(first, second):
            return tree.AndNot(_ground_negations(first), _ground_negations(second))
        case tree.AndMaybe(first, second):
            return tree.AndMaybe(_ground_negations(first), _ground_negations(second))
        case _:
            return node
