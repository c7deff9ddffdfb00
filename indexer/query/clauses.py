"""A query in its clauses, all of which must match: words, phrases, brackets, ORs, NOTs, dates."""

from __future__ import annotations

import re

from indexer.query.date_words import find_date_words
from indexer.query.notation import is_proximity

# What is between white space, quoted parts and ranges whole; the brackets in it.
CLAUSE_WORD = re.compile(r'(?:"[^"]*"|[\[{][^\[\]{}"]*[\]}]|\S)+')
BRACKET = re.compile(r'"[^"]*"|[()]')
BINARY_OPERATORS = ("OR", "ANDNOT", "ANDMAYBE")
# Identifiers as people type them.
IDENTIFIER = re.compile(r'\(number:(?P<number>\S+)\^100 OR (?P=number)\)|(?:url|docket):"([^"]*)"')


def split_clauses(typed: str, date_words: str = "") -> list[str]:
    """The clauses of a query in our notation; the words that are read as a date are one of them,
    and are a date by themselves.
    """
    at = typed.find(date_words) if date_words else -1
    if at < 0:
        return _clauses(typed)
    date = date_words if find_date_words(date_words) else f"in {date_words}"
    return [*_clauses(typed[:at]), date, *_clauses(typed[at + len(date_words) :])]


def _clauses(typed: str) -> list[str]:
    clauses: list[str] = []
    depth, is_joined = 0, False
    for word in CLAUSE_WORD.findall(typed):
        if word == "AND" and not depth:
            continue
        is_binary = word in BINARY_OPERATORS or is_proximity(word)
        if depth > 0 or is_joined or (is_binary and clauses):
            clauses[-1] += f" {word}"
        else:
            clauses.append(word)
        is_joined = is_binary or word == "NOT"
        turns = BRACKET.findall(word)
        depth = max(0, depth + turns.count("(") - turns.count(")"))
    return [IDENTIFIER.sub(lambda found: found["number"] or found[2], each) for each in clauses]
