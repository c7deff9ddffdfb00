"""The fields of an index, of whatever engine, and what kind each is."""

from __future__ import annotations

from indexer.query.tree import PARAGRAPH

# Running text: positions, and beside it the stems in a field of their own.
TEXTS = ("title", "body")
# Between the positions of two paragraphs: more than any phrase or proximity may span.
PARAGRAPH_GAP = PARAGRAPH + 1
# A few words: positions.
WORDS = ("topic", "component", "place")
# Whole values, several for `topics`, `components`, `state`, `alternates`, the written forms that
# texts have `attested`, and what is cited: `statutes` of every width, and their `sections` alone;
# `date` as ISO 8601, whose order is that of time; facts, `prison` in the order of length.
WHOLE = (
    *("id", "office", "language", "country", "number", "year", "date"),
    *("topics", "components", "kind", "state", "group", "alternates", "statutes", "sections"),
    *("attested", "matter", "stage", "offense", "prison", "prison_band", "court"),
)
# BM25's share of the length, and how soon a word's frequency is enough (Robertson and Zaragoza
# 2009, section 3.4): Whoosh's defaults, in both engines.
B, K1 = 0.75, 1.2
# Facet -> the field whose values it counts.
FACET_FIELDS = {
    "office": "office",
    "country": "country",
    "year": "year",
    "language": "language",
    "topic": "topics",
    "component": "components",
    "kind": "kind",
    "state": "state",
    "statute": "sections",
    "matter": "matter",
    "stage": "stage",
    "offense": "offense",
    "prison": "prison_band",
    "court": "court",
}


def stem_field(name: str) -> str:
    """The field of a text's stems."""
    return f"{name}_stem"


# Stems have the lengths, and the places, of the words that they are the stems of.
LENGTHS_OF = {stem_field(name): name for name in TEXTS}
