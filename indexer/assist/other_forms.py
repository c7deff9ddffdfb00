"""Forms beside those that were searched for: of a quoted phrase its other written form, what an
abbreviation stands for and how words are abbreviated, names that sound alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import Literal

from babel import Locale

from indexer.analysis.analyzer import WORD, fold, query_stems, words
from indexer.assist.no_results import ParseWords
from indexer.engine.interface import Engine
from indexer.engine.results import Query
from indexer.query import tree
from indexer.query.interpreter import OPERATORS
from indexer.query.notation import QUOTED, QUOTES
from indexer.query.parser import parse
from indexer.query.sounds import near_sounds
from indexer.query.variants import KEYS
from indexer.query.written_forms import (
    LEAST_RELEASES,
    NOTHING,
    RARER,
    is_function,
    phrase_forms,
    remembered,
    words_to_look_up,
)

Kind = Literal["written", "long", "short", "sound"]
# Longer queries are sentences.
MOST_WORDS = 6
# Of one word or phrase.
MOST_FORMS = 3
# A form, how many releases have it or what was typed, and the query for either.
Form = tuple[str, int, str]
# How many releases a query finds.
Total = Callable[[str], int]
# What is negated has none.
PHRASE = re.compile(r'(?<![\w:!-])(?<!NOT )"([^"]+)"(?![\w~^])')
RUN = re.compile(r"[\w'’ ]+")
# In so many releases is read how a name is written.
MOST_READ = 5
# A query for a name that adds so many times more releases than have it finds a common word.
MOST_ADDED = 3
BARE = re.compile(rf"(?<![\w:*?~^.!-])(?<!NOT )(?:{WORD.pattern})(?![\w*?~^:-])")


@dataclass(frozen=True)
class OtherForms:
    """A typed word or phrase, and its other forms: each with the query for either, and how many
    releases this finds within the filters.
    """

    kind: Kind
    typed: str
    forms: tuple[Form, ...]


@dataclass(frozen=True)
class _Piece:
    """A part of the typed text, without its quotes, and where it stands with them."""

    text: str
    start: int
    end: int

    @property
    def key(self) -> str:
        return " ".join(words(self.text))


def other_forms(
    typed: str, query: Query, engine: Engine, parse_words: ParseWords = parse
) -> list[OtherForms]:
    """The other forms of the phrases and words of a short query, each of which releases have within
    its filters; names only where they add some. `parse_words` parses as the page does.
    """
    written = typed.translate(QUOTES)
    if len(written.split()) > MOST_WORDS or written.count('"') % 2:
        return []
    phrases = [_Piece(each[1], *each.span()) for each in PHRASE.finditer(written)]
    without_phrases = QUOTED.sub(lambda match: " " * len(match[0]), written)
    bare = [_Piece(each[0], *each.span()) for each in BARE.finditer(without_phrases)]
    bare = [each for each in bare if each.text not in OPERATORS and not is_function(each.text)]
    explained = [*phrases, *bare, *_runs(written, bare)]
    keys = {each.key for each in explained}.union(*(words_to_look_up(p.text) for p in phrases))
    look_up = remembered(engine.attested)
    attested = look_up(keys - {""})

    def total(words: str) -> int:
        node = parse_words(words, query.filters.language, attested=look_up).tree
        return engine.total(replace(query, tree=node, start=0))

    found: list[tuple[Kind, _Piece, Iterable[Form]]] = []
    for piece in phrases:
        forms = phrase_forms(piece.text, attested)
        found.append(("written", piece, _counted(forms, written, piece, total)))
    for piece in explained:
        different = _different(attested.get(piece.key, NOTHING).abbreviations)
        is_short = all(len(form) > len(piece.text) for form in different)
        kind: Kind = "long" if is_short else "short"
        found.append((kind, piece, _counted(different, written, piece, total)))
    alike = engine.sound_alikes({each.key for each in bare})
    for piece in bare:
        names = alike.get(piece.key, {})
        if piece.key in names or not attested[piece.key].releases:
            found.append(("sound", piece, _sound_alikes(piece, names, written, total, engine)))
    once = {(kind, piece.key): (piece, forms) for kind, piece, forms in reversed(found)}
    groups = (
        OtherForms(kind, piece.text, tuple(islice(forms, MOST_FORMS)))
        for (kind, _), (piece, forms) in reversed(once.items())
    )
    return [each for each in groups if each.forms]


def _runs(written: str, bare: list[_Piece]) -> Iterator[_Piece]:
    """Two or more bare words with nothing but blanks between them."""
    for at, first in enumerate(bare):
        for last in bare[at + 1 :]:
            text = written[first.start : last.end]
            if not RUN.fullmatch(text):
                break
            yield _Piece(text, first.start, last.end)


def _counted(forms: Iterable[str], written: str, piece: _Piece, total: Total) -> Iterator[Form]:
    """The forms that releases have in a piece's place, with the queries for either."""
    before, typed, after = (
        written[: piece.start],
        written[piece.start : piece.end],
        written[piece.end :],
    )
    typed = f"({typed})" if RUN.fullmatch(typed) and " " in typed else typed
    for form in forms:
        other = f'"{form}"' if " " in form or typed.startswith('"') else form
        if total(f"{before}{other}{after}"):
            either = f"{before}({typed} OR {other}){after}"
            yield form, total(either), either


def _different(forms: Mapping[str, int]) -> list[str]:
    """One of those forms that differ in the endings of words only."""
    kept: dict[tuple[str, ...], str] = {}
    for form in forms:
        kept.setdefault(tuple(query_stems(word, ())[0] for word in words(form)), form)
    return [*kept.values()]


def _sound_alikes(
    piece: _Piece, names: Mapping[str, int], written: str, total: Total, engine: Engine
) -> Iterator[Form]:
    """Other spellings of a name that are no misprints and that the query does not find itself."""
    stems, key = query_stems(piece.key, ()), KEYS["names"](piece.key)
    least = max(LEAST_RELEASES, names.get(piece.key, 0) / RARER)
    near = [
        each
        for each, releases in near_sounds(piece.key, names).items()
        if releases >= least
        and query_stems(each, ()) != stems
        and KEYS["names"](each) != key
        and not {piece.key, each} & _places_and_months()
    ]
    before = total(written) if near else 0
    for name in near:
        spelled = [*filter(None, [_as_written(name, engine)])]
        for form in _counted(spelled, written, piece, total):
            if before < form[1] <= before + MOST_ADDED * names[name]:
                yield form


def _as_written(name: str, engine: Engine) -> str | None:
    """A name as most texts write it; None where that is in capitals: FARA, ADMs."""
    some = Query(tree.Term(tree.BODY, name), size=MOST_READ, facets=(), has_timeline=False)
    written = Counter(
        words
        for hit in engine.search(replace(some, is_explained=False)).hits
        for passage in hit.passages
        for words, is_marked in passage.parts
        if is_marked and fold(words) == name
    )
    usual = max(written, key=written.__getitem__, default="")
    return usual if usual[1:2].islower() else None


@cache
def _places_and_months() -> frozenset[str]:
    """The names of countries and months, which no name of a person is meant for."""
    english = Locale("en")
    names = (*english.territories.values(), *english.months["format"]["wide"].values())
    return frozenset(map(fold, names))
