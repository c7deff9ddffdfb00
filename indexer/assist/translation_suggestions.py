"""What to type beside a query's words to find what offices say in other languages."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.analysis.analyzer import WORD, fold, query_stems, stem
from indexer.engine.interface import Engine
from indexer.engine.results import Query
from indexer.query.interpreter import OPERATORS
from indexer.query.parser import parse

# In longer queries no word stands alone for what is meant.
MOST_WORDS = 2
SHORTEST_WORD = 3


@dataclass(frozen=True)
class WordTranslations:
    """A typed word, and its translations into a language: each with its number of releases there
    and the query for either word. `is_alone` where nothing else was typed.
    """

    word: str
    is_alone: bool
    language: str
    translations: tuple[tuple[str, int, str], ...]


def translation_suggestions(typed: str, engine: Engine) -> list[WordTranslations]:
    """The translations of each word of a query of one or two plain words, over all releases."""
    words = typed.split()
    if not 0 < len(words) <= MOST_WORDS or not all(map(_is_plain, words)):
        return []
    return [
        WordTranslations(
            word,
            len(words) == 1,
            each.language,
            tuple(
                (form, number, _either_query(word, form, each.language))
                for form, number in each.words
            ),
        )
        for word in words
        for each in engine.translation_suggestions(Query(parse(word).tree))
    ]


def _is_plain(word: str) -> bool:
    is_word = WORD.fullmatch(word) and word.isalpha() and word not in OPERATORS
    return bool(is_word and len(word) >= SHORTEST_WORD)


def _either_query(word: str, form: str, language: str) -> str:
    """A query for both: quoted where a bare word would be taken for one of another language."""
    own = stem(fold(form), language)
    return f"{word} OR {form}" if own in query_stems(form, ()) else f'{word} OR "{form}"'
