"""From records to answers: analysis, the query language, and engines behind one seam."""

from indexer.engine.interface import Engine
from indexer.engine.results import (
    Collocate,
    Collocates,
    Concordance,
    Facet,
    Filters,
    Frequencies,
    Frequency,
    Health,
    Hit,
    KwicLine,
    Query,
    Results,
    TranslationSuggestion,
)
from indexer.factory import open_engine
from indexer.highlight.passage import Passage
from indexer.jobs.reindex import reindex
from indexer.query.parser import ParsedQuery, parse

__all__ = [
    "Collocate",
    "Collocates",
    "Concordance",
    "Engine",
    "Facet",
    "Filters",
    "Frequencies",
    "Frequency",
    "Health",
    "Hit",
    "KwicLine",
    "ParsedQuery",
    "Passage",
    "Query",
    "Results",
    "TranslationSuggestion",
    "open_engine",
    "parse",
    "reindex",
]
