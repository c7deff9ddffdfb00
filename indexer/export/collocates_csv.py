"""Collocates as a table, and the queries that find their mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.analysis.analyzer import APOSTROPHES, STEM, WORD, fold, query_stems
from indexer.engine.results import Clause, Collocate, Collocates
from indexer.export.csv import BYTE_ORDER_MARK, row
from indexer.export.result_set import ExportContext

COLUMNS = ("word", "observed", "expected", "frequency", "score")
# A lone word, quoted or not.
LONE = re.compile(rf'\s*("?)({WORD.pattern})\1\s*')
# A word of more forms is not expanded; an explanation lists as many for certain.
MOST_LISTED_FORMS = 11


def collocate_table(context: ExportContext, found: Collocates) -> Iterator[str]:
    """The rows of the table, with all that the values were computed from."""
    totals = {
        "mentions": found.mentions,
        "window_tokens": found.window_tokens,
        "corpus_tokens": found.corpus_tokens,
        "boilerplate_mentions": found.boilerplate_mentions,
    }
    facts = context.facts()
    yield BYTE_ORDER_MARK + row((*COLUMNS, *totals, *facts))
    for each in found.collocates:
        cells = (each.word, each.observed, each.expected, each.frequency, each.score)
        yield row((*cells, *totals.values(), *facts.values()))


def word_forms(typed: str, clause: Clause | None) -> list[str]:
    """The forms that a query of one word stands for; none for other queries or too many forms."""
    alone = LONE.fullmatch(typed.translate(APOSTROPHES))
    if not alone or clause is None:
        return []
    found = [word for word, _ in clause.expansions] or [fold(alone[2])]
    return found if len(found) <= MOST_LISTED_FORMS else []


def near_query(nodes: list[str], word: str, window: int) -> str:
    """A query for a word, as written, at most `window` words before or after any of some others."""
    pairs = (pair for node in nodes for pair in ((node, word), (word, node)))
    return " OR ".join(f'"{first} {second}"~{window}' for first, second in pairs)


def both_query(typed: str, word: str, *, is_stem: bool) -> str:
    """A query for what was typed and a word, or a word with all forms of its stem."""
    if not is_stem:
        other = f'"{word}"'
    else:
        other = word if STEM + word in query_stems(word, ()) else f"{word}*"
    return f"({typed}) {other}" if re.search(r"\s", typed) else f"{typed} {other}"


def sorted_words(found: Collocates, order: str) -> list[Collocate]:
    """The words by one of their facts: by letters, or the greatest first."""
    if order == "word":
        return sorted(found.collocates, key=lambda each: each.word)
    return sorted(found.collocates, key=lambda each: -float(getattr(each, order)))
