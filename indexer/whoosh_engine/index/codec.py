"""What Whoosh's table of contents keeps of the index: the schema, and a record of each segment.

The table is a pickle that names ArraySegment by this module: both names are part of the format.
"""

from __future__ import annotations

from pathlib import Path

from whoosh.analysis import IDTokenizer
from whoosh.codec import base
from whoosh.fields import ID, TEXT, Schema

from indexer.engine.fields import TEXTS, WHOLE, WORDS, stem_field
from indexer.whoosh_engine.index.segment import SegmentArrays

EXTENSION = ".arrays"
# The index's name in Whoosh's files.
NAME = "MAIN"


class ArraySegment(base.Segment):
    """The record of a segment: its name, its size, and which documents are deleted."""

    def __init__(self, indexname: str, size: int = 0, n_tokens: int = 0) -> None:
        super().__init__(indexname)
        self.size, self.n_tokens = size, n_tokens
        self.deleted: set[int] = set()

    def path(self, folder: Path) -> Path:
        """The segment's file."""
        return folder / str(self.make_filename(EXTENSION))

    def open(self, folder: Path, *, is_trusted: bool = False) -> SegmentArrays:
        """Open the segment's file; `is_trusted` as in SegmentArrays."""
        return SegmentArrays(self.path(folder), self.size, self.deleted, is_trusted=is_trusted)


def schema() -> Schema:
    """Whoosh's schema of the index; it analyzes nothing."""
    text = TEXT(analyzer=IDTokenizer(), phrase=True)
    names = (*TEXTS, *map(stem_field, TEXTS), *WORDS)
    fields = dict.fromkeys(names, text) | {name: ID() for name in WHOLE}
    return Schema(**fields | {"id": ID(unique=True)})
