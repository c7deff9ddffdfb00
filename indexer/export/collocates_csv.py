"""Collocates as a table."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.engine.results import Collocate, Collocates
from indexer.export.csv import BYTE_ORDER_MARK, row
from indexer.export.result_set import ExportContext

COLUMNS = ("word", "observed", "expected", "frequency", "score")


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


def sorted_words(found: Collocates, order: str) -> list[Collocate]:
    """The words by one of their facts: by letters, or the greatest first."""
    if order == "word":
        return sorted(found.collocates, key=lambda each: each.word)
    return sorted(found.collocates, key=lambda each: -float(getattr(each, order)))
