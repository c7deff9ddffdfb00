"""What to type instead: a query with its words corrected."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial

from indexer.analysis.analyzer import WORD, fold
from indexer.analysis.edit_distance import slips
from indexer.assist.no_results import ParseWords
from indexer.assist.offense_suggestions import OffenseSuggestion, suggest_offense
from indexer.assist.statute_suggestions import StatuteSuggestion, suggest_statutes
from indexer.engine.interface import Engine
from indexer.engine.results import Clause, Query, Results
from indexer.engine.second_tier import may_be_name
from indexer.linguistics.suggestions import FEW, RARER, most_edits
from indexer.query.interpreter import OPERATORS
from indexer.query.notation import QUOTES
from indexer.query.parser import ParsedQuery, parse
from indexer.query.written_forms import remembered

# A quoted part, the values of a field in brackets, a range, or what stands between spaces.
TYPED_TOKEN = re.compile(r'(?:\w+:)?"[^"]*"\S*|\w+:\([^()]*\)|[\[{][^\]}]*[\]}]|[^\s()"]+')
# Fields, wildcards, fuzzy words, boosts, negation: written on purpose, and left as they are.
SPECIAL = re.compile(r'["\[{:*?~^]|^-')
# Looking for a near word reads all words with its first letter.
MOST_CORRECTIONS = 4


@dataclass(frozen=True)
class SpellingSuggestion:
    """A query to type instead, and how many releases it would find."""

    query: str
    total: int


@dataclass(frozen=True)
class Suggestions:
    """What else could be asked: at most one kind of it."""

    spelling: SpellingSuggestion | None = None
    statutes: tuple[StatuteSuggestion, ...] = ()
    offense: OffenseSuggestion | None = None


def did_you_mean(
    typed: str,
    query: Query,
    results: Results,
    engine: Engine,
    parse_words: ParseWords = parse,
    *,
    match_scripts: bool = True,
) -> SpellingSuggestion | None:
    """The query with words that are in no release, or in few, replaced by near ones of many. A name
    that occurs, also in another script unless these are left out, needs no correction.

    None where it finds no more than was found, with the same filters, unless a word of it is in no
    release.
    """
    if results.explanation and _every_word_is_common(results.explanation):
        return None
    read = partial(
        parse_words,
        languages=query.filters.language,
        match_scripts=match_scripts,
        attested=remembered(engine.attested),
    )
    corrected: list[str] = []
    respelled = dict(results.respelled)  # what the search itself has looked up
    last, is_unknown = 0, False
    for start, word in _bare_words(typed):
        if len(corrected) == 2 * MOST_CORRECTIONS:
            break
        held = engine.total(Query(read(word).tree))
        if held > FEW or (held and may_be_name(word)):
            continue
        near = respelled.get(word) or engine.spell_suggest(fold(word))
        if near and engine.total(Query(read(near).tree)) > held * RARER ** _slips(word, near):
            corrected += [typed[last:start], near]
            last = start + len(word)
            is_unknown = is_unknown or not held
    if not corrected:
        return None
    words = "".join([*corrected, typed[last:]])
    number = engine.total(replace(query, tree=read(words).tree, start=0))
    is_better = number > results.total or (is_unknown and not results.total)
    return SpellingSuggestion(words, number) if is_better else None


def _slips(word: str, near: str) -> int:
    return int(slips(fold(word), [near], most_edits(word))[0])


def _every_word_is_common(clause: Clause) -> bool:
    """Whether more than a few releases hold each of a query's words."""
    if clause.parts:
        return all(map(_every_word_is_common, clause.parts))
    return (clause.count or 0) > FEW


def suggestions(
    typed: str,
    parsed: ParsedQuery,
    query: Query,
    results: Results,
    engine: Engine,
    language: str,
    limit_chars: int,
    parse_words: ParseWords = parse,
) -> Suggestions:
    """What else could be asked: the offense that a query cites or names, or else the statutes that
    it may mean, or else its words corrected. `parse_words` parses as the page does.
    """
    read = typed[:limit_chars]
    if offense := suggest_offense(read, query, engine, language, parse_words):
        return Suggestions(offense=offense)
    if statutes := suggest_statutes(read, query, engine, language, parse_words):
        return Suggestions(statutes=tuple(statutes))
    match_scripts = parsed.match_scripts
    return Suggestions(
        did_you_mean(typed, query, results, engine, parse_words, match_scripts=match_scripts)
    )


def _bare_words(typed: str) -> list[tuple[int, str]]:
    """The words that were typed plainly, each with the place it begins at."""
    return [
        (token.start() + word.start(), word[0])
        for token in TYPED_TOKEN.finditer(typed.translate(QUOTES))
        if token[0] not in OPERATORS and not SPECIAL.search(token[0])
        for word in WORD.finditer(token[0])
        if most_edits(word[0]) and word[0].isalpha()
    ]
