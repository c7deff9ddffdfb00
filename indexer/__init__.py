"""From records to answers: analysis, the query language, and engines behind one seam."""

from indexer.engine import (
    Collocate,
    Collocates,
    Concordance,
    Counterpart,
    Engine,
    Facet,
    Filters,
    Frequencies,
    Frequency,
    Health,
    Hit,
    Line,
    Query,
    Results,
    open_engine,
)
from indexer.passages import Passage
from indexer.query import Reading, parse
from indexer.reindex import reindex

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
