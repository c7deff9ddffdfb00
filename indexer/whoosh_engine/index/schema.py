"""Whoosh's schema of the index."""

from __future__ import annotations

from whoosh.analysis import IDTokenizer
from whoosh.fields import ID, TEXT, Schema

from indexer.engine.fields import TEXTS, WHOLE, WORDS, stem_field


def schema() -> Schema:
    """Whoosh's schema, by which its matchers read what our writer wrote. It analyses nothing."""
    text = TEXT(analyzer=IDTokenizer(), phrase=True)
    names = (*TEXTS, *map(stem_field, TEXTS), *WORDS)
    fields = dict.fromkeys(names, text) | {name: ID() for name in WHOLE}
    return Schema(**fields | {"id": ID(unique=True)})
