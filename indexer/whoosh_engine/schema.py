"""The fields of the index: what kind each is, and Whoosh's schema of them."""

from __future__ import annotations

from whoosh.analysis import IDTokenizer
from whoosh.fields import ID, TEXT, Schema

# Running text: positions, a forward column, and beside it the stems in a field of their own.
TEXTS = ("title", "body")
# A few words: positions.
WORDS = ("topic", "component", "place")
# Whole values, several for `topics`, `components`, `state`, `alternates` and what is cited:
# `statutes` of every width, and their `sections` alone; `date` as ISO 8601, whose order is that of
# time.
WHOLE = (
    *("id", "office", "language", "country", "number", "year", "date"),
    *("topics", "components", "kind", "state", "group", "alternates", "statutes", "sections"),
)


def stem_field(name: str) -> str:
    """The field of a text's stems."""
    return f"{name}_stem"


# Stems have the lengths, and the places, of the words that they are the stems of.
LENGTHS_OF = {stem_field(name): name for name in TEXTS}


def schema() -> Schema:
    """Whoosh's schema, by which its matchers read what our writer wrote. It analyses nothing."""
    text = TEXT(analyzer=IDTokenizer(), phrase=True)
    names = (*TEXTS, *map(stem_field, TEXTS), *WORDS)
    fields = dict.fromkeys(names, text) | {name: ID() for name in WHOLE}
    return Schema(**fields | {"id": ID(unique=True)})
