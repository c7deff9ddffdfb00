"""The second tier: releases that match some words of a query, ranked below those that match all.

A release's score is the sum of its words' scores, times the cube of the share that the words it has
make of the inverse document frequency of all: a rare word weighs more than several common ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import log

from indexer.analysis.analyzer import WORD, fold
from indexer.engine.results import Query
from indexer.query.interpretation.words import any_form
from indexer.query.tree import Node, Or, QueryWord

# Over judged queries, nDCG@10 is 0.738 with squares, 0.745 with cubes and with fourth powers.
SHARE_POWER = 3


@dataclass(frozen=True)
class WeighedWord:
    """A word as it was typed, what is looked for, and its share of all words' weight; 0 where no
    release has it.

    `spelling` is the word that is looked for instead of one that no release has.
    """

    typed: str
    node: Node
    weight: float
    spelling: str | None = None


def weigh(
    words: Sequence[QueryWord],
    releases: int,
    count: Callable[[Node], int],
    respell: Callable[[str], str | None],
    languages: tuple[str, ...],
) -> list[WeighedWord]:
    """The words, each by itself or by its likely spelling; none where no release has any."""
    if len(words) == 1 and count(words[0].node):  # what has some of the words has all
        return []
    found = []
    for word in words:
        node, spelling, number = word.node, None, count(word.node)
        if not number and (spelling := _spelling(word.typed, respell)):
            node = any_form(spelling, languages) or node
            number = count(node)
        weight = log(releases / (number + 1)) + 1 if number else 0.0
        found.append(WeighedWord(word.typed, node, weight, spelling))
    whole = sum(word.weight for word in found)
    return [replace(word, weight=word.weight / whole) for word in found] if whole else []


def _spelling(typed: str, respell: Callable[[str], str | None]) -> str | None:
    """The likely spelling of a word; none of a name, which must not become another unasked."""
    is_word = WORD.fullmatch(typed) and typed.isalpha() and not may_be_name(typed)
    return respell(fold(typed)) if is_word else None


def may_be_name(typed: str) -> bool:
    """Whether a word is typed as names are: with a capital, but not in capitals only."""
    return typed[:1].isupper() and not typed.isupper()


def of_first_tier(query: Query) -> Query:
    """What of a page is asked of the first tier: nothing if the page begins in the second."""
    return replace(query, size=0, after=None) if _begins_in_second(query) else query


def of_second_tier(query: Query, shown: int, on_page: int) -> Query:
    """What is left of a page for the second tier, where the first shows so many hits, and so many
    of them on this page.
    """
    if _begins_in_second(query):
        return query
    start = 0 if query.after else max(0, query.start - shown)
    return replace(query, after=None, start=start, size=query.size - on_page)


def _begins_in_second(query: Query) -> bool:
    return query.after is not None and query.after.is_some


def respelled(words: Sequence[WeighedWord]) -> tuple[tuple[str, str], ...]:
    """The words that no release has, each with the one that is looked for instead."""
    return tuple((word.typed, word.spelling) for word in words if word.spelling)


def highlighted(node: Node | None, words: Sequence[WeighedWord]) -> Node | None:
    """What hits of both tiers are highlighted by: a query's tree, and words spelled otherwise."""
    others = [word.node for word in words if word.spelling]
    return Or((node, *others)) if node and others else node
