"""From records to answers: analysis, the query language, and engines behind one seam."""

from indexer.engine.interface import Engine
from indexer.engine.results import (
    Collocate,
    Collocates,
    Concordance,
    Counterpart,
    Facet,
    Filters,
    Frequencies,
    Frequency,
    Health,
    Hit,
    Line,
    Query,
    Results,
)
from indexer.factory import open_engine
from indexer.highlight.snippets import Passage
from indexer.jobs.reindex import reindex
from indexer.query.parser import Reading, parse

__all__ = [
    "Collocate",
    "Collocates",
    "Concordance",
    "Counterpart",
    "Engine",
    "Facet",
    "Filters",
    "Frequencies",
    "Frequency",
    "Health",
    "Hit",
    "Line",
    "Passage",
    "Query",
    "Reading",
    "Results",
    "open_engine",
    "parse",
    "reindex",
]
