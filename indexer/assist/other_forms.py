"""Forms beside those that were searched for: of a quoted phrase its other written form, what an
abbreviation stands for and how words are abbreviated, names that sound alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from indexer.analysis.analyzer import WORD, query_stems, words
from indexer.engine.interface import Engine
from indexer.engine.results import Query
from indexer.query.interpreter import OPERATORS
from indexer.query.notation import QUOTED, QUOTES
from indexer.query.parser import parse
from indexer.query.sounds import near_sounds
from indexer.query.written_forms import (
    LEAST_RELEASES,
    NOTHING,
    RARER,
    Attested,
    is_function,
    phrase_forms,
    words_to_look_up,
)

Kind = Literal["written", "long", "short", "sound"]
# Longer queries are sentences.
MOST_WORDS = 6
# Of one word or phrase.
MOST_FORMS = 3
# What is negated has none.
PHRASE = re.compile(r'(?<![\w:!-])(?<!NOT )"([^"]+)"(?![\w~^])')
RUN = re.compile(r"[\w'’ ]+")
BARE = re.compile(rf"(?<![\w:*?~^.!-])(?<!NOT )(?:{WORD.pattern})(?![\w*?~^:-])")


@dataclass(frozen=True)
class OtherForms:
    """A typed word or phrase, and its other forms: each with its number of releases (that explain
    the abbreviation; of a written form, within the filters) and the query for either.
    """

    kind: Kind
    typed: str
    forms: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True)
class _Piece:
    """A part of the typed text, without its quotes, and where it stands with them."""

    text: str
    start: int
    end: int

    @property
    def key(self) -> str:
        return " ".join(words(self.text))


def other_forms(typed: str, query: Query, engine: Engine) -> list[OtherForms]:
    """The other forms of the phrases and words of a short query."""
    written = typed.translate(QUOTES)
    if len(written.split()) > MOST_WORDS or written.count('"') % 2:
        return []
    phrases = [_Piece(each[1], *each.span()) for each in PHRASE.finditer(written)]
    without_phrases = QUOTED.sub(lambda match: " " * len(match[0]), written)
    bare = [_Piece(each[0], *each.span()) for each in BARE.finditer(without_phrases)]
    bare = [each for each in bare if each.text not in OPERATORS and not is_function(each.text)]
    explained = [*phrases, *bare, *_runs(written, bare)]
    keys = {each.key for each in explained}.union(*(words_to_look_up(p.text) for p in phrases))
    attested = engine.attested(keys - {""})
    found: list[tuple[Kind, _Piece, Iterable[tuple[str, int]]]] = []
    for piece in phrases:
        found.append(("written", piece, _written_forms(piece, attested, query, engine)))
    for piece in explained:
        pairs = _different(attested.get(piece.key, NOTHING).abbreviations)
        is_short = all(len(form) > len(piece.text) for form, _ in pairs)
        found.append(("long" if is_short else "short", piece, pairs))
    alike = engine.sound_alikes({each.key for each in bare})
    for piece in bare:
        names = alike.get(piece.key, {})
        if piece.key in names or not attested[piece.key].releases:
            found.append(("sound", piece, _sound_alikes(piece, names)))
    once = {(kind, piece.key): (piece, pairs) for kind, piece, pairs in reversed(found)}
    groups = (
        OtherForms(kind, piece.text, _with_queries(written, piece, pairs))
        for (kind, _), (piece, pairs) in reversed(once.items())
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


def _written_forms(
    piece: _Piece, attested: Mapping[str, Attested], query: Query, engine: Engine
) -> Iterator[tuple[str, int]]:
    for form in phrase_forms(piece.text, attested):
        if total := engine.total(replace(query, tree=parse(f'"{form}"').tree, start=0)):
            yield form, total


def _different(forms: Mapping[str, int]) -> list[tuple[str, int]]:
    """Forms with their numbers, one of those that differ in the endings of words only."""
    kept: dict[tuple[str, ...], tuple[str, int]] = {}
    for form, number in forms.items():
        stems = tuple(query_stems(word, ())[0] for word in words(form))
        first, counted = kept.get(stems, (form, 0))
        kept[stems] = first, counted + number
    return [*kept.values()]


def _sound_alikes(piece: _Piece, names: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Those that are no misprints of a common name, nor found anyway as forms of the word."""
    stems = query_stems(piece.key, ())
    least = max(LEAST_RELEASES, names.get(piece.key, 0) / RARER)
    others = {
        each: number
        for each, number in names.items()
        if number >= least and query_stems(each, ()) != stems
    }
    for name, releases in near_sounds(piece.key, others).items():
        yield name.capitalize(), releases


def _with_queries(
    written: str, piece: _Piece, pairs: Iterable[tuple[str, int]]
) -> tuple[tuple[str, int, str], ...]:
    """The first forms, each with the typed text in which a piece may have this form, too."""
    before, typed, after = (
        written[: piece.start],
        written[piece.start : piece.end],
        written[piece.end :],
    )
    typed = f"({typed})" if RUN.fullmatch(typed) and " " in typed else typed
    found = []
    for form, releases in islice(pairs, MOST_FORMS):
        other = f'"{form}"' if " " in form or typed.startswith('"') else form
        found.append((form, releases, f"{before}({typed} OR {other}){after}"))
    return tuple(found)
