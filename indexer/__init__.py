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
