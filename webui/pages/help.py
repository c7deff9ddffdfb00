"""The help page: the query language with examples from the corpus at hand, methods, citing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from flask import render_template
from flask_babel import gettext

from corpus import Settings
from corpus.errors import IndexUnusableError
from corpus.statutes.wording import query_words
from indexer import Engine, Filters, Query, parse
from indexer.analysis.analyzer import words
from indexer.engine.results import UNDATED
from webui.i18n import language
from webui.view.format import language_name

# Examples are made of the words of so many of the newest titles, of words that are not too short.
TITLES = 200
LEAST_CHARS = 5
# A word is shown cut off after so many characters, as a prefix.
PREFIX_CHARS = 5


@dataclass(frozen=True)
class Example:
    """A query that finds something here, what it asks for, and how many releases it finds."""

    typed: str
    meaning: str
    total: int


def guide(engine: Engine, settings: Settings) -> str:
    """How to search, what is counted how, and how to cite."""
    try:
        examples = list(_examples(engine, settings))
    except IndexUnusableError:
        examples = []
    return render_template("help.html", examples=examples)


def _examples(engine: Engine, settings: Settings) -> Iterator[Example]:
    """Every example that finds a release, with how many."""
    for typed, meaning in _asked(engine):
        query = Query(parse(typed, limit_chars=settings.query_chars).tree)
        if total := engine.total(query):
            yield Example(typed, meaning, total)


def _asked(engine: Engine) -> Iterator[tuple[str, str]]:
    """What can be typed, of words that stand together in titles of the reader's language."""
    own = engine.search(Query(filters=Filters(language=(language(),)), sort="newest", size=TITLES))
    found = own if own.hits else engine.search(Query(sort="newest", size=TITLES))
    titles = [words(hit.title.text) for hit in found.hits]
    facets = {facet.name: [value for value, _ in facet.counts] for facet in found.facets}
    yield from _about_words(titles)
    yield from _about_facts(facets)


def _about_words(titles: list[list[str]]) -> Iterator[tuple[str, str]]:
    pairs = Counter(
        (one, other)
        for title in titles
        for one, other in pairwise(title)
        if one != other and _is_telling(one) and _is_telling(other)
    )
    if not pairs:
        return
    one, other = pairs.most_common(1)[0][0]
    others = (word for pair, _ in pairs.most_common() for word in pair)
    third = next((word for word in others if word not in (one, other)), other)
    yield f"{one} {other}", gettext("both words, in any of their forms")
    yield f'"{one} {other}"', gettext("these words as written, next to each other")
    yield f'"{one} {other}"~5', gettext("these words in this order, at most five words apart")
    yield f"{one} OR {third}", gettext("one of them, or both")
    yield f"{one} NOT {third}", gettext("the first, and not the second; -word is the same")
    yield f"({one} OR {third}) {other}", gettext("brackets hold parts together")
    yield f"{one[:PREFIX_CHARS]}*", gettext("any ending; ? stands for one letter")
    yield f"{one[:-2]}{one[-1]}~", gettext("spellings that differ by a letter; ~2 by two")
    yield f"title:{one}", gettext("the word in the title")


def _is_telling(word: str) -> bool:
    return len(word) >= LEAST_CHARS and word.isalpha()


def _about_facts(facets: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    for topic in facets.get("topic", [])[:1]:
        yield f"topic:{words(topic)[0]}", gettext("the word among the topics; component: likewise")
    for code in facets.get("language", [])[:1]:
        yield f"lang:{code}", gettext("text in one language: %(name)s", name=language_name(code))
    years = sorted(year for year in facets.get("year", []) if year != UNDATED)
    if years:
        meaning = gettext("a date in these years; months, days and open ends will do too")
        yield f"date:{years[0]}..{years[-1]}", meaning
    for key in facets.get("statute", [])[:1]:
        meaning = gettext("a statute, however it is written; its parts count too")
        yield query_words(key, language()), meaning
    for office in facets.get("office", [])[:1]:
        yield f"office:{office}", gettext("one office, by its name in addresses")
