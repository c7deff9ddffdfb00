"""From records to answers: analysis, the query language, and engines behind one seam."""

from indexer.engine import Engine, Facet, Filters, Health, Hit, Query, Results, open_engine
from indexer.passages import Passage
from indexer.query import Reading, parse
from indexer.reindex import reindex

__all__ = [
    "Engine",
    "Facet",
    "Filters",
    "Health",
    "Hit",
    "Passage",
    "Query",
    "Reading",
    "Results",
    "open_engine",
    "parse",
    "reindex",
]
