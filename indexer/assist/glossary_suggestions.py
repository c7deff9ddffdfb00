"""What a query's term is called in other languages, by the glossary, with the releases there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import Annotated

from indexer.assist.no_results import ParseWords
from indexer.assist.term_tables import Name, look_up_once, term_table
from indexer.engine.interface import Engine
from indexer.engine.results import Query
from indexer.engine.searcher import Searcher
from indexer.query.parser import parse


@dataclass(frozen=True)
class GlossarySuggestion:
    """A query in another language, and how many releases of that language match it."""

    language: Annotated[str, "the language, to filter by"]
    query: Annotated[str, "the query with the term in that language"]
    total: Annotated[int, "how many releases in that language match it, within the other filters"]
    source: Annotated[
        str,
        "where the term is from: the article of Kazakhstan's Criminal Code (CC) or Criminal"
        " Procedure Code (CPC) whose Russian and Kazakh texts have it, another law, or usage",
    ]


def suggest_from_glossary(
    typed: str, query: Query, engine: Engine, parse_words: ParseWords = parse
) -> list[GlossarySuggestion]:
    """The query in each other language that has releases for it, where it is a term of the glossary
    or has one of several words; with the query's filters but that of language. `parse_words` parses
    as the page does.
    """
    if not (found := term_table("glossary").within(typed)):
        return []
    return engine.read(lambda searcher: _suggested(*found, query, searcher, parse_words))


def _suggested(
    name: Name,
    before: str,
    after: str,
    query: Query,
    searcher: Searcher,
    parse_words: ParseWords,
) -> list[GlossarySuggestion]:
    """The first name of each language that releases have; all names are counted at once."""
    others = {each: name.entry.names[each] for each in name.entry.names if each != name.language}
    attested = look_up_once((before, after, *chain(*others.values())), searcher)
    named = [
        (language, f"{before}{text}{after}") for language, texts in others.items() for text in texts
    ]
    asked = [
        replace(
            query,
            tree=parse_words(words, (language,), attested=attested).tree,
            filters=replace(query.filters, language=(language,)),
            start=0,
        )
        for language, words in named
    ]
    found: dict[str, GlossarySuggestion] = {}
    for (language, words), total in zip(named, searcher.totals(asked), strict=True):
        if total:
            suggestion = GlossarySuggestion(language, words, total, name.entry.source)
            found.setdefault(language, suggestion)
    return [*found.values()]
