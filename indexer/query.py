"""What a person typed -> a query tree over the index's fields, what was repaired, how it was read.

The language is Whoosh's, parsed by Whoosh; this file gives its words meaning: which fields and
which shapes of a word
they match. No input is an error: what cannot be read is repaired, and the reader is told.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from whoosh import query as tree
from whoosh.qparser import QueryParser, plugins

from indexer.analysis import WORD, fold, readings, stem, words

TITLE_BOOST = 2.0
DEPTH_LIMIT = 40
FUZZY_LIMIT = 2
# Fields whose words are analysed, and whole values; with the names that people type for them.
TEXTS = {"title": ("title",), "body": ("body",), "text": ("title", "body")}
WHOLE = {
    "office": "office",
    "lang": "language",
    "language": "language",
    "country": "country",
    "number": "number",
}
WORDS = {"topic": "topic", "component": "component", "place": "place"}
DATES = ("date", "year")
QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‟": '"', "＂": '"'})
DAY = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$")
OPERATOR_WORDS = re.compile(r"\b(?:AND|OR|NOT|ANDNOT|ANDMAYBE)\b")


@dataclass(frozen=True)
class Reading:
    """A query as it was read: its tree, None when nothing is asked for, and what was repaired, in
    sentences.
    """

    tree: tree.Query | None
    notes: tuple[str, ...] = ()


@dataclass
class _Reader:
    """One reading: the languages whose stems count (empty: those of each word's script), and the
    notes so far.
    """

    languages: tuple[str, ...]
    notes: list[str] = field(default_factory=list)

    def note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)


def parse(text: str, languages: tuple[str, ...] = (), limit_chars: int = 2000) -> Reading:
    """Read a query. Never raises; what could not be read as meant stands in the notes."""
    reader = _Reader(languages)
    typed = text.replace("\x00", " ").translate(QUOTES).strip()
    if len(typed) > limit_chars:
        typed = typed[:limit_chars]
        reader.note(f"Only the first {limit_chars:,} characters of the query were read.")
    typed = _repaired(typed, reader)
    if OPERATOR_WORDS.search(typed) and not WORD.search(OPERATOR_WORDS.sub(" ", typed)):
        return Reading(
            None, (*reader.notes, "The query holds operators only, and no word to search for.")
        )
    try:
        # "*" alone asks for everything; the group is Whoosh's own tree, its texts not yet analysed.
        found = _read(_parser().parse(typed, normalize=False), reader)
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        AssertionError,
        RecursionError,
    ):
        # Whoosh's parser meant no harm; plain words are always readable.
        reader.note("The query could not be read as written; its words were searched for.")
        found = _all(
            [_word(None, each, reader, 1.0) for each in words(OPERATOR_WORDS.sub(" ", typed))]
        )
    if found is None and typed:
        reader.note("There is no word in the query to search for.")
    return Reading(found and _grounded(found), tuple(reader.notes))


def _parser() -> QueryParser:
    return QueryParser(
        None,
        None,
        plugins=[
            plugins.FieldsPlugin(),
            plugins.WildcardPlugin(),
            plugins.FuzzyTermPlugin(),
            plugins.PhrasePlugin(),
            plugins.RangePlugin(),
            plugins.GroupPlugin(),
            # A minus before a word, a phrase or a bracket is NOT.
            plugins.OperatorsPlugin(Not=r"(^|(?<=[\s(]))(NOT(?=\s)|-(?=[^\s-]))", Require=None),
            plugins.BoostPlugin(),
            plugins.EveryPlugin(),
        ],
    )


def _repaired(typed: str, reader: _Reader) -> str:
    """Quotes and brackets in pairs; brackets not so deep that reading them takes the stack."""
    if typed.count('"') % 2:
        reader.note("A quotation mark has no partner; the words after it were read without it.")
        before, _, after = typed.rpartition('"')
        typed = f"{before} {after}"
    depth = deepest = 0
    is_paired = True
    for character in re.sub(r'"[^"]*"', "", typed):
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
        is_paired = is_paired and depth >= 0
    if depth or not is_paired or deepest > DEPTH_LIMIT:
        reader.note(
            "The brackets do not come in pairs, or are too deep; the query was read without them."
        )
        typed = re.sub(r'("[^"]*")|[()]', lambda match: match[1] or " ", typed)
    return typed


def _read(node: tree.Query, reader: _Reader) -> tree.Query | None:
    """A node of Whoosh's raw tree as a tree over our fields; None where nothing is left of it."""
    boost = float(getattr(node, "boost", 1.0))
    if isinstance(node, tree.And | tree.Or):
        parts = [_read(part, reader) for part in node.subqueries]
        return _all(parts) if isinstance(node, tree.And) else _any(parts)
    if isinstance(node, tree.Not):
        inner = _read(node.query, reader)
        return inner and tree.Not(inner)
    if isinstance(node, tree.AndNot | tree.AndMaybe):
        first, second = _read(node.a, reader), _read(node.b, reader)
        if first is None or second is None:
            return first if second is None or isinstance(node, tree.AndNot) else second
        return type(node)(first, second)
    if isinstance(node, tree.Every):
        return tree.Every()
    for kind, read in _LEAVES:
        if isinstance(node, kind):
            return read(node, reader, boost)
    return None


def _read_term(node: tree.Term, reader: _Reader, boost: float) -> tree.Query | None:
    return _word(node.fieldname, node.text, reader, boost)


def _word(name: str | None, typed: str, reader: _Reader, boost: float) -> tree.Query | None:
    """A bare word: in all its forms, in title and body, or as the field that was named takes it."""
    name = name.lower() if name else None
    if name in WHOLE:
        return tree.Term(WHOLE[name], _whole(name, typed), boost=boost)
    if name in DATES:
        return _dates(typed, reader)
    if name in WORDS:
        return _all([tree.Term(WORDS[name], each, boost=boost) for each in words(typed)])
    if name and name not in TEXTS:
        reader.note(f"There is no field {name!r}; “{name}:{typed}” was searched for as words.")
        return _all([_word(None, each, reader, boost) for each in words(f"{name} {typed}")])
    written = words(typed)
    if len(written) > 1:  # "ill-treatment", "U.S.": its parts, next to each other
        return _phrase(name, written, 1, boost, reader, as_stems=True)
    return _any(
        [
            tree.Term(f"{each}_stem", reading, boost=boost * _weight(each))
            for word in written
            for reading in readings(word, reader.languages)
            for each in TEXTS[name or "text"]
        ]
    )


def _read_phrase(node: tree.Phrase, reader: _Reader, boost: float) -> tree.Query | None:
    """A phrase: as written, in this order; with slop, at most so far apart."""
    typed, name = " ".join(node.words), node.fieldname
    if name and name.lower() not in TEXTS and name.lower() not in WORDS:
        return _word(name, typed, reader, boost)
    return _phrase(name and name.lower(), words(typed), node.slop, boost, reader, as_stems=False)


def _phrase(
    name: str | None,
    written: list[str],
    slop: int,
    boost: float,
    reader: _Reader,
    *,
    as_stems: bool,
) -> tree.Query | None:
    fields = TEXTS.get(name or "text") or (WORDS[name or ""],)
    if not written:
        return None
    if len(written) == 1:
        return _any([tree.Term(each, written[0], boost=boost * _weight(each)) for each in fields])
    if not as_stems:
        return _any(
            [tree.Phrase(each, written, slop=slop, boost=boost * _weight(each)) for each in fields]
        )
    languages = reader.languages or ("en", "ru", "kk")
    shapes = dict.fromkeys(
        tuple(stem(word, language) for word in written) for language in languages
    )
    return _any(
        [
            tree.Phrase(f"{each}_stem", list(shape), slop=slop, boost=boost * _weight(each))
            for shape in shapes
            for each in fields
        ]
    )


def _read_prefix(node: tree.Prefix, reader: _Reader, boost: float) -> tree.Query | None:
    return _pattern(
        node.fieldname, node.text, reader, lambda name, text: tree.Prefix(name, text, boost=boost)
    )


def _read_wildcard(node: tree.Wildcard, reader: _Reader, boost: float) -> tree.Query | None:
    if not WORD.search(node.text):
        return tree.Every() if not node.fieldname else None
    return _pattern(
        node.fieldname, node.text, reader, lambda name, text: tree.Wildcard(name, text, boost=boost)
    )


def _read_fuzzy(node: tree.FuzzyTerm, reader: _Reader, boost: float) -> tree.Query | None:
    if node.maxdist > FUZZY_LIMIT:
        reader.note(
            f"Words can differ by {FUZZY_LIMIT} letters at most; ~{node.maxdist} was read as ~{FUZZY_LIMIT}."
        )
    distance = max(1, min(FUZZY_LIMIT, node.maxdist))
    return _pattern(
        node.fieldname, node.text, reader,
        lambda name, text: tree.FuzzyTerm(name, text, boost=boost, maxdist=distance, prefixlength=1),
    )  # fmt: skip


def _pattern(
    name: str | None, typed: str, reader: _Reader, made: Callable[[str, str], tree.Query]
) -> tree.Query | None:
    """A prefix, wildcard or fuzzy word: matched as written, in the fields that have words."""
    if not WORD.search(typed):
        return None
    name = name.lower() if name else "text"
    fields = TEXTS.get(name) or (
        (WORDS[name],) if name in WORDS else (WHOLE[name],) if name in WHOLE else ()
    )
    if not fields:
        reader.note(f"There is no field {name!r} to look for “{typed}” in; all text was searched.")
        fields = TEXTS["text"]
    return _any([made(each, fold(typed)) for each in fields])


def _read_range(node: tree.TermRange, reader: _Reader, boost: float) -> tree.Query | None:
    """`[a TO b]`: of days for date:, of words else."""
    name = node.fieldname.lower() if node.fieldname else "text"
    if name in DATES:
        return _dates(f"{node.start or ''}..{node.end or ''}", reader)
    start, end = (fold(each) if each else None for each in (node.start, node.end))
    fields = TEXTS.get(name) or (WORDS.get(name) or WHOLE.get(name) or "body",)
    return _any(
        [
            tree.TermRange(each, start, end, node.startexcl, node.endexcl, boost=boost)
            for each in fields
        ]
    )


_LEAVES: tuple[tuple[type[tree.Query], Callable[..., tree.Query | None]], ...] = (
    (tree.FuzzyTerm, _read_fuzzy),
    (tree.Wildcard, _read_wildcard),
    (tree.Prefix, _read_prefix),
    (tree.TermRange, _read_range),
    (tree.Phrase, _read_phrase),
    (tree.Term, _read_term),
)


def _dates(typed: str, reader: _Reader) -> tree.Query | None:
    """`2017`, `2017-03`, `2017-03-01`, and `..` between any two of them or after or before one."""
    first, dots, last = typed.partition("..")
    bounds = read_day(first, is_end=False), read_day(last if dots else first, is_end=True)
    is_readable = all(
        bound or not part.strip() for bound, part in zip(bounds, (first, last), strict=True)
    )
    if not any(bounds) or not is_readable:
        reader.note(
            f"“{typed}” is no date; write date:2017, date:2017-03, date:2017-03-01 or date:2017..2018."
        )
        return None
    start, end = (bound and bound.toordinal() for bound in bounds)
    return tree.NumericRange("date", start, end, constantscore=True)


def read_day(typed: str, *, is_end: bool) -> date | None:
    """A day; of a year or month its first, or its last when `is_end`. None when it is no date."""
    found = DAY.match(typed.strip())
    if not found:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        month = month or (12 if is_end else 1)
        return date(year, month, day or (monthrange(year, month)[1] if is_end else 1))
    except ValueError:
        return None


def _whole(name: str, typed: str) -> str:
    return fold(typed) if name in ("number", "country") else typed.lower()


def _weight(name: str) -> float:
    return TITLE_BOOST if name == "title" else 1.0


def _all(parts: list[tree.Query | None]) -> tree.Query | None:
    kept = [part for part in parts if part is not None]
    return kept[0] if len(kept) == 1 else tree.And(kept) if kept else None


def _any(parts: list[tree.Query | None]) -> tree.Query | None:
    kept = [part for part in parts if part is not None]
    return kept[0] if len(kept) == 1 else tree.Or(kept) if kept else None


def _grounded(node: tree.Query) -> tree.Query:
    """Something to subtract from wherever all parts are negated: everything."""
    if isinstance(node, tree.Not):
        return tree.And([tree.Every(), tree.Not(_grounded(node.query))])
    if isinstance(node, tree.And):
        parts = [
            tree.Not(_grounded(p.query)) if isinstance(p, tree.Not) else _grounded(p)
            for p in node.subqueries
        ]
        if all(isinstance(part, tree.Not) for part in parts):
            parts.insert(0, tree.Every())
        return tree.And(parts)
    if isinstance(node, tree.Or):
        return tree.Or([_grounded(part) for part in node.subqueries])
    if isinstance(node, tree.AndNot | tree.AndMaybe):
        return type(node)(_grounded(node.a), _grounded(node.b))
    return node


def is_asked(node: tree.Query | None) -> bool:
    """Whether a tree asks for anything but everything."""
    return node is not None and not isinstance(node, tree.Every)
