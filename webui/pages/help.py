"""The help page: the query language with examples from the corpus at hand, methods, citing."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from flask import render_template
from flask_babel import gettext

from corpus import Settings
from corpus.errors import CommuniqueError
from corpus.statutes.wording import query_words
from indexer import Engine, Filters, Query, parse
from indexer.analysis.analyzer import words
from indexer.engine.results import UNDATED
from webui.i18n import language
from webui.view.format import language_name
from webui.view.stated_facts import LABELS

PRECISION = files("corpus") / "facts" / "precision.json"


@dataclass(frozen=True)
class Example:
    """A query that finds something here, what it asks for, and how many releases it finds."""

    typed: str
    meaning: str
    total: int


def guide(engine: Engine, settings: Settings) -> str:
    """How to search, what is counted how, and how to cite."""
    examples: list[Example] = []
    with suppress(CommuniqueError):
        for typed, meaning in _possible_queries(engine):
            query = Query(
                parse(typed, limit_chars=settings.query_chars, attested=engine.attested).tree
            )
            if total := engine.total(query):
                examples.append(Example(typed, meaning, total))
    labels = LABELS | {"notice": gettext("Notice of charges")}
    return render_template("help.html", examples=examples, precision=_precision(), labels=labels)


@cache
def _precision() -> list[dict[str, Any]]:
    """How precisely facts were read, as `python -m bench facts --json` printed it."""
    rows: list[dict[str, Any]] = json.loads(PRECISION.read_text("utf-8"))
    return rows


def _possible_queries(engine: Engine) -> Iterator[tuple[str, str]]:
    """What can be typed: words in the reader's language, and values of its releases."""
    own = engine.search(Query(filters=Filters(language=(language(),)), size=0))
    found = own if own.total else engine.search(Query(size=0))
    yield from _about_words()
    yield from _about_facts(
        {each.name: [value for value, _ in each.counts] for each in found.facets}
    )


def _about_words() -> Iterator[tuple[str, str]]:
    yield gettext("human trafficking"), gettext("both words, in any form")
    yield gettext('"wire fraud"'), gettext("the exact phrase")
    meaning = gettext("the words in this order, at most five words apart")
    yield gettext('"pleaded bribery"~5'), meaning
    meaning = gettext("at most five words apart in one paragraph, in any order; w/5 does the same")
    yield gettext('bribery NEAR/5 "foreign official"'), meaning
    yield gettext("bribery OR corruption"), gettext("either word, or both")
    meaning = gettext("the first word without the second; -word does the same")
    yield gettext("fentanyl NOT heroin"), meaning
    yield gettext("(bribery OR corruption) trial"), gettext("parentheses group parts of a query")
    yield gettext("traffick*"), gettext("any ending; ? inside a word matches one letter")
    yield gettext("embezlement~"), gettext("words that differ by one letter; ~2 allows two")
    yield gettext("title:sentenced date:2017"), gettext("a word in the title, and a year")


def _about_facts(facets: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    for topic in facets.get("topic", [])[:1]:
        yield (
            f"topic:{words(topic)[0]}",
            gettext("a word in the topic; component: works the same way"),
        )
    for code in facets.get("language", [])[:1]:
        yield (
            f"lang:{code}",
            gettext("releases in one language: %(name)s", name=language_name(code)),
        )
    years = sorted(year for year in facets.get("year", []) if year != UNDATED)
    if years:
        meaning = gettext("published in these years; months, days and open-ended ranges also work")
        yield f"date:{years[0]}..{years[-1]}", meaning
    for key in facets.get("statute", [])[:1]:
        meaning = gettext("citations of a statute in any form, including its parts")
        yield query_words(key, language()), meaning
    for stage in facets.get("stage", [])[:1]:
        meaning = gettext("a stage of the case; kind:, prison:, court: and offense: ask for facts")
        yield f"stage:{stage}", meaning
    for office in facets.get("office", [])[:1]:
        yield f"office:{office}", gettext("one office, by its identifier")
